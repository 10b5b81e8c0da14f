/**
 * Handles fops on a directory, which all children have. A change goes first to the child whose
 * attributes count (MDS), which counts that the others may lack it.
 * Source: GlusterFS `dht-inode-read.c` (dht_stat), `dht-inode-write.c` (dht_setattr),
 * `dht-common.c` (dht_setxattr, dht_dir_common_set_remove_xattr).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EPERM } from '../../../../runtime/core/errno.ts';
import { FS_FLAGS, FS_VERSION, FS_XATTR } from '../../../../runtime/core/fileattr.ts';
import type { FopName, FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { ROOT_GFID } from '../../../../runtime/core/gfid.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { errnoOf } from '../directory-view.ts';
import { type Directory, NOWHERE } from '../distribute.ts';
import { lookupAgain } from '../heal/directory.ts';
import { countMds } from '../heal/xattrs.ts';
import { anomaliesOf, mayHeal } from '../layout/layout.ts';
import { mergeDirectories, mergeReplies } from '../merge.ts';
import { failure, type Reply, type Steps, type Task } from '../task.ts';
import { isCommand, runCommand } from './commands.ts';
import { getOfDirectory, isInternal } from './virtual.ts';

type OnDirectory = (
  task: Task,
  directory: Directory,
  args: readonly unknown[],
  inode: Inode,
) => Steps<Reply<FopName>>;

const okOf = <N extends FopName>(replies: readonly Reply<N>[]): Reply<N>[] =>
  replies.filter(({ opRet }) => opRet >= 0);

function* stat(
  task: Task,
  { mds }: Directory,
  inode: Inode,
  xdata: Dict | null,
): Steps<Reply<'stat'>> {
  const loc = new Loc(inode);
  const replies = yield* task.each(task.volume.all, 'stat', () => [loc, xdata]);
  const there = okOf(replies);
  if (there.length === 0) return failure('stat', errnoOf(replies));
  const source = mds !== NOWHERE && replies[mds]!.opRet >= 0 ? replies[mds]! : there[0]!;
  const buf = mergeDirectories(
    source.values[0]!,
    there.map(({ values }) => values[0]!),
  );
  return { ...source, values: [buf, source.values[1]] };
}

/** The fops that change attributes, on all children alike. */
type Change = 'setattr' | 'setxattr' | 'removexattr';

interface Mds {
  readonly mds: number;
  /** The errno if the MDS cannot be determined. */
  readonly errno: number;
}

/**
 * Determines the MDS; NOWHERE if no child is. The MDS may have been away at the lookup: its return
 * would undo changes made on the other children meanwhile, so it is looked up again.
 */
function* mdsOf(task: Task, { mds }: Directory, dir: Loc): Steps<Mds> {
  if (mds !== NOWHERE || dir.gfid === ROOT_GFID) return { mds, errno: 0 };
  const now = yield* lookupAgain(task, dir);
  if (now === null) return { mds, errno: 0 };
  const { layout } = now;
  if (now.mds === NOWHERE) {
    const silent = layout.pieces.find((piece) => !mayHeal(anomaliesOf([piece])));
    return { mds, errno: silent?.err ?? 0 };
  }
  task.volume.setLocation(dir.inode!, dir.gfid, { layout, mds: now.mds });
  return { mds: now.mds, errno: 0 };
}

/** Changes all children. @returns the deciding reply, then those of the other successful children */
function* change<N extends Change>(
  task: Task,
  directory: Directory,
  fop: N,
  args: FopTable[N]['args'],
): Steps<readonly [Reply<N>, ...Reply<N>[]]> {
  const { all } = task.volume;
  if (all.length === 1) return [yield* task.one(0, fop, ...args)];
  const dir = args[0] as Loc;
  const { mds, errno: unknown } = yield* mdsOf(task, directory, dir);
  if (unknown !== 0) return [failure(fop, unknown)];
  if (mds === NOWHERE) {
    const replies = yield* task.each(all, fop, () => args);
    const [first, ...others] = okOf(replies);
    return first === undefined ? [failure(fop, errnoOf(replies))] : [first, ...others];
  }
  const errno = yield* countMds(task, mds, dir, -1);
  if (errno !== 0) return [failure(fop, errno)];
  const first = yield* task.one(mds, fop, ...args);
  if (first.opRet < 0) {
    yield* countMds(task, mds, dir, 1);
    return [first];
  }
  const others = all.filter((child) => child !== mds);
  const replies = yield* task.each(others, fop, () => args);
  // After a failure the count stays, so the next lookup repairs that child.
  const done = okOf(replies);
  if (done.length === others.length) yield* countMds(task, mds, dir, 1);
  return [first, ...done];
}

