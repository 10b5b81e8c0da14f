/**
 * performance/md-cache: caches attributes, extended attributes and names of inodes, and answers
 * lookup, stat, fstat and getxattr from them.
 *
 * `shared/inode-cache.ts` decides whether a reply may be cached, `shared/change-taps.ts` reports changes of
 * inodes, `md-cache.ts` holds the entries, and `listing-fops.ts` lists directories.
 *
 * Source: GlusterFS 10 `xlators/performance/md-cache/src/`; README.md lists the differences.
 */
import { type Client, hasOtherClients } from '../../../core/client.ts';
import { type Dict, withTimeouts } from '../../../core/dict.ts';
import { ENODATA } from '../../../core/errno.ts';
import { type Frame, makeRequestAs, type Stack } from '../../../core/frame.ts';
import { fail, tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/operands.ts';
import { invalidateEntry, invalidateInode } from '../../../core/upcall.ts';
import { CAPABILITY, GFID_REQ } from '../../../core/xdata.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { defineCache } from '../shared/cache-translator.ts';
import {
  attributeChangingFops,
  type ChangeHooks,
  dataChangingFops,
  makeFileFopTaps,
  makeNameFopTaps,
  xattrChangingFops,
} from '../shared/change-taps.ts';
import { makeTruncatingOpen } from '../shared/data-fops.ts';
import { findArgumentInode } from '../shared/inode-cache.ts';
import { readdir, readdirp } from './listing-fops.ts';
import { type InodeEntry, MdCache } from './md-cache.ts';
import { computeTimeoutSeconds, options } from './options.ts';
import { addTimeouts, cacheAttributes } from './replies.ts';

type MdCacheXlator = Xlator<MdCache>;

/** Returns the cached attributes for a lookup, or null. A lookup by name also needs the name in the cache. */
function findAttributes(priv: MdCache, { inode, parent, name }: Loc): Iatt | null {
  if (inode === null || !inode.linked) return null;
  if (parent === null || name === null) return priv.findAttributes(inode);
  return priv.findAttributesByName(inode, parent, name);
}

/** Whether a lookup or stat requests no keys, or only GFID_REQ: a cached inode has its gfid already. */
const needsNoKeys = (keys: { size: number; has(key: string): boolean } | null): boolean =>
  keys === null || keys.size === 0 || (keys.size === 1 && keys.has(GFID_REQ));

/** Answers a lookup from the cache, or winds it with the keys of all cached extended attributes. */
const lookup: Fop<'lookup', MdCache> = (frame, xl, loc, xdata) => {
  const { priv } = xl;
  const buf = needsNoKeys(xdata) ? findAttributes(priv, loc) : null;
  if (buf !== null) {
    priv.hits += 1;
    const replyXdata = addTimeouts(priv, priv.findOrAddState(loc.inode!), null);
    unwind.lookup(frame, 0, 0, loc.inode, buf, replyXdata, null);
  } else {
    priv.misses += 1;
    frame.local = loc;
    wind.lookup(frame, priv.clock, lookupCbk, xl.children[0]!, loc, addLookupKeys(priv, xdata));
  }
  if (loc.parent !== null && loc.name !== null)
    lookUpAhead(xl, frame.root, loc.parent, loc.name, buf !== null);
};

/** Adds the keys of all cached extended attributes to the xdata of a lookup. */
function addLookupKeys({ lookupKeys }: MdCache, xdata: Dict | null): Dict | null {
  if (xdata === null || lookupKeys === null) return lookupKeys ?? xdata;
  const merged = xdata.copy();
  lookupKeys.forEach((key, value) => {
    if (!merged.has(key)) merged.set(key, value);
  });
  return merged;
}

/** Looks names up ahead, as the caller of a lookup (`lookups-ahead.ts`). */
function lookUpAhead(
  xl: MdCacheXlator,
  caller: Stack,
  parent: Inode,
  name: string,
  isCached: boolean,
): void {
  const { priv } = xl;
  const { table } = parent;
  for (const next of priv.lookupsAhead.takeNext(parent, name, isCached)) {
    const loc = new Loc(parent.children?.get(next) ?? table.newInode(), parent, next);
    if (findAttributes(priv, loc) !== null) continue;
    const frame = xl.begin(makeRequestAs(caller, 'LOOKUP'));
    frame.local = loc;
    priv.aheadCount += 1;
    wind.lookup(frame, priv.clock, aheadCbk, xl.children[0]!, loc, priv.lookupKeys);
  }
}

const aheadCbk: Cbk<'lookup', MdCache> = (
  frame,
  clockAtWind,
  xl,
  opRet,
  _opErrno,
  inode,
  buf,
  xdata,
) => {
  xl.end(frame.root);
  const loc = frame.local as Loc & { readonly parent: Inode; readonly name: string };
  if (opRet >= 0 && inode !== null && buf !== null) {
    const state = cacheLookup(xl, clockAtWind, loc, inode, buf, xdata);
    // The lookup that is expected finds the inode by this name.
    if (state !== null) loc.parent.table.link(inode, loc.parent, loc.name, buf);
  }
  xl.priv.lookupsAhead.noteReply(loc.parent, loc.name);
};

/** Caches the values in a lookup's reply, unless they may be outdated: then it returns null. */
function cacheLookup(
  xl: MdCacheXlator,
  clockAtWind: number,
  { parent, name }: Loc,
  inode: Inode,
  buf: Iatt,
  xdata: Dict | null,
): InodeEntry | null {
  const { priv } = xl;
  const state = cacheAttributes(xl, clockAtWind, priv.findTableInode(inode, buf.iaGfid), buf);
  if (state === null) return null;
  priv.cacheXattrs(state, xdata);
  if (parent !== null && name !== null) priv.cacheName(state, parent, name);
  return state;
}

const lookupCbk: Cbk<'lookup', MdCache> = (
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
  const loc = frame.local as Loc;
  let replyXdata = xdata;
  if (opRet < 0) {
    // The name or the inode may no longer exist, so its cached values are outdated.
    if (loc.inode?.linked) {
      xl.priv.invalidate(loc.inode);
      invalidateName(xl, frame.root.client, loc);
    }
  } else if (inode !== null && buf !== null) {
    const state = cacheLookup(xl, clockAtWind, loc, inode, buf, xdata);
    replyXdata = addTimeouts(xl.priv, state, xdata);
  }
  unwind.lookup(frame, opRet, opErrno, inode, buf, replyXdata, postparent);
};

const stat: Fop<'stat', MdCache> = (frame, xl, loc, xdata) => {
  const inode = findArgumentInode(xl, loc);
  if (inode === null) return tail.stat(frame, xl.children[0]!, loc, xdata);
  const buf = needsNoKeys(xdata) ? xl.priv.findAttributes(inode) : null;
  if (buf !== null) {
    xl.priv.hits += 1;
    return unwind.stat(frame, 0, 0, buf, addTimeouts(xl.priv, xl.priv.findOrAddState(inode), null));
  }
  xl.priv.misses += 1;
  frame.local = inode;
  wind.stat(frame, xl.priv.clock, statCbk, xl.children[0]!, loc, xdata);
};

const statCbk: Cbk<'stat', MdCache> = (frame, clockAtWind, xl, opRet, opErrno, buf, xdata) => {
  unwind.stat(frame, opRet, opErrno, buf, cacheReply(frame, clockAtWind, xl, opRet, buf, xdata));
};

/** Caches the reply of a stat or fstat (of the inode in `frame.local`), and returns the xdata to unwind. */
function cacheReply(
  frame: Frame,
  clockAtWind: number,
  xl: MdCacheXlator,
  opRet: number,
  buf: Iatt | null,
  xdata: Dict | null,
): Dict | null {
  const inode = frame.local as Inode;
  if (opRet >= 0)
    return buf && addTimeouts(xl.priv, cacheAttributes(xl, clockAtWind, inode, buf), xdata);
  xl.priv.invalidate(inode);
  return xdata;
}

const fstat: Fop<'fstat', MdCache> = (frame, xl, fd, xdata) => {
  const buf = needsNoKeys(xdata) ? xl.priv.findAttributes(fd.inode) : null;
  if (buf !== null) {
    xl.priv.hits += 1;
    return unwind.fstat(
      frame,
      0,
      0,
      buf,
      addTimeouts(xl.priv, xl.priv.findOrAddState(fd.inode), null),
    );
  }
  xl.priv.misses += 1;
  frame.local = fd.inode;
  wind.fstat(frame, xl.priv.clock, fstatCbk, xl.children[0]!, fd, xdata);
};

const fstatCbk: Cbk<'fstat', MdCache> = (frame, clockAtWind, xl, opRet, opErrno, buf, xdata) => {
  unwind.fstat(frame, opRet, opErrno, buf, cacheReply(frame, clockAtWind, xl, opRet, buf, xdata));
};

/** A getxattr under way. */
class XattrRequest {
  readonly inode: Inode;
  readonly name: string;

  constructor(inode: Inode, name: string) {
    this.inode = inode;
    this.name = name;
  }
}

/** Answers a getxattr from the cache, if the options select the attribute. */
const getxattr: Fop<'getxattr', MdCache> = (frame, xl, loc, name, xdata) => {
  const inode = findArgumentInode(xl, loc);
  if (name === null || inode === null || xdata !== null || !xl.priv.selectsXattr(name)) {
    return tail.getxattr(frame, xl.children[0]!, loc, name, xdata);
  }
  const reply = xl.priv.findXattr(inode, name);
  if (reply === undefined) {
    xl.priv.xattrMisses += 1;
    frame.local = new XattrRequest(inode, name);
    return wind.getxattr(frame, xl.priv.clock, getxattrCbk, xl.children[0]!, loc, name, xdata);
  }
  xl.priv.xattrHits += 1;
  if (reply === null) fail.getxattr(frame, ENODATA);
  else unwind.getxattr(frame, reply.size, 0, reply, null);
};

const getxattrCbk: Cbk<'getxattr', MdCache> = (
  frame,
  clockAtWind,
  xl,
  opRet,
  opErrno,
  dict,
  xdata,
) => {
  const { inode, name } = frame.local as XattrRequest;
  const state = xl.priv.findOrAddState(inode);
  if (xl.priv.mayUseReply(state, clockAtWind)) {
    if (opRet < 0 && opErrno === ENODATA) xl.priv.cacheXattr(state, name, null);
    else if (opRet >= 0 && dict?.has(name)) xl.priv.cacheXattr(state, name, dict);
  }
  unwind.getxattr(frame, opRet, opErrno, dict, xdata);
};

const statfs: Fop<'statfs', MdCache> = (frame, xl, loc, xdata) => {
  const { priv } = xl;
  if (!priv.values['md-cache-statfs']) return tail.statfs(frame, xl.children[0]!, loc, xdata);
  if (priv.isStatfsFresh) return unwind.statfs(frame, 0, 0, priv.statfs, null);
  wind.statfs(frame, priv.clock, statfsCbk, xl.children[0]!, loc, xdata);
};

const statfsCbk: Cbk<'statfs', MdCache> = (frame, _clockAtWind, xl, opRet, opErrno, buf, xdata) => {
  if (opRet >= 0 && buf !== null) xl.priv.cacheStatfs(buf);
  unwind.statfs(frame, opRet, opErrno, buf, xdata);
};

/** Invalidates a changed name in the kernel, if another client than the kernel may have changed it. */
function invalidateName(xl: MdCacheXlator, client: Client | null, { parent, name }: Loc): void {
  if (!xl.priv.isKernelCaching || !hasOtherClients(client) || parent === null || name === null)
    return;
  invalidateEntry(xl, parent, name, { expire: true });
}

/** Updates the cache after changes (`change-taps.ts`). */
const hooks: ChangeHooks<MdCache, InodeEntry> = {
  onAttributes: ({ priv }, state, buf, inode) => priv.cacheAttributes(state, inode, buf),
  onCreate(xl, inode, buf, { parent, name }, clockAtWind) {
    const { priv } = xl;
    const state = priv.findOrAddState(inode);
    if (!priv.mayUseReply(state, clockAtWind)) return;
    priv.cacheAttributes(state, inode, buf);
    // A new file has no capabilities. The kernel asks for them before each write.
    if (priv.selectsXattr(CAPABILITY)) priv.cacheXattr(state, CAPABILITY, null);
    if (parent !== null && name !== null) priv.cacheName(state, parent, name);
  },
  onChange(xl, client, inode, isWrite) {
    if (!xl.priv.isKernelCaching || !hasOtherClients(client)) return;
    invalidateInode(xl, inode, { data: isWrite });
  },
  onNameChange: invalidateName,
};

const open = makeTruncatingOpen<MdCache, InodeEntry>(hooks.onChange);

const cacheFops: Fops<MdCache> = {
  ...{ lookup, stat, fstat, readdir, readdirp, getxattr, open, statfs },
  ...makeFileFopTaps(dataChangingFops, hooks),
  ...makeFileFopTaps(attributeChangingFops, hooks),
  ...makeFileFopTaps(xattrChangingFops, hooks),
  ...makeNameFopTaps(hooks),
};

/** The hooks with option kernel-timeout: replies of changing fops carry timeouts for the kernel, too. */
const kernelHooks: ChangeHooks<MdCache, InodeEntry> = {
  ...hooks,
  annotate({ priv }, inode, isNamed, xdata) {
    const timeouts = priv.computeKernelTimeouts(priv.findState(inode) ?? null);
    if (timeouts === null) return xdata;
    // A name that is not cached here gets no timeout: the mount's own applies.
    return withTimeouts(isNamed ? timeouts : { attribute: timeouts.attribute }, xdata);
  },
};

const kernelFops: Fops<MdCache> = {
  ...cacheFops,
  ...makeFileFopTaps(attributeChangingFops, kernelHooks),
  ...makeNameFopTaps(kernelHooks),
};

export default defineCache<MdCache, typeof options>({
  type: 'performance/md-cache',
  description: 'Remembers attributes, extended attributes and names, and answers from them.',
  options,
  fops: (priv) => (priv.isKernelCaching ? kernelFops : cacheFops),
  makeCache: (xl, values) => new MdCache(xl, values),
  findUpcallReliance: (values) =>
    values['cache-invalidation']
      ? { option: 'cache-invalidation', seconds: computeTimeoutSeconds(values) }
      : null,
});
