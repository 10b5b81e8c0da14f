/**
 * A file's data in pages of 4 KiB; a page that was never written is a hole and takes no memory, so
 * that a file's size costs nothing. All pages of a volume are in one store, which may be full.
 */
import { PAGE_SIZE, type PageOwner, type PageStore } from './store.ts';

/** What `seek` looks for. */
export const SEEK_DATA = 0;
export const SEEK_HOLE = 1;

const indexOf = (offset: number): number => Math.floor(offset / PAGE_SIZE);

export class Pages implements PageOwner {
  size = 0;
  /** Where each page is, by its number in the file. */
  private readonly places = new Map<number, number>();
  private readonly store: PageStore;

  constructor(store: PageStore) {
    this.store = store;
  }

  get count(): number {
    return this.places.size;
  }

  /** Exactly the bytes there are in [offset, offset + length). */
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

  /** Bytes written: fewer than given when the store is full, and then at whole pages. */
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
    // What lies behind the end of the file is nobody's: a page may go whole from there on.
    const dropEnd = end >= this.size ? Math.ceil(this.size / PAGE_SIZE) : lastWhole;
    this.blank(offset, Math.min(end, firstWhole * PAGE_SIZE));
    if (lastWhole >= firstWhole) this.blank(lastWhole * PAGE_SIZE, end);
    this.drop(firstWhole, dropEnd);
  }

  /** Where the next data or hole begins at or after `offset`; -1 when there is none. */
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

  /** Gives all pages back; the file's last user is gone. */
  clear(): void {
    this.drop(0, Number.POSITIVE_INFINITY);
  }

  moved(index: number, place: number): void {
    this.places.set(index, place);
  }

  private drop(first: number, end: number): void {
    const isFew = end - first < this.places.size;
    const indexes = isFew ? range(first, end) : [...this.places.keys()];
    // From the end: the last page of a store is then often the one that goes, and none has to move.
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

  /** Makes the pages of [offset, end); where they end when the store is full before. */
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

  /** How far, up to `end`, the bytes from `at` on lie side by side in one slab, or in one hole. */
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

  /** The bytes of [at, stop), which are a run; null for a hole. */
  private part(at: number, stop: number): Uint8Array | null {
    const index = indexOf(at);
    const place = this.places.get(index);
    if (place === undefined) return null;
    return this.store.part(place, at - index * PAGE_SIZE, stop - at);
  }
}

const range = (first: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
