/**
 * Stores a file's data in pages of 4 KiB. A page that was never written is a hole and takes no memory. The pages of
 * all files of a volume are in one `PageStore`, which may be full.
 */
import { SEEK_HOLE } from '../shared/fop-values.ts';
import { PAGE_SIZE, type PageOwner, type PageStore } from './page-store.ts';

const computePageIndex = (offset: number): number => Math.floor(offset / PAGE_SIZE);

/** The data of one file. */
export class FilePages implements PageOwner {
  size = 0;
  /** Each page's slot in the store, by the page's number in the file. */
  private readonly slots = new Map<number, number>();
  private readonly store: PageStore;

  constructor(store: PageStore) {
    this.store = store;
  }

  /** Number of pages that are not holes. */
  get allocatedPageCount(): number {
    return this.slots.size;
  }

  /** Returns the bytes of [offset, offset + length), up to the end of the file. */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.size);
    const result = new Uint8Array(Math.max(0, end - offset));
    for (let position = offset; position < end; ) {
      const runEnd = this.findRunEnd(position, end);
      const bytes = this.getRunBytes(position, runEnd);
      if (bytes !== null) result.set(bytes, position - offset);
      position = runEnd;
    }
    return result;
  }

  /**
   * Writes `data`; returns the number of bytes written, which is smaller, up to a page boundary, if the store is full.
   */
  write(data: Uint8Array, offset: number): number {
    const end = this.allocate(offset, offset + data.length);
    for (let position = offset; position < end; ) {
      const runEnd = this.findRunEnd(position, end);
      this.getRunBytes(position, runEnd)!.set(data.subarray(position - offset, runEnd - offset));
      position = runEnd;
    }
    if (end > offset) this.size = Math.max(this.size, end);
    return end - offset;
  }

  /** Sets the size; bytes beyond the old size are a hole. */
  truncate(size: number): void {
    if (size < this.size) this.makeHole(size, this.size);
    this.size = size;
  }

  /** Makes [offset, end) a hole, without changing the size. */
  makeHole(offset: number, end: number): void {
    const firstWholePage = Math.ceil(offset / PAGE_SIZE);
    const wholePagesEnd = computePageIndex(end);
    // If the range reaches the end of the file, its last page is dropped whole.
    const dropEnd = end >= this.size ? Math.ceil(this.size / PAGE_SIZE) : wholePagesEnd;
    this.zeroBytes(offset, Math.min(end, firstWholePage * PAGE_SIZE));
    // Otherwise the range is within one page, which is done.
    if (wholePagesEnd >= firstWholePage) this.zeroBytes(wholePagesEnd * PAGE_SIZE, end);
    this.freePages(firstWholePage, dropEnd);
  }

  /** Returns the offset of the next data or hole (`whence`) from `offset` on; -1 for none. */
  seek(offset: number, whence: number): number {
    if (offset < 0 || offset >= this.size) return -1;
    let index = computePageIndex(offset);
    if (whence === SEEK_HOLE) {
      while (this.slots.has(index)) index += 1;
      return Math.min(this.size, Math.max(offset, index * PAGE_SIZE));
    }
    if (this.slots.has(index)) return offset;
    let nextIndex = Number.POSITIVE_INFINITY;
    for (const candidate of this.slots.keys())
      if (candidate > index) nextIndex = Math.min(nextIndex, candidate);
    const nextOffset = nextIndex * PAGE_SIZE;
    return nextOffset < this.size ? nextOffset : -1;
  }

  /** Frees all pages. */
  freeAll(): void {
    this.freePages(0, Number.POSITIVE_INFINITY);
  }

  setSlot(index: number, slot: number): void {
    this.slots.set(index, slot);
  }

  /** Frees the pages with an index in [first, end). */
  private freePages(first: number, end: number): void {
    // Iterates over whichever is shorter: the range, or all pages of the file.
    const isFew = end - first < this.slots.size;
    const indexes = isFew ? makeIndexes(first, end) : [...this.slots.keys()];
    // Frees from the end: the freed page is then often the store's last, so that no other page moves into its slot.
    for (const index of indexes.reverse()) {
      const slot = index >= first && index < end ? this.slots.get(index) : undefined;
      if (slot === undefined) continue;
      this.slots.delete(index);
      this.store.free(slot);
    }
  }

  /** Clears the bytes [start, end), which must be within one page. */
  private zeroBytes(start: number, end: number): void {
    if (start < end) this.getRunBytes(start, end)?.fill(0);
  }

  /** Allocates the pages of [offset, end); returns the end, earlier if the store is full. */
  private allocate(offset: number, end: number): number {
    for (let position = offset; position < end; ) {
      const index = computePageIndex(position);
      const pageEnd = Math.min(end, (index + 1) * PAGE_SIZE);
      if (!this.slots.has(index)) {
        const slot = this.store.allocate(this, index);
        if (slot < 0) return position;
        this.slots.set(index, slot);
        if (pageEnd - position < PAGE_SIZE) this.store.getBytes(slot, 0, PAGE_SIZE).fill(0);
      }
      position = pageEnd;
    }
    return end;
  }

  /** Returns the end of the bytes from `start` that are contiguous in a slab; at a hole, the end of its first page. */
  private findRunEnd(start: number, end: number): number {
    let index = computePageIndex(start);
    let slot = this.slots.get(index);
    for (;;) {
      index += 1;
      const pageEnd = index * PAGE_SIZE;
      if (pageEnd >= end) return end;
      const nextSlot = this.slots.get(index);
      if (slot === undefined || nextSlot === undefined || !this.store.areContiguous(slot, nextSlot))
        return pageEnd;
      slot = nextSlot;
    }
  }

  /** Returns the stored bytes of [start, end), a run that `findRunEnd` found; null for a hole. */
  private getRunBytes(start: number, end: number): Uint8Array | null {
    const index = computePageIndex(start);
    const slot = this.slots.get(index);
    if (slot === undefined) return null;
    return this.store.getBytes(slot, start - index * PAGE_SIZE, end - start);
  }
}

const makeIndexes = (first: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
