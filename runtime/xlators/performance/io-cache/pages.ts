/** Pages of files in memory. */
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Dump, Xlator } from '../../../core/xlator.ts';
import { InodeCache, Kept } from '../shared/inode-cache.ts';
import { isOther } from '../shared/is-other.ts';
import { Cached, Lru } from '../shared/lru.ts';
import type { Given } from './options.ts';

export const PAGE_SIZE = 128 * 1024;
/** What a page takes besides its data, roughly. */
const OVERHEAD = 256;
const LONG_AGO = Number.NEGATIVE_INFINITY;

/** A part of a file; one that is not full is its last. */
class Page extends Cached {
  readonly file: File;
  readonly index: number;
  readonly data: Uint8Array;

  constructor(file: File, index: number, data: Uint8Array) {
    super();
    this.file = file;
    this.index = index;
    this.data = data;
  }
}

export class File extends Kept {
  readonly pages = new Map<number, Page>();
  /** Its attributes when the pages were this. */
  buf: Iatt | null = null;
  /** When it was last seen to be the same: milliseconds. */
  checked = LONG_AGO;
}

export class Pages extends InodeCache<File> {
  given: Given;
  hits = 0;
  misses = 0;
  private readonly lru: Lru<Page>;

  constructor(xl: Xlator<unknown>, given: Given) {
    super(xl);
    this.given = given;
    this.lru = new Lru<Page>(given['cache-size'], (page) => this.remove(page));
  }

  configure(given: Given): void {
    this.given = given;
    this.lru.limit = given['cache-size'];
    if (given['pass-through']) this.clear();
  }

  protected override make(): File {
    return new File();
  }

  protected override drop(file: File): void {
    for (const page of file.pages.values()) this.remove(page);
    file.buf = null;
  }

  has(inode: Inode): boolean {
    const file = this.kept(inode);
    return file !== undefined && file.pages.size > 0;
  }

  isFresh({ checked }: File): boolean {
    return this.xl.context.now() - checked < this.given['cache-timeout'] * 1000;
  }

  /** A file is to be looked at before it is believed. */
  doubt(inode: Inode): void {
    const file = this.kept(inode);
    if (file !== undefined) file.checked = LONG_AGO;
  }

  /** The attributes of a file are these now. What was read of another one goes. */
  check(file: File, buf: Iatt): void {
    if (file.buf !== null && isOther(file.buf, buf)) this.drop(file);
    file.buf = buf;
    file.checked = this.xl.context.now();
  }

  /**
   * What is here of [offset, offset + size), as far as the file goes; null when a page is missing.
   * @param lends it may be a part of a page, which nobody changes or keeps
   */
  read(file: File, offset: number, size: number, lends: boolean): Uint8Array | null {
    const first = Math.floor(offset / PAGE_SIZE);
    const last = Math.floor((offset + Math.max(size, 1) - 1) / PAGE_SIZE);
    const one = file.pages.get(first);
    if (one === undefined) return null;
    this.lru.used(one);
    const start = offset - first * PAGE_SIZE;
    if (first === last || one.data.length < PAGE_SIZE) {
      const part = one.data.subarray(start, start + size);
      return lends ? part : part.slice();
    }
    const data = new Uint8Array(size);
    let length = 0;
    for (let index = first; index <= last; index++) {
      const page = file.pages.get(index);
      if (page === undefined) return null;
      this.lru.used(page);
      const from = Math.max(0, offset - index * PAGE_SIZE);
      const part = page.data.subarray(from, from + size - length);
      data.set(part, length);
      length += part.length;
      if (page.data.length < PAGE_SIZE) break;
    }
    return data.subarray(0, length);
  }

  /** Keeps what was read from the start of a page on; the last page is full, or the end of the file. */
  learn(file: File, first: number, data: Uint8Array): void {
    for (let at = 0; at < data.length; at += PAGE_SIZE) {
      const index = first + at / PAGE_SIZE;
      const before = file.pages.get(index);
      if (before !== undefined) this.remove(before);
      const page = new Page(file, index, data.slice(at, at + PAGE_SIZE));
      file.pages.set(index, page);
      if (!this.lru.add(page, page.data.length + OVERHEAD)) file.pages.delete(index);
    }
  }

  /** Whether a file of this size is to be cached. */
  takes(size: number): boolean {
    const [min, max] = [this.given['min-file-size'], this.given['max-file-size']];
    return size >= min && (max === 0 || size <= max);
  }

  clear(): void {
    this.invalidateReplies();
    this.lru.clear();
  }

  dump(): Dump {
    const { hits, misses, lru } = this;
    const { count: pages, bytes, evicted, limit } = lru;
    return { hits, misses, pages, bytes, evicted, limit };
  }

  private remove(page: Page): void {
    page.file.pages.delete(page.index);
    this.lru.remove(page);
  }
}
