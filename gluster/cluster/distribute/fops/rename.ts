/**
 * Renames. Both names are kept as they are meanwhile, by locks that all clients take in one order
 * (`locks.ts`). What a rename does to a file is in `rename-file.ts`.
 *
 * A directory is renamed on all children: first where the new name belongs, and where one refuses, it
 * gets its old name back on those that have renamed it.
 *
 * Source: GlusterFS `dht-rename.c` (dht_rename, dht_rename_dir, dht_rename_dir_cbk).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EINVAL, ENOTCONN, ENOTDIR, ESTALE } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import { RENAME_FLAGS } from '../../../../runtime/core/xdata.ts';
import { NOWHERE } from '../distribute.ts';
import { type Place, protectNames, unprotecting } from '../locks.ts';
import { mergeAnswers } from '../merge.ts';
import { type Answer, byTask, failure, type Steps, type Task } from '../task.ts';
import { lookupEverywhere } from './everywhere.ts';
import { renameFile, unchanged } from './rename-file.ts';
import { emptiness } from './rmdir.ts';

export type Renamed = Answer<'rename'>;
type Args = FopTable['rename']['args'];

export const rename = byTask('rename', move);

function* move(task: Task, args: Args): Steps<Renamed> {
  const { volume } = task;
  const [from, to, xdata] = args;
  // Between children nothing exchanges two names, or makes one only where there is none.
  if (xdata?.number(RENAME_FLAGS)) return failure('rename', EINVAL);
  const [old, next] = [volume.hashed(from), volume.hashed(to)];
  if (old === NOWHERE || next === NOWHERE) return failure('rename', EINVAL);
  const inode = yield* known(task, from);
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

/** What has the old name, looked up if nobody has done so; or the errno. */
function* known(task: Task, from: Loc): Steps<Inode | number> {
  const { inode } = from;
  if (inode === null) return ESTALE;
  if (task.volume.cached(inode) !== NOWHERE || task.volume.directory(inode) !== null) return inode;
  const found = yield* lookupEverywhere(task, from, null);
  if (found.opRet < 0) return found.opErrno;
  return inode.table.link(inode, null, null, found.values[1]!) ?? ESTALE;
}

function* renameDirectory(
  task: Task,
  inode: Inode,
  from: Place,
  to: Place,
  xdata: Dict | null,
): Steps<Renamed> {
  const { volume } = task;
  if (volume.up.length < volume.all.length) return failure('rename', ENOTCONN);
  const errno = yield* protectNames(task, from, to);
  if (errno !== 0) return failure('rename', errno);
  task.patient(true);
  const inTheWay = yield* targetFault(task, inode, to.loc.inode);
  const answer =
    inTheWay === 0 ? yield* renameAll(task, from.loc, to, xdata) : failure('rename', inTheWay);
  yield* task.ownAll([...unprotecting(from.child, from.loc), ...unprotecting(to.child, to.loc)]);
  return answer;
}

/** Why a directory cannot take the place of what is there; 0 where it can. */
function* targetFault(task: Task, inode: Inode, target: Inode | null): Steps<number> {
  if (target === null || target === inode || !target.linked) return 0;
  return target.isDir ? yield* emptiness(task, target) : ENOTDIR;
}

function* renameAll(
  task: Task,
  from: Loc,
  { child, loc: to }: Place,
  xdata: Dict | null,
): Steps<Renamed> {
  const first = yield* task.one(child, 'rename', from, to, xdata);
  if (first.opRet < 0) return first;
  const others = task.volume.all.filter((at) => at !== child);
  const answers = yield* task.each(others, 'rename', () => [from, to, xdata]);
  const refusal = answers.find(({ opRet }) => opRet < 0);
  if (refusal === undefined) return mergeAnswers(first, [first, ...answers]);
  const done = others.filter((_, at) => answers[at]!.opRet >= 0);
  yield* task.ownEach([child, ...done], 'rename', () => [to, from, null]);
  return refusal;
}
