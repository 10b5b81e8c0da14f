/**
 * Keeps a part of the interpreter's memory free for the time after a failure: a module that has taken the rest leaves
 * none for a traceback and a line of the log. The reserve is released at an exception, and taken back after the call. If
 * it cannot be, the interpreter cannot serve a small request either.
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
  /** True before the first call, and from the release until the end of the call. */
  isReleased = true;
  private wasTaken = false;
  private readonly allocator: Allocator;
  private address = 0;

  constructor(allocator: Allocator) {
    this.allocator = allocator;
  }

  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.allocator.free(this.address);
  }

  /** Returns false if the memory is full. */
  tryToTake(): boolean {
    const { allocator } = this;
    this.address = allocator.malloc(RESERVE_BYTES);
    this.isReleased = this.address === 0;
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
