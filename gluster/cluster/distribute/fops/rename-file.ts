/**
 * Renames a file, which stays on its child S. The rename on the new name's child H decides; all steps
 * before it can be undone, all after it clean up. O is the old name's child, D that of a replaced file.
 *
 *     S is not D                                    S is D
 *     H  linkto, old name   (if H is not S, not O)  H  unlink linkto, new name  (if H is not S)
 *     S  link old, new      (if H is not S)         S  rename old, new
 *     H  rename old, new                            H  linkto, new name         (if H is not S)
 *     S  unlink old         (if H is not S)         O  unlink linkto, old name  (if O is not S)
 *     O  unlink linkto, old (if O is not S, not H)
 *     D  unlink new         (if D is not H)
 * Source: GlusterFS `dht-rename.c` (dht_rename_create_links, dht_do_rename, dht_rename_cbk,
 * dht_rename_cleanup).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EEXIST, EIO, EISDIR, ENOENT, ESTALE } from '../../../../runtime/core/errno.ts';
import { IA_IFDIR, type Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import type { LookupReply } from '../directory-view.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { chownLinkto, INTERNAL_FOP, makeLinkto } from '../heal/linkto.ts';
import { isLinkto, targetOf } from '../linkto.ts';
import { type LockTarget, lockFiles, protectNames, unlockCalls, unprotectCalls } from '../locks.ts';
import { parentIatt, withoutVolatile } from '../merge.ts';
import { callOf, failure, type Reply, type Steps, success, type Task } from '../task.ts';
import { lookupEverywhere, unusedLinktoOnly } from './lookup-everywhere.ts';

type Renamed = Reply<'rename'>;

/** The most attempts of a rename whose names change before they are locked. */
const TRIES = 8;

/** The file that has the new name, and its child. */
interface Target {
  readonly child: number;
  readonly inode: Inode;
}

interface Plan {
  readonly inode: Inode;
  readonly from: Loc;
  readonly to: Loc;
  readonly xdata: Dict | null;
  /** The children S, O, H, D of the table above. */
  readonly source: number;
  readonly oldHash: number;
  readonly newHash: number;
  readonly target: number;
}

export function* renameFile(
  task: Task,
  inode: Inode,
  from: LockTarget,
  to: LockTarget,
  xdata: Dict | null,
): Steps<Renamed> {
  const { volume } = task;
  let target = knownTarget(volume, to.loc.inode);
  for (let turn = 0; turn < TRIES; turn++) {
    const source = volume.childOf(inode);
    if (source === NOWHERE) return failure('rename', ESTALE);
    const files = [{ child: source, loc: new Loc(inode) }];
    if (target !== null && target.inode !== inode) {
      files.push({ child: target.child, loc: new Loc(target.inode) });
    }
    const locked = yield* lockFiles(task, files);
    if (typeof locked === 'number') return failure('rename', locked);
    const errno = yield* protectNames(task, from, to);
    if (errno !== 0) {
      yield* task.ownAll(unlockCalls(locked));
      return failure('rename', errno);
    }
    const seen = yield* readLockedNames(task, inode, from.loc, to, source, target);
    const move = {
      ...{ inode, from: from.loc, to: to.loc, xdata, source },
      ...{ oldHash: from.child, newHash: to.child, target: target?.child ?? NOWHERE },
    };
    task.patient(true);
    const answer = seen.answer ?? (seen.isKnown ? yield* performRename(task, move) : null);
    const unlocks = [unprotectCalls(from.child, from.loc), unprotectCalls(to.child, to.loc)].flat();
    yield* task.ownAll([...unlockCalls(locked), ...unlocks]);
    if (answer !== null) return answer;
    task.patient(false);
    target = seen.target;
    if (seen.isMoved) {
      const found = yield* lookupEverywhere(task, from.loc, null);
      if (found.opRet < 0) return failure('rename', found.opErrno);
    }
  }
  return failure('rename', ESTALE);
}

function knownTarget(volume: Distribute, inode: Inode | null): Target | null {
  const child = inode === null ? NOWHERE : volume.childOf(inode);
  return inode === null || child === NOWHERE ? null : { child, inode };
}

/** The state of both names once they are locked. */
interface LockedNames {
  /** The final reply, if nothing remains to be done. */
  readonly answer: Renamed | null;
  /** Whether the locked files are those that have the names. */
  readonly isKnown: boolean;
  readonly target: Target | null;
  /** Whether the file is on another child. */
  readonly isMoved: boolean;
}

