/** Pages of files in memory. */

import { joined } from '../../../core/bytes.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Dump } from '../../../core/xlator.ts';
import { DataCache } from '../shared/data-cache.ts';
import { isOther, Kept } from '../shared/inode-cache.ts';
import { Cached } from '../shared/lru.ts';
import type { Given } from './options.ts';

export const PAGE_SIZE = 128 * 1024;
/**
 * What a page takes besides its data, roughly. Beside a full one that is next to nothing, and not counted:
 * a file that is as large as the cache fits.
 */
const OVERHEAD = 256;
const LONG_AGO = Number.NEGATIVE_INFINITY;

/** Pages that were read at once: they are in one piece of memory, and go together. */
class Block extends Cached {
  readonly file: File;
  readonly first: number;
  readonly count: number;
  /** Of all pages; the last of a file need not be full. */
  readonly data: Uint8Array;
  /** Pages that no later read has brought again. */
  left: number;

  constructor(file: File, first: number, count: number, data: Uint8Array) {
    super();
    this.left = count;
    this.file = file;
    this.first = first;
    this.count = count;
    this.data = data;
  }

  /** Where in the file it is over, from a page of it on: at that page's end where others were brought again. */
  endFrom(index: number): number {
    const end = this.first * PAGE_SIZE + this.data.length;
    return this.left === this.count ? end : Math.min(end, (index + 1) * PAGE_SIZE);
  }

  /** What it has of [from, to) of the file. */
  part(from: number, to: number): Uint8Array {
    const start = this.first * PAGE_SIZE;
    return this.data.subarray(from - start, to - start);
  }
}

export class File extends Kept {
  /** By their numbers, the blocks they are in. */
  readonly pages = new Map<number, Block>();
  /** Its attributes when the pages were this. */
  buf: Iatt | null = null;
  /** When it was last seen to be the same: milliseconds. */
  checked = LONG_AGO;
}

export class Pages extends DataCache<File, Block, Given> {
  private pageCount = 0;

  protected override make(): File {
    return new File();
  }

  protected override drop(file: File): void {
    for (const block of file.pages.values()) this.evict(block);
    file.buf = null;
  }

  has(inode: Inode): boolean {
    const file = this.kept(inode);
    return file !== undefined && file.pages.size > 0;
  }

  isFresh({ checked }: File): boolean {
    return this.isRecent(checked);
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
      // A page that is not full is the last.
    } while (at < to && at % PAGE_SIZE === 0);
    return parts.length > 1 || lends ? joined(parts) : parts[0]!.slice();
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

  /** Whether a file of this size is to be cached. */
  takes(size: number): boolean {
    const [min, max] = [this.given['min-file-size'], this.given['max-file-size']];
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
      // Another read may have brought it again.
      if (file.pages.get(index) !== block) continue;
      file.pages.delete(index);
      this.pageCount -= 1;
    }
  }
}
