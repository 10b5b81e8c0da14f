/**
 * Removes a directory from all children. It must be empty on all of them, except for stale linktos, which are removed.
 * The child of its name's hash is the last, so that lookups find the directory until the end. If a child refuses, a
 * lookup restores the directory on the others.
 * Source: GlusterFS `dht-common.c` (dht_rmdir, dht_rmdir_is_subvol_empty, dht_rmdir_hashed_subvol_cbk).
 */

import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOENT, ENOTCONN, ENOTEMPTY, ESTALE } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import type { Dirent } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Fd, Loc } from '../../../../runtime/core/operands.ts';
import { canListUnopened } from '../../../../runtime/core/xlator.ts';
import { NO_CHILD } from '../distribute.ts';
import { withTemporaryInode } from '../heal/make-linkto.ts';
import { isLinkto, LINKTO_XATTR_BYTES, readTarget } from '../linkto.ts';
import { lockName, unlockName } from '../locks.ts';
import { mergeDirectoryReplies } from '../merge.ts';
import { makeFailure, makeTaskFop, type Reply, type Steps, type Task } from '../task.ts';
import { lookupDirectory } from './lookup-directory.ts';
import { makeUnusedLinktoXdata } from './lookup-everywhere.ts';
import { lookUpParent } from './parent-lookup.ts';

type RmdirArgs = FopTable['rmdir']['args'];
type RmdirReply = Reply<'rmdir'>;

/** Errors of a child without the directory: nothing remains to be removed there. */
const ABSENT_ERRNOS: ReadonlySet<number> = new Set([ENOENT, ESTALE]);

/** Whether a child refused to remove its copy of the directory. */
const isRefusal = ({ opRet, opErrno }: RmdirReply): boolean =>
  opRet < 0 && !ABSENT_ERRNOS.has(opErrno);

export const rmdir = makeTaskFop('rmdir', removeDirectory);

/** Removes a directory while its name is locked; restores it if a child refuses. */
function* removeDirectory(task: Task, args: RmdirArgs): Steps<RmdirReply> {
  const { volume } = task;
  const [loc] = args;
  if (volume.upChildren.length < volume.children.length) return makeFailure('rmdir', ENOTCONN);
  const parentErrno = yield* lookUpParent(task, loc);
  if (parentErrno !== 0) return makeFailure('rmdir', parentErrno);
  const child = volume.findHashedChild(loc);
  if (child === NO_CHILD) return makeFailure('rmdir', EIO);
  if (loc.inode?.linked) {
    const errno = yield* checkEmpty(task, loc.inode);
    if (errno !== 0) return makeFailure('rmdir', errno);
  }
  // An interrupt may end the wait for the lock, but not the changes after it.
  task.setIgnoresInterrupts(false);
  const errno = yield* lockName(task, child, loc);
  if (errno !== 0) return makeFailure('rmdir', errno);
  task.setIgnoresInterrupts(true);
  const replies = yield* removeFromAllChildren(task, args, child);
  const refusal = replies.find(isRefusal);
  const successes = replies.filter(({ opRet }) => opRet >= 0);
  if (refusal === undefined) {
    const lastSuccess = successes.at(-1);
    const reply =
      lastSuccess === undefined
        ? makeFailure('rmdir', ENOENT)
        : mergeDirectoryReplies(lastSuccess, successes);
    task.replyEarly(reply);
    yield* unlockName(task, child, loc);
    return reply;
  }
  yield* unlockName(task, child, loc);
  // The lookup restores the directory on children that have removed it.
  if (successes.length > 0) yield* lookupDirectory(task, loc, null, null);
  return refusal;
}

/** Removes the directory on all other children at once, then on its name's child unless one refused. */
function* removeFromAllChildren(task: Task, args: RmdirArgs, child: number): Steps<RmdirReply[]> {
  const otherChildren = task.volume.children.filter((otherChild) => otherChild !== child);
  const replies = yield* task.windEach(otherChildren, 'rmdir', () => args);
  if (replies.some(isRefusal)) return replies;
  return [...replies, yield* task.windOne(child, 'rmdir', ...args)];
}

