/**
 * A directory is made on all children: first where its name belongs, which decides; then on the
 * others, and then its names are dealt out among all. What is missing after a child was lost on the
 * way is made by the next lookup (`heal/directory.ts`).
 *
 * Source: GlusterFS `dht-common.c` (dht_mkdir, dht_mkdir_hashed_cbk, dht_mkdir_cbk),
 * `dht-selfheal.c` (dht_selfheal_new_directory).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EEXIST, EIO, EPERM } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { F_SETLKW, F_WRLCK } from '../../../../runtime/core/lock.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import { again } from '../heal/directory.ts';
import { newLayout, writeLayout } from '../heal/layout.ts';
import { aside } from '../heal/linkto.ts';
import {
  anomaliesOf,
  isBroken,
  isSameValue,
  type Layout,
  NO_COMMIT_HASH,
  type Piece,
} from '../layout/layout.ts';
import { isLinkto } from '../linkto.ts';
import { LAYOUT_HEAL, protectNamespace, unlockInode, unprotecting, whole } from '../locks.ts';
import { mergeAnswers } from '../merge.ts';
import { isDirectory } from '../sight.ts';
import { type Answer, byTask, callOf, failure, type Steps, type Task } from '../task.ts';
import { isRefused, lookAbove, pieceAbove, relyingOn } from './aside.ts';
import { refusalOf } from './entry.ts';
import { onlyIfLinkto } from './everywhere.ts';

type Args = FopTable['mkdir']['args'];
type Made = Answer<'mkdir'>;

export const mkdir = byTask('mkdir', make);

/** By another client's new layout the name belongs elsewhere, or may. */
const CHANGED = 'changed';

function* make(task: Task, args: Args): Steps<Made> {
  const { volume } = task;
  const [loc, , , given] = args;
  // All children have to give it the same gfid.
  if (!given?.has(GFID_REQ)) return failure('mkdir', EPERM);
  volume.space.refresh();
  for (;;) {
    const child = volume.hashed(loc);
    const refusal = refusalOf(volume, child);
    if (refusal !== 0) return failure('mkdir', refusal);
    task.patient(false);
    const errno = yield* protectNamespace(task, child, loc);
    if (errno !== 0) return failure('mkdir', errno);
    task.patient(true);
    const made = yield* makeLocked(task, args, given, child);
    if (made !== CHANGED) return made;
  }
}

/** With the locks of the name, which are given back. */
function* makeLocked(
  task: Task,
  args: Args,
  given: Dict,
  child: number,
): Steps<Made | typeof CHANGED> {
  const { volume } = task;
  const [loc, mode, umask] = args;
  const piece = pieceAbove(volume, loc, child);
  const marked = relyingOn(volume, loc, child, given).set(volume.keys.mds, new Uint8Array(4));
  const first = yield* task.one(child, 'mkdir', loc, mode, umask, marked);
  if (isRefused(first.opRet, first.values[4])) {
    // While we have the lock, what this child has of the layout stays as it is.
    const isThere = yield* lookAbove(task, loc);
    yield* task.ownAll(unprotecting(child, loc));
    const isOther = isThere && !isSameValue(piece, pieceAbove(volume, loc, child));
    return isOther ? CHANGED : failure('mkdir', EIO);
  }
  const answers = first.opRet < 0 ? [first] : yield* makeOthers(task, args, first, child);
  const failed = answers.find(({ opRet, opErrno }) => opRet < 0 && opErrno === EEXIST);
  if (first.opRet < 0 || failed !== undefined) {
    yield* task.ownAll(unprotecting(child, loc));
    return failed ?? first;
  }
  const [inode, buf] = first.values;
  const dir = new Loc(inode ?? loc.inode, null, null, buf!.iaGfid);
  const there = answers.filter(({ opRet }) => opRet >= 0);
  const answer = mergeAnswers(first, there);
  // Without the lock nobody knows what the children have; a lookup will see to it.
  if (!(yield* exchangeLocks(task, loc, dir, child))) return answer;
  const layout = yield* dealOut(task, loc, dir);
  if (dir.inode !== null && layout !== null) {
    volume.keep(dir.inode, buf!.iaGfid, { layout, mds: child });
  }
  task.answer(answer);
  yield* unlockInode(task, child, LAYOUT_HEAL, dir);
  return answer;
}

