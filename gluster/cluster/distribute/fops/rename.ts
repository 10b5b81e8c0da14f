/**
 * Renames files (`rename-file.ts`) and directories. Both names are locked, in an order that all clients share
 * (`locks.ts`).
 *
 * A directory is renamed on all children, first on the child of the new name's hash. If one refuses, the others
 * rename it back.
 * Source: GlusterFS `dht-rename.c` (dht_rename, dht_rename_dir, dht_rename_dir_cbk).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EINVAL, ENOTCONN, ENOTDIR, ESTALE } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import type { Loc } from '../../../../runtime/core/operands.ts';
import { RENAME_FLAGS } from '../../../../runtime/core/xdata.ts';
import { NO_CHILD } from '../distribute.ts';
import { type LockTarget, lockNames, makeNameUnlocks } from '../locks.ts';
import { mergeDirectoryReplies } from '../merge.ts';
import { makeFailure, makeTaskFop, type Reply, type Steps, type Task } from '../task.ts';
import { lookupEverywhere } from './lookup-everywhere.ts';
import { lookUpParent } from './parent-lookup.ts';
import { makeUnchangedReply, renameFile } from './rename-file.ts';
import { checkEmpty } from './rmdir.ts';

export type RenameReply = Reply<'rename'>;
type RenameArgs = FopTable['rename']['args'];

export const rename = makeTaskFop('rename', renameEntry);

/** Renames a file or a directory. */
function* renameEntry(task: Task, args: RenameArgs): Steps<RenameReply> {
  const { volume } = task;
  const [from, to, xdata] = args;
  // RENAME_EXCHANGE and RENAME_NOREPLACE would need one atomic step over several children.
  if (xdata?.number(RENAME_FLAGS)) return makeFailure('rename', EINVAL);
  for (const loc of [from, to]) {
    const errno = yield* lookUpParent(task, loc);
    if (errno !== 0) return makeFailure('rename', errno);
  }
  const [oldHashedChild, newHashedChild] = [
    volume.findHashedChild(from),
    volume.findHashedChild(to),
  ];
  if (oldHashedChild === NO_CHILD || newHashedChild === NO_CHILD)
    return makeFailure('rename', EINVAL);
  const inode = yield* findInode(task, from);
  if (typeof inode === 'number') return makeFailure('rename', inode);
  if (from.parent === to.parent && from.name === to.name) return makeUnchangedReply(null);
  const targets = [
    { child: oldHashedChild, loc: from },
    { child: newHashedChild, loc: to },
  ] as const;
  // Until both names are locked, an interrupt may end the rename.
  task.setIgnoresInterrupts(false);
  if (volume.findDirectory(inode) === null) {
    return yield* renameFile(task, inode, ...targets, xdata);
  }
  return yield* renameDirectory(task, inode, ...targets, xdata);
}

/** Finds the inode of the old name, by a lookup if it is unknown. @returns it, or the errno */
function* findInode(task: Task, from: Loc): Steps<Inode | number> {
  const { inode } = from;
  if (inode === null) return ESTALE;
  if (task.volume.findFileChild(inode) !== NO_CHILD || task.volume.findDirectory(inode) !== null)
    return inode;
  const lookup = yield* lookupEverywhere(task, from, null);
  if (lookup.opRet < 0) return lookup.opErrno;
  // Linked without a name: only the inode gets its gfid.
  return inode.table.link(inode, null, null, lookup.values[1]!) ?? ESTALE;
}

/** Renames a directory on all children, while both names are locked. */
function* renameDirectory(
  task: Task,
  inode: Inode,
  from: LockTarget,
  to: LockTarget,
  xdata: Dict | null,
): Steps<RenameReply> {
  const { volume } = task;
  if (volume.upChildren.length < volume.children.length) return makeFailure('rename', ENOTCONN);
  const errno = yield* lockNames(task, from, to);
  if (errno !== 0) return makeFailure('rename', errno);
  // From here on a partial rename must be completed or undone.
  task.setIgnoresInterrupts(true);
  const targetErrno = yield* checkTarget(task, inode, to.loc.inode);
  const reply =
    targetErrno === 0
      ? yield* renameOnAllChildren(task, from.loc, to, xdata)
      : makeFailure('rename', targetErrno);
  yield* task.windInternalCalls([
    ...makeNameUnlocks(from.child, from.loc),
    ...makeNameUnlocks(to.child, to.loc),
  ]);
  return reply;
}

/** Checks whether a directory can replace the target. @returns the errno, or 0 */
function* checkTarget(task: Task, inode: Inode, target: Inode | null): Steps<number> {
  if (target === null || target === inode || !target.linked) return 0;
  return target.isDir ? yield* checkEmpty(task, target) : ENOTDIR;
}

/** Renames a directory on the new name's child first, then on the others; undoes all renames if one fails. */
function* renameOnAllChildren(
  task: Task,
  from: Loc,
  { child, loc: to }: LockTarget,
  xdata: Dict | null,
): Steps<RenameReply> {
  const firstReply = yield* task.windOne(child, 'rename', from, to, xdata);
  if (firstReply.opRet < 0) return firstReply;
  const otherChildren = task.volume.children.filter((otherChild) => otherChild !== child);
  const replies = yield* task.windEach(otherChildren, 'rename', () => [from, to, xdata]);
  const failedReply = replies.find(({ opRet }) => opRet < 0);
  if (failedReply === undefined) return mergeDirectoryReplies(firstReply, [firstReply, ...replies]);
  const renamedChildren = otherChildren.filter((_, index) => replies[index]!.opRet >= 0);
  // Errors of the undo are ignored: lookups find the copies under the other name by their gfid.
  yield* task.windInternalEach([child, ...renamedChildren], 'rename', () => [to, from, null]);
  return failedReply;
}
