/**
 * Creates and removes files. A file is created on its name's child, or on another with a linkto
 * there if that child is full.
 * Source: GlusterFS `dht-common.c` (dht_create, dht_mknod, dht_symlink, dht_unlink).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EBUSY, EIO, ENOENT, ENOTCONN } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { IA_IFREG, type Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import { F_RDLCK } from '../../../../runtime/core/lock.ts';
import type { Fops } from '../../../../runtime/core/xlator.ts';
import { type Distribute, NO_CHILD } from '../distribute.ts';
import { makeLinkto, withTemporaryInode } from '../heal/make-linkto.ts';
import { LINKTO_MODE } from '../linkto.ts';
import { LAYOUT_HEAL, lockInode, makeLoc, unlockInode } from '../locks.ts';
import { mergeParent } from '../merge.ts';
import {
  makeFailure,
  makeSuccess,
  makeTaskFop,
  type Reply,
  type Steps,
  type Task,
} from '../task.ts';
import {
  ARGUMENT_INDEXES,
  addLayoutCondition,
  type CreatingFop,
  createWithLinkto,
  isRefused,
  openExisting,
  refreshParent,
} from './create-with-linkto.ts';
import { findLocation } from './file-fops.ts';
import { lookupEverywhere, makeLinktoXdata, makeUnusedLinktoXdata } from './lookup-everywhere.ts';

function* create<N extends CreatingFop>(
  task: Task,
  name: N,
  args: FopTable[N]['args'],
): Steps<Reply<N>> {
  const { volume } = task;
  const loc = args[ARGUMENT_INDEXES[name].loc] as Loc;
  const hashed = volume.findHashedChild(loc);
  const errno = checkPlacement(volume, hashed);
  if (errno !== 0) return makeFailure(name, errno);
  volume.space.refresh();
  if (volume.decommissioned.has(hashed) && (name === 'create' || name === 'mknod')) {
    return yield* createAfterRefresh(task, name, args, hashed);
  }
  if (name !== 'create') return yield* createOnChild(task, name, args, hashed);
  // The child refuses if the name no longer belongs to it.
  const xdata = addLayoutCondition(volume, loc, hashed, args.at(-1) as Dict | null);
  const conditional = args.with(-1, xdata) as unknown as typeof args;
  const reply = yield* createOnChild(task, name, args, hashed, conditional);
  const [refusal] = reply.values.slice(-1) as [Dict | null];
  return isRefused(reply.opRet, refusal)
    ? yield* createAfterRefresh(task, name, args, hashed)
    : reply;
}

/**
 * Returns the errno that prevents creation on a name's child; else 0. A directory that was looked up
 * while a child was away has no range for that child.
 */
export function checkPlacement(volume: Distribute, hashed: number): number {
  if (hashed === NO_CHILD) return EIO;
  return volume.isUp(hashed) ? 0 : ENOTCONN;
}

/**
 * Creates a file after reading the parent's layout under a lock, because the name may now belong to another child, or
 * its child is being emptied. If the name still belongs there, the file is created there, and the rebalance moves it.
 */
function* createAfterRefresh<N extends CreatingFop>(
  task: Task,
  name: N,
  args: FopTable[N]['args'],
  lockedChild: number,
): Steps<Reply<N>> {
  const { volume } = task;
  const loc = args[ARGUMENT_INDEXES[name].loc] as Loc;
  const directory = makeLoc(loc.parent!);
  task.setPatient(false);
  const errno = yield* lockInode(task, lockedChild, LAYOUT_HEAL, directory, F_RDLCK);
  task.setPatient(true);
  if (errno !== 0) return makeFailure(name, errno);
  let reply = makeFailure(name, ENOENT);
  if (yield* refreshParent(task, loc)) {
    const hashed = volume.findHashedChild(loc);
    const refusal = checkPlacement(volume, hashed);
    reply =
      refusal === 0 ? yield* createOnChild(task, name, args, hashed) : makeFailure(name, refusal);
  }
  task.replyEarly(reply);
  yield* unlockInode(task, lockedChild, LAYOUT_HEAL, directory);
  return reply;
}

/** Creates a file on its name's child, or elsewhere if that is full. @param childArgs the arguments for that child */
function* createOnChild<N extends CreatingFop>(
  task: Task,
  name: N,
  args: FopTable[N]['args'],
  hashed: number,
  childArgs = args,
): Steps<Reply<N>> {
  const { volume } = task;
  const indexes = ARGUMENT_INDEXES[name];
  const loc = args[indexes.loc] as Loc;
  const child = chooseChild(volume, loc, hashed);
  if (child !== hashed) return yield* createWithLinkto(task, name, args, hashed, child);
  const reply = yield* task.windOne(child, name, ...childArgs);
  if (reply.opRet < 0) return reply;
  const values = reply.values as unknown[];
  const [inode, buf] = values.slice(indexes.inode) as [Inode | null, Iatt | null];
  if (name === 'create' && buf !== null && isLinktoMode(buf)) {
    const [, flags, , , fd] = args as FopTable['create']['args'];
    return (yield* openExisting(task, loc, flags, fd)) as Reply<N>;
  }
  const fileInode = inode ?? loc.inode;
  if (fileInode !== null && buf !== null) volume.setLocation(fileInode, buf.iaGfid, child);
  values[indexes.folder] = mergeParent(values[indexes.folder] as Iatt | null);
  values[indexes.folder + 1] = mergeParent(values[indexes.folder + 1] as Iatt | null);
  return reply;
}

