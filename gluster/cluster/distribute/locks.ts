/**
 * Takes and releases the locks by which the volume's clients, glossa's and GlusterFS's, exclude one another.
 * A task takes them as an internal client, and waits for them.
 * Source: GlusterFS `dht-lock.c`; the domains are in `dht-common.h`.
 */
import { encodeName } from '../../../runtime/core/bytes.ts';
import { EIO, ENOENT, ENOSYS, EOPNOTSUPP, ESTALE } from '../../../runtime/core/errno.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
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
import { Loc } from '../../../runtime/core/operands.ts';
import { type InternalCall, makeInternalCall, type Steps, type Task } from './task.ts';

/** Domain of layouts: a client takes a write lock to change a layout, and a read lock to rely on it. */
export const LAYOUT_LOCK_DOMAIN = 'dht.layout.heal';
/** Domain of names that a client creates or removes on several children. */
export const NAME_LOCK_DOMAIN = 'dht.entry.sync';
/** Domain of files whose data or names a client moves. */
export const FILE_LOCK_DOMAIN = 'dht.file.migrate';

/** Makes a lock of a whole inode. @param type F_RDLCK, F_WRLCK or F_UNLCK */
export const makeWholeLock = (type: number): Flock => ({
  type,
  whence: 0,
  start: 0,
  len: 0,
  pid: 0,
  owner: '',
});

/** Makes a loc that addresses an inode by its gfid, without a name. */
export const makeInodeLoc = (inode: Inode): Loc => new Loc(inode);

/** Locks a whole inode on one child. @returns the errno; 0 on success */
export function* lockInode(
  task: Task,
  child: number,
  domain: string,
  loc: Loc,
  type: typeof F_RDLCK | typeof F_WRLCK,
): Steps<number> {
  const reply = yield* task.windInternal(
    child,
    'inodelk',
    domain,
    loc,
    F_SETLKW,
    makeWholeLock(type),
    null,
  );
  return reply.opRet < 0 ? reply.opErrno : 0;
}

/** Makes the call that unlocks an inode. */
export const makeInodeUnlock = (child: number, domain: string, loc: Loc): InternalCall =>
  makeInternalCall(child, 'inodelk', domain, loc, F_SETLKW, makeWholeLock(F_UNLCK), null);

export function* unlockInode(task: Task, child: number, domain: string, loc: Loc): Steps<void> {
  yield* task.windInternalCalls([makeInodeUnlock(child, domain, loc)]);
}

/** Locks a directory's layout on all children in turn, by name. @returns 0, or the errno with nothing locked */
export function* lockLayout(task: Task, loc: Loc): Steps<number> {
  const { childNames, notices, children } = task.volume;
  const orderedChildren = [...children].sort((a, b) => (childNames[a]! < childNames[b]! ? -1 : 1));
  for (const [index, child] of orderedChildren.entries()) {
    const errno = yield* lockInode(task, child, LAYOUT_LOCK_DOMAIN, loc, F_WRLCK);
    if (errno === 0) continue;
    if (errno === EOPNOTSUPP || errno === ENOSYS) notices.logMissingLocks(child, errno);
    yield* unlockLayout(task, loc, orderedChildren.slice(0, index));
    return errno;
  }
  return 0;
}

/** Unlocks a directory's layout on these children, by default on all. */
export function* unlockLayout(
  task: Task,
  loc: Loc,
  children: readonly number[] = task.volume.children,
): Steps<void> {
  yield* task.windInternalCalls(
    children.map((child) => makeInodeUnlock(child, LAYOUT_LOCK_DOMAIN, loc)),
  );
}