function* readLockedNames(
  task: Task,
  inode: Inode,
  from: Loc,
  to: LockTarget,
  source: number,
  target: Target | null,
): Steps<LockedNames> {
  const seen = (more: Partial<LockedNames>): LockedNames => ({
    ...{ answer: null, isKnown: false, target, isMoved: false },
    ...more,
  });
  const places: LockTarget[] = [
    { child: source, loc: from },
    { child: to.child, loc: to.loc },
  ];
  if (target !== null && target.child !== to.child) {
    places.push({ child: target.child, loc: to.loc });
  }
  const [old, next, there] = yield* lookupNames(task, places);
  if (old!.opRet < 0) return seen({ answer: failure('rename', old!.opErrno) });
  const [, buf, keys] = old!.values;
  if (buf!.iaGfid !== inode.gfid) return seen({ answer: failure('rename', ESTALE) });
  if (isLinkto(buf!, keys, task.volume.keys.linkto)) return seen({ isMoved: true });
  const now = yield* currentTarget(task, to, target, next!, there ?? next!);
  if (typeof now === 'number') return seen({ answer: failure('rename', now) });
  // Two names of one file: POSIX keeps both.
  if (now?.inode === inode) return seen({ answer: unchanged(buf!) });
  const isKnown = now?.inode === target?.inode && now?.child === target?.child;
  return seen({ isKnown, target: now });
}

/** Looks names up at once, with fresh inodes. */
function* lookupNames(task: Task, places: readonly LockTarget[]): Steps<LookupReply[]> {
  const keys = task.volume.linkedKeys(null);
  const inodes = places.map(({ loc }) => loc.parent!.table.newInode());
  const calls = places.map(({ child, loc }, at) =>
    callOf(child, 'lookup', new Loc(inodes[at]!, loc.parent, loc.name), keys),
  );
  const replies = yield* task.ownAll(calls);
  for (const inode of inodes) inode.forgetCtx();
  return replies as LookupReply[];
}

/** Finds the file that has the new name. @returns it, null, or the errno */
function* currentTarget(
  task: Task,
  to: LockTarget,
  target: Target | null,
  next: LookupReply,
  there: LookupReply,
): Steps<Target | null | number> {
  const { linkto } = task.volume.keys;
  const isFile = ({ opRet, values }: LookupReply): boolean =>
    opRet >= 0 && !isLinkto(values[1]!, values[2], linkto);
  if (isFile(next)) return targetOfFound(to.child, to.loc, next);
  if (next.opRet < 0 && next.opErrno !== ENOENT) return next.opErrno;
  if (target !== null && isFile(there)) return targetOfFound(target.child, to.loc, there);
  if (next.opRet < 0) return null;
  const name = targetOf(next.values[2], linkto);
  const child = name === undefined ? NOWHERE : task.volume.indexOf(name);
  if (child === NOWHERE || child === target?.child) return null;
  const [file] = yield* lookupNames(task, [{ child, loc: to.loc }]);
  if (file!.opRet < 0) return file!.opErrno === ENOENT ? null : file!.opErrno;
  const isIt = isFile(file!) && file!.values[1]!.iaGfid === next.values[1]!.iaGfid;
  return isIt ? targetOfFound(child, to.loc, file!) : null;
}

function targetOfFound(child: number, loc: Loc, { values: [, buf] }: LookupReply): Target | number {
  if (buf!.iaType === IA_IFDIR) return EISDIR;
  const { table } = loc.parent!;
  const inode = table.find(buf!.iaGfid) ?? table.link(table.newInode(), null, null, buf!);
  return inode === null ? EIO : { child, inode };
}

export const unchanged = (buf: Iatt | null): Renamed =>
  success('rename', buf, null, null, null, null, null);

const performRename = (task: Task, move: Plan): Steps<Renamed> =>
  move.source === move.target ? replaceOnSameChild(task, move) : replace(task, move);

const internal = (): Dict => new Dict().set(INTERNAL_FOP, 'yes');

/** Renames over no file, or over a file on another child. */
function* replace(task: Task, move: Plan): Steps<Renamed> {
  const { inode, from, to, xdata, source, oldHash, newHash } = move;
  if (newHash === source) {
    const done = yield* task.one(source, 'rename', from, to, xdata);
    return done.opRet < 0 ? done : shown(done, yield* cleanUp(task, move));
  }
  if (newHash !== oldHash) {
    const errno = yield* makeOldLinkto(task, move);
    if (errno !== 0) return failure('rename', errno);
  }
  const at = new Loc(inode, to.parent, to.name);
  const linked = yield* linkSource(task, move, at);
  if (typeof linked === 'number') {
    if (newHash !== oldHash) yield* task.own(newHash, 'unlink', from, 0, unusedLinktoOnly());
    return failure('rename', linked);
  }
  let done = yield* task.own(newHash, 'rename', from, to, xdata);
  if (done.opRet < 0 && done.opErrno === ENOENT && newHash === oldHash) {
    // The file was there without a linkto on its old name's child.
    yield* makeLinkto(task, from, newHash, source, inode.gfid);
    done = yield* task.own(newHash, 'rename', from, to, xdata);
  }
  if (done.opRet < 0) {
    const undo = [callOf(source, 'unlink', at, 0, internal())];
    if (newHash !== oldHash) undo.push(callOf(newHash, 'unlink', from, 0, unusedLinktoOnly()));
    yield* task.ownAll(undo);
    return done;
  }
  yield* cleanUp(task, move);
  yield* chownLinkto(task, to, newHash, linked);
  return shownOfMany(done, linked);
}