/** Chooses the child of a new file, usually its name's. */
function chooseChild(volume: Distribute, { parent }: Loc, hashed: number): number {
  const { space } = volume;
  if (!space.isFull(hashed)) return hashed;
  const { pieces } = volume.findDirectory(parent!)!.layout;
  return space.chooseChild(
    hashed,
    volume.children.filter((child) => pieces[child]!.err === 0),
  );
}

const isLinktoMode = ({ iaProt, iaSize, iaType }: Iatt): boolean =>
  iaProt === LINKTO_MODE && iaSize === 0 && iaType === IA_IFREG;

type UnlinkArgs = FopTable['unlink']['args'];

/** Removes a file before its linkto: a linkto without its file is detected as stale. */
function* unlink(task: Task, args: UnlinkArgs): Steps<Reply<'unlink'>> {
  const { volume } = task;
  const [loc, xflag, requestXdata] = args;
  const { inode } = loc;
  if (inode === null) return makeFailure('unlink', ENOENT);
  const isKnown = volume.findFileChild(inode) !== NO_CHILD;
  const directory = isKnown ? null : yield* findLocation(task, inode);
  if (typeof directory === 'number') return makeFailure('unlink', directory);
  let child = volume.findFileChild(inode);
  // A directory: every child refuses with the same errno.
  if (child === NO_CHILD) return yield* task.windOne(volume.up[0] ?? 0, 'unlink', ...args);
  let reply = yield* task.windOne(child, 'unlink', ...args);
  if (reply.opRet < 0 && reply.opErrno === ENOENT && isKnown) {
    // A rebalance may have moved the file: remove it on its present child.
    const { gfid } = inode;
    const lookup = yield* lookupEverywhere(task, loc, null);
    const newChild = volume.findFileChild(inode);
    const isMoved = lookup.opRet >= 0 && lookup.values[1]!.iaGfid === gfid && newChild !== child;
    if (!isMoved || newChild === NO_CHILD) return makeFailure('unlink', ENOENT);
    child = newChild;
    reply = yield* task.windOne(child, 'unlink', ...args);
  }
  const hashed = volume.findHashedChild(loc);
  const [preparent, postparent, xdata] = reply.values;
  if (reply.opRet < 0 || hashed === child || hashed === NO_CHILD || !volume.isUp(hashed)) {
    return { ...reply, values: [mergeParent(preparent), mergeParent(postparent), xdata] };
  }
  const linkto = yield* task.windOne(hashed, 'unlink', loc, 0, makeLinktoXdata());
  if (linkto.opRet < 0 && linkto.opErrno === EBUSY) {
    // A rebalance has replaced the linkto by the file, which moved to its name's child.
    const keys = volume.addFileKeys(null);
    const lookup = yield* withTemporaryInode(loc, (own) =>
      task.windOwn(hashed, 'lookup', own, keys),
    );
    // Another client may have created a file of this name.
    if (lookup.opRet >= 0 && lookup.values[1]!.iaGfid === inode.gfid) {
      yield* task.windOne(hashed, 'unlink', loc, xflag, requestXdata);
    }
  }
  // The parent changed on two children, so a caller must read its times again.
  return makeSuccess('unlink', null, null, xdata);
}

/** Creates a file without a name on any child; `namelink` decides where the name belongs. */
function* icreate(
  task: Task,
  [loc, mode, xdata]: FopTable['icreate']['args'],
): Steps<Reply<'icreate'>> {
  const { volume } = task;
  volume.space.refresh();
  const first = volume.up.find((each) => !volume.decommissioned.has(each)) ?? 0;
  const child = volume.space.isFull(first)
    ? volume.space.chooseChild(first, volume.children)
    : first;
  const reply = yield* task.windOne(child, 'icreate', loc, mode, xdata);
  const [inode, buf] = reply.values;
  const fileInode = inode ?? loc.inode;
  if (reply.opRet >= 0 && fileInode !== null && buf !== null)
    volume.setLocation(fileInode, buf.iaGfid, child);
  return reply;
}

/** Gives a file that `icreate` made its name. */
function* namelink(
  task: Task,
  [loc, xdata]: FopTable['namelink']['args'],
): Steps<Reply<'namelink'>> {
  const { volume } = task;
  const hashed = volume.findHashedChild(loc);
  const child = loc.inode === null ? NO_CHILD : volume.findFileChild(loc.inode);
  if (hashed === NO_CHILD || child === NO_CHILD) return makeFailure('namelink', EIO);
  if (hashed === child) return yield* task.windOne(child, 'namelink', loc, xdata);
  const linkto = yield* makeLinkto(task, loc, hashed, child, loc.gfid);
  if (linkto.opRet < 0) return makeFailure('namelink', linkto.opErrno);
  const reply = yield* task.windOne(child, 'namelink', loc, xdata);
  if (reply.opRet < 0) yield* task.windOwn(hashed, 'unlink', loc, 0, makeUnusedLinktoXdata());
  return reply;
}

const makeCreate =
  <N extends CreatingFop>(name: N) =>
  (task: Task, args: FopTable[N]['args']): Steps<Reply<N>> =>
    create(task, name, args);

export const entryFops: Fops<Distribute> = {
  icreate: makeTaskFop('icreate', icreate),
  namelink: makeTaskFop('namelink', namelink),
  create: makeTaskFop('create', makeCreate('create')),
  mknod: makeTaskFop('mknod', makeCreate('mknod')),
  symlink: makeTaskFop('symlink', makeCreate('symlink')),
  put: makeTaskFop('put', makeCreate('put')),
  unlink: makeTaskFop('unlink', unlink),
};
