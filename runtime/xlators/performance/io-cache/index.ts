/**
 * performance/io-cache: caches read data by pages, and revalidates a file by fstat after `cache-timeout`.
 *
 * Source: GlusterFS 10 `xlators/performance/io-cache/src/`; README.md lists the differences.
 */
import { copyBytes } from '../../../core/bytes.ts';
import type { Dict } from '../../../core/dict.ts';
import type { Frame } from '../../../core/frame.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { MAX_DATA } from '../../../core/limits.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { defineCache } from '../shared/cache-translator.ts';
import { bypassesCache, makeDataFops } from '../shared/data-fops.ts';
import { checkMemory } from '../shared/inode-cache.ts';
import { checkFileSizes, options } from './options.ts';
import { type CachedFile, PAGE_SIZE, PageCache } from './page-cache.ts';

type IoCacheXlator = Xlator<PageCache>;

/** A read under way; `size`, `offset` and `flags` are those of the caller's readv. */
class PendingRead {
  readonly fd: Fd;
  readonly size: number;
  readonly offset: number;
  readonly flags: number;
  readonly xdata: Dict | null;

  constructor(fd: Fd, size: number, offset: number, flags: number, xdata: Dict | null) {
    this.fd = fd;
    this.size = size;
    this.offset = offset;
    this.flags = flags;
    this.xdata = xdata;
  }
}

/** Reads from the cache; revalidates the file before by an fstat, if that is due. */
const readv: Fop<'readv', PageCache> = (frame, xl, fd, size, offset, flags, xdata) => {
  if (bypassesCache(fd, flags) || offset < 0 || size <= 0 || size > MAX_DATA) {
    return tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
  }
  const { priv } = xl;
  const file = priv.findState(fd.inode);
  if (file !== undefined && file.pages.size > 0 && !priv.isFresh(file)) {
    frame.local = new PendingRead(fd, size, offset, flags, xdata);
    return wind.fstat(frame, priv.clock, fstatCbk, xl.children[0]!, fd, null);
  }
  if (file !== undefined && replyFromCache(frame, xl, file, size, offset)) return;
  readPages(frame, xl, new PendingRead(fd, size, offset, flags, xdata));
};

/** Answers a read from cached pages; returns false if a page is missing. */
function replyFromCache(
  frame: Frame,
  xl: IoCacheXlator,
  file: CachedFile,
  size: number,
  offset: number,
): boolean {
  if (file.buf === null) return false;
  const data = xl.priv.read(file, offset, size, frame.readBuffer !== null);
  if (data === null) return false;
  xl.priv.hits += 1;
  unwind.readv(frame, data.length, 0, data, file.buf, null);
  return true;
}

const fstatCbk: Cbk<'fstat', PageCache> = (frame, clockAtWind, xl, opRet, _opErrno, buf) => {
  const read = frame.local as PendingRead;
  const file = xl.priv.findOrAddState(read.fd.inode);
  if (opRet >= 0 && buf?.known && xl.priv.mayUseReply(file, clockAtWind)) {
    xl.priv.validate(file, buf);
    if (replyFromCache(frame, xl, file, read.size, read.offset)) return;
  }
  readPages(frame, xl, read);
};

/** Requests from below the whole pages that contain the read's range. */
function readPages(frame: Frame, xl: IoCacheXlator, read: PendingRead): void {
  const { fd, size, offset, flags, xdata } = read;
  xl.priv.misses += 1;
  const start = Math.floor(offset / PAGE_SIZE) * PAGE_SIZE;
  const end = Math.ceil((offset + size) / PAGE_SIZE) * PAGE_SIZE;
  frame.local = read;
  const { clock } = xl.priv;
  wind.readv(frame, clock, readvCbk, xl.children[0]!, fd, end - start, start, flags, xdata);
}

const readvCbk: Cbk<'readv', PageCache> = (
  frame,
  clockAtWind,
  xl,
  opRet,
  opErrno,
  vector,
  stbuf,
  xdata,
) => {
  if (opRet < 0 || vector === null)
    return unwind.readv(frame, opRet, opErrno, vector, stbuf, xdata);
  const { fd, size, offset } = frame.local as PendingRead;
  const firstPage = Math.floor(offset / PAGE_SIZE);
  cachePages(xl, clockAtWind, fd, firstPage, vector, stbuf);
  const start = offset - firstPage * PAGE_SIZE;
  const part = vector.subarray(start, start + size);
  // The cache keeps this memory. A caller without a read buffer may keep or change the reply: it gets a copy.
  const data = frame.readBuffer === null ? copyBytes(part) : part;
  unwind.readv(frame, data.length, 0, data, stbuf, xdata);
};

/** Caches the data of a readv's reply with its attributes, unless a change has outdated the reply. */
function cachePages(
  { priv }: IoCacheXlator,
  clockAtWind: number,
  { inode }: Fd,
  firstPage: number,
  data: Uint8Array,
  buf: Iatt | null,
): void {
  if (!buf?.known || !priv.fitsSizeLimits(buf.iaSize)) return;
  const file = priv.findOrAddState(inode);
  if (!priv.mayUseReply(file, clockAtWind)) return;
  // Only the last page may be partly filled; any other short read is not cached.
  const end = firstPage * PAGE_SIZE + data.length;
  if (data.length % PAGE_SIZE !== 0 && end !== buf.iaSize) return;
  priv.validate(file, buf);
  priv.cachePages(file, firstPage, data);
}

/** Winds a lookup; for a cached file, the reply's attributes validate the pages. */
const lookup: Fop<'lookup', PageCache> = (frame, xl, loc, xdata) => {
  const { inode } = loc;
  if (inode === null || !xl.priv.hasPages(inode)) {
    return tail.lookup(frame, xl.children[0]!, loc, xdata);
  }
  frame.local = loc;
  wind.lookup(frame, xl.priv.clock, lookupCbk, xl.children[0]!, loc, xdata);
};

const lookupCbk: Cbk<'lookup', PageCache> = (
  frame,
  clockAtWind,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  const cachedInode = (frame.local as Loc).inode!;
  const file = xl.priv.findState(cachedInode);
  if (opRet >= 0 && buf?.known && buf.iaGfid === cachedInode.gfid && file !== undefined) {
    if (xl.priv.mayUseReply(file, clockAtWind)) xl.priv.validate(file, buf);
  }
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

const cacheFops: Fops<PageCache> = {
  ...{ readv, lookup },
  ...makeDataFops<PageCache, CachedFile>({
    hasData: ({ pages }) => pages.size > 0,
    validate: ({ priv }, file, buf) => priv.validate(file, buf),
    onLock: ({ priv }, inode) => priv.requireCheck(inode),
  }),
};

export default defineCache<PageCache, typeof options>({
  type: 'performance/io-cache',
  description: 'Keeps data of files that was read in memory.',
  options,
  fops: () => cacheFops,
  makeCache: (xl, values) => new PageCache(xl, values),
  checkOptions(xl, values) {
    checkFileSizes(values);
    checkMemory(xl, values);
  },
});