/** Makes a linkto of the old name on the new name's child; replaces one of an interrupted rename. */
function* makeOldLinkto(task: Task, move: Plan): Steps<number> {
  const { inode, from, newHash, source } = move;
  const make = (): Steps<Reply<'mknod'>> => makeLinkto(task, from, newHash, source, inode.gfid);
  let made = yield* make();
  if (made.opRet < 0 && made.opErrno === EEXIST) {
    const gone = yield* task.own(newHash, 'unlink', from, 0, unusedLinktoOnly());
    if (gone.opRet >= 0) made = yield* make();
  }
  return made.opRet < 0 ? made.opErrno : 0;
}

/** Links the file to its new name. @returns its attributes then, or the errno */
function* linkSource(task: Task, { inode, from, source }: Plan, at: Loc): Steps<Iatt | number> {
  const link = (): Steps<Reply<'link'>> =>
    task.own(source, 'link', new Loc(inode, from.parent, from.name), at, internal());
  let linked = yield* link();
  if (linked.opRet < 0 && linked.opErrno === EEXIST) {
    const [there] = yield* lookupNames(task, [{ child: source, loc: at }]);
    const [, buf, keys] = there!.values;
    // An interrupted rename left it.
    if (buf?.iaGfid === inode.gfid) return buf;
    if (buf !== null && isLinkto(buf, keys, task.volume.keys.linkto)) {
      const gone = yield* task.own(source, 'unlink', at, 0, unusedLinktoOnly());
      if (gone.opRet >= 0) linked = yield* link();
    }
  }
  return linked.opRet < 0 ? linked.opErrno : linked.values[1]!;
}

/** Renames over a file on the same child. */
function* replaceOnSameChild(task: Task, move: Plan): Steps<Renamed> {
  const { inode, from, to, xdata, source, newHash } = move;
  const isElsewhere = newHash !== source;
  if (isElsewhere) {
    const gone = yield* task.own(newHash, 'unlink', to, 0, unusedLinktoOnly());
    if (gone.opRet < 0 && gone.opErrno !== ENOENT) return failure('rename', gone.opErrno);
  }
  const done = yield* task.one(source, 'rename', from, to, xdata);
  if (isElsewhere) {
    const now = done.opRet >= 0 ? inode : to.inode;
    const linkto = now && (yield* makeLinkto(task, to, newHash, source, now.gfid));
    const buf = done.values[0];
    if (linkto !== null && linkto.opRet >= 0 && buf !== null) {
      yield* chownLinkto(task, to, newHash, buf);
    }
  }
  if (done.opRet < 0) return done;
  const tidied = yield* cleanUp(task, move);
  return shown(done, isElsewhere || tidied);
}

/**
 * Removes the old name, and the replaced file.
 * @returns whether any child had to change
 */
function* cleanUp(task: Task, move: Plan): Steps<boolean> {
  const { from, to, source, oldHash, newHash, target } = move;
  const renamedOn = source === target ? source : newHash;
  const calls = [];
  if (source !== renamedOn) calls.push(callOf(source, 'unlink', from, 0, internal()));
  if (oldHash !== source && oldHash !== renamedOn) {
    calls.push(callOf(oldHash, 'unlink', from, 0, unusedLinktoOnly()));
  }
  if (target !== NOWHERE && target !== renamedOn) {
    calls.push(callOf(target, 'unlink', to, 0, internal()));
  }
  yield* task.ownAll(calls);
  return calls.length > 0;
}

/** @param isOfMany whether further children changed their directories */
const shown = (done: Renamed, isOfMany: boolean): Renamed =>
  isOfMany
    ? shownOfMany(done, done.values[0])
    : success('rename', done.values[0], ...foldersOf(done), done.values[5]);

const foldersOf = ({ values }: Renamed): [Iatt | null, Iatt | null, Iatt | null, Iatt | null] => [
  parentIatt(values[1]),
  parentIatt(values[2]),
  parentIatt(values[3]),
  parentIatt(values[4]),
];

/** Omits the directories' attributes: several children changed, so a caller must read the times anew. */
const shownOfMany = ({ values }: Renamed, buf: Iatt | null): Renamed =>
  success('rename', buf && withoutVolatile(buf), null, null, null, null, values[5]);
