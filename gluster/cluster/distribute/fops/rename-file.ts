/**
 * A file gets another name, and stays with its child. Where the new name belongs, a rename decides:
 * of the file itself, or of a linkto that was made there under the old name. All before it can be
 * taken back, and all after it is tidying.
 *
 *     S has the file, O is where the old name belongs, H where the new one does, D has the file that
 *     had the new name
 *
 *     S is not D                                    S is D
 *     H  linkto, old name   (if H is not S, not O)  H  unlink linkto, new name  (if H is not S)
 *     S  link old, new      (if H is not S)         S  rename old, new
 *     H  rename old, new                            H  linkto, new name         (if H is not S)
 *     S  unlink old         (if H is not S)         O  unlink linkto, old name  (if O is not S)
 *     O  unlink linkto, old (if O is not S, not H)
 *     D  unlink new         (if D is not H)
 *
 * Source: GlusterFS `dht-rename.c` (dht_rename_create_links, dht_do_rename, dht_rename_cbk,
 * dht_rename_cleanup).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EEXIST, EIO, EISDIR, ENOENT, ESTALE } from '../../../../runtime/core/errno.ts';
import { IA_IFDIR, type Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { chownLinkto, INTERNAL_FOP, makeLinkto } from '../heal/linkto.ts';
import { isLinkto, targetOf } from '../linkto.ts';
import { lockFiles, type Place, protectNames, unlockingFiles, unprotecting } from '../locks.ts';
import { folderOf, passing } from '../merge.ts';
import type { Found } from '../sight.ts';
import { type Answer, callOf, failure, type Steps, success, type Task } from '../task.ts';
import { lookupEverywhere, onlyIfLinkto } from './everywhere.ts';

type Renamed = Answer<'rename'>;

/** How often a rename begins anew because something has changed before the locks were there. */
const TRIES = 8;

/** What has the new name, and with which child. */
interface Target {
  readonly child: number;
  readonly inode: Inode;
}

interface Move {
  readonly inode: Inode;
  readonly from: Loc;
  readonly to: Loc;
  readonly xdata: Dict | null;
  /** S, O, H, D, as above. */
  readonly source: number;
  readonly oldHash: number;
  readonly newHash: number;
  readonly target: number;
}

