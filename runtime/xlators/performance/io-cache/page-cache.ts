/** Caches pages of files in memory (`PageCache`). The pages that one read has fetched form a block. */

import { concatBytes, copyBytes } from '../../../core/bytes.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Dump } from '../../../core/xlator.ts';
import { DataCache } from '../shared/data-cache.ts';
import { hasDataChanged, InodeState } from '../shared/inode-cache.ts';
import { LruEntry } from '../shared/lru-list.ts';
import type { OptionValues } from './options.ts';

export const PAGE_SIZE = 128 * 1024;
/**
 * Approximate bytes of a partly filled page besides its data. They are not counted for full pages, so that a file as
 * large as the cache fits.
 */
const PARTIAL_PAGE_BYTES = 256;
/** A time before any other, for a file that must be compared with the storage. */
const NEVER = Number.NEGATIVE_INFINITY;

/** Pages of one read: they share a buffer and are evicted together. */
class PageBlock extends LruEntry {
  readonly file: CachedFile;
  /** Index of the first page in the file. */
  readonly firstPage: number;
  /** Number of pages. */
  readonly pageCount: number;
  /** Data of all pages; the last page of a file may be partly filled. */
  readonly data: Uint8Array;
  /** Number of pages that no later read has replaced. */
  liveCount: number;

  constructor(file: CachedFile, firstPage: number, pageCount: number, data: Uint8Array) {
    super();
    this.liveCount = pageCount;
    this.file = file;
    this.firstPage = firstPage;
    this.pageCount = pageCount;
    this.data = data;
  }

  /** Returns the file offset at which valid data from page `index` on ends: after one page, if any was replaced. */
  findValidEnd(index: number): number {
    const end = this.firstPage * PAGE_SIZE + this.data.length;
    return this.liveCount === this.pageCount ? end : Math.min(end, (index + 1) * PAGE_SIZE);
  }

  /** Returns the data of [from, end), offsets in the file. */
  getBytes(from: number, end: number): Uint8Array {
    const start = this.firstPage * PAGE_SIZE;
    return this.data.subarray(from - start, end - start);
  }
}

/** The cached pages of one file. */
export class CachedFile extends InodeState {
  /** The block of each cached page, by page number. */
  readonly pages = new Map<number, PageBlock>();
  /** The file's attributes when the pages were current; null without pages. */
  buf: Iatt | null = null;
  /** Time of the last validation. */
  checkedAtMs = NEVER;
}

/** The state of one volume of performance/io-cache. */
export class PageCache extends DataCache<CachedFile, PageBlock, OptionValues> {
  private pageCount = 0;

  protected override makeState(): CachedFile {
    return new CachedFile();
  }

  protected override dropValues(file: CachedFile): void {
    for (const block of file.pages.values()) this.evict(block);
    file.buf = null;
  }

  hasPages(inode: Inode): boolean {
    const file = this.findState(inode);
    return file !== undefined && file.pages.size > 0;
  }

  isFresh({ checkedAtMs }: CachedFile): boolean {
    return this.isRecent(checkedAtMs);
  }

  /** Makes the next read of a file compare its pages with the storage. */
  requireCheck(inode: Inode): void {
    const file = this.findState(inode);
    if (file !== undefined) file.checkedAtMs = NEVER;
  }

  /** Records a file's current attributes; drops the pages if the file has changed. */
  validate(file: CachedFile, buf: Iatt): void {
    if (file.buf !== null && hasDataChanged(file.buf, buf)) this.dropValues(file);
    file.buf = buf;
    file.checkedAtMs = this.xl.context.now();
  }

  /**
   * Returns the cached data of [offset, offset + size), up to the file's end; null when a page is missing.
   * @param mayLend whether the result may be a view of a page, since the caller neither changes nor keeps it
   */
  read(file: CachedFile, offset: number, size: number, mayLend: boolean): Uint8Array | null {
    const readEnd = offset + size;
    const parts: Uint8Array[] = [];
    let position = offset;
    do {
      const index = Math.floor(position / PAGE_SIZE);
      const block = file.pages.get(index);
      if (block === undefined) return null;
      this.lru.moveToNewest(block);
      const end = block.findValidEnd(index);
      parts.push(block.getBytes(position, Math.min(readEnd, end)));
      position = end;
      // A partly filled page is the last.
    } while (position < readEnd && position % PAGE_SIZE === 0);
    return parts.length > 1 || mayLend ? concatBytes(parts) : copyBytes(parts[0]!);
  }

  /**
   * Caches data from the start of page `firstPage`; the last page is full, or ends at the end of the file.
   * @param data is kept without a copy, so the caller must not change it
   */
  cachePages(file: CachedFile, firstPage: number, data: Uint8Array): void {
    const pageCount = Math.ceil(data.length / PAGE_SIZE);
    // A read past the end of the file has no data.
    if (pageCount === 0) return;
    // A view would keep its whole buffer in memory, without counting it, so it is copied.
    const ownData = data.length === data.buffer.byteLength ? data : copyBytes(data);
    const block = new PageBlock(file, firstPage, pageCount, ownData);
    for (let index = firstPage; index < firstPage + pageCount; index++) {
      const replacedBlock = file.pages.get(index);
      file.pages.set(index, block);
      if (replacedBlock === undefined) this.pageCount += 1;
      else {
        replacedBlock.liveCount -= 1;
        if (replacedBlock.liveCount === 0) this.lru.remove(replacedBlock);
      }
    }
    const bytes = ownData.length + (ownData.length % PAGE_SIZE === 0 ? 0 : PARTIAL_PAGE_BYTES);
    if (!this.lru.add(block, bytes)) this.forgetPages(block);
  }

  /** Whether the options admit a file of this size. */
  fitsSizeLimits(size: number): boolean {
    const [min, max] = [this.values['min-file-size'], this.values['max-file-size']];
    return size >= min && (max === 0 || size <= max);
  }

  protected override dumpCounts(): Dump {
    return { pages: this.pageCount };
  }

  protected override evict(block: PageBlock): void {
    this.forgetPages(block);
    this.lru.remove(block);
  }

  /** Removes a block's pages from its file, except those that a later block has replaced. */
  private forgetPages(block: PageBlock): void {
    const { file, firstPage, pageCount } = block;
    for (let index = firstPage; index < firstPage + pageCount; index++) {
      if (file.pages.get(index) !== block) continue;
      file.pages.delete(index);
      this.pageCount -= 1;
    }
  }
}
