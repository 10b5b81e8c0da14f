/**
 * performance/io-cache: caches read data by pages, and revalidates a file by fstat after `cache-timeout`.
 *
 * Source: GlusterFS 10 `xlators/performance/io-cache/src/`; README.md lists the differences.
 */
import type { Dict } from '../../../core/dict.ts';
import type { Fd } from '../../../core/fd.ts';
import type { Frame } from '../../../core/frame.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { MAX_DATA } from '../../../core/limits.ts';
import type { Loc } from '../../../core/loc.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { defineCache } from '../shared/cache-translator.ts';
import { dataCacheFops, readsPast } from '../shared/data-fops.ts';
import { checkMemory } from '../shared/options.ts';
import { checkSizes, options } from './options.ts';
import { type File, PAGE_SIZE, Pages } from './pages.ts';

type Io = Xlator<Pages>;

class Read {
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

const readv: Fop<'readv', Pages> = (frame, xl, fd, size, offset, flags, xdata) => {
  if (readsPast(fd, flags) || offset < 0 || size <= 0 || size > MAX_DATA) {
    return tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
  }
  const { priv } = xl;
  const file = priv.state(fd.inode);
  if (file !== undefined && file.pages.size > 0 && !priv.isFresh(file)) {
    frame.local = new Read(fd, size, offset, flags, xdata);
    return wind.fstat(frame, priv.clock, checkedCbk, xl.children[0]!, fd, null);
  }
  if (file !== undefined && answer(frame, xl, file, size, offset)) return;
  fetch(frame, xl, new Read(fd, size, offset, flags, xdata));
};

function answer(frame: Frame, xl: Io, file: File, size: number, offset: number): boolean {
  if (file.buf === null) return false;
  const data = xl.priv.read(file, offset, size, frame.readBuffer !== null);
  if (data === null) return false;
  xl.priv.hits += 1;
  unwind.readv(frame, data.length, 0, data, file.buf, null);
  return true;
}

const checkedCbk: Cbk<'fstat', Pages> = (frame, asked, xl, opRet, _opErrno, buf) => {
  const read = frame.local as Read;
  const file = xl.priv.ensureState(read.fd.inode);
  if (opRet >= 0 && buf?.known && xl.priv.mayLearn(file, asked)) {
    xl.priv.check(file, buf);
    if (answer(frame, xl, file, read.size, read.offset)) return;
  }
  fetch(frame, xl, read);
};

/** Reads whole pages from below. */
function fetch(frame: Frame, xl: Io, read: Read): void {
  const { fd, size, offset, flags, xdata } = read;
  xl.priv.misses += 1;
  const from = Math.floor(offset / PAGE_SIZE) * PAGE_SIZE;
  const to = Math.ceil((offset + size) / PAGE_SIZE) * PAGE_SIZE;
  frame.local = read;
  const { clock } = xl.priv;
  wind.readv(frame, clock, fetchedCbk, xl.children[0]!, fd, to - from, from, flags, xdata);
}

const fetchedCbk: Cbk<'readv', Pages> = (
  frame,
  asked,
  xl,
  opRet,
  opErrno,
  vector,
  stbuf,
  xdata,
) => {
  if (opRet < 0 || vector === null)
    return unwind.readv(frame, opRet, opErrno, vector, stbuf, xdata);
  const { fd, size, offset } = frame.local as Read;
  const first = Math.floor(offset / PAGE_SIZE);
  learn(xl, asked, fd, first, vector, stbuf);
  const start = offset - first * PAGE_SIZE;
  const part = vector.subarray(start, start + size);
  // The cache keeps this memory: a caller that may keep or change the reply gets a copy.
  const data = frame.readBuffer === null ? part.slice() : part;
  unwind.readv(frame, data.length, 0, data, stbuf, xdata);
};

/** Caches data with the attributes of its reply. */
function learn(
  { priv }: Io,
  asked: number,
  { inode }: Fd,
  first: number,
  data: Uint8Array,
  buf: Iatt | null,
): void {
  if (!buf?.known || !priv.takes(buf.iaSize)) return;
  const file = priv.ensureState(inode);
  if (!priv.mayLearn(file, asked)) return;
  // Only the last page may be partly filled; any other short read is not cached.
  const end = first * PAGE_SIZE + data.length;
  if (data.length % PAGE_SIZE !== 0 && end !== buf.iaSize) return;
  priv.check(file, buf);
  priv.learn(file, first, data);
}

const lookup: Fop<'lookup', Pages> = (frame, xl, loc, xdata) => {
  const { inode } = loc;
  if (inode === null || !xl.priv.has(inode)) {
    return tail.lookup(frame, xl.children[0]!, loc, xdata);
  }
  frame.local = loc;
  wind.lookup(frame, xl.priv.clock, lookupCbk, xl.children[0]!, loc, xdata);
};

const lookupCbk: Cbk<'lookup', Pages> = (
  frame,
  asked,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  const known = (frame.local as Loc).inode!;
  const file = xl.priv.state(known);
  if (opRet >= 0 && buf?.known && buf.iaGfid === known.gfid && file !== undefined) {
    if (xl.priv.mayLearn(file, asked)) xl.priv.check(file, buf);
  }
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

const all: Fops<Pages> = {
  ...{ readv, lookup },
  ...dataCacheFops<Pages, File>({
    has: ({ pages }) => pages.size > 0,
    check: ({ priv }, file, buf) => priv.check(file, buf),
    locked: ({ priv }, inode) => priv.doubt(inode),
  }),
};

export default defineCache<Pages, typeof options>({
  type: 'performance/io-cache',
  description: 'Keeps data of files that was read in memory.',
  options,
  fops: () => all,
  make: (xl, values) => new Pages(xl, values),
  verify(xl, values) {
    checkSizes(values);
    checkMemory(xl, values);
  },
});
