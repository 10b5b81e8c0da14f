/**
 * Holds the memory of a volume: pages of 4 KiB in slabs of 1 MiB, without gaps. A page's place is its slot.
 *
 * When a page is freed, the last page moves to its slot, and that page's owner is notified. So a volume takes only
 * the memory of its files. An empty slab is returned to the system at once, by resizing its buffer to zero: the
 * garbage collector would do so much later, and malloc would keep small buffers.
 */
/** Bytes of a page. */
export const PAGE_SIZE = 4096;
const SLAB_PAGES = 256;
const SLAB_SIZE = SLAB_PAGES * PAGE_SIZE;

/** The owner of pages, which is a file. */
export interface PageOwner {
  /** Called when the owner's page `index` has moved to `slot`. */
  setSlot(index: number, slot: number): void;
}

/** The pages of all files of a volume. */
export class PageStore {
  /** The most pages that the store may hold; Infinity for no limit. */
  pageLimit: number;
  private readonly slabs: Uint8Array[] = [];
  /** The owner of the page in each slot. */
  private readonly owners: PageOwner[] = [];
  /** The index of the page in its owner, for each slot. */
  private readonly indexes: number[] = [];

  constructor(pageLimit: number) {
    this.pageLimit = pageLimit;
  }

  /** Number of pages in use. */
  get usedPageCount(): number {
    return this.owners.length;
  }

  /** Returns the slot of a new page with arbitrary content, or -1 if the store is full. */
  allocate(owner: PageOwner, index: number): number {
    const slot = this.usedPageCount;
    if (slot >= this.pageLimit) return -1;
    if (slot === this.slabs.length * SLAB_PAGES && !this.addSlab()) return -1;
    this.owners.push(owner);
    this.indexes.push(index);
    return slot;
  }

  /** Frees the page in a slot. */
  free(slot: number): void {
    const lastOwner = this.owners.pop()!;
    const lastIndex = this.indexes.pop()!;
    const lastSlot = this.usedPageCount;
    if (slot !== lastSlot) {
      this.getBytes(slot, 0, PAGE_SIZE).set(this.getBytes(lastSlot, 0, PAGE_SIZE));
      this.owners[slot] = lastOwner;
      this.indexes[slot] = lastIndex;
      lastOwner.setSlot(lastIndex, slot);
    }
    // One empty slab is kept, so that changes at the border of two slabs do not allocate and free one each time.
    if (lastSlot <= (this.slabs.length - 2) * SLAB_PAGES) this.dropSlab();
  }

  /** Returns a view of `length` bytes from byte `start` of a slot; it may reach into later slots of the slab. */
  getBytes(slot: number, start: number, length: number): Uint8Array {
    const offset = (slot % SLAB_PAGES) * PAGE_SIZE + start;
    return this.slabs[Math.floor(slot / SLAB_PAGES)]!.subarray(offset, offset + length);
  }

  /** Whether two slots are contiguous in memory. */
  areContiguous(slot: number, nextSlot: number): boolean {
    return nextSlot === slot + 1 && nextSlot % SLAB_PAGES !== 0;
  }

  /** Adds a slab; returns false if the system has no memory for it. */
  private addSlab(): boolean {
    try {
      const buffer = new ArrayBuffer(SLAB_SIZE, { maxByteLength: SLAB_SIZE });
      this.slabs.push(new Uint8Array(buffer, 0, SLAB_SIZE));
      return true;
    } catch (error) {
      // ArrayBuffer throws a RangeError when the system has no memory left.
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  /** Returns the memory of the last slab to the system. */
  private dropSlab(): void {
    (this.slabs.pop()!.buffer as ArrayBuffer).resize(0);
  }
}
