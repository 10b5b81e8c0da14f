/**
 * Fops on a directory, which all children have. A change is done on the child
 * whose attributes count (MDS) first, which counts that others may not have it yet.
 *
 * Source: GlusterFS `dht-inode-read.c` (dht_stat), `dht-inode-write.c` (dht_setattr), `dht-common.c`
 * (dht_setxattr, dht_dir_common_set_remove_xattr).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EPERM } from '../../../../runtime/core/errno.ts';
import { FS_FLAGS, FS_VERSION, FS_XATTR } from '../../../../runtime/core/fileattr.ts';
import type { FopName, FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { ROOT_GFID } from '../../../../runtime/core/gfid.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { type Directory, NOWHERE } from '../distribute.ts';
import { again } from '../heal/directory.ts';
import { countMds } from '../heal/xattrs.ts';
import { anomaliesOf, mayHeal } from '../layout/layout.ts';
import { mergeAnswers, mergeDirectories } from '../merge.ts';
import { errnoOf } from '../sight.ts';
import { type Answer, failure, type Steps, type Task } from '../task.ts';
import { isCommand, obey } from './commands.ts';
import { getOfDirectory, isInternal } from './virtual.ts';

type OnDirectory = (
  task: Task,
  directory: Directory,
  args: readonly unknown[],
  inode: Inode,
) => Steps<Answer<FopName>>;

const okOf = <N extends FopName>(answers: readonly Answer<N>[]): Answer<N>[] =>
  answers.filter(({ opRet }) => opRet >= 0);

function* stat(
  task: Task,
  { mds }: Directory,
  inode: Inode,
  xdata: Dict | null,
): Steps<Answer<'stat'>> {
  const loc = new Loc(inode);
  const answers = yield* task.each(task.volume.all, 'stat', () => [loc, xdata]);
  const there = okOf(answers);
  if (there.length === 0) return failure('stat', errnoOf(answers));
  const source = mds !== NOWHERE && answers[mds]!.opRet >= 0 ? answers[mds]! : there[0]!;
  const buf = mergeDirectories(
    source.values[0]!,
    there.map(({ values }) => values[0]!),
  );
  return { ...source, values: [buf, source.values[1]] };
}

/** The fops that change attributes: the same on all children. */
type Change = 'setattr' | 'setxattr' | 'removexattr';

interface Mds {
  readonly mds: number;
  /** Why it cannot be known. */
  readonly errno: number;
}

/**
 * The child whose attributes count. It may have been away when the directory was found: what is changed
 * on the others then would be taken back once it comes. So it is looked for, and NOWHERE means that no
 * child is it.
 */
function* mdsOf(task: Task, { mds }: Directory, dir: Loc): Steps<Mds> {
  if (mds !== NOWHERE || dir.gfid === ROOT_GFID) return { mds, errno: 0 };
  const now = yield* again(task, dir);
  if (now === null) return { mds, errno: 0 };
  const { layout } = now;
  if (now.mds === NOWHERE) {
    const silent = layout.pieces.find((piece) => !mayHeal(anomaliesOf([piece])));
    return { mds, errno: silent?.err ?? 0 };
  }
  task.volume.keep(dir.inode!, dir.gfid, { layout, mds: now.mds });
  return { mds: now.mds, errno: 0 };
}

/** The answer that counts comes first; after it, those of the other children that have done it. */
function* change<N extends Change>(
  task: Task,
  directory: Directory,
  fop: N,
  args: FopTable[N]['args'],
): Steps<readonly [Answer<N>, ...Answer<N>[]]> {
  const { all } = task.volume;
  if (all.length === 1) return [yield* task.one(0, fop, ...args)];
  const dir = args[0] as Loc;
  const { mds, errno: unknown } = yield* mdsOf(task, directory, dir);
  if (unknown !== 0) return [failure(fop, unknown)];
  if (mds === NOWHERE) {
    const answers = yield* task.each(all, fop, () => args);
    const [first, ...others] = okOf(answers);
    return first === undefined ? [failure(fop, errnoOf(answers))] : [first, ...others];
  }
  const errno = yield* countMds(task, mds, dir, -1);
  if (errno !== 0) return [failure(fop, errno)];
  const first = yield* task.one(mds, fop, ...args);
  if (first.opRet < 0) {
    yield* countMds(task, mds, dir, 1);
    return [first];
  }
  const others = all.filter((child) => child !== mds);
  const answers = yield* task.each(others, fop, () => args);
  // Where one has failed, the count stays: the next lookup brings it there.
  const done = okOf(answers);
  if (done.length === others.length) yield* countMds(task, mds, dir, 1);
  return [first, ...done];
}

function* setattr(
  task: Task,
  directory: Directory,
  args: FopTable['setattr']['args'],
): Steps<Answer<'setattr'>> {
  const { volume } = task;
  const answers = yield* change(task, directory, 'setattr', args);
  const merged = mergeAnswers(answers[0], answers);
  const [before, after, xdata] = merged.values;
  const { mds } = volume.directory(args[0].inode!) ?? directory;
  if (merged.opRet < 0 || after === null || volume.all.length === 1 || mds === NOWHERE) {
    return merged;
  }
  // The count that is taken back at the end is a change, too: without this, a cache above would show a
  // time of change that is over, and tar find that the directory has changed while it was read.
  const now = yield* task.one(mds, 'stat', args[0], null);
  const later = now.opRet < 0 ? [] : [now.values[0]!];
  return { ...merged, values: [before, mergeDirectories(after, later), xdata] };
}

/** Those of open directories are done by their inodes: a child that was away has not opened them. */
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
): Steps<Answer<FopName>> {
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

/** What is an open file's, and no attribute on a disk. */
const FLAGS: ReadonlySet<string | null> = new Set([FS_FLAGS, FS_XATTR, FS_VERSION]);
const isOfOpenFile = (name: string | null): boolean => FLAGS.has(name);

const statting: OnDirectory = (task, directory, args, inode) =>
  stat(task, directory, inode, args[1] as Dict | null);

/** To all children; one success is enough, for what is to reach whoever is there. */
const everywhere =
  (fop: FopName): OnDirectory =>
  (task, _directory, args) =>
    toAll(task, fop, args);

function* toAll<N extends FopName>(task: Task, fop: N, args: readonly unknown[]): Steps<Answer<N>> {
  const answers = yield* task.each(task.volume.up, fop, () => args as never);
  const failed = answers.find(({ opRet }) => opRet < 0);
  return failed ?? answers[0] ?? failure(fop, errnoOf(answers));
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
      ? obey(task, inode, args[1] as Dict)
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
