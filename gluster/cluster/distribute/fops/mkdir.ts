/**
 * Makes a directory on all children: first on the child of its name's hash, whose reply decides, then on the others.
 * Then writes its layout. The next lookup makes it on children that were down (`heal/heal-directory.ts`).
 * Source: GlusterFS `dht-common.c` (dht_mkdir, dht_mkdir_hashed_cbk, dht_mkdir_cbk),
 * `dht-selfheal.c` (dht_selfheal_new_directory).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EEXIST, EIO, EPERM } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { F_SETLKW, F_WRLCK } from '../../../../runtime/core/lock.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import { isDirectory } from '../directory-view.ts';
import { computePieces, writeLayout } from '../heal/fix-layout.ts';
import { lookupAgain } from '../heal/heal-directory.ts';
import { withTemporaryInode } from '../heal/make-linkto.ts';
import {
  areEncodedPiecesEqual,
  countAnomalies,
  isBroken,
  type Layout,
  NO_COMMIT_HASH,
  type Piece,
} from '../layout/layout.ts';
import { isLinkto } from '../linkto.ts';
import {
  LAYOUT_LOCK_DOMAIN,
  lockName,
  makeNameUnlocks,
  makeWholeLock,
  unlockInode,
} from '../locks.ts';
import { mergeDirectoryReplies } from '../merge.ts';
import {
  makeFailure,
  makeInternalCall,
  makeTaskFop,
  type Reply,
  type Steps,
  type Task,
} from '../task.ts';
import { findPlacementErrno } from './entry-fops.ts';
import {
  addLayoutCondition,
  findParentPiece,
  isRefusedForLayout,
  refreshParentLayout,
} from './layout-condition.ts';
import { makeUnusedLinktoXdata } from './lookup-everywhere.ts';
import { lookUpParent } from './parent-lookup.ts';

type MkdirArgs = FopTable['mkdir']['args'];
type MkdirReply = Reply<'mkdir'>;

export const mkdir = makeTaskFop('mkdir', makeDirectory);

/** The result if another client changed the parent's layout: the name may belong to another child. */
const LAYOUT_CHANGED = 'changed';

/** Makes a directory while its name is locked; starts over if another client changed the parent's layout. */
function* makeDirectory(task: Task, args: MkdirArgs): Steps<MkdirReply> {
  const { volume } = task;
  const [loc, , , xdata] = args;
  // All children must give the directory the same gfid.
  if (!xdata?.has(GFID_REQ)) return makeFailure('mkdir', EPERM);
  const parentErrno = yield* lookUpParent(task, loc);
  if (parentErrno !== 0) return makeFailure('mkdir', parentErrno);
  volume.freeSpace.refreshUsages();
  for (;;) {
    const child = volume.findHashedChild(loc);
    const placementErrno = findPlacementErrno(volume, child);
    if (placementErrno !== 0) return makeFailure('mkdir', placementErrno);
    // An interrupt may end the wait for the lock, but not the changes after it.
    task.setIgnoresInterrupts(false);
    const errno = yield* lockName(task, child, loc);
    if (errno !== 0) return makeFailure('mkdir', errno);
    task.setIgnoresInterrupts(true);
    const reply = yield* makeLockedDirectory(task, args, xdata, child);
    if (reply !== LAYOUT_CHANGED) return reply;
  }
}

/** Makes the directory while its name is locked, and releases the locks. @param child the name's child */
function* makeLockedDirectory(
  task: Task,
  args: MkdirArgs,
  xdata: Dict,
  child: number,
): Steps<MkdirReply | typeof LAYOUT_CHANGED> {
  const { volume } = task;
  const [loc, mode, umask] = args;
  const expectedPiece = findParentPiece(volume, loc, child);
  // The zero bytes make this child the MDS: the others lack no changes yet.
  const conditionalXdata = addLayoutCondition(volume, loc, child, xdata).set(
    volume.xattrNames.mds,
    new Uint8Array(4),
  );
  const firstReply = yield* task.windOne(child, 'mkdir', loc, mode, umask, conditionalXdata);
  if (isRefusedForLayout(firstReply.opRet, firstReply.values[4])) {
    // While the name is locked, no other client changes this child's piece.
    const parentExists = yield* refreshParentLayout(task, loc);
    yield* task.windInternalCalls(makeNameUnlocks(child, loc));
    const hasChanged =
      parentExists && !areEncodedPiecesEqual(expectedPiece, findParentPiece(volume, loc, child));
    return hasChanged ? LAYOUT_CHANGED : makeFailure('mkdir', EIO);
  }
  const replies =
    firstReply.opRet < 0 ? [firstReply] : yield* makeOnOtherChildren(task, args, firstReply, child);
  const existsReply = replies.find(({ opRet, opErrno }) => opRet < 0 && opErrno === EEXIST);
  if (firstReply.opRet < 0 || existsReply !== undefined) {
    yield* task.windInternalCalls(makeNameUnlocks(child, loc));
    return existsReply ?? firstReply;
  }
  const [inode, buf] = firstReply.values;
  const dir = new Loc(inode ?? loc.inode, null, null, buf!.iaGfid);
  const successes = replies.filter(({ opRet }) => opRet >= 0);
  const reply = mergeDirectoryReplies(firstReply, successes);
  // Without the lock the children's pieces may differ; the next lookup repairs that.
  if (!(yield* exchangeLocks(task, loc, dir, child))) return reply;
  const layout = yield* writeNewLayout(task, loc, dir);
  if (dir.inode !== null && layout !== null) {
    volume.setLocation(dir.inode, buf!.iaGfid, { layout, mds: child });
  }
  task.replyEarly(reply);
  yield* unlockInode(task, child, LAYOUT_LOCK_DOMAIN, dir);
  return reply;
}

