/**
 * Locks by which clients of one volume, ours and GlusterFS's, keep out of each other's way. All are
 * taken as ourselves, and waited for.
 *
 * Source: GlusterFS `dht-lock.c`; the domains are in `dht-common.h`.
 */
import { encodeName } from '../../../runtime/core/bytes.ts';
import { EIO, ENOENT, ENOSYS, EOPNOTSUPP, ESTALE } from '../../../runtime/core/errno.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import {
  ENTRYLK_LOCK,
  ENTRYLK_UNLOCK,
  ENTRYLK_WRLCK,
  F_RDLCK,
  F_SETLKW,
  F_UNLCK,
  F_WRLCK,
  type Flock,
} from '../../../runtime/core/lock.ts';
import { type Call, callOf, type Steps, type Task } from './task.ts';

/** Who makes a directory's layout other than it is; who relies on it reads. */
export const LAYOUT_HEAL = 'dht.layout.heal';
/** Who makes a name, or takes it away, on several children. */
export const ENTRY_SYNC = 'dht.entry.sync';
/** Who moves a file's data, or names that lead to it. */
export const FILE_MIGRATE = 'dht.file.migrate';

export const whole = (type: number): Flock => ({
  type,
  whence: 0,
  start: 0,
  len: 0,
  pid: 0,
  owner: '',
});

export const locOf = (inode: Inode): Loc => new Loc(inode);

/** A lock of an inode as a whole, on one child. The errno; 0 once it is there. */
export function* lockInode(
  task: Task,
  child: number,
  domain: string,
  loc: Loc,
  type: typeof F_RDLCK | typeof F_WRLCK,
): Steps<number> {
  const got = yield* task.own(child, 'inodelk', domain, loc, F_SETLKW, whole(type), null);
  return got.opRet < 0 ? got.opErrno : 0;
}

export const unlocking = (child: number, domain: string, loc: Loc): Call =>
  callOf(child, 'inodelk', domain, loc, F_SETLKW, whole(F_UNLCK), null);

export function* unlockInode(task: Task, child: number, domain: string, loc: Loc): Steps<void> {
  yield* task.ownAll([unlocking(child, domain, loc)]);
}

/** Keeps others from dealing out a directory's ranges: on all children, one after the other. 0, or the errno. */
export function* lockLayout(task: Task, loc: Loc): Steps<number> {
  const { names, notices, all } = task.volume;
  const order = [...all].sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
  for (const [at, child] of order.entries()) {
    const errno = yield* lockInode(task, child, LAYOUT_HEAL, loc, F_WRLCK);
    if (errno === 0) continue;
    if (errno === EOPNOTSUPP || errno === ENOSYS) notices.noLocks(child, errno);
    yield* unlockLayout(task, loc, order.slice(0, at));
    return errno;
  }
  return 0;
}

export function* unlockLayout(
  task: Task,
  loc: Loc,
  children: readonly number[] = task.volume.all,
): Steps<void> {
  yield* task.ownAll(children.map((child) => unlocking(child, LAYOUT_HEAL, loc)));
}

/** Keeps a name as it is, on the child that it belongs to: 0, or the errno, and nothing is locked. */
export function* protectNamespace(task: Task, child: number, loc: Loc): Steps<number> {
  const parent = locOf(loc.parent!);
  const errno = yield* lockInode(task, child, LAYOUT_HEAL, parent, F_RDLCK);
  if (errno !== 0) return errno;
  const args = [ENTRY_SYNC, parent, loc.name, ENTRYLK_LOCK, ENTRYLK_WRLCK, null] as const;
  const entry = yield* task.own(child, 'entrylk', ...args);
  if (entry.opRet >= 0) return 0;
  yield* unlockInode(task, child, LAYOUT_HEAL, parent);
  return entry.opErrno;
}

/** What gives a name free, all at once. */
export function unprotecting(child: number, loc: Loc): Call[] {
  const parent = locOf(loc.parent!);
  return [
    callOf(child, 'entrylk', ENTRY_SYNC, parent, loc.name, ENTRYLK_UNLOCK, ENTRYLK_WRLCK, null),
    unlocking(child, LAYOUT_HEAL, parent),
  ];
}

export function* unprotectNamespace(task: Task, child: number, loc: Loc): Steps<void> {
  yield* task.ownAll(unprotecting(child, loc));
}

/** Something to lock, and the child to lock it on. */
export interface Place {
  readonly child: number;
  readonly loc: Loc;
}

/** Keeps two names as they are, in the order in which everybody does: 0, or the errno. */
export function* protectNames(task: Task, one: Place, other: Place): Steps<number> {
  const { names } = task.volume;
  const order = compareText(names[one.child]!, names[other.child]!) || compareNames(one, other);
  const [first, second] = order <= 0 ? [one, other] : [other, one];
  const errno = yield* protectNamespace(task, first.child, first.loc);
  if (errno !== 0) return errno;
  const late = yield* protectNamespace(task, second.child, second.loc);
  if (late !== 0) yield* unprotectNamespace(task, first.child, first.loc);
  return late;
}

const compareText = (a: string, b: string): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** By their bytes, as strcmp(3) does. */
function compareNames(one: Place, other: Place): number {
  const text = ({ loc }: Place): Uint8Array => encodeName(`${loc.pargfid}/${loc.name}`);
  const [a, b] = [text(one), text(other)];
  const at = a.findIndex((byte, i) => byte !== b[i]);
  if (at < 0) return a.length - b.length;
  return a[at]! - (b[at] ?? 0);
}

/** For these a file counts as locked: it is gone, and nobody moves it. */
const GONE: ReadonlySet<number> = new Set([ENOENT, ESTALE, EIO]);

/** Keeps files from being moved: what is locked then, or the errno. */
export function* lockFiles(task: Task, files: readonly Place[]): Steps<Place[] | number> {
  const { names } = task.volume;
  const ordered = [...files].sort(
    (a, b) => compareText(names[a.child]!, names[b.child]!) || compareText(a.loc.gfid, b.loc.gfid),
  );
  const locked: Place[] = [];
  for (const file of ordered) {
    const errno = yield* lockInode(task, file.child, FILE_MIGRATE, file.loc, F_WRLCK);
    if (errno === 0) locked.push(file);
    else if (!GONE.has(errno)) {
      yield* task.ownAll(unlockingFiles(locked));
      return errno;
    }
  }
  return locked;
}

export const unlockingFiles = (files: readonly Place[]): Call[] =>
  files.map(({ child, loc }) => unlocking(child, FILE_MIGRATE, loc));
