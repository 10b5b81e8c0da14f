/** Declares the used parts of the global WebAssembly, which Node's types lack. */

/** A compiled module. */
export type CompiledModule = object;

/** Imports of an instance: functions and others by module and name. */
export type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A memory. Its buffer is another one after each growth. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Bytes of a page. */
export const PAGE_BYTES = 64 * 1024;

export const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => CompiledModule;
    Instance: new (module: CompiledModule, imports: Imports) => { readonly exports: unknown };
    Memory: new (descriptor: object) => WasmMemory;
    RuntimeError: new (message?: string) => Error;
  };
};

/**
 * Adds the cause and the remedy to the message of a memory that V8 cannot reserve: it asks for
 * gigabytes of addresses for each, so that no access needs a check.
 */
export const explainMemoryError = (message: string): string =>
  /^WebAssembly\.\w+\(\): .*(could not allocate memory|out of memory)/i.test(message)
    ? `${message}; where ulimit -v limits the addresses, ` +
      'NODE_OPTIONS=--disable-wasm-trap-handler needs fewer of them'
    : message;
