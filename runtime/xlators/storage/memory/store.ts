/**
 * The memory of a volume: pages of 4 KiB, side by side in slabs of 1 MiB.
 *
 * There is no gap: the place of a page that is given back is taken by the last page of all, and its
 * owner is told. So a volume has as much memory as its files hold, whichever of them went. A slab
 * without a page goes back to the system at once, by resizing its buffer to nothing: the garbage
 * collector would do so much later, and small buffers would stay with malloc.
 */

export const PAGE_SIZE = 4096;
const SLAB_PAGES = 256;
const SLAB_SIZE = SLAB_PAGES * PAGE_SIZE;

/** Whose page it is. */
export interface PageOwner {
  /** The owner's page of this index is at another place now. */
  moved(index: number, place: number): void;
}

export class PageStore {
  /** Pages that there may be. */
  limit: number;
  private readonly slabs: Uint8Array[] = [];
  /** By place: whose page is there, and which of the owner's. */
  private readonly owners: PageOwner[] = [];
  private readonly indexes: number[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Pages that there are. */
  get used(): number {
    return this.owners.length;
  }

  /** The place of a new page, in which anything may be; -1 when there is no room for it. */
  take(owner: PageOwner, index: number): number {
    const place = this.used;
    if (place >= this.limit) return -1;
    if (place === this.slabs.length * SLAB_PAGES && !this.grow()) return -1;
    this.owners.push(owner);
    this.indexes.push(index);
    return place;
  }

  /** Gives a page back. */
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
    // One that is empty stays: pages come and go at the border of a slab, too.
    if (last <= (this.slabs.length - 2) * SLAB_PAGES) this.shrink();
  }

  /** `length` bytes from the place's byte `start` on; they may go on in the places behind it. */
  part(place: number, start: number, length: number): Uint8Array {
    const at = (place % SLAB_PAGES) * PAGE_SIZE + start;
    return this.slabs[Math.floor(place / SLAB_PAGES)]!.subarray(at, at + length);
  }

  /** Whether the bytes of these two places lie one behind the other. */
  adjoin(place: number, next: number): boolean {
    return next === place + 1 && next % SLAB_PAGES !== 0;
  }

  private grow(): boolean {
    try {
      const buffer = new ArrayBuffer(SLAB_SIZE, { maxByteLength: SLAB_SIZE });
      this.slabs.push(new Uint8Array(buffer, 0, SLAB_SIZE));
      return true;
    } catch (error) {
      // What a system without memory left is told by; there is no other reason.
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  private shrink(): void {
    (this.slabs.pop()!.buffer as ArrayBuffer).resize(0);
  }
}