/** The bytes of each listing request, as in GlusterFS. */
const LISTING_BYTES = 4096;

/** Checks whether a directory is empty. @returns 0, or the errno. A child without the directory has no entries. */
export function* checkEmpty(task: Task, inode: Inode): Steps<number> {
  const { xl, children } = task.volume;
  const fd = new Fd(inode, 0, 0, true);
  try {
    if (xl.below.every(canListUnopened)) {
      const errno = yield* checkEntries(task, fd, children);
      // After another error, a brick may need the directory open.
      if (errno === 0 || errno === ENOTEMPTY) return errno;
    }
    const loc = new Loc(inode);
    const replies = yield* task.windInternalEach(children, 'opendir', () => [loc, fd, null]);
    const failure = replies.find(({ opRet, opErrno }) => opRet < 0 && !ABSENT_ERRNOS.has(opErrno));
    if (failure !== undefined) return failure.opErrno;
    return yield* checkEntries(
      task,
      fd,
      children.filter((child) => replies[child]!.opRet >= 0),
    );
  } finally {
    fd.release();
  }
}

/**
 * Lists the directory on the children, and removes stale linktos.
 * @returns 0 if no other entry exists; ENOTEMPTY, or the errno of a failed listing
 */
function* checkEntries(task: Task, fd: Fd, children: readonly number[]): Steps<number> {
  const requestXdata = new Dict().set(task.volume.xattrNames.linkto, LINKTO_XATTR_BYTES);
  const offsets = new Map(children.map((child) => [child, 0]));
  while (offsets.size > 0) {
    const pendingChildren = [...offsets.keys()];
    const listReplies = yield* task.windInternalEach(pendingChildren, 'readdirp', (child) => [
      fd,
      LISTING_BYTES,
      offsets.get(child)!,
      requestXdata,
    ]);
    for (const [index, { opRet, opErrno, values }] of listReplies.entries()) {
      const child = pendingChildren[index]!;
      if (opRet < 0 && !ABSENT_ERRNOS.has(opErrno)) return opErrno;
      const entries = values[0] ?? [];
      for (const entry of entries) {
        if (!(yield* removeIfNegligible(task, fd.inode, child, entry))) return ENOTEMPTY;
      }
      if (opRet <= 0 || entries.length === 0 || opErrno === ENOENT) offsets.delete(child);
      else offsets.set(child, entries.at(-1)!.off);
    }
  }
  return 0;
}

/** Removes the entry if it is a stale linkto. @returns whether the entry does not prevent the removal */
function* removeIfNegligible(
  task: Task,
  parent: Inode,
  child: number,
  { name, stat, dict }: Dirent,
): Steps<boolean> {
  const { volume } = task;
  if (name === '.' || name === '..') return true;
  if (stat === null || !isLinkto(stat, dict, volume.xattrNames.linkto)) return false;
  const target = readTarget(dict, volume.xattrNames.linkto);
  const targetChild = target === undefined ? NO_CHILD : volume.findChildByName(target);
  const loc = new Loc(null, parent, name);
  if (targetChild !== NO_CHILD) {
    const requestXdata = volume.addDirectoryRequests(null);
    const lookup = yield* withTemporaryInode(loc, (temporaryLoc) =>
      task.windInternal(targetChild, 'lookup', temporaryLoc, requestXdata),
    );
    const hasFile = lookup.opRet >= 0 && lookup.values[1]!.iaGfid === stat.iaGfid;
    if (hasFile && !isLinkto(lookup.values[1]!, lookup.values[2], volume.xattrNames.linkto))
      return false;
    // A child that does not reply may have the file.
    if (lookup.opRet < 0 && !ABSENT_ERRNOS.has(lookup.opErrno)) return false;
  }
  const unlinkReply = yield* task.windInternal(child, 'unlink', loc, 0, makeUnusedLinktoXdata());
  return unlinkReply.opRet >= 0 || ABSENT_ERRNOS.has(unlinkReply.opErrno);
}
