/**
 * Handles fops on a directory, which all children have. A change goes first to the metadata server (MDS), the child
 * with the authoritative attributes. The MDS counts changes that other children may lack.
 * Source: GlusterFS `dht-inode-read.c` (dht_stat), `dht-inode-write.c` (dht_setattr),
 * `dht-common.c` (dht_setxattr, dht_dir_common_set_remove_xattr).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EPERM } from '../../../../runtime/core/errno.ts';
import { FS_FLAGS, FS_VERSION, FS_XATTR } from '../../../../runtime/core/fileattr.ts';
import type { FopName, FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { ROOT_GFID } from '../../../../runtime/core/gfid.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { chooseErrno } from '../directory-view.ts';
import { type Directory, NO_CHILD } from '../distribute.ts';
import { lookupAgain } from '../heal/heal-directory.ts';
import { addToMdsCount } from '../heal/heal-xattrs.ts';
import { countAnomalies, mayHeal } from '../layout/layout.ts';
import { mergeDirectoryAttributes, mergeDirectoryReplies } from '../merge.ts';
import { makeFailure, type Reply, type Steps, type Task } from '../task.ts';
import { isCommand, runCommand } from './commands.ts';
import { getDirectoryXattr, isInternalXattr } from './virtual-xattrs.ts';

/** The steps of a fop on a directory. */
type DirectoryHandler = (
  task: Task,
  directory: Directory,
  args: readonly unknown[],
  inode: Inode,
) => Steps<Reply<FopName>>;

const filterSuccesses = <N extends FopName>(replies: readonly Reply<N>[]): Reply<N>[] =>
  replies.filter(({ opRet }) => opRet >= 0);

/**
 * Merges the attributes of a directory's copies: those of the MDS, with the latest times and the most links of all.
 */
function* stat(
  task: Task,
  { mds }: Directory,
  inode: Inode,
  xdata: Dict | null,
): Steps<Reply<'stat'>> {
  const loc = new Loc(inode);
  const replies = yield* task.windEach(task.volume.children, 'stat', () => [loc, xdata]);
  const successes = filterSuccesses(replies);
  if (successes.length === 0) return makeFailure('stat', chooseErrno(replies));
  const source = mds !== NO_CHILD && replies[mds]!.opRet >= 0 ? replies[mds]! : successes[0]!;
  const buf = mergeDirectoryAttributes(
    source.values[0]!,
    successes.map(({ values }) => values[0]!),
  );
  return { ...source, values: [buf, source.values[1]] };
}

/** The fops that change attributes, on all children alike. */
type ChangeFop = 'setattr' | 'setxattr' | 'removexattr';

/** The result of `findMds`. */
interface MdsResult {
  /** The MDS; NO_CHILD if it is unknown, or the directory has no MDS. */
  readonly mds: number;
  /** The errno if the MDS cannot be determined; else 0. */
  readonly errno: number;
}

/**
 * Finds the MDS. If it is unknown, the directory is looked up again: the MDS may have been down at the last lookup.
 * Once up again, it would undo changes that only other children have.
 */
function* findMds(task: Task, { mds }: Directory, dir: Loc): Steps<MdsResult> {
  if (mds !== NO_CHILD || dir.gfid === ROOT_GFID) return { mds, errno: 0 };
  const view = yield* lookupAgain(task, dir);
  if (view === null) return { mds, errno: 0 };
  const { layout } = view;
  if (view.mds === NO_CHILD) {
    const unknownPiece = layout.pieces.find((piece) => !mayHeal(countAnomalies([piece])));
    return { mds, errno: unknownPiece?.err ?? 0 };
  }
  task.volume.setLocation(dir.inode!, dir.gfid, { layout, mds: view.mds });
  return { mds: view.mds, errno: 0 };
}

/** Changes all children, the MDS first. @returns the deciding reply, then those of the other successful children */
function* changeAll<N extends ChangeFop>(
  task: Task,
  directory: Directory,
  fop: N,
  args: FopTable[N]['args'],
): Steps<readonly [Reply<N>, ...Reply<N>[]]> {
  const { children } = task.volume;
  if (children.length === 1) return [yield* task.windOne(0, fop, ...args)];
  const dir = args[0] as Loc;
  const { mds, errno: mdsErrno } = yield* findMds(task, directory, dir);
  if (mdsErrno !== 0) return [makeFailure(fop, mdsErrno)];
  if (mds === NO_CHILD) {
    const replies = yield* task.windEach(children, fop, () => args);
    const [firstReply, ...otherReplies] = filterSuccesses(replies);
    return firstReply === undefined
      ? [makeFailure(fop, chooseErrno(replies))]
      : [firstReply, ...otherReplies];
  }
  const errno = yield* addToMdsCount(task, mds, dir, -1);
  if (errno !== 0) return [makeFailure(fop, errno)];
  const firstReply = yield* task.windOne(mds, fop, ...args);
  if (firstReply.opRet < 0) {
    yield* addToMdsCount(task, mds, dir, 1);
    return [firstReply];
  }
  const otherChildren = children.filter((child) => child !== mds);
  const replies = yield* task.windEach(otherChildren, fop, () => args);
  // After a failure the count stays nonzero, so the next lookup repairs that child.
  const successes = filterSuccesses(replies);
  if (successes.length === otherChildren.length) yield* addToMdsCount(task, mds, dir, 1);
  return [firstReply, ...successes];
}

