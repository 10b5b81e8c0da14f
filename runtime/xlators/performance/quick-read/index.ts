/**
 * performance/quick-read: fetches small files whole with their lookup, and answers reads from memory.
 *
 * A lookup requests the content (`glusterfs.content`) of a file that is not cached; for a cached file its
 * reply validates the content. `shared/inode-cache.ts` decides when a reply may be cached.
 *
 * Source: GlusterFS 10 `xlators/performance/quick-read/src/`; README.md lists the differences.
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

/** Keys in replies that mark a bad copy. */
const BAD = ['glusterfs.bad-inode', 'sh-failed'];

const lookup: Fop<'lookup', Contents> = (frame, xl, loc, xdata) => {
  const { priv } = xl;
  const { inode } = loc;
  const isFile = inode === null || !inode.linked || inode.iaType === IA_IFREG;
  if (!isFile) return tail.lookup(frame, xl.children[0]!, loc, xdata);
  const most = priv.values['max-file-size'];
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
    learn(xl, asked, inode, buf, xdata);
  }
  // The caller did not request the content.
  if (frame.local === true) xdata?.delete(CONTENT);
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

/** Caches or validates a file's content by a reply's attributes. */
function learn({ priv }: Quick, asked: number, inode: Inode, buf: Iatt, xdata: Dict | null): void {
  const at = priv.inodeOf(inode, buf.iaGfid);
  const data = xdata?.bytes(CONTENT);
  if (data === undefined && priv.state(at) === undefined) return;
  const state = priv.ensureState(at);
  if (!priv.mayLearn(state, asked)) return;
  if (BAD.some((key) => xdata?.has(key))) priv.invalidate(at);
  // Content of another length is older or newer than the attributes.
  else if (data !== undefined && buf.known && data.length === buf.iaSize) {
    priv.learn(state, data, buf);
  } else priv.check(state, buf);
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
    if (stat.iaType === IA_IFREG) learn(xl, asked, inode, stat, null);
  }
  unwind.readdirp(frame, opRet, opErrno, entries, xdata);
};

const readv: Fop<'readv', Contents> = (frame, xl, fd, size, offset, flags, xdata) => {
  const content = readsPast(fd, flags) || offset < 0 || size < 0 ? null : xl.priv.read(fd.inode);
  if (content === null) {
    return tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
  }
  const part = content.data.subarray(offset, offset + size);
  // A caller that may keep or change the reply gets a copy.
  const data = frame.readBuffer === null ? part.slice() : part;
  unwind.readv(frame, data.length, 0, data, content.buf, null);
};

const all: Fops<Contents> = {
  ...{ lookup, readdirp, readv },
  ...dataCacheFops<Contents, File>({
    has: ({ content }) => content !== null,
    check: ({ priv }, state, buf) => priv.check(state, buf),
  }),
};

export default defineCache<Contents, typeof options>({
  type: 'performance/quick-read',
  description: 'Fetches small files whole when they are looked up, and reads them from memory.',
  options,
  fops: () => all,
  make: (xl, values) => new Contents(xl, values),
  verify: checkMemory,
  reliance: (values) =>
    values['quick-read-cache-invalidation']
      ? { option: 'quick-read-cache-invalidation', seconds: values['cache-timeout'] }
      : null,
});
