/**
 * Creates, links and removes files. A file is created on the child of its name's hash. If that child is full, the file
 * is created on another one, and a linkto on the name's child leads to it.
 * Source: GlusterFS `dht-common.c` (dht_create, dht_mknod, dht_symlink, dht_unlink).
 */

import { newGfid } from '../../../../runtime/core/context.ts';
import { Dict } from '../../../../runtime/core/dict.ts';
import {
  EBUSY,
  EEXIST,
  EIO,
  EISDIR,
  ENOENT,
  ENOTCONN,
  EPERM,
  ESTALE,
} from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { type Gfid, gfidFromBytes } from '../../../../runtime/core/gfid.ts';
import { IA_IFDIR, type Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { F_RDLCK } from '../../../../runtime/core/lock.ts';
import { O_EXCL } from '../../../../runtime/core/open-flags.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import type { Fops } from '../../../../runtime/core/xlator.ts';
import { type Distribute, NO_CHILD } from '../distribute.ts';
import { chownLinkto, makeLinkto, withTemporaryInode } from '../heal/make-linkto.ts';
import { mayBeLinkto } from '../linkto.ts';
import { LAYOUT_LOCK_DOMAIN, lockInode, makeInodeLoc, unlockInode } from '../locks.ts';
import { fixParentSize } from '../merge.ts';
import {
  makeFailure,
  makeSuccess,
  makeTaskFop,
  type Reply,
  type Steps,
  type Task,
} from '../task.ts';
import { findLocation } from './file-fops.ts';
import { addLayoutCondition, isRefusedForLayout, refreshParentLayout } from './layout-condition.ts';
import { lookupEverywhere, makeLinktoXdata, makeUnusedLinktoXdata } from './lookup-everywhere.ts';
import { lookUpParent } from './parent-lookup.ts';

type LinkArgs = FopTable['link']['args'];
type LinkReply = Reply<'link'>;

/** Errors of a child without the file: a rebalance may have moved it. */
const MAYBE_MOVED_ERRNOS: ReadonlySet<number> = new Set([ENOENT, ESTALE]);
/** Errors of the link after which the new linkto stays: it is correct (EEXIST), or may be (ENOTCONN). */
const KEEP_LINKTO_ERRNOS: ReadonlySet<number> = new Set([EEXIST, ENOTCONN]);

export const link = makeTaskFop('link', linkFile);

/** Links a file. If a rebalance has moved the file meanwhile, links it on its new child. */
function* linkFile(task: Task, args: LinkArgs): Steps<LinkReply> {
  const { volume } = task;
  const [{ inode }, newloc] = args;
  const parentErrno = yield* lookUpParent(task, newloc);
  if (parentErrno !== 0) return makeFailure('link', parentErrno);
  const hashedChild = volume.findHashedChild(newloc);
  if (inode === null || hashedChild === NO_CHILD) return makeFailure('link', EIO);
  if (volume.findFileChild(inode) === NO_CHILD) {
    const directoryOrErrno = volume.findDirectory(inode) ?? (yield* findLocation(task, inode));
    if (typeof directoryOrErrno === 'number') return makeFailure('link', directoryOrErrno);
    if (directoryOrErrno !== null) return makeFailure('link', EPERM);
  }
  const child = volume.findFileChild(inode);
  const reply = yield* linkOnChild(task, args, hashedChild, child);
  if (reply.opRet >= 0 || !MAYBE_MOVED_ERRNOS.has(reply.opErrno)) return reply;
  const lookup = yield* lookupEverywhere(task, args[0], null);
  const newChild = volume.findFileChild(inode);
  if (lookup.opRet < 0 || newChild === child || newChild === NO_CHILD) return reply;
  return yield* linkOnChild(task, args, hashedChild, newChild);
}

/**
 * Links the file on its child. If the new name belongs to another child, makes a linkto there first.
 * Source: GlusterFS `dht-common.c` (dht_link, dht_link_linkfile_cbk, dht_link_cbk).
 */
function* linkOnChild(
  task: Task,
  args: LinkArgs,
  hashedChild: number,
  child: number,
): Steps<LinkReply> {
  if (hashedChild === child) {
    const reply = yield* task.windOne(child, 'link', ...args);
    const [inode, buf, preparent, postparent, xdata] = reply.values;
    const parentBufs = [fixParentSize(preparent), fixParentSize(postparent)] as const;
    return { ...reply, values: [inode, buf, ...parentBufs, xdata] };
  }
  const [{ gfid }, newloc] = args;
  const linktoReply = yield* makeLinkto(task, newloc, hashedChild, child, gfid);
  if (linktoReply.opRet < 0) return makeFailure('link', linktoReply.opErrno);
  const reply = yield* task.windOne(child, 'link', ...args);
  if (reply.opRet < 0) {
    if (!KEEP_LINKTO_ERRNOS.has(reply.opErrno)) {
      yield* task.windInternal(hashedChild, 'unlink', newloc, 0, makeUnusedLinktoXdata());
    }
    return reply;
  }
  const [inode, buf, , , xdata] = reply.values;
  yield* chownLinkto(task, newloc, hashedChild, buf!);
  // The parent changed on two children, so a caller must read its times again.
  return makeSuccess('link', inode, buf, null, null, xdata);
}

/** The fops that create a file, a symbolic link or a device. */
type CreatingFop = 'create' | 'mknod' | 'symlink' | 'put';

/**
 * The indexes of values by fop: of the loc in the arguments; and, in the reply, of the inode (its attributes are next)
 * and of the parent's attributes before the change (those after it are next).
 */
const VALUE_INDEXES = {
  create: { loc: 0, inode: 1, preparent: 3 },
  mknod: { loc: 0, inode: 0, preparent: 2 },
  symlink: { loc: 1, inode: 0, preparent: 2 },
  put: { loc: 0, inode: 0, preparent: 2 },
} as const;

/**
 * Makes a linkto on the child of the hash, then the file on `child`; removes the linkto if that fails.
 * Source: GlusterFS `dht-common.c` (dht_create_linkfile_create_cbk), `dht-linkfile.c`.
 */
function* createWithLinkto<N extends CreatingFop>(
  task: Task,
  fop: N,
  args: FopTable[N]['args'],
  hashedChild: number,
  child: number,
): Steps<Reply<N>> {
  const indexes = VALUE_INDEXES[fop];
  const loc = args[indexes.loc] as Loc;
  const xdata = ((args.at(-1) as Dict | null)?.copy() ?? new Dict()) as Dict;
  const gfid = readGfidRequest(xdata) ?? newGfid(task.volume.xl.context);
  xdata.setGfid(GFID_REQ, gfid);
  const linktoReply = yield* makeLinkto(task, loc, hashedChild, child, gfid);
  if (linktoReply.opRet < 0) return makeFailure(fop, linktoReply.opErrno);
  const newArgs = [...args.slice(0, -1), xdata] as unknown as FopTable[N]['args'];
  const reply = yield* task.windOne(child, fop, ...newArgs);
  if (reply.opRet < 0) {
    yield* task.windInternal(hashedChild, 'unlink', loc, 0, makeUnusedLinktoXdata());
    return reply;
  }
  const [inode, buf] = reply.values.slice(indexes.inode) as [Inode | null, Iatt | null];
  const fileInode = inode ?? loc.inode;
  if (fileInode !== null && buf !== null) task.volume.setLocation(fileInode, buf.iaGfid, child);
  if (buf !== null) yield* chownLinkto(task, loc, hashedChild, buf);
  omitParentAttributes(reply.values, indexes.preparent);
  return reply;
}

/** Omits the parent's attributes: it changed on several children, so a caller must read its times again. */
function omitParentAttributes(values: unknown[], preparentIndex: number): void {
  values[preparentIndex] = null;
  values[preparentIndex + 1] = null;
}

/** Reads the gfid that the caller requests for the new file; undefined if it requests none. */
function readGfidRequest(xdata: Dict): Gfid | undefined {
  const value = xdata.get(GFID_REQ);
  if (value instanceof Uint8Array && value.length === 16) return gfidFromBytes(value);
  return typeof value === 'string' ? value : undefined;
}

/** Opens a file for a create that found its linkto. Searches all children for the file. */
function* openExistingFile(
  task: Task,
  loc: Loc,
  flags: number,
  fd: FopTable['create']['args'][4],
): Steps<Reply<'create'>> {
  const lookup = yield* lookupEverywhere(task, loc, null);
  if (lookup.opRet < 0) return makeFailure('create', lookup.opErrno);
  if ((flags & O_EXCL) !== 0) return makeFailure('create', EEXIST);
  const [inode, buf, , postparent] = lookup.values;
  if (buf?.iaType === IA_IFDIR) return makeFailure('create', EISDIR);
  const child = inode === null ? NO_CHILD : task.volume.findFileChild(inode);
  if (child === NO_CHILD) return makeFailure('create', EIO);
  const file = new Loc(inode, loc.parent, loc.name, buf!.iaGfid);
  const openReply = yield* task.windOne(child, 'open', file, flags, fd, null);
  if (openReply.opRet < 0) return makeFailure('create', openReply.opErrno);
  return makeSuccess('create', fd, inode, buf, postparent, postparent, null);
}

/** Creates a file on its name's child, if the parent's layout is current; else reads the layout again first. */
function* createEntry<N extends CreatingFop>(
  task: Task,
  fop: N,
  args: FopTable[N]['args'],
): Steps<Reply<N>> {
  const { volume } = task;
  const loc = args[VALUE_INDEXES[fop].loc] as Loc;
  const parentErrno = yield* lookUpParent(task, loc);
  if (parentErrno !== 0) return makeFailure(fop, parentErrno);
  const hashedChild = volume.findHashedChild(loc);
  const errno = findPlacementErrno(volume, hashedChild);
  if (errno !== 0) return makeFailure(fop, errno);
  volume.freeSpace.refreshUsages();
  if (volume.decommissionedChildren.has(hashedChild) && (fop === 'create' || fop === 'mknod')) {
    return yield* createAfterRefresh(task, fop, args, hashedChild);
  }
  if (fop !== 'create') return yield* createOnChild(task, fop, args, hashedChild);
  // The child refuses if its range is not the expected one: the name may belong to another child now.
  const xdata = addLayoutCondition(volume, loc, hashedChild, args.at(-1) as Dict | null);
  const conditionalArgs = args.with(-1, xdata) as unknown as typeof args;
  const reply = yield* createOnChild(task, fop, args, hashedChild, conditionalArgs);
  const [refusalXdata] = reply.values.slice(-1) as [Dict | null];
  return isRefusedForLayout(reply.opRet, refusalXdata)
    ? yield* createAfterRefresh(task, fop, args, hashedChild)
    : reply;
}

/**
 * Returns the errno that prevents creation on a name's child; else 0. EIO: no child has the name's hash, for example
 * because a child was down when the directory was looked up.
 */
export function findPlacementErrno(volume: Distribute, hashedChild: number): number {
  if (hashedChild === NO_CHILD) return EIO;
  return volume.isUp(hashedChild) ? 0 : ENOTCONN;
}

/**
 * Creates a file after reading the parent's layout under a lock, because the name may now belong to another child, or
 * its child is being emptied. If the name still belongs there, the file is created there, and the rebalance moves it.
 * @param lockedChild the child on which the parent's layout is locked
 */
function* createAfterRefresh<N extends CreatingFop>(
  task: Task,
  fop: N,
  args: FopTable[N]['args'],
  lockedChild: number,
): Steps<Reply<N>> {
  const { volume } = task;
  const loc = args[VALUE_INDEXES[fop].loc] as Loc;
  const directory = makeInodeLoc(loc.parent!);
  // An interrupt may end the wait for the lock, but not the changes after it.
  task.setIgnoresInterrupts(false);
  const errno = yield* lockInode(task, lockedChild, LAYOUT_LOCK_DOMAIN, directory, F_RDLCK);
  task.setIgnoresInterrupts(true);
  if (errno !== 0) return makeFailure(fop, errno);
  let reply = makeFailure(fop, ENOENT);
  if (yield* refreshParentLayout(task, loc)) {
    const hashedChild = volume.findHashedChild(loc);
    const placementErrno = findPlacementErrno(volume, hashedChild);
    reply =
      placementErrno === 0
        ? yield* createOnChild(task, fop, args, hashedChild)
        : makeFailure(fop, placementErrno);
  }
  task.replyEarly(reply);
  yield* unlockInode(task, lockedChild, LAYOUT_LOCK_DOMAIN, directory);
  return reply;
}

/**
 * Creates a file on its name's child, or on another child if that one is full.
 * @param childArgs the arguments for the name's child, which may include the layout condition
 */
function* createOnChild<N extends CreatingFop>(
  task: Task,
  fop: N,
  args: FopTable[N]['args'],
  hashedChild: number,
  childArgs = args,
): Steps<Reply<N>> {
  const { volume } = task;
  const indexes = VALUE_INDEXES[fop];
  const loc = args[indexes.loc] as Loc;
  const child = chooseChild(volume, loc, hashedChild);
  if (child !== hashedChild) return yield* createWithLinkto(task, fop, args, hashedChild, child);
  const reply = yield* task.windOne(child, fop, ...childArgs);
  if (reply.opRet < 0) return reply;
  const values = reply.values as unknown[];
  const [inode, buf] = values.slice(indexes.inode) as [Inode | null, Iatt | null];
  // The brick opened an existing linkto: the file is on another child.
  if (fop === 'create' && buf !== null && mayBeEmptyLinkto(buf)) {
    const [, flags, , , fd] = args as FopTable['create']['args'];
    return (yield* openExistingFile(task, loc, flags, fd)) as Reply<N>;
  }
  const fileInode = inode ?? loc.inode;
  if (fileInode !== null && buf !== null) volume.setLocation(fileInode, buf.iaGfid, child);
  values[indexes.preparent] = fixParentSize(values[indexes.preparent] as Iatt | null);
  values[indexes.preparent + 1] = fixParentSize(values[indexes.preparent + 1] as Iatt | null);
  return reply;
}

/** Chooses the child of a new file, usually its name's. */
function chooseChild(volume: Distribute, { parent }: Loc, hashedChild: number): number {
  const { freeSpace } = volume;
  if (!freeSpace.isFull(hashedChild)) return hashedChild;
  const { pieces } = volume.findDirectory(parent!)!.layout;
  return freeSpace.chooseChild(
    hashedChild,
    volume.children.filter((child) => pieces[child]!.err === 0),
  );
}

/** Whether a file may be a linkto, by its mode and size. */
const mayBeEmptyLinkto = (buf: Iatt): boolean => mayBeLinkto(buf) && buf.iaSize === 0;

type UnlinkArgs = FopTable['unlink']['args'];

/** Removes a file, then its linkto: if the second step fails, later lookups detect the linkto as stale. */
function* unlink(task: Task, args: UnlinkArgs): Steps<Reply<'unlink'>> {
  const { volume } = task;
  const [loc, xflag, requestXdata] = args;
  const { inode } = loc;
  if (inode === null) return makeFailure('unlink', ENOENT);
  // It has the child of the name's hash, which may have a linkto.
  const parentErrno = yield* lookUpParent(task, loc);
  if (parentErrno !== 0) return makeFailure('unlink', parentErrno);
  const isKnown = volume.findFileChild(inode) !== NO_CHILD;
  const directoryOrErrno = isKnown ? null : yield* findLocation(task, inode);
  if (typeof directoryOrErrno === 'number') return makeFailure('unlink', directoryOrErrno);
  let child = volume.findFileChild(inode);
  // A directory: every child refuses with the same errno.
  if (child === NO_CHILD) return yield* task.windOne(volume.upChildren[0] ?? 0, 'unlink', ...args);
  let reply = yield* task.windOne(child, 'unlink', ...args);
  if (reply.opRet < 0 && reply.opErrno === ENOENT && isKnown) {
    // A rebalance may have moved the file: remove it on its present child.
    const { gfid } = inode;
    const lookup = yield* lookupEverywhere(task, loc, null);
    const newChild = volume.findFileChild(inode);
    const isMoved = lookup.opRet >= 0 && lookup.values[1]!.iaGfid === gfid && newChild !== child;
    if (!isMoved || newChild === NO_CHILD) return makeFailure('unlink', ENOENT);
    child = newChild;
    reply = yield* task.windOne(child, 'unlink', ...args);
  }
  const hashedChild = volume.findHashedChild(loc);
  const [preparent, postparent, xdata] = reply.values;
  if (
    reply.opRet < 0 ||
    hashedChild === child ||
    hashedChild === NO_CHILD ||
    !volume.isUp(hashedChild)
  ) {
    return { ...reply, values: [fixParentSize(preparent), fixParentSize(postparent), xdata] };
  }
  const linktoReply = yield* task.windOne(hashedChild, 'unlink', loc, 0, makeLinktoXdata());
  if (linktoReply.opRet < 0 && linktoReply.opErrno === EBUSY) {
    // A rebalance has replaced the linkto by the file, which moved to its name's child.
    const lookupXdata = volume.addFileRequests(null);
    const lookup = yield* withTemporaryInode(loc, (temporaryLoc) =>
      task.windInternal(hashedChild, 'lookup', temporaryLoc, lookupXdata),
    );
    // Another client may have created a file of this name.
    if (lookup.opRet >= 0 && lookup.values[1]!.iaGfid === inode.gfid) {
      yield* task.windOne(hashedChild, 'unlink', loc, xflag, requestXdata);
    }
  }
  // The parent changed on two children, so a caller must read its times again.
  return makeSuccess('unlink', null, null, xdata);
}

/** Creates a file without a name on the first child with room; `namelink` names it, if need be with a linkto. */
function* icreate(
  task: Task,
  [loc, mode, xdata]: FopTable['icreate']['args'],
): Steps<Reply<'icreate'>> {
  const { volume } = task;
  volume.freeSpace.refreshUsages();
  const firstChild =
    volume.upChildren.find((child) => !volume.decommissionedChildren.has(child)) ?? 0;
  const child = volume.freeSpace.isFull(firstChild)
    ? volume.freeSpace.chooseChild(firstChild, volume.children)
    : firstChild;
  const reply = yield* task.windOne(child, 'icreate', loc, mode, xdata);
  const [inode, buf] = reply.values;
  const fileInode = inode ?? loc.inode;
  if (reply.opRet >= 0 && fileInode !== null && buf !== null)
    volume.setLocation(fileInode, buf.iaGfid, child);
  return reply;
}

/** Names a file that `icreate` made; makes a linkto if the name belongs to another child. */
function* namelink(
  task: Task,
  [loc, xdata]: FopTable['namelink']['args'],
): Steps<Reply<'namelink'>> {
  const { volume } = task;
  const parentErrno = yield* lookUpParent(task, loc);
  if (parentErrno !== 0) return makeFailure('namelink', parentErrno);
  const hashedChild = volume.findHashedChild(loc);
  const child = loc.inode === null ? NO_CHILD : volume.findFileChild(loc.inode);
  if (hashedChild === NO_CHILD || child === NO_CHILD) return makeFailure('namelink', EIO);
  if (hashedChild === child) return yield* task.windOne(child, 'namelink', loc, xdata);
  const linktoReply = yield* makeLinkto(task, loc, hashedChild, child, loc.gfid);
  if (linktoReply.opRet < 0) return makeFailure('namelink', linktoReply.opErrno);
  const reply = yield* task.windOne(child, 'namelink', loc, xdata);
  if (reply.opRet < 0)
    yield* task.windInternal(hashedChild, 'unlink', loc, 0, makeUnusedLinktoXdata());
  return reply;
}

/** Makes the steps of one of the fops that create, for `makeTaskFop`. */
const makeCreateSteps =
  <N extends CreatingFop>(fop: N) =>
  (task: Task, args: FopTable[N]['args']): Steps<Reply<N>> =>
    createEntry(task, fop, args);

export const entryFops: Fops<Distribute> = {
  icreate: makeTaskFop('icreate', icreate),
  namelink: makeTaskFop('namelink', namelink),
  create: makeTaskFop('create', makeCreateSteps('create')),
  mknod: makeTaskFop('mknod', makeCreateSteps('mknod')),
  symlink: makeTaskFop('symlink', makeCreateSteps('symlink')),
  put: makeTaskFop('put', makeCreateSteps('put')),
  unlink: makeTaskFop('unlink', unlink),
};