/** Changes the attributes of all copies, and replies with the merged attributes. */
function* setattr(
  task: Task,
  directory: Directory,
  args: FopTable['setattr']['args'],
): Steps<Reply<'setattr'>> {
  const { volume } = task;
  const replies = yield* changeAll(task, directory, 'setattr', args);
  const merged = mergeDirectoryReplies(replies[0], replies);
  const [before, after, xdata] = merged.values;
  const { mds } = volume.findDirectory(args[0].inode!) ?? directory;
  if (merged.opRet < 0 || after === null || volume.children.length === 1 || mds === NO_CHILD) {
    return merged;
  }
  // Resetting the count changes the directory too: without another stat, caches would show an
  // outdated ctime, and tar would report that the directory changed while it was read.
  const statReply = yield* task.windOne(mds, 'stat', args[0], null);
  const current = statReply.opRet < 0 ? [] : [statReply.values[0]!];
  return { ...merged, values: [before, mergeDirectoryAttributes(after, current), xdata] };
}

/** Makes a handler that changes a directory by its inode: a child that was down has not opened the caller's fd. */
const makeChangeHandler =
  (fop: ChangeFop): DirectoryHandler =>
  (task, directory, args, inode) => {
    const locArgs = [new Loc(inode), ...args.slice(1)];
    if (fop === 'setattr') return setattr(task, directory, locArgs as never);
    return changeXattr(task, directory, fop, locArgs);
  };

/** Sets or removes xattrs on all copies; refuses those of distribute itself. */
function* changeXattr(
  task: Task,
  directory: Directory,
  fop: 'setxattr' | 'removexattr',
  args: readonly unknown[],
): Steps<Reply<FopName>> {
  const [, dictOrName] = args as [Loc, Dict | string | null];
  const names = typeof dictOrName === 'string' ? [dictOrName] : [...(dictOrName?.keys() ?? [])];
  if (names.some((name) => isInternalXattr(task.volume, name))) return makeFailure(fop, EPERM);
  const [reply] = yield* changeAll(task, directory, fop, args as never);
  return reply;
}

const getXattr: DirectoryHandler = (task, directory, args, inode) => {
  const [, name, xdata] = args as FopTable['getxattr']['args'];
  return getDirectoryXattr(task, directory, inode, name, xdata);
};

/** Names of xattrs by which ioctls for file attributes (chattr) travel; these need an fd. */
const FILE_ATTRIBUTE_XATTRS: ReadonlySet<string | null> = new Set([FS_FLAGS, FS_XATTR, FS_VERSION]);
const needsOpenFile = (name: string | null): boolean => FILE_ATTRIBUTE_XATTRS.has(name);

const statDirectory: DirectoryHandler = (task, directory, args, inode) =>
  stat(task, directory, inode, args.at(-1) as Dict | null);

/** Makes a handler that winds to all children that are up; the first failure decides. */
const makeAllChildrenHandler =
  (fop: FopName): DirectoryHandler =>
  (task, _directory, args) =>
    windToAll(task, fop, args);

/** Winds to all children that are up; the first failure decides. */
function* windToAll<N extends FopName>(
  task: Task,
  fop: N,
  args: readonly unknown[],
): Steps<Reply<N>> {
  const replies = yield* task.windEach(task.volume.upChildren, fop, () => args as never);
  const failedReply = replies.find(({ opRet }) => opRet < 0);
  return failedReply ?? replies[0] ?? makeFailure(fop, chooseErrno(replies));
}

/** Makes a handler that winds a lock request to the child that holds the directory's locks. */
const makeLockHandler =
  (fop: FopName): DirectoryHandler =>
  (task, directory, args, inode) =>
    task.windOne(task.volume.findLockChild(inode, directory), fop, ...(args as never));

const LOCK_FOPS = ['lk', 'inodelk', 'finodelk', 'entrylk', 'fentrylk'] as const;

/** The handlers of fops on directories; a fop without a handler goes to one child. */
export const directoryHandlers: Readonly<Partial<Record<FopName, DirectoryHandler>>> = {
  stat: statDirectory,
  fstat: statDirectory,
  setattr: makeChangeHandler('setattr'),
  fsetattr: makeChangeHandler('setattr'),
  setxattr: (task, directory, args, inode) =>
    isCommand(args[1] as Dict | null)
      ? runCommand(task, inode, args[1] as Dict)
      : makeChangeHandler('setxattr')(task, directory, args, inode),
  fsetxattr: (task, directory, args, inode) =>
    [...((args[1] as Dict | null)?.keys() ?? [])].some(needsOpenFile)
      ? windToAll(task, 'fsetxattr', args)
      : makeChangeHandler('setxattr')(task, directory, args, inode),
  removexattr: makeChangeHandler('removexattr'),
  fremovexattr: makeChangeHandler('removexattr'),
  getxattr: getXattr,
  fgetxattr: (task, directory, args, inode) =>
    needsOpenFile(args[1] as string | null)
      ? task.windOne(
          task.volume.chooseReader(directory),
          'fgetxattr',
          ...(args as FopTable['fgetxattr']['args']),
        )
      : getXattr(task, directory, args, inode),
  fsyncdir: makeAllChildrenHandler('fsyncdir'),
  ...Object.fromEntries(LOCK_FOPS.map((fop) => [fop, makeLockHandler(fop)])),
};
