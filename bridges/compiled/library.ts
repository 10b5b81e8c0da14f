/**
 * Declares the functions and the memory of a loaded compiled module, as guest.ts uses them.
 * native/ffi.ts (shared objects) and wasm/library.ts (WebAssembly) implement it.
 */

/** Bytes of an area before it grows. */
export const INITIAL_AREA_BYTES = 64 * 1024;

/** The memory in which a module finds the arguments of a call. */
export interface AreaMemory {
  /** The bytes, aligned to 8. A view of length 0 is outdated: the memory has moved. */
  readonly area: Uint8Array;
  /** Enlarges the area to at least `byteCount` bytes, with its content; `area` is another view then. */
  growArea(byteCount: number): void;
}

/** Memory of an area that no module sees. */
export class PlainMemory implements AreaMemory {
  area = new Uint8Array(INITIAL_AREA_BYTES);

  growArea(byteCount: number): void {
    const area = new Uint8Array(byteCount);
    area.set(this.area);
    this.area = area;
  }
}

/** A loaded module. */
export interface Library extends AreaMemory {
  /**
   * Runs a command of guest.ts on the record in the area; returns a code of host/guest.ts.
   * @param data the data of a fop or reply; null without data
   */
  enter(command: number, data: Uint8Array | null): number;
  /**
   * Returns the messages of the last call, of this many doubles; valid until the next call.
   * @throws {MessageError} if they are not within the module's memory
   */
  readMessages(doubleCount: number): Uint8Array;
  /** The reason why the module can no longer be called; undefined while it works. */
  readonly failure: string | undefined;
  /** Bytes of the module's memory; 0 if unknown. */
  readonly memoryBytes: number;
  /** Unloads the module, which must not be called again. */
  close(): void;
}
