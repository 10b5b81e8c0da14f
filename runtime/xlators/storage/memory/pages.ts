/**
 * A file's data in pages of 4 KiB. A page that was never written is a hole and takes no memory. All pages
 * of a volume are in one store, which may be full.
 */
import { PAGE_SIZE, type PageOwner, type PageStore } from './store.ts';

/** Modes of `seek`. */
export const SEEK_DATA = 0;
export const SEEK_HOLE = 1;

const indexOf = (offset: number): number => Math.floor(offset / PAGE_SIZE);

export class Pages implements PageOwner {
  size = 0;
  /** Page number in the file to place in the store. */
  private readonly places = new Map<number, number>();
  private readonly store: PageStore;

  constructor(store: PageStore) {
    this.store = store;
  }

  get count(): number {
    return this.places.size;
  }

  /** Returns the bytes of [offset, offset + length), up to the end of the file. */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.size);
    const out = new Uint8Array(Math.max(0, end - offset));
    for (let at = offset; at < end; ) {
      const stop = this.runEnd(at, end);
      const part = this.part(at, stop);
      if (part !== null) out.set(part, at - offset);
      at = stop;
    }
    return out;
  }

  /** Returns the bytes written; if the store is full, fewer, up to a page boundary. */
  write(data: Uint8Array, offset: number): number {
    const end = this.reserve(offset, offset + data.length);
    for (let at = offset; at < end; ) {
      const stop = this.runEnd(at, end);
      this.part(at, stop)!.set(data.subarray(at - offset, stop - offset));
      at = stop;
    }
    if (end > offset) this.size = Math.max(this.size, end);
    return end - offset;
  }

  truncate(size: number): void {
    if (size < this.size) this.zero(size, this.size);
    this.size = size;
  }

  /** Makes [offset, end) a hole, without changing the size. */
  zero(offset: number, end: number): void {
    const firstWhole = Math.ceil(offset / PAGE_SIZE);
    const lastWhole = indexOf(end);
    // The last page may be dropped whole if the range reaches the end of the file.
    const dropEnd = end >= this.size ? Math.ceil(this.size / PAGE_SIZE) : lastWhole;
    this.blank(offset, Math.min(end, firstWhole * PAGE_SIZE));
    if (lastWhole >= firstWhole) this.blank(lastWhole * PAGE_SIZE, end);
    this.drop(firstWhole, dropEnd);
  }

  /** Returns the offset of the next data or hole from `offset` on, or -1. */
  seek(offset: number, what: number): number {
    if (offset < 0 || offset >= this.size) return -1;
    let index = indexOf(offset);
    if (what === SEEK_HOLE) {
      while (this.places.has(index)) index += 1;
      return Math.min(this.size, Math.max(offset, index * PAGE_SIZE));
    }
    if (this.places.has(index)) return offset;
    let found = Number.POSITIVE_INFINITY;
    for (const each of this.places.keys()) if (each > index) found = Math.min(found, each);
    const at = found * PAGE_SIZE;
    return at < this.size ? at : -1;
  }

  /** Frees all pages. */
  clear(): void {
    this.drop(0, Number.POSITIVE_INFINITY);
  }

  moved(index: number, place: number): void {
    this.places.set(index, place);
  }

  private drop(first: number, end: number): void {
    const isFew = end - first < this.places.size;
    const indexes = isFew ? range(first, end) : [...this.places.keys()];
    // From the end: often the freed page is the store's last, and no page must move.
    for (const index of indexes.reverse()) {
      const place = index >= first && index < end ? this.places.get(index) : undefined;
      if (place === undefined) continue;
      this.places.delete(index);
      this.store.give(place);
    }
  }

  private blank(start: number, end: number): void {
    if (start < end) this.part(start, end)?.fill(0);
  }

  /** Allocates the pages of [offset, end); returns the end, earlier if the store is full. */
  private reserve(offset: number, end: number): number {
    for (let at = offset; at < end; ) {
      const index = indexOf(at);
      const stop = Math.min(end, (index + 1) * PAGE_SIZE);
      if (!this.places.has(index)) {
        const place = this.store.take(this, index);
        if (place < 0) return at;
        this.places.set(index, place);
        if (stop - at < PAGE_SIZE) this.store.part(place, 0, PAGE_SIZE).fill(0);
      }
      at = stop;
    }
    return end;
  }

  /** Returns the end of the run from `at` that is contiguous in one slab, or one page of a hole. */
  private runEnd(at: number, end: number): number {
    let index = indexOf(at);
    let place = this.places.get(index);
    for (;;) {
      index += 1;
      const stop = index * PAGE_SIZE;
      if (stop >= end) return end;
      const next = this.places.get(index);
      if (place === undefined || next === undefined || !this.store.adjoin(place, next)) return stop;
      place = next;
    }
  }

  /** Returns the bytes of a run [at, stop); null for a hole. */
  private part(at: number, stop: number): Uint8Array | null {
    const index = indexOf(at);
    const place = this.places.get(index);
    if (place === undefined) return null;
    return this.store.part(place, at - index * PAGE_SIZE, stop - at);
  }
}

const range = (first: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
