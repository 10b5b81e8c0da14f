/**
 * performance/quick-read: small files are fetched whole by the lookup that finds them, and read from
 * memory.
 *
 * A lookup asks for the content (`glusterfs.content`) of what is not known, and for what is known only
 * whether it is still the same. When a reply may be learnt is in `shared/inode-cache.ts`.
 *
 * Source: GlusterFS 10 `xlators/performance/quick-read/src/`; README.md says what differs.
 */
import { Dict } from '../../../core/dict.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import { NULL_GFID } from '../../../core/gfid.ts';
import { IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { CONTENT } from '../../../core/xdata.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { defineCache } from '../shared/cache-translator.ts';
import { dataCacheFops, readsPast } from '../shared/data-fops.ts';
import { checkMemory } from '../shared/options.ts';
import { Contents, type File } from './contents.ts';
import { options } from './options.ts';

type Quick = Xlator<Contents>;

/** Keys of replies by which a copy is said to be bad. */
const BAD = ['glusterfs.bad-inode', 'sh-failed'];

const lookup: Fop<'lookup', Contents> = (frame, xl, loc, xdata) => {
  const { priv } = xl;
  const { inode } = loc;
  const isFile = inode === null || !inode.linked || inode.iaType === IA_IFREG;
  if (!isFile) return tail.lookup(frame, xl.children[0]!, loc, xdata);
  const most = priv.given['max-file-size'];
  const asks = most > 0 && priv.wants(inode) && xdata?.has(CONTENT) !== true;
  const keys = asks ? (xdata?.copy() ?? new Dict()).set(CONTENT, most) : xdata;
  frame.local = asks;
  wind.lookup(frame, priv.clock, lookupCbk, xl.children[0]!, loc, keys);
};

const lookupCbk: Cbk<'lookup', Contents> = (
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
  if (opRet >= 0 && inode !== null && buf?.iaType === IA_IFREG) {
    seen(xl, asked, inode, buf, xdata);
  }
  // Who has not asked for it is not to carry it further.
  if (frame.local === true) xdata?.delete(CONTENT);
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

/** A file was seen, with its content or without. */
function seen({ priv }: Quick, asked: number, inode: Inode, buf: Iatt, xdata: Dict | null): void {
  const at = priv.inodeOf(inode, buf.iaGfid);
  const data = xdata?.bytes(CONTENT);
  if (data === undefined && priv.kept(at) === undefined) return;
  const kept = priv.keep(at);
  if (!priv.mayLearn(kept, asked)) return;
  if (BAD.some((key) => xdata?.has(key))) priv.invalidate(at);
  // Content of another length is from another time than the attributes.
  else if (data !== undefined && buf.known && data.length === buf.iaSize) {
    priv.learn(kept, data, buf);
  } else priv.check(kept, buf);
}

const readdirp: Fop<'readdirp', Contents> = (frame, xl, fd, size, offset, xdata) =>
  wind.readdirp(frame, xl.priv.clock, readdirpCbk, xl.children[0]!, fd, size, offset, xdata);

const readdirpCbk: Cbk<'readdirp', Contents> = (
  frame,
  asked,
  xl,
  opRet,
  opErrno,
  entries,
  xdata,
) => {
  for (const { stat, inode } of opRet > 0 ? (entries ?? []) : []) {
    if (stat === null || inode === null || stat.iaGfid === NULL_GFID) continue;
    if (stat.iaType === IA_IFREG) seen(xl, asked, inode, stat, null);
  }
  unwind.readdirp(frame, opRet, opErrno, entries, xdata);
};

const readv: Fop<'readv', Contents> = (frame, xl, fd, size, offset, flags, xdata) => {
  const content = readsPast(fd, flags) || offset < 0 || size < 0 ? null : xl.priv.read(fd.inode);
  if (content === null) {
    return tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
  }
  const part = content.data.subarray(offset, offset + size);
  // Who may keep what it is answered with, or change it, gets a copy.
  const data = frame.readBuffer === null ? part.slice() : part;
  unwind.readv(frame, data.length, 0, data, content.buf, null);
};

const all: Fops<Contents> = {
  ...{ lookup, readdirp, readv },
  ...dataCacheFops<Contents, File>({
    has: ({ content }) => content !== null,
    check: ({ priv }, kept, buf) => priv.check(kept, buf),
  }),
};

export default defineCache<Contents, typeof options>({
  type: 'performance/quick-read',
  description: 'Fetches small files whole when they are looked up, and reads them from memory.',
  options,
  fops: () => all,
  make: (xl, given) => new Contents(xl, given),
  verify: checkMemory,
  reliance: (given) =>
    given['quick-read-cache-invalidation']
      ? { option: 'quick-read-cache-invalidation', seconds: given['cache-timeout'] }
      : null,
});
