/**
 * performance/quick-read: fetches small files whole with their lookup, and answers reads from memory.
 *
 * A lookup requests the content (`glusterfs.content`) of a file that is not cached. For a cached file, the reply's
 * attributes validate the content. `shared/inode-cache.ts` decides whether a reply may be cached.
 *
 * Source: GlusterFS 10 `xlators/performance/quick-read/src/`; README.md lists the differences.
 */
import { copyBytes } from '../../../core/bytes.ts';
import { CONTENT, Dict } from '../../../core/dict.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import { NULL_GFID } from '../../../core/gfid.ts';
import { IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { defineCache } from '../shared/cache-translator.ts';
import { bypassesCache, makeDataFops } from '../shared/data-fops.ts';
import { checkMemory } from '../shared/options.ts';
import { type CachedFile, ContentCache } from './content-cache.ts';
import { options } from './options.ts';

type QuickReadXlator = Xlator<ContentCache>;

/** Keys by which GlusterFS's replies mark a damaged copy, or one that self-heal could not repair. */
const BAD_COPY_KEYS = ['glusterfs.bad-inode', 'sh-failed'];

/** Winds a lookup; adds the request for the content if the file is not cached. */
const lookup: Fop<'lookup', ContentCache> = (frame, xl, loc, xdata) => {
  const { priv } = xl;
  const { inode } = loc;
  const isFile = inode === null || !inode.linked || inode.iaType === IA_IFREG;
  if (!isFile) return tail.lookup(frame, xl.children[0]!, loc, xdata);
  const maxBytes = priv.values['max-file-size'];
  const requestsContent = maxBytes > 0 && priv.needsContent(inode) && xdata?.has(CONTENT) !== true;
  const requestXdata = requestsContent
    ? (xdata?.copy() ?? new Dict()).set(CONTENT, maxBytes)
    : xdata;
  // The callback removes content that was requested here from the reply.
  frame.local = requestsContent;
  wind.lookup(frame, priv.clock, lookupCbk, xl.children[0]!, loc, requestXdata);
};

const lookupCbk: Cbk<'lookup', ContentCache> = (
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
  if (opRet >= 0 && inode !== null && buf?.iaType === IA_IFREG) {
    cacheOrValidate(xl, clockAtWind, inode, buf, xdata);
  }
  // The caller did not request the content.
  if (frame.local === true) xdata?.delete(CONTENT);
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

/** Caches the content in a reply, or validates the cached content by the reply's attributes. */
function cacheOrValidate(
  { priv }: QuickReadXlator,
  clockAtWind: number,
  inode: Inode,
  buf: Iatt,
  xdata: Dict | null,
): void {
  const tableInode = priv.findTableInode(inode, buf.iaGfid);
  const data = xdata?.bytes(CONTENT);
  if (data === undefined && priv.findState(tableInode) === undefined) return;
  const state = priv.findOrAddState(tableInode);
  if (!priv.mayUseReply(state, clockAtWind)) return;
  if (BAD_COPY_KEYS.some((key) => xdata?.has(key))) priv.invalidate(tableInode);
  // Content whose length is not the size in the attributes is older or newer than these: it is not cached.
  else if (data !== undefined && buf.known && data.length === buf.iaSize) {
    priv.cacheContent(state, data, buf);
  } else priv.validate(state, buf);
}

const readdirp: Fop<'readdirp', ContentCache> = (frame, xl, fd, size, offset, xdata) =>
  wind.readdirp(frame, xl.priv.clock, readdirpCbk, xl.children[0]!, fd, size, offset, xdata);

const readdirpCbk: Cbk<'readdirp', ContentCache> = (
  frame,
  clockAtWind,
  xl,
  opRet,
  opErrno,
  entries,
  xdata,
) => {
  for (const { stat, inode } of opRet > 0 ? (entries ?? []) : []) {
    if (stat === null || inode === null || stat.iaGfid === NULL_GFID) continue;
    if (stat.iaType === IA_IFREG) cacheOrValidate(xl, clockAtWind, inode, stat, null);
  }
  unwind.readdirp(frame, opRet, opErrno, entries, xdata);
};

const readv: Fop<'readv', ContentCache> = (frame, xl, fd, size, offset, flags, xdata) => {
  const content =
    bypassesCache(fd, flags) || offset < 0 || size < 0 ? null : xl.priv.read(fd.inode);
  if (content === null) {
    return tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
  }
  const part = content.data.subarray(offset, offset + size);
  // A caller without a read buffer may keep or change the reply: it gets a copy.
  const data = frame.readBuffer === null ? copyBytes(part) : part;
  unwind.readv(frame, data.length, 0, data, content.buf, null);
};

const cacheFops: Fops<ContentCache> = {
  ...{ lookup, readdirp, readv },
  ...makeDataFops<ContentCache, CachedFile>({
    hasData: ({ content }) => content !== null,
    validate: ({ priv }, state, buf) => priv.validate(state, buf),
  }),
};

export default defineCache<ContentCache, typeof options>({
  type: 'performance/quick-read',
  description: 'Fetches small files whole when they are looked up, and reads them from memory.',
  options,
  fops: () => cacheFops,
  makeCache: (xl, values) => new ContentCache(xl, values),
  checkOptions: checkMemory,
  findUpcallReliance: (values) =>
    values['quick-read-cache-invalidation']
      ? { option: 'quick-read-cache-invalidation', seconds: values['cache-timeout'] }
      : null,
});
