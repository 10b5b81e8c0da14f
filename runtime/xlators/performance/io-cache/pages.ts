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

/** Pages that were read at once: they are in one piece of memory, and go together. */
class Block extends Cached {
  readonly file: File;
  readonly first: number;
  readonly count: number;
  /** Pages that no later read has brought again. */
  left: number;

  constructor(file: File, first: number, count: number) {
    super();
    this.left = count;
    this.file = file;
    this.first = first;
    this.count = count;
  }
}

/** A part of a file; one that is not full is its last. */
interface Page {
  readonly data: Uint8Array;
  readonly block: Block;
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
  private readonly lru: Lru<Block>;
  private pageCount = 0;

  constructor(xl: Xlator<unknown>, given: Given) {
    super(xl);
    this.given = given;
    this.lru = new Lru<Block>(given['cache-size'], (block) => this.remove(block));
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
    for (const { block } of file.pages.values()) this.remove(block);
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
    this.lru.used(one.block);
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
      this.lru.used(page.block);
      const from = Math.max(0, offset - index * PAGE_SIZE);
      const part = page.data.subarray(from, from + size - length);
      data.set(part, length);
      length += part.length;
      if (page.data.length < PAGE_SIZE) break;
    }
    return data.subarray(0, length);
  }

  /**
   * Keeps what was read from the start of a page on; the last page is full, or the end of the file.
   * @param data is kept as it is: nobody else changes it
   */
  learn(file: File, first: number, data: Uint8Array): void {
    const count = Math.ceil(data.length / PAGE_SIZE);
    // What was read behind the end of a file is nothing to keep, however often.
    if (count === 0) return;
    // A part of something larger would hold all of that in memory, which nobody has counted.
    const own = data.length === data.buffer.byteLength ? data : data.slice();
    const block = new Block(file, first, count);
    for (let nth = 0; nth < count; nth++) {
      const page = own.subarray(nth * PAGE_SIZE, (nth + 1) * PAGE_SIZE);
      const before = file.pages.get(first + nth)?.block;
      file.pages.set(first + nth, { data: page, block });
      if (before === undefined) this.pageCount += 1;
      else {
        before.left -= 1;
        if (before.left === 0) this.lru.remove(before);
      }
    }
    if (!this.lru.add(block, own.length + count * OVERHEAD)) this.forgetPages(block);
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
    const { bytes, evicted, limit } = lru;
    return { hits, misses, pages: this.pageCount, bytes, evicted, limit };
  }

  private remove(block: Block): void {
    this.forgetPages(block);
    this.lru.remove(block);
  }

  private forgetPages(block: Block): void {
    const { file, first, count } = block;
    for (let index = first; index < first + count; index++) {
      // Another read may have brought it again.
      if (file.pages.get(index)?.block !== block) continue;
      file.pages.delete(index);
      this.pageCount -= 1;
    }
  }
}