function* setattr(
  task: Task,
  directory: Directory,
  args: FopTable['setattr']['args'],
): Steps<Reply<'setattr'>> {
  const { volume } = task;
  const replies = yield* change(task, directory, 'setattr', args);
  const merged = mergeReplies(replies[0], replies);
  const [before, after, xdata] = merged.values;
  const { mds } = volume.directory(args[0].inode!) ?? directory;
  if (merged.opRet < 0 || after === null || volume.all.length === 1 || mds === NOWHERE) {
    return merged;
  }
  // Resetting the count changes the directory too: without another stat, caches would show an
  // outdated ctime, and tar would report that the directory changed while it was read.
  const now = yield* task.one(mds, 'stat', args[0], null);
  const later = now.opRet < 0 ? [] : [now.values[0]!];
  return { ...merged, values: [before, mergeDirectories(after, later), xdata] };
}

/** Changes an open directory by its inode: a child that was away has not opened it. */
const changing =
  (fop: Change): OnDirectory =>
  (task, directory, args, inode) => {
    const byLoc = [new Loc(inode), ...args.slice(1)];
    if (fop === 'setattr') return setattr(task, directory, byLoc as never);
    return changeXattr(task, directory, fop, byLoc);
  };

function* changeXattr(
  task: Task,
  directory: Directory,
  fop: 'setxattr' | 'removexattr',
  args: readonly unknown[],
): Steps<Reply<FopName>> {
  const [, given] = args as [Loc, Dict | string | null];
  const names = typeof given === 'string' ? [given] : [...(given?.keys() ?? [])];
  if (names.some((name) => isInternal(task.volume, name))) return failure(fop, EPERM);
  const [answer] = yield* change(task, directory, fop, args as never);
  return answer;
}

const getting: OnDirectory = (task, directory, args, inode) => {
  const [, name, xdata] = args as FopTable['getxattr']['args'];
  return getOfDirectory(task, directory, inode, name, xdata);
};

/** Attributes of an open file that no disk stores. */
const FLAGS: ReadonlySet<string | null> = new Set([FS_FLAGS, FS_XATTR, FS_VERSION]);
const isOfOpenFile = (name: string | null): boolean => FLAGS.has(name);

const statting: OnDirectory = (task, directory, args, inode) =>
  stat(task, directory, inode, args[1] as Dict | null);

/** Winds to all children that are up; the first failure decides. */
const everywhere =
  (fop: FopName): OnDirectory =>
  (task, _directory, args) =>
    toAll(task, fop, args);

function* toAll<N extends FopName>(task: Task, fop: N, args: readonly unknown[]): Steps<Reply<N>> {
  const replies = yield* task.each(task.volume.up, fop, () => args as never);
  const failed = replies.find(({ opRet }) => opRet < 0);
  return failed ?? replies[0] ?? failure(fop, errnoOf(replies));
}

const locking =
  (fop: FopName): OnDirectory =>
  (task, directory, args, inode) =>
    task.one(task.volume.lockerOf(inode, directory), fop, ...(args as never));

const LOCKS = ['lk', 'inodelk', 'finodelk', 'entrylk', 'fentrylk'] as const;

export const onDirectory: Readonly<Partial<Record<FopName, OnDirectory>>> = {
  stat: statting,
  fstat: statting,
  setattr: changing('setattr'),
  fsetattr: changing('setattr'),
  setxattr: (task, directory, args, inode) =>
    isCommand(args[1] as Dict | null)
      ? runCommand(task, inode, args[1] as Dict)
      : changing('setxattr')(task, directory, args, inode),
  fsetxattr: (task, directory, args, inode) =>
    [...((args[1] as Dict | null)?.keys() ?? [])].some(isOfOpenFile)
      ? toAll(task, 'fsetxattr', args)
      : changing('setxattr')(task, directory, args, inode),
  removexattr: changing('removexattr'),
  fremovexattr: changing('removexattr'),
  getxattr: getting,
  fgetxattr: (task, directory, args, inode) =>
    isOfOpenFile(args[1] as string | null)
      ? task.one(
          task.volume.homeOf(directory),
          'fgetxattr',
          ...(args as FopTable['fgetxattr']['args']),
        )
      : getting(task, directory, args, inode),
  fsyncdir: everywhere('fsyncdir'),
  ...Object.fromEntries(LOCKS.map((fop) => [fop, locking(fop)])),
};