/** Locks the parent's layout for reading, then the name, on one child. @returns 0, or the errno with nothing locked */
export function* lockName(task: Task, child: number, loc: Loc): Steps<number> {
  const parent = makeInodeLoc(loc.parent!);
  const errno = yield* lockInode(task, child, LAYOUT_LOCK_DOMAIN, parent, F_RDLCK);
  if (errno !== 0) return errno;
  const args = [NAME_LOCK_DOMAIN, parent, loc.name, ENTRYLK_LOCK, ENTRYLK_WRLCK, null] as const;
  const reply = yield* task.windInternal(child, 'entrylk', ...args);
  if (reply.opRet >= 0) return 0;
  yield* unlockInode(task, child, LAYOUT_LOCK_DOMAIN, parent);
  return reply.opErrno;
}

/** Makes the calls that unlock a name, to be sent at once. */
export function makeNameUnlocks(child: number, loc: Loc): InternalCall[] {
  const parent = makeInodeLoc(loc.parent!);
  return [
    makeInternalCall(
      child,
      'entrylk',
      NAME_LOCK_DOMAIN,
      parent,
      loc.name,
      ENTRYLK_UNLOCK,
      ENTRYLK_WRLCK,
      null,
    ),
    makeInodeUnlock(child, LAYOUT_LOCK_DOMAIN, parent),
  ];
}

export function* unlockName(task: Task, child: number, loc: Loc): Steps<void> {
  yield* task.windInternalCalls(makeNameUnlocks(child, loc));
}

/** A loc, and the child on which to lock it. */
export interface LockTarget {
  readonly child: number;
  readonly loc: Loc;
}

/** Locks two names in the order that all clients use. @returns 0, or the errno with nothing locked */
export function* lockNames(task: Task, one: LockTarget, other: LockTarget): Steps<number> {
  const { childNames } = task.volume;
  const comparison =
    compareText(childNames[one.child]!, childNames[other.child]!) || compareNames(one, other);
  const [first, second] = comparison <= 0 ? [one, other] : [other, one];
  const errno = yield* lockName(task, first.child, first.loc);
  if (errno !== 0) return errno;
  const secondErrno = yield* lockName(task, second.child, second.loc);
  if (secondErrno !== 0) yield* unlockName(task, first.child, first.loc);
  return secondErrno;
}

const compareText = (a: string, b: string): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** Compares two names by their bytes, after their directories' gfids, as strcmp(3) does. */
function compareNames(one: LockTarget, other: LockTarget): number {
  const encodeLockName = ({ loc }: LockTarget): Uint8Array =>
    encodeName(`${loc.pargfid}/${loc.name}`);
  const [a, b] = [encodeLockName(one), encodeLockName(other)];
  const differenceIndex = a.findIndex((byte, index) => byte !== b[index]);
  if (differenceIndex < 0) return a.length - b.length;
  return a[differenceIndex]! - (b[differenceIndex] ?? 0);
}

/** Errors of a removed file, which needs no lock, as no client can move it. EIO is among them, as in GlusterFS. */
const GONE_ERRNOS: ReadonlySet<number> = new Set([ENOENT, ESTALE, EIO]);

/** Locks files against moves, in the order that all clients use. @returns the locked files, or the errno */
export function* lockFiles(task: Task, files: readonly LockTarget[]): Steps<LockTarget[] | number> {
  const { childNames } = task.volume;
  const orderedFiles = [...files].sort(
    (a, b) =>
      compareText(childNames[a.child]!, childNames[b.child]!) ||
      compareText(a.loc.gfid, b.loc.gfid),
  );
  const lockedFiles: LockTarget[] = [];
  for (const file of orderedFiles) {
    const errno = yield* lockInode(task, file.child, FILE_LOCK_DOMAIN, file.loc, F_WRLCK);
    if (errno === 0) lockedFiles.push(file);
    else if (!GONE_ERRNOS.has(errno)) {
      yield* task.windInternalCalls(makeFileUnlocks(lockedFiles));
      return errno;
    }
  }
  return lockedFiles;
}

/** Makes the calls that release the locks of `lockFiles`. */
export const makeFileUnlocks = (files: readonly LockTarget[]): InternalCall[] =>
  files.map(({ child, loc }) => makeInodeUnlock(child, FILE_LOCK_DOMAIN, loc));