/**
 * Releases the name of a new directory, and locks its layout.
 * @param dir the directory by its gfid
 * @returns whether the layout is locked
 */
function* exchangeLocks(task: Task, loc: Loc, dir: Loc, child: number): Steps<boolean> {
  const lock = makeInternalCall(
    child,
    'inodelk',
    LAYOUT_LOCK_DOMAIN,
    dir,
    F_SETLKW,
    makeWholeLock(F_WRLCK),
    null,
  );
  const replies = yield* task.windInternalCalls([...makeNameUnlocks(child, loc), lock]);
  return replies.at(-1)!.opRet >= 0;
}

/**
 * Makes the directory on all other children. @returns all replies, the first child's included.
 * EEXIST among them means that the name was taken, and that all copies made here were removed.
 */
function* makeOnOtherChildren(
  task: Task,
  [loc, mode, umask, xdata]: MkdirArgs,
  firstReply: MkdirReply,
  child: number,
): Steps<MkdirReply[]> {
  const otherChildren = task.volume.children.filter((otherChild) => otherChild !== child);
  const otherReplies = yield* task.windEach(otherChildren, 'mkdir', () => [
    loc,
    mode,
    umask,
    xdata,
  ]);
  const gfid = firstReply.values[1]!.iaGfid;
  const replies = [firstReply];
  for (const [index, otherChild] of otherChildren.entries()) {
    let reply = otherReplies[index]!;
    if (reply.opRet < 0 && reply.opErrno === EEXIST) {
      const obstacle = yield* resolveExisting(task, loc, otherChild, gfid);
      if (obstacle === 'linkto') {
        reply = yield* task.windOne(otherChild, 'mkdir', loc, mode, umask, xdata);
      } else if (obstacle === 'nothing') continue;
    }
    replies.push(reply);
  }
  if (replies.some(({ opRet, opErrno }) => opRet < 0 && opErrno === EEXIST)) {
    const createdChildren = otherChildren.filter((_, index) => otherReplies[index]!.opRet >= 0);
    yield* task.windInternalEach([...createdChildren, child], 'rmdir', () => [loc, 0, null]);
  }
  return replies;
}

/**
 * Determines what has the name on a child: a linkto, which is removed, or another file. 'nothing' if the name is
 * gone, or is this directory.
 */
function* resolveExisting(
  task: Task,
  loc: Loc,
  child: number,
  gfid: string,
): Steps<'nothing' | 'linkto' | 'other'> {
  const requestXdata = task.volume.addDirectoryRequests(null);
  const lookup = yield* withTemporaryInode(loc, (temporaryLoc) =>
    task.windInternal(child, 'lookup', temporaryLoc, requestXdata),
  );
  const [, buf, xdata] = lookup.values;
  if (lookup.opRet < 0 || buf === null) return 'nothing';
  // Another client's lookup found the directory on the first child, and made this copy.
  if (isDirectory(lookup) && buf.iaGfid === gfid) return 'nothing';
  if (!isLinkto(buf, xdata, task.volume.xattrNames.linkto)) return 'other';
  const unlinkReply = yield* task.windInternal(child, 'unlink', loc, 0, makeUnusedLinktoXdata());
  return unlinkReply.opRet < 0 ? 'other' : 'linkto';
}

/**
 * Writes the layout of a new directory.
 * @param dir the directory by its gfid
 * @returns null if the children's pieces are unknown
 */
function* writeNewLayout(task: Task, loc: Loc, dir: Loc): Steps<Layout | null> {
  // Another client's lookup may have found the directory and written its layout.
  const layout = (yield* lookupAgain(task, dir))?.layout ?? null;
  if (layout === null || !isBroken(countAnomalies(layout.pieces))) return layout;
  const { settings, commitHash } = task.volume;
  const hash = settings['lookup-optimize'] ? commitHash : NO_COMMIT_HASH;
  const usablePieces = layout.pieces.map(excludeMissing);
  const pieces = computePieces(task.volume, loc.path, dir.gfid, usablePieces, hash, {
    isNew: true,
  });
  return yield* writeLayout(task, dir, pieces);
}

/** Excludes children without the directory from its layout. */
const excludeMissing = (piece: Piece): Piece =>
  countAnomalies([piece]).missing > 0 ? { ...piece, err: EIO } : piece;