/**
 * Gives the name of a new directory free, and keeps others from dealing out its names.
 * @param dir the same by its gfid
 * @returns whether they are kept from it
 */
function* exchangeLocks(task: Task, loc: Loc, dir: Loc, child: number): Steps<boolean> {
  const lock = callOf(child, 'inodelk', LAYOUT_HEAL, dir, F_SETLKW, whole(F_WRLCK), null);
  const answers = yield* task.ownAll([...unprotecting(child, loc), lock]);
  return answers.at(-1)!.opRet >= 0;
}

/**
 * On all other children: the answers, that of the first one among them. EEXIST is among them when there
 * is something else of this name, and then nothing was made.
 */
function* makeOthers(
  task: Task,
  [loc, mode, umask, xdata]: Args,
  first: Made,
  child: number,
): Steps<Made[]> {
  const others = task.volume.all.filter((at) => at !== child);
  const made = yield* task.each(others, 'mkdir', () => [loc, mode, umask, xdata]);
  const gfid = first.values[1]!.iaGfid;
  const answers = [first];
  for (const [at, other] of others.entries()) {
    let answer = made[at]!;
    if (answer.opRet < 0 && answer.opErrno === EEXIST) {
      const inTheWay = yield* whatIsThere(task, loc, other, gfid);
      if (inTheWay === 'linkto') {
        answer = yield* task.one(other, 'mkdir', loc, mode, umask, xdata);
      } else if (inTheWay === 'nothing') continue;
    }
    answers.push(answer);
  }
  if (answers.some(({ opRet, opErrno }) => opRet < 0 && opErrno === EEXIST)) {
    const done = others.filter((_, at) => made[at]!.opRet >= 0);
    yield* task.ownEach([...done, child], 'rmdir', () => [loc, 0, null]);
  }
  return answers;
}

/** Why a child has the name already; a linkto without its file is gone then. */
function* whatIsThere(
  task: Task,
  loc: Loc,
  child: number,
  gfid: string,
): Steps<'nothing' | 'linkto' | 'other'> {
  const keys = task.volume.linkedKeys(null);
  const found = yield* aside(loc, (own) => task.own(child, 'lookup', own, keys));
  const [, buf, xdata] = found.values;
  if (found.opRet < 0 || buf === null) return 'nothing';
  // A lookup of another client has made it, as it was there on our first child.
  if (isDirectory(found) && buf.iaGfid === gfid) return 'nothing';
  if (!isLinkto(buf, xdata, task.volume.keys.linkto)) return 'other';
  const gone = yield* task.own(child, 'unlink', loc, 0, onlyIfLinkto());
  return gone.opRet < 0 ? 'other' : 'linkto';
}

/**
 * Deals the names of a new directory out.
 * @param dir the same by its gfid
 * @returns null where nobody knows what the children have
 */
function* dealOut(task: Task, loc: Loc, dir: Loc): Steps<Layout | null> {
  // Another client's lookup may have found the directory, and dealt out its names.
  const layout = (yield* again(task, dir))?.layout ?? null;
  if (layout === null || !isBroken(anomaliesOf(layout.pieces))) return layout;
  const { settings, commitHash } = task.volume;
  const hash = settings['lookup-optimize'] ? commitHash : NO_COMMIT_HASH;
  const usable = layout.pieces.map(withoutMissing);
  const pieces = newLayout(task.volume, loc.path, dir.gfid, usable, hash, { isNew: true });
  return yield* writeLayout(task, dir, pieces);
}

/** Where it could not be made, no name of it belongs. */
const withoutMissing = (piece: Piece): Piece =>
  anomaliesOf([piece]).missing > 0 ? { ...piece, err: EIO } : piece;
