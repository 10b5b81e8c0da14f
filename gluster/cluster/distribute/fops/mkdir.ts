/**
 * Makes a directory on all children: first on its name's child, which decides, then on the others;
 * then writes its layout. The next lookup completes what a lost child missed (`heal/directory.ts`).
 * Source: GlusterFS `dht-common.c` (dht_mkdir, dht_mkdir_hashed_cbk, dht_mkdir_cbk),
 * `dht-selfheal.c` (dht_selfheal_new_directory).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EEXIST, EIO, EPERM } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { F_SETLKW, F_WRLCK } from '../../../../runtime/core/lock.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import { isDirectory } from '../directory-view.ts';
import { lookupAgain } from '../heal/directory.ts';
import { newLayout, writeLayout } from '../heal/layout.ts';
import { withInode } from '../heal/linkto.ts';
import {
  anomaliesOf,
  isBroken,
  isSameValue,
  type Layout,
  NO_COMMIT_HASH,
  type Piece,
} from '../layout/layout.ts';
import { isLinkto } from '../linkto.ts';
import { LAYOUT_HEAL, protectNamespace, unlockInode, unprotectCalls, wholeFile } from '../locks.ts';
import { mergeReplies } from '../merge.ts';
import { byTask, callOf, failure, type Reply, type Steps, type Task } from '../task.ts';
import { isRefused, parentPiece, refreshParent, withLayout } from './create-with-linkto.ts';
import { placementErrno } from './entry.ts';
import { unusedLinktoOnly } from './lookup-everywhere.ts';

type Args = FopTable['mkdir']['args'];
type MkdirReply = Reply<'mkdir'>;

export const mkdir = byTask('mkdir', make);

/** The result when another client changed the layout: the name may belong elsewhere. */
const CHANGED = 'changed';

function* make(task: Task, args: Args): Steps<MkdirReply> {
  const { volume } = task;
  const [loc, , , given] = args;
  // All children must give the directory the same gfid.
  if (!given?.has(GFID_REQ)) return failure('mkdir', EPERM);
  volume.space.refresh();
  for (;;) {
    const child = volume.hashedChild(loc);
    const refusal = placementErrno(volume, child);
    if (refusal !== 0) return failure('mkdir', refusal);
    task.patient(false);
    const errno = yield* protectNamespace(task, child, loc);
    if (errno !== 0) return failure('mkdir', errno);
    task.patient(true);
    const made = yield* makeLocked(task, args, given, child);
    if (made !== CHANGED) return made;
  }
}

/** Makes the directory while holding the locks of its name, and releases them. */
function* makeLocked(
  task: Task,
  args: Args,
  given: Dict,
  child: number,
): Steps<MkdirReply | typeof CHANGED> {
  const { volume } = task;
  const [loc, mode, umask] = args;
  const piece = parentPiece(volume, loc, child);
  const marked = withLayout(volume, loc, child, given).set(volume.keys.mds, new Uint8Array(4));
  const first = yield* task.one(child, 'mkdir', loc, mode, umask, marked);
  if (isRefused(first.opRet, first.values[4])) {
    // The lock keeps this child's piece of the layout unchanged.
    const isThere = yield* refreshParent(task, loc);
    yield* task.ownAll(unprotectCalls(child, loc));
    const isOther = isThere && !isSameValue(piece, parentPiece(volume, loc, child));
    return isOther ? CHANGED : failure('mkdir', EIO);
  }
  const replies = first.opRet < 0 ? [first] : yield* makeOthers(task, args, first, child);
  const failed = replies.find(({ opRet, opErrno }) => opRet < 0 && opErrno === EEXIST);
  if (first.opRet < 0 || failed !== undefined) {
    yield* task.ownAll(unprotectCalls(child, loc));
    return failed ?? first;
  }
  const [inode, buf] = first.values;
  const dir = new Loc(inode ?? loc.inode, null, null, buf!.iaGfid);
  const there = replies.filter(({ opRet }) => opRet >= 0);
  const answer = mergeReplies(first, there);
  // Without the lock the children's pieces may differ; the next lookup repairs that.
  if (!(yield* exchangeLocks(task, loc, dir, child))) return answer;
  const layout = yield* writeNewLayout(task, loc, dir);
  if (dir.inode !== null && layout !== null) {
    volume.setLocation(dir.inode, buf!.iaGfid, { layout, mds: child });
  }
  task.answer(answer);
  yield* unlockInode(task, child, LAYOUT_HEAL, dir);
  return answer;
}

