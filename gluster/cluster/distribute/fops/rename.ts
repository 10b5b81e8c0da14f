/**
 * Renames files and directories. Locks that all clients take in one order protect both names (`locks.ts`). A file's
 * steps are in `rename-file.ts`.
 *
 * A directory is renamed on all children, first on the new name's. If one refuses, the others rename it back.
 * Source: GlusterFS `dht-rename.c` (dht_rename, dht_rename_dir, dht_rename_dir_cbk).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EINVAL, ENOTCONN, ENOTDIR, ESTALE } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import { RENAME_FLAGS } from '../../../../runtime/core/xdata.ts';
import { NOWHERE } from '../distribute.ts';
import { type LockTarget, protectNames, unprotectCalls } from '../locks.ts';
import { mergeReplies } from '../merge.ts';
import { byTask, failure, type Reply, type Steps, type Task } from '../task.ts';
import { lookupEverywhere } from './lookup-everywhere.ts';
import { renameFile, unchanged } from './rename-file.ts';
import { errnoUnlessEmpty } from './rmdir.ts';

export type Renamed = Reply<'rename'>;
type Args = FopTable['rename']['args'];

export const rename = byTask('rename', move);

function* move(task: Task, args: Args): Steps<Renamed> {
  const { volume } = task;
  const [from, to, xdata] = args;
  // Children cannot exchange names with each other, or rename conditionally.
  if (xdata?.number(RENAME_FLAGS)) return failure('rename', EINVAL);
  const [old, next] = [volume.hashedChild(from), volume.hashedChild(to)];
  if (old === NOWHERE || next === NOWHERE) return failure('rename', EINVAL);
  const inode = yield* inodeToRename(task, from);
  if (typeof inode === 'number') return failure('rename', inode);
  if (from.parent === to.parent && from.name === to.name) return unchanged(null);
  const places = [
    { child: old, loc: from },
    { child: next, loc: to },
  ] as const;
  task.patient(false);
  if (volume.directory(inode) === null) {
    return yield* renameFile(task, inode, ...places, xdata);
  }
  return yield* renameDirectory(task, inode, ...places, xdata);
}

/** The inode of the old name, looked up if unknown; or the errno. */
function* inodeToRename(task: Task, from: Loc): Steps<Inode | number> {
  const { inode } = from;
  if (inode === null) return ESTALE;
  if (task.volume.childOf(inode) !== NOWHERE || task.volume.directory(inode) !== null) return inode;
  const found = yield* lookupEverywhere(task, from, null);
  if (found.opRet < 0) return found.opErrno;
  return inode.table.link(inode, null, null, found.values[1]!) ?? ESTALE;
}

function* renameDirectory(
  task: Task,
  inode: Inode,
  from: LockTarget,
  to: LockTarget,
  xdata: Dict | null,
): Steps<Renamed> {
  const { volume } = task;
  if (volume.up.length < volume.all.length) return failure('rename', ENOTCONN);
  const errno = yield* protectNames(task, from, to);
  if (errno !== 0) return failure('rename', errno);
  task.patient(true);
  const inTheWay = yield* targetErrno(task, inode, to.loc.inode);
  const answer =
    inTheWay === 0 ? yield* renameAll(task, from.loc, to, xdata) : failure('rename', inTheWay);
  yield* task.ownAll([
    ...unprotectCalls(from.child, from.loc),
    ...unprotectCalls(to.child, to.loc),
  ]);
  return answer;
}

/** The errno if a directory cannot replace the target; else 0. */
function* targetErrno(task: Task, inode: Inode, target: Inode | null): Steps<number> {
  if (target === null || target === inode || !target.linked) return 0;
  return target.isDir ? yield* errnoUnlessEmpty(task, target) : ENOTDIR;
}

function* renameAll(
  task: Task,
  from: Loc,
  { child, loc: to }: LockTarget,
  xdata: Dict | null,
): Steps<Renamed> {
  const first = yield* task.one(child, 'rename', from, to, xdata);
  if (first.opRet < 0) return first;
  const others = task.volume.all.filter((at) => at !== child);
  const replies = yield* task.each(others, 'rename', () => [from, to, xdata]);
  const refusal = replies.find(({ opRet }) => opRet < 0);
  if (refusal === undefined) return mergeReplies(first, [first, ...replies]);
  const done = others.filter((_, at) => replies[at]!.opRet >= 0);
  yield* task.ownEach([child, ...done], 'rename', () => [to, from, null]);
  return refusal;
}