export function* renameFile(
  task: Task,
  inode: Inode,
  from: Place,
  to: Place,
  xdata: Dict | null,
): Steps<Renamed> {
  const { volume } = task;
  let target = knownTarget(volume, to.loc.inode);
  for (let turn = 0; turn < TRIES; turn++) {
    const source = volume.cached(inode);
    if (source === NOWHERE) return failure('rename', ESTALE);
    const files = [{ child: source, loc: new Loc(inode) }];
    if (target !== null && target.inode !== inode) {
      files.push({ child: target.child, loc: new Loc(target.inode) });
    }
    const locked = yield* lockFiles(task, files);
    if (typeof locked === 'number') return failure('rename', locked);
    const errno = yield* protectNames(task, from, to);
    if (errno !== 0) {
      yield* task.ownAll(unlockingFiles(locked));
      return failure('rename', errno);
    }
    const seen = yield* see(task, inode, from.loc, to, source, target);
    const move = {
      ...{ inode, from: from.loc, to: to.loc, xdata, source },
      ...{ oldHash: from.child, newHash: to.child, target: target?.child ?? NOWHERE },
    };
    task.patient(true);
    const answer = seen.answer ?? (seen.isKnown ? yield* carryOut(task, move) : null);
    const unlocks = [unprotecting(from.child, from.loc), unprotecting(to.child, to.loc)].flat();
    yield* task.ownAll([...unlockingFiles(locked), ...unlocks]);
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
  const child = inode === null ? NOWHERE : volume.cached(inode);
  return inode === null || child === NOWHERE ? null : { child, inode };
}

/** What is there, now that the names are kept as they are. */
interface Seen {
  /** Why nothing is to be done. */
  readonly answer: Renamed | null;
  /** Whether what is locked is what is there. */
  readonly isKnown: boolean;
  readonly target: Target | null;
  /** The file is with another child. */
  readonly isMoved: boolean;
}

function* see(
  task: Task,
  inode: Inode,
  from: Loc,
  to: Place,
  source: number,
  target: Target | null,
): Steps<Seen> {
  const seen = (more: Partial<Seen>): Seen => ({
    ...{ answer: null, isKnown: false, target, isMoved: false },
    ...more,
  });
  const places: Place[] = [
    { child: source, loc: from },
    { child: to.child, loc: to.loc },
  ];
  if (target !== null && target.child !== to.child) {
    places.push({ child: target.child, loc: to.loc });
  }
  const [old, next, there] = yield* lookAside(task, places);
  if (old!.opRet < 0) return seen({ answer: failure('rename', old!.opErrno) });
  const [, buf, keys] = old!.values;
  if (buf!.iaGfid !== inode.gfid) return seen({ answer: failure('rename', ESTALE) });
  if (isLinkto(buf!, keys, task.volume.keys.linkto)) return seen({ isMoved: true });
  const now = yield* targetNow(task, to, target, next!, there ?? next!);
  if (typeof now === 'number') return seen({ answer: failure('rename', now) });
  // Two names of one file: both stay.
  if (now?.inode === inode) return seen({ answer: unchanged(buf!) });
  const isKnown = now?.inode === target?.inode && now?.child === target?.child;
  return seen({ isKnown, target: now });
}

/** Lookups by names alone, whatever was known of them, at once. */
function* lookAside(task: Task, places: readonly Place[]): Steps<Found[]> {
  const keys = task.volume.linkedKeys(null);
  const inodes = places.map(({ loc }) => loc.parent!.table.newInode());
  const calls = places.map(({ child, loc }, at) =>
    callOf(child, 'lookup', new Loc(inodes[at]!, loc.parent, loc.name), keys),
  );
  const answers = yield* task.ownAll(calls);
  for (const inode of inodes) inode.forgetCtx();
  return answers as Found[];
}

/** The file that has the new name; or the errno. */
function* targetNow(
  task: Task,
  to: Place,
  target: Target | null,
  next: Found,
  there: Found,
): Steps<Target | null | number> {
  const { linkto } = task.volume.keys;
  const isFile = ({ opRet, values }: Found): boolean =>
    opRet >= 0 && !isLinkto(values[1]!, values[2], linkto);
  if (isFile(next)) return targetOfFound(to.child, to.loc, next);
  if (next.opRet < 0 && next.opErrno !== ENOENT) return next.opErrno;
  if (target !== null && isFile(there)) return targetOfFound(target.child, to.loc, there);
  if (next.opRet < 0) return null;
  const name = targetOf(next.values[2], linkto);
  const child = name === undefined ? NOWHERE : task.volume.indexOf(name);
  if (child === NOWHERE || child === target?.child) return null;
  const [file] = yield* lookAside(task, [{ child, loc: to.loc }]);
  if (file!.opRet < 0) return file!.opErrno === ENOENT ? null : file!.opErrno;
  const isIt = isFile(file!) && file!.values[1]!.iaGfid === next.values[1]!.iaGfid;
  return isIt ? targetOfFound(child, to.loc, file!) : null;
}

function targetOfFound(child: number, loc: Loc, { values: [, buf] }: Found): Target | number {
  if (buf!.iaType === IA_IFDIR) return EISDIR;
  const { table } = loc.parent!;
  const inode = table.find(buf!.iaGfid) ?? table.link(table.newInode(), null, null, buf!);
  return inode === null ? EIO : { child, inode };
}

export const unchanged = (buf: Iatt | null): Renamed =>
  success('rename', buf, null, null, null, null, null);

const carryOut = (task: Task, move: Move): Steps<Renamed> =>
  move.source === move.target ? replaceBeside(task, move) : replace(task, move);

const internal = (): Dict => new Dict().set(INTERNAL_FOP, 'yes');

/** The file that had the new name is with another child, or there is none. */
function* replace(task: Task, move: Move): Steps<Renamed> {
  const { inode, from, to, xdata, source, oldHash, newHash } = move;
  if (newHash === source) {
    const done = yield* task.one(source, 'rename', from, to, xdata);
    return done.opRet < 0 ? done : shown(done, yield* tidy(task, move));
  }
  if (newHash !== oldHash) {
    const errno = yield* makeOldLinkto(task, move);
    if (errno !== 0) return failure('rename', errno);
  }
  const at = new Loc(inode, to.parent, to.name);
  const linked = yield* linkSource(task, move, at);
  if (typeof linked === 'number') {
    if (newHash !== oldHash) yield* task.own(newHash, 'unlink', from, 0, onlyIfLinkto());
    return failure('rename', linked);
  }
  let done = yield* task.own(newHash, 'rename', from, to, xdata);
  if (done.opRet < 0 && done.opErrno === ENOENT && newHash === oldHash) {
    // The file was there without a linkto where its old name belongs.
    yield* makeLinkto(task, from, newHash, source, inode.gfid);
    done = yield* task.own(newHash, 'rename', from, to, xdata);
  }
  if (done.opRet < 0) {
    const undo = [callOf(source, 'unlink', at, 0, internal())];
    if (newHash !== oldHash) undo.push(callOf(newHash, 'unlink', from, 0, onlyIfLinkto()));
    yield* task.ownAll(undo);
    return done;
  }
  yield* tidy(task, move);
  yield* chownLinkto(task, to, newHash, linked);
  return shownOfMany(done, linked);
}

/** A linkto of the old name, where the new one belongs. What another rename has left there goes. */
function* makeOldLinkto(task: Task, move: Move): Steps<number> {
  const { inode, from, newHash, source } = move;
  const make = (): Steps<Answer<'mknod'>> => makeLinkto(task, from, newHash, source, inode.gfid);
  let made = yield* make();
  if (made.opRet < 0 && made.opErrno === EEXIST) {
    const gone = yield* task.own(newHash, 'unlink', from, 0, onlyIfLinkto());
    if (gone.opRet >= 0) made = yield* make();
  }
  return made.opRet < 0 ? made.opErrno : 0;
}

/** The file gets its new name beside the old one: its attributes then, or the errno. */
function* linkSource(task: Task, { inode, from, source }: Move, at: Loc): Steps<Iatt | number> {
  const link = (): Steps<Answer<'link'>> =>
    task.own(source, 'link', new Loc(inode, from.parent, from.name), at, internal());
  let linked = yield* link();
  if (linked.opRet < 0 && linked.opErrno === EEXIST) {
    const [there] = yield* lookAside(task, [{ child: source, loc: at }]);
    const [, buf, keys] = there!.values;
    // A rename that was ended here has left it.
    if (buf?.iaGfid === inode.gfid) return buf;
    if (buf !== null && isLinkto(buf, keys, task.volume.keys.linkto)) {
      const gone = yield* task.own(source, 'unlink', at, 0, onlyIfLinkto());
      if (gone.opRet >= 0) linked = yield* link();
    }
  }
  return linked.opRet < 0 ? linked.opErrno : linked.values[1]!;
}

/** The file that had the new name is with the same child: it is replaced there. */
function* replaceBeside(task: Task, move: Move): Steps<Renamed> {
  const { inode, from, to, xdata, source, newHash } = move;
  const isElsewhere = newHash !== source;
  if (isElsewhere) {
    const gone = yield* task.own(newHash, 'unlink', to, 0, onlyIfLinkto());
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
  const tidied = yield* tidy(task, move);
  return shown(done, isElsewhere || tidied);
}

/**
 * What is left of the old name, and of the file that had the new one.
 * @returns whether there was something to do
 */
function* tidy(task: Task, move: Move): Steps<boolean> {
  const { from, to, source, oldHash, newHash, target } = move;
  const renamedOn = source === target ? source : newHash;
  const calls = [];
  if (source !== renamedOn) calls.push(callOf(source, 'unlink', from, 0, internal()));
  if (oldHash !== source && oldHash !== renamedOn) {
    calls.push(callOf(oldHash, 'unlink', from, 0, onlyIfLinkto()));
  }
  if (target !== NOWHERE && target !== renamedOn) {
    calls.push(callOf(target, 'unlink', to, 0, internal()));
  }
  yield* task.ownAll(calls);
  return calls.length > 0;
}

/** @param isOfMany folders were changed on other children, too */
const shown = (done: Renamed, isOfMany: boolean): Renamed =>
  isOfMany
    ? shownOfMany(done, done.values[0])
    : success('rename', done.values[0], ...foldersOf(done), done.values[5]);

const foldersOf = ({ values }: Renamed): [Iatt | null, Iatt | null, Iatt | null, Iatt | null] => [
  folderOf(values[1]),
  folderOf(values[2]),
  folderOf(values[3]),
  folderOf(values[4]),
];

/** Several children have changed, one after the other: who wants to know the times that it has come to asks. */
const shownOfMany = ({ values }: Renamed, buf: Iatt | null): Renamed =>
  success('rename', buf && passing(buf), null, null, null, null, values[5]);
