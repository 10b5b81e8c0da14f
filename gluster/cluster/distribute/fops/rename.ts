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
import type { Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import { RENAME_FLAGS } from '../../../../runtime/core/xdata.ts';
import type { Fop } from '../../../../runtime/core/xlator.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { type Place, protectNames, unprotecting } from '../locks.ts';
import { mergeDirectories } from '../merge.ts';
import { type Answer, failure, runTask, type Steps, success, type Task } from '../task.ts';
import { emptiness } from './empty.ts';
import { lookupEverywhere } from './everywhere.ts';
import { renameFile, unchanged } from './rename-file.ts';

export type Renamed = Answer<'rename'>;
type Args = FopTable['rename']['args'];

export const rename: Fop<'rename', Distribute> = (frame, xl, ...args) => {
  runTask(frame, xl, 'rename', (task) => move(task, xl.priv, args));
};

function* move(task: Task, volume: Distribute, args: Args): Steps<Renamed> {
  const [from, to, xdata] = args;
  // Between children nothing exchanges two names, or makes one only where there is none.
  if (xdata?.number(RENAME_FLAGS)) return failure('rename', EINVAL);
  const [old, next] = [volume.hashed(from), volume.hashed(to)];
  if (old === NOWHERE || next === NOWHERE) return failure('rename', EINVAL);
  const inode = yield* known(task, volume, from);
  if (typeof inode === 'number') return failure('rename', inode);
  if (from.parent === to.parent && from.name === to.name) return unchanged(null);
  const places = [
    { child: old, loc: from },
    { child: next, loc: to },
  ] as const;
  task.patient(false);
  if (volume.directory(inode) === null) {
    return yield* renameFile(task, volume, inode, ...places, xdata);
  }
  return yield* renameDirectory(task, volume, inode, ...places, xdata);
}

/** What has the old name, looked up if nobody has done so; or the errno. */
function* known(task: Task, volume: Distribute, from: Loc): Steps<Inode | number> {
  const { inode } = from;
  if (inode === null) return ESTALE;
  if (volume.cached(inode) !== NOWHERE || volume.directory(inode) !== null) return inode;
  const found = yield* lookupEverywhere(task, volume, from, null);
  if (found.opRet < 0) return found.opErrno;
  return inode.table.link(inode, null, null, found.values[1]!) ?? ESTALE;
}

function* renameDirectory(
  task: Task,
  volume: Distribute,
  inode: Inode,
  from: Place,
  to: Place,
  xdata: Dict | null,
): Steps<Renamed> {
  if (volume.up.length < volume.all.length) return failure('rename', ENOTCONN);
  const errno = yield* protectNames(task, volume.names, from, to);
  if (errno !== 0) return failure('rename', errno);
  task.patient(true);
  const inTheWay = yield* targetFault(task, volume, inode, to.loc.inode);
  const answer =
    inTheWay === 0
      ? yield* renameAll(task, volume, from.loc, to, xdata)
      : failure('rename', inTheWay);
  yield* task.ownAll([...unprotecting(from.child, from.loc), ...unprotecting(to.child, to.loc)]);
  return answer;
}

/** Why a directory cannot take the place of what is there; 0 where it can. */
function* targetFault(
  task: Task,
  volume: Distribute,
  inode: Inode,
  target: Inode | null,
): Steps<number> {
  if (target === null || target === inode || !target.linked) return 0;
  return target.isDir ? yield* emptiness(task, volume, target) : ENOTDIR;
}

function* renameAll(
  task: Task,
  volume: Distribute,
  from: Loc,
  { child, loc: to }: Place,
  xdata: Dict | null,
): Steps<Renamed> {
  const first = yield* task.one(child, 'rename', from, to, xdata);
  if (first.opRet < 0) return first;
  const others = volume.all.filter((at) => at !== child);
  const answers = yield* task.each(others, 'rename', () => [from, to, xdata]);
  const refusal = answers.find(({ opRet }) => opRet < 0);
  if (refusal === undefined) return merged([first, ...answers]);
  const done = others.filter((_, at) => answers[at]!.opRet >= 0);
  yield* task.ownEach([child, ...done], 'rename', () => [to, from, null]);
  return refusal;
}

function merged(answers: readonly Renamed[]): Renamed {
  const [first] = answers;
  const of = (at: 0 | 1 | 2 | 3 | 4): Iatt | null => {
    const own = first!.values[at];
    const all = answers.flatMap(({ values }) => values[at] ?? []);
    return own && mergeDirectories(own, all);
  };
  return success('rename', of(0), of(1), of(2), of(3), of(4), first!.values[5]);
}
