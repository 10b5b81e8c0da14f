/**
 * Keeps a part of the interpreter's memory free for the time after a failure: a module that has taken the rest leaves
 * none for a traceback and a line of the log. The reserve is released at an exception, or by a full memory (Python), and
 * taken back after the call. If it cannot be, the interpreter cannot serve a small request either.
 */

/** Allocates in the interpreter's memory; `malloc` returns 0 if that is full. */
interface Allocator {
  malloc(byteCount: number): number;
  free(address: number): void;
}

export const FULL_MEMORY_TEXT = 'the module keeps all of its memory (option memory-limit)';

/** Enough to format the traceback of a deep recursion. */
const RESERVE_BYTES = 512 * 1024;
/** Bytes that must be free besides, after an exception: the next call cannot use the reserve before it fails. */
const SPARE_BYTES = 512 * 1024;

export class MemoryReserve {
  private wasTaken = false;
  private readonly allocator: Allocator;
  private readonly address: Int32Array<ArrayBufferLike>;

  /** @param address where the reserve's address is kept: the interpreter, too, may free the reserve, and set it to 0 */
  constructor(allocator: Allocator, address: Int32Array<ArrayBufferLike> = new Int32Array(1)) {
    this.allocator = allocator;
    this.address = address;
  }

  /** True before the first call, and from the release until the end of the call. */
  get isReleased(): boolean {
    return this.address[0] === 0;
  }

  release(): void {
    const [address] = this.address;
    if (address === 0) return;
    this.address[0] = 0;
    this.allocator.free(address!);
  }

  /** Returns false if the memory is full. */
  tryToTake(): boolean {
    const { allocator } = this;
    this.address[0] = allocator.malloc(RESERVE_BYTES);
    if (this.isReleased) return false;
    if (!this.wasTaken) {
      this.wasTaken = true;
      return true;
    }
    const spare = allocator.malloc(SPARE_BYTES);
    if (spare !== 0) allocator.free(spare);
    return spare !== 0;
  }
}
