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
import { type Distribute, NOWHERE } from '../distribute.ts';
import { makeLinkto, withInode } from '../heal/linkto.ts';
import { LINKTO_MODE } from '../linkto.ts';
import { LAYOUT_HEAL, lockInode, locOf, unlockInode } from '../locks.ts';
import { parentIatt } from '../merge.ts';
import { byTask, failure, type Reply, type Steps, success, type Task } from '../task.ts';
import {
  ARGUMENT_INDEXES,
  type CreatingFop,
  createWithLinkto,
  isRefused,
  openExisting,
  refreshParent,
  withLayout,
} from './create-with-linkto.ts';
import { locate } from './file.ts';
import { linktoOnly, lookupEverywhere, unusedLinktoOnly } from './lookup-everywhere.ts';

function* create<N extends CreatingFop>(
  task: Task,
  name: N,
  args: FopTable[N]['args'],
): Steps<Reply<N>> {
  const { volume } = task;
  const loc = args[ARGUMENT_INDEXES[name].loc] as Loc;
  const hashed = volume.hashedChild(loc);
  const errno = placementErrno(volume, hashed);
  if (errno !== 0) return failure(name, errno);
  volume.space.refresh();
  if (volume.decommissioned.has(hashed) && (name === 'create' || name === 'mknod')) {
    return yield* createAfterRefresh(task, name, args, hashed);
  }
  if (name !== 'create') return yield* createOnChild(task, name, args, hashed);
  // The child refuses if the name does not belong to it any more.
  const xdata = withLayout(volume, loc, hashed, args.at(-1) as Dict | null);
  const conditional = args.with(-1, xdata) as unknown as typeof args;
  const made = yield* createOnChild(task, name, args, hashed, conditional);
  const [refusal] = made.values.slice(-1) as [Dict | null];
  return isRefused(made.opRet, refusal)
    ? yield* createAfterRefresh(task, name, args, hashed)
    : made;
}

/**
 * The errno that prevents creation on a name's child; else 0. A directory that was looked up while
 * a child was away has no range for it.
 */
export function placementErrno(volume: Distribute, hashed: number): number {
  if (hashed === NOWHERE) return EIO;
  return volume.isUp(hashed) ? 0 : ENOTCONN;
}

/**
 * Creates a file after reading the parent's layout under a lock: the name may belong elsewhere by now, or its child
 * is being emptied. If it still belongs there, the file is created there, and the rebalance moves it.
 */
function* createAfterRefresh<N extends CreatingFop>(
  task: Task,
  name: N,
  args: FopTable[N]['args'],
  before: number,
): Steps<Reply<N>> {
  const { volume } = task;
  const loc = args[ARGUMENT_INDEXES[name].loc] as Loc;
  const folder = locOf(loc.parent!);
  task.patient(false);
  const errno = yield* lockInode(task, before, LAYOUT_HEAL, folder, F_RDLCK);
  task.patient(true);
  if (errno !== 0) return failure(name, errno);
  let made = failure(name, ENOENT);
  if (yield* refreshParent(task, loc)) {
    const hashed = volume.hashedChild(loc);
    const refusal = placementErrno(volume, hashed);
    made = refusal === 0 ? yield* createOnChild(task, name, args, hashed) : failure(name, refusal);
  }
  task.answer(made);
  yield* unlockInode(task, before, LAYOUT_HEAL, folder);
  return made;
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
  const place = ARGUMENT_INDEXES[name];
  const loc = args[place.loc] as Loc;
  const child = chooseChild(volume, loc, hashed);
  if (child !== hashed) return yield* createWithLinkto(task, name, args, hashed, child);
  const made = yield* task.one(child, name, ...childArgs);
  if (made.opRet < 0) return made;
  const values = made.values as unknown[];
  const [inode, buf] = values.slice(place.inode) as [Inode | null, Iatt | null];
  if (name === 'create' && buf !== null && isLinktoMode(buf)) {
    const [, flags, , , fd] = args as FopTable['create']['args'];
    return (yield* openExisting(task, loc, flags, fd)) as Reply<N>;
  }
  const kept = inode ?? loc.inode;
  if (kept !== null && buf !== null) volume.setLocation(kept, buf.iaGfid, child);
  values[place.folder] = parentIatt(values[place.folder] as Iatt | null);
  values[place.folder + 1] = parentIatt(values[place.folder + 1] as Iatt | null);
  return made;
}

/** Chooses the child of a new file, usually its name's. */
function chooseChild(volume: Distribute, { parent }: Loc, hashed: number): number {
  const { space } = volume;
  if (!space.isFilled(hashed)) return hashed;
  const { pieces } = volume.directory(parent!)!.layout;
  return space.choose(
    hashed,
    volume.all.filter((child) => pieces[child]!.err === 0),
  );
}

