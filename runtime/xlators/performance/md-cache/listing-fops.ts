/** Answers readdir and readdirp from kept listings (`listings.ts`), and caches what listings tell. */
import { ENOENT } from '../../../core/errno.ts';
import type { Stack } from '../../../core/frame.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import { NULL_GFID } from '../../../core/gfid.ts';
import {
  computeDirentplusSize,
  computeDirentSize,
  type Dirent,
  direntType,
  IA_IFDIR,
} from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Fd } from '../../../core/operands.ts';
import type { Cbk, Fop, Xlator } from '../../../core/xlator.ts';
import type { KeptListing, ListingUnderWay } from './listings.ts';
import type { MdCache } from './md-cache.ts';
import { addTimeouts, cacheAttributes } from './replies.ts';

type MdCacheXlator = Xlator<MdCache>;

const DT_DIR = direntType(IA_IFDIR);

/** The most files without cached attributes in a kept listing that is served with attributes. */
const UNKNOWN_MAX = 1;

/** A readdirp under way. */
interface ListingRequest {
  readonly fd: Fd;
  readonly offset: number;
}

/** Answers a readdirp by the directory's kept listing, or winds it. */
export const readdirp: Fop<'readdirp', MdCache> = (frame, xl, fd, size, offset, xdata) => {
  const { priv } = xl;
  const listing = xdata === null ? findListing(xl, frame.root, fd, offset, true) : null;
  const names = listing?.take(offset, size, computeDirentplusSize) ?? null;
  if (listing !== null && names !== null) {
    const entries = names.map((entry) => addAttributes(xl, fd.inode, entry));
    if (offset === 0) priv.lookupsAhead.noteListing(fd.inode, offset, entries);
    return unwind.readdirp(frame, entries.length, getEndErrno(listing, entries), entries, null);
  }
  if (offset === 0 && xdata === null && priv.keepsListings)
    fd.ctxSet(xl, priv.beginListing(frame.root));
  frame.local = { fd, offset } satisfies ListingRequest;
  // Unlike a lookup, this adds no keys: a cache below cannot tell with which keys an entry was requested.
  wind.readdirp(frame, priv.clock, readdirpCbk, xl.children[0]!, fd, size, offset, xdata);
};

/** Answers a readdir by the directory's kept listing, or winds it. */
export const readdir: Fop<'readdir', MdCache> = (frame, xl, fd, size, offset, xdata) => {
  const listing = xdata === null ? findListing(xl, frame.root, fd, offset, false) : null;
  const names = listing?.take(offset, size, computeDirentSize) ?? null;
  if (listing === null || names === null)
    return tail.readdir(frame, xl.children[0]!, fd, size, offset, xdata);
  unwind.readdir(frame, names.length, getEndErrno(listing, names), names, null);
};

/**
 * Returns the kept listing for a request, or null. One that lacks the attributes of several files is dropped where they
 * are needed: to list anew takes one request, to look them up takes one for each.
 */
function findListing(
  xl: MdCacheXlator,
  caller: Stack,
  { inode }: Fd,
  offset: number,
  needsAttributes: boolean,
): KeptListing | null {
  const { priv } = xl;
  const listing = priv.findListing(inode, caller);
  if (listing === null || offset !== 0) return listing;
  if (needsAttributes && countUnknownFiles(xl, inode, listing) > UNKNOWN_MAX) {
    priv.listings.drop(listing.directory);
    return null;
  }
  priv.listings.use(listing);
  priv.listingHits += 1;
  return listing;
}

/** Finds the inode of a kept entry if its attributes are cached. */
function findKnownInode({ inodes, priv }: MdCacheXlator, parent: Inode, entry: Dirent) {
  const inode = inodes?.find(entry.gfid);
  if (inode === undefined) return null;
  const buf = priv.findAttributesByName(inode, parent, entry.name);
  return buf === null ? null : { inode, buf };
}

/** Counts the files whose attributes are not cached; directories are looked up ahead. */
const countUnknownFiles = (xl: MdCacheXlator, parent: Inode, { entries }: KeptListing): number =>
  entries.filter((entry) => entry.type !== DT_DIR && findKnownInode(xl, parent, entry) === null)
    .length;

/** Adds its attributes to a kept entry if they are cached. */
function addAttributes(xl: MdCacheXlator, parent: Inode, entry: Dirent): Dirent {
  const known = findKnownInode(xl, parent, entry);
  if (known === null) return entry;
  const { priv } = xl;
  const { inode, buf } = known;
  const dict = priv.isKernelCaching ? addTimeouts(priv, priv.findOrAddState(inode), null) : null;
  return { ...entry, stat: buf, inode, dict };
}

/** Returns the errno of a reply: ENOENT if its entries are the last, as GlusterFS's bricks say. */
const getEndErrno = (listing: KeptListing, entries: readonly Dirent[]): number =>
  entries.at(-1)?.off === listing.entries.at(-1)?.off ? ENOENT : 0;

const readdirpCbk: Cbk<'readdirp', MdCache> = (
  frame,
  clockAtWind,
  xl,
  opRet,
  opErrno,
  entries,
  xdata,
) => {
  const { fd, offset } = frame.local as ListingRequest;
  const parent = fd.inode;
  if (opRet > 0 && entries !== null && xl.priv.keepsValues)
    xl.priv.lookupsAhead.noteListing(parent, offset, entries);
  const cacheEntry = (entry: Dirent): Dirent => {
    const { name, stat: buf, inode, dict } = entry;
    if (inode === null || buf === null || name === '.' || name === '..') return entry;
    if (buf.iaGfid === NULL_GFID) return entry;
    const state = cacheAttributes(xl, clockAtWind, xl.priv.findTableInode(inode, buf.iaGfid), buf);
    if (state !== null) xl.priv.cacheName(state, parent, name);
    return xl.priv.isKernelCaching ? { ...entry, dict: addTimeouts(xl.priv, state, dict) } : entry;
  };
  const replyEntries = opRet > 0 && entries !== null ? entries.map(cacheEntry) : entries;
  collectNames(xl, frame.root, fd, offset, opRet, opErrno, entries);
  unwind.readdirp(frame, opRet, opErrno, replyEntries, xdata);
};

/** Collects the names in a reply; caches the listing at its end. */
function collectNames(
  xl: MdCacheXlator,
  caller: Stack,
  fd: Fd,
  offset: number,
  opRet: number,
  opErrno: number,
  entries: readonly Dirent[] | null,
): void {
  const underWay = fd.ctxGet(xl) as ListingUnderWay | undefined;
  if (underWay === undefined) return;
  const continues = opRet >= 0 && underWay.add(caller, offset, opRet > 0 ? (entries ?? []) : []);
  const isEnd = opRet === 0 || opErrno === ENOENT;
  if (continues && isEnd) xl.priv.cacheListing(fd.inode, underWay);
  if (!continues || isEnd) fd.ctxDel(xl);
}
