/** Caches pages of files in memory, in blocks of those that one read has fetched. */

import { concatBytes } from '../../../core/bytes.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Dump } from '../../../core/xlator.ts';
import { DataCache } from '../shared/data-cache.ts';
import { InodeState, isOther } from '../shared/inode-cache.ts';
import { Cached } from '../shared/lru.ts';
import type { OptionValues } from './options.ts';

export const PAGE_SIZE = 128 * 1024;
/**
 * Approximate bytes of a partly filled page besides its data. A full page counts without it, so that a
 * file as large as the cache fits.
 */
const OVERHEAD = 256;
const LONG_AGO = Number.NEGATIVE_INFINITY;

/** Pages of one read: they share a buffer and are evicted together. */
class Block extends Cached {
  readonly file: File;
  readonly first: number;
  readonly count: number;
  /** Data of all pages; the last page of a file may be partly filled. */
  readonly data: Uint8Array;
  /** Number of pages that no later read has replaced. */
  left: number;

  constructor(file: File, first: number, count: number, data: Uint8Array) {
    super();
    this.left = count;
    this.file = file;
    this.first = first;
    this.count = count;
    this.data = data;
  }

  /** Returns the file offset up to which its data is valid from page `index` on: one page if some were replaced. */
  endFrom(index: number): number {
    const end = this.first * PAGE_SIZE + this.data.length;
    return this.left === this.count ? end : Math.min(end, (index + 1) * PAGE_SIZE);
  }

  /** Returns its data of [from, to) of the file. */
  part(from: number, to: number): Uint8Array {
    const start = this.first * PAGE_SIZE;
    return this.data.subarray(from - start, to - start);
  }
}

export class File extends InodeState {
  /** Page number to block. */
  readonly pages = new Map<number, Block>();
  /** The attributes that the pages belong to. */
  buf: Iatt | null = null;
  /** Time of the last validation, in milliseconds. */
  checked = LONG_AGO;
}

export class Pages extends DataCache<File, Block, OptionValues> {
  private pageCount = 0;

  protected override make(): File {
    return new File();
  }

  protected override drop(file: File): void {
    for (const block of file.pages.values()) this.evict(block);
    file.buf = null;
  }

  has(inode: Inode): boolean {
    const file = this.state(inode);
    return file !== undefined && file.pages.size > 0;
  }

  isFresh({ checked }: File): boolean {
    return this.isRecent(checked);
  }

  /** Makes the next read of a file revalidate it. */
  doubt(inode: Inode): void {
    const file = this.state(inode);
    if (file !== undefined) file.checked = LONG_AGO;
  }

  /** Records a file's current attributes; drops the pages if the file has changed. */
  check(file: File, buf: Iatt): void {
    if (file.buf !== null && isOther(file.buf, buf)) this.drop(file);
    file.buf = buf;
    file.checked = this.xl.context.now();
  }

  /**
   * Returns the cached data of [offset, offset + size), up to the file's end; null when a page is missing.
   * @param lends whether the caller neither changes nor keeps the result, so that it may be part of a page
   */
  read(file: File, offset: number, size: number, lends: boolean): Uint8Array | null {
    const to = offset + size;
    const parts: Uint8Array[] = [];
    let at = offset;
    do {
      const index = Math.floor(at / PAGE_SIZE);
      const block = file.pages.get(index);
      if (block === undefined) return null;
      this.lru.used(block);
      const end = block.endFrom(index);
      parts.push(block.part(at, Math.min(to, end)));
      at = end;
      // A partly filled page is the last.
    } while (at < to && at % PAGE_SIZE === 0);
    return parts.length > 1 || lends ? concatBytes(parts) : parts[0]!.slice();
  }

  /**
   * Caches data read from the start of a page; the last page is full, or the end of the file.
   * @param data is kept without a copy: the caller must not change it
   */
  learn(file: File, first: number, data: Uint8Array): void {
    const count = Math.ceil(data.length / PAGE_SIZE);
    // A read past the end of the file has no data.
    if (count === 0) return;
    // A view would keep its whole buffer in memory, which is not counted.
    const own = data.length === data.buffer.byteLength ? data : data.slice();
    const block = new Block(file, first, count, own);
    for (let index = first; index < first + count; index++) {
      const before = file.pages.get(index);
      file.pages.set(index, block);
      if (before === undefined) this.pageCount += 1;
      else {
        before.left -= 1;
        if (before.left === 0) this.lru.remove(before);
      }
    }
    const bytes = own.length + (own.length % PAGE_SIZE === 0 ? 0 : OVERHEAD);
    if (!this.lru.add(block, bytes)) this.forgetPages(block);
  }

  /** Whether the options admit a file of this size. */
  takes(size: number): boolean {
    const [min, max] = [this.values['min-file-size'], this.values['max-file-size']];
    return size >= min && (max === 0 || size <= max);
  }

  protected override counts(): Dump {
    return { pages: this.pageCount };
  }

  protected override evict(block: Block): void {
    this.forgetPages(block);
    this.lru.remove(block);
  }

  private forgetPages(block: Block): void {
    const { file, first, count } = block;
    for (let index = first; index < first + count; index++) {
      // A later read may have replaced it.
      if (file.pages.get(index) !== block) continue;
      file.pages.delete(index);
      this.pageCount -= 1;
    }
  }
}