const isLinktoMode = ({ iaProt, iaSize, iaType }: Iatt): boolean =>
  iaProt === LINKTO_MODE && iaSize === 0 && iaType === IA_IFREG;

type Unlinking = FopTable['unlink']['args'];

/** Removes a file before its linkto: a linkto without its file is detected as stale. */
function* unlink(task: Task, args: Unlinking): Steps<Reply<'unlink'>> {
  const { volume } = task;
  const [loc, xflag, given] = args;
  const { inode } = loc;
  if (inode === null) return failure('unlink', ENOENT);
  const isKnown = volume.childOf(inode) !== NOWHERE;
  const located = isKnown ? null : yield* locate(task, inode);
  if (typeof located === 'number') return failure('unlink', located);
  let child = volume.childOf(inode);
  // A directory: every child refuses with the same errno.
  if (child === NOWHERE) return yield* task.one(volume.up[0] ?? 0, 'unlink', ...args);
  let gone = yield* task.one(child, 'unlink', ...args);
  if (gone.opRet < 0 && gone.opErrno === ENOENT && isKnown) {
    // A rebalance may have moved the file: remove it on its present child.
    const { gfid } = inode;
    const found = yield* lookupEverywhere(task, loc, null);
    const now = volume.childOf(inode);
    const isMoved = found.opRet >= 0 && found.values[1]!.iaGfid === gfid && now !== child;
    if (!isMoved || now === NOWHERE) return failure('unlink', ENOENT);
    child = now;
    gone = yield* task.one(child, 'unlink', ...args);
  }
  const hashed = volume.hashedChild(loc);
  const [preparent, postparent, xdata] = gone.values;
  if (gone.opRet < 0 || hashed === child || hashed === NOWHERE || !volume.isUp(hashed)) {
    return { ...gone, values: [parentIatt(preparent), parentIatt(postparent), xdata] };
  }
  const linkto = yield* task.one(hashed, 'unlink', loc, 0, linktoOnly());
  if (linkto.opRet < 0 && linkto.opErrno === EBUSY) {
    // The linkto is a file now: the file has moved to its name's child.
    const keys = volume.fileKeys(null);
    const now = yield* withInode(loc, (own) => task.own(hashed, 'lookup', own, keys));
    // Another client may have created a file of this name.
    if (now.opRet >= 0 && now.values[1]!.iaGfid === inode.gfid) {
      yield* task.one(hashed, 'unlink', loc, xflag, given);
    }
  }
  // The parent changed on two children, so a caller must read its times anew.
  return success('unlink', null, null, xdata);
}

/** Creates a file without a name on any child; `namelink` decides where the name belongs. */
function* icreate(
  task: Task,
  [loc, mode, xdata]: FopTable['icreate']['args'],
): Steps<Reply<'icreate'>> {
  const { volume } = task;
  volume.space.refresh();
  const first = volume.up.find((each) => !volume.decommissioned.has(each)) ?? 0;
  const child = volume.space.isFilled(first) ? volume.space.choose(first, volume.all) : first;
  const made = yield* task.one(child, 'icreate', loc, mode, xdata);
  const [inode, buf] = made.values;
  const kept = inode ?? loc.inode;
  if (made.opRet >= 0 && kept !== null && buf !== null) volume.setLocation(kept, buf.iaGfid, child);
  return made;
}

/** Gives such a file its name. */
function* namelink(
  task: Task,
  [loc, xdata]: FopTable['namelink']['args'],
): Steps<Reply<'namelink'>> {
  const { volume } = task;
  const hashed = volume.hashedChild(loc);
  const child = loc.inode === null ? NOWHERE : volume.childOf(loc.inode);
  if (hashed === NOWHERE || child === NOWHERE) return failure('namelink', EIO);
  if (hashed === child) return yield* task.one(child, 'namelink', loc, xdata);
  const linkto = yield* makeLinkto(task, loc, hashed, child, loc.gfid);
  if (linkto.opRet < 0) return failure('namelink', linkto.opErrno);
  const named = yield* task.one(child, 'namelink', loc, xdata);
  if (named.opRet < 0) yield* task.own(hashed, 'unlink', loc, 0, unusedLinktoOnly());
  return named;
}

const creating =
  <N extends CreatingFop>(name: N) =>
  (task: Task, args: FopTable[N]['args']): Steps<Reply<N>> =>
    create(task, name, args);

export const entryFops: Fops<Distribute> = {
  icreate: byTask('icreate', icreate),
  namelink: byTask('namelink', namelink),
  create: byTask('create', creating('create')),
  mknod: byTask('mknod', creating('mknod')),
  symlink: byTask('symlink', creating('symlink')),
  put: byTask('put', creating('put')),
  unlink: byTask('unlink', unlink),
};