/**
 * Releases the name of a new directory, and locks its layout.
 * @param dir the directory by its gfid
 * @returns whether the layout is locked
 */
function* exchangeLocks(task: Task, loc: Loc, dir: Loc, child: number): Steps<boolean> {
  const lock = callOf(child, 'inodelk', LAYOUT_HEAL, dir, F_SETLKW, wholeFile(F_WRLCK), null);
  const replies = yield* task.ownAll([...unprotectCalls(child, loc), lock]);
  return replies.at(-1)!.opRet >= 0;
}

/**
 * Makes the directory on all other children. @returns all replies, the first child's included.
 * EEXIST among them means that the name was taken, and that nothing was made.
 */
function* makeOthers(
  task: Task,
  [loc, mode, umask, xdata]: Args,
  first: MkdirReply,
  child: number,
): Steps<MkdirReply[]> {
  const others = task.volume.all.filter((at) => at !== child);
  const made = yield* task.each(others, 'mkdir', () => [loc, mode, umask, xdata]);
  const gfid = first.values[1]!.iaGfid;
  const replies = [first];
  for (const [at, other] of others.entries()) {
    let answer = made[at]!;
    if (answer.opRet < 0 && answer.opErrno === EEXIST) {
      const inTheWay = yield* existingEntry(task, loc, other, gfid);
      if (inTheWay === 'linkto') {
        answer = yield* task.one(other, 'mkdir', loc, mode, umask, xdata);
      } else if (inTheWay === 'nothing') continue;
    }
    replies.push(answer);
  }
  if (replies.some(({ opRet, opErrno }) => opRet < 0 && opErrno === EEXIST)) {
    const done = others.filter((_, at) => made[at]!.opRet >= 0);
    yield* task.ownEach([...done, child], 'rmdir', () => [loc, 0, null]);
  }
  return replies;
}

/** Finds out why a child has the name already; removes a linkto without its file. */
function* existingEntry(
  task: Task,
  loc: Loc,
  child: number,
  gfid: string,
): Steps<'nothing' | 'linkto' | 'other'> {
  const keys = task.volume.linkedKeys(null);
  const found = yield* withInode(loc, (own) => task.own(child, 'lookup', own, keys));
  const [, buf, xdata] = found.values;
  if (found.opRet < 0 || buf === null) return 'nothing';
  // Another client's lookup made it, having found it on the first child.
  if (isDirectory(found) && buf.iaGfid === gfid) return 'nothing';
  if (!isLinkto(buf, xdata, task.volume.keys.linkto)) return 'other';
  const gone = yield* task.own(child, 'unlink', loc, 0, unusedLinktoOnly());
  return gone.opRet < 0 ? 'other' : 'linkto';
}

/**
 * Writes the layout of a new directory.
 * @param dir the directory by its gfid
 * @returns null if the children's pieces are unknown
 */
function* writeNewLayout(task: Task, loc: Loc, dir: Loc): Steps<Layout | null> {
  // Another client's lookup may have found the directory and written its layout.
  const layout = (yield* lookupAgain(task, dir))?.layout ?? null;
  if (layout === null || !isBroken(anomaliesOf(layout.pieces))) return layout;
  const { settings, commitHash } = task.volume;
  const hash = settings['lookup-optimize'] ? commitHash : NO_COMMIT_HASH;
  const usable = layout.pieces.map(withoutMissing);
  const pieces = newLayout(task.volume, loc.path, dir.gfid, usable, hash, { isNew: true });
  return yield* writeLayout(task, dir, pieces);
}

/** Excludes children without the directory from its layout. */
const withoutMissing = (piece: Piece): Piece =>
  anomaliesOf([piece]).missing > 0 ? { ...piece, err: EIO } : piece;
