/**
 * The memory of a volume: pages of 4 KiB in slabs of 1 MiB, without gaps.
 *
 * The last page moves to the place of a freed page, and its owner is notified. So a volume takes only the
 * memory of its files. An empty slab is returned to the system at once, by resizing its buffer to zero: the
 * garbage collector would do so much later, and malloc would keep small buffers.
 */
export const PAGE_SIZE = 4096;
const SLAB_PAGES = 256;
const SLAB_SIZE = SLAB_PAGES * PAGE_SIZE;

/** The owner of a page. */
export interface PageOwner {
  /** The owner's page of this index has moved to `place`. */
  moved(index: number, place: number): void;
}

export class PageStore {
  /** Most pages. */
  limit: number;
  private readonly slabs: Uint8Array[] = [];
  /** By place: the page's owner, and its index there. */
  private readonly owners: PageOwner[] = [];
  private readonly indexes: number[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Number of pages in use. */
  get used(): number {
    return this.owners.length;
  }

  /** Returns the place of a new page with arbitrary content, or -1 if the store is full. */
  take(owner: PageOwner, index: number): number {
    const place = this.used;
    if (place >= this.limit) return -1;
    if (place === this.slabs.length * SLAB_PAGES && !this.grow()) return -1;
    this.owners.push(owner);
    this.indexes.push(index);
    return place;
  }

  /** Frees a page. */
  give(place: number): void {
    const owner = this.owners.pop()!;
    const index = this.indexes.pop()!;
    const last = this.used;
    if (place !== last) {
      this.part(place, 0, PAGE_SIZE).set(this.part(last, 0, PAGE_SIZE));
      this.owners[place] = owner;
      this.indexes[place] = index;
      owner.moved(index, place);
    }
    // One empty slab is kept, for changes at the border of two slabs.
    if (last <= (this.slabs.length - 2) * SLAB_PAGES) this.shrink();
  }

  /** Returns `length` bytes from byte `start` of a place, which may reach into adjoining places. */
  part(place: number, start: number, length: number): Uint8Array {
    const at = (place % SLAB_PAGES) * PAGE_SIZE + start;
    return this.slabs[Math.floor(place / SLAB_PAGES)]!.subarray(at, at + length);
  }

  /** Whether two places are contiguous in memory. */
  adjoin(place: number, next: number): boolean {
    return next === place + 1 && next % SLAB_PAGES !== 0;
  }

  private grow(): boolean {
    try {
      const buffer = new ArrayBuffer(SLAB_SIZE, { maxByteLength: SLAB_SIZE });
      this.slabs.push(new Uint8Array(buffer, 0, SLAB_SIZE));
      return true;
    } catch (error) {
      // A RangeError means that the system has no memory left.
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  private shrink(): void {
    (this.slabs.pop()!.buffer as ArrayBuffer).resize(0);
  }
}
