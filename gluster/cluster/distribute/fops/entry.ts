/**
 * Files are made where their names belong. Where there is no room they are made elsewhere, with a
 * linkto in that place.
 *
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
import { aside, makeLinkto } from '../heal/linkto.ts';
import { LINKTO_MODE } from '../linkto.ts';
import { LAYOUT_HEAL, lockInode, locOf, unlockInode } from '../locks.ts';
import { folderOf } from '../merge.ts';
import { type Answer, byTask, failure, type Steps, success, type Task } from '../task.ts';
import {
  isRefused,
  lookAbove,
  type Making,
  makeAside,
  openThere,
  PLACES,
  relyingOn,
} from './aside.ts';
import { lookupEverywhere, onlyIfLinkto, onlyLinkto } from './everywhere.ts';
import { locate } from './file.ts';

function* make<N extends Making>(task: Task, name: N, args: FopTable[N]['args']): Steps<Answer<N>> {
  const { volume } = task;
  const loc = args[PLACES[name].loc] as Loc;
  const hashed = volume.hashed(loc);
  const errno = refusalOf(volume, hashed);
  if (errno !== 0) return failure(name, errno);
  volume.space.refresh();
  if (volume.leaving.has(hashed) && (name === 'create' || name === 'mknod')) {
    return yield* makeLooking(task, name, args, hashed);
  }
  if (name !== 'create') return yield* makeIn(task, name, args, hashed);
  // A child that the name does not belong to any more refuses.
  const xdata = relyingOn(volume, loc, hashed, args.at(-1) as Dict | null);
  const conditional = args.with(-1, xdata) as unknown as typeof args;
  const made = yield* makeIn(task, name, args, hashed, conditional);
  const [refusal] = made.values.slice(-1) as [Dict | null];
  return isRefused(made.opRet, refusal) ? yield* makeLooking(task, name, args, hashed) : made;
}

/**
 * Why nothing can be made with the child that a name belongs to; 0 where it can. A directory that was
 * looked up while a child was away has no range for that child.
 */
export function refusalOf(volume: Distribute, hashed: number): number {
  if (hashed === NOWHERE) return EIO;
  return volume.isUp(hashed) ? 0 : ENOTCONN;
}

/**
 * Makes a file after a look at its folder, of which nobody changes the layout meanwhile: where the name
 * belonged it does not any more, or that child is leaving. If it still does, the file is made there, and
 * whoever empties the child will move it.
 */
function* makeLooking<N extends Making>(
  task: Task,
  name: N,
  args: FopTable[N]['args'],
  before: number,
): Steps<Answer<N>> {
  const { volume } = task;
  const loc = args[PLACES[name].loc] as Loc;
  const folder = locOf(loc.parent!);
  task.patient(false);
  const errno = yield* lockInode(task, before, LAYOUT_HEAL, folder, F_RDLCK);
  task.patient(true);
  if (errno !== 0) return failure(name, errno);
  let made = failure(name, ENOENT);
  if (yield* lookAbove(task, loc)) {
    const hashed = volume.hashed(loc);
    const refusal = refusalOf(volume, hashed);
    made = refusal === 0 ? yield* makeIn(task, name, args, hashed) : failure(name, refusal);
  }
  task.answer(made);
  yield* unlockInode(task, before, LAYOUT_HEAL, folder);
  return made;
}

/** Makes a file where its name belongs, or elsewhere where that is full. @param asked of that child */
function* makeIn<N extends Making>(
  task: Task,
  name: N,
  args: FopTable[N]['args'],
  hashed: number,
  asked = args,
): Steps<Answer<N>> {
  const { volume } = task;
  const place = PLACES[name];
  const loc = args[place.loc] as Loc;
  const child = placeOf(volume, loc, hashed);
  if (child !== hashed) return yield* makeAside(task, name, args, hashed, child);
  const made = yield* task.one(child, name, ...asked);
  if (made.opRet < 0) return made;
  const values = made.values as unknown[];
  const [inode, buf] = values.slice(place.inode) as [Inode | null, Iatt | null];
  if (name === 'create' && buf !== null && isLinktoMode(buf)) {
    const [, flags, , , fd] = args as FopTable['create']['args'];
    return (yield* openThere(task, loc, flags, fd)) as Answer<N>;
  }
  const kept = inode ?? loc.inode;
  if (kept !== null && buf !== null) volume.keep(kept, buf.iaGfid, child);
  values[place.folder] = folderOf(values[place.folder] as Iatt | null);
  values[place.folder + 1] = folderOf(values[place.folder + 1] as Iatt | null);
  return made;
}

/** The child that a new file is put on, which is most often the one that its name belongs to. */
function placeOf(volume: Distribute, { parent }: Loc, hashed: number): number {
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

/** The file goes first: what leads to nothing is found to do so. */
function* unlink(task: Task, args: Unlinking): Steps<Answer<'unlink'>> {
  const { volume } = task;
  const [loc, xflag, given] = args;
  const { inode } = loc;
  if (inode === null) return failure('unlink', ENOENT);
  const isKnown = volume.cached(inode) !== NOWHERE;
  const located = isKnown ? null : yield* locate(task, inode);
  if (typeof located === 'number') return failure('unlink', located);
  let child = volume.cached(inode);
  // A directory, which every child refuses in the same way.
  if (child === NOWHERE) return yield* task.one(volume.up[0] ?? 0, 'unlink', ...args);
  let gone = yield* task.one(child, 'unlink', ...args);
  if (gone.opRet < 0 && gone.opErrno === ENOENT && isKnown) {
    // It is removed where it is now, if it is anywhere.
    const { gfid } = inode;
    const found = yield* lookupEverywhere(task, loc, null);
    const now = volume.cached(inode);
    const isMoved = found.opRet >= 0 && found.values[1]!.iaGfid === gfid && now !== child;
    if (!isMoved || now === NOWHERE) return failure('unlink', ENOENT);
    child = now;
    gone = yield* task.one(child, 'unlink', ...args);
  }
  const hashed = volume.hashed(loc);
  const [preparent, postparent, xdata] = gone.values;
  if (gone.opRet < 0 || hashed === child || hashed === NOWHERE || !volume.isUp(hashed)) {
    return { ...gone, values: [folderOf(preparent), folderOf(postparent), xdata] };
  }
  const linkto = yield* task.one(hashed, 'unlink', loc, 0, onlyLinkto());
  if (linkto.opRet < 0 && linkto.opErrno === EBUSY) {
    // It is no linkto any more: the file has moved to where its name belongs.
    const keys = volume.fileKeys(null);
    const now = yield* aside(loc, (own) => task.own(hashed, 'lookup', own, keys));
    // Another client may have made a file of this name.
    if (now.opRet >= 0 && now.values[1]!.iaGfid === inode.gfid) {
      yield* task.one(hashed, 'unlink', loc, xflag, given);
    }
  }
  // Its folder has changed on two children: who wants to know the times that it has come to asks.
  return success('unlink', null, null, xdata);
}

/** A file without a name is with any child: where it belongs is known once it has one. */
function* icreate(
  task: Task,
  [loc, mode, xdata]: FopTable['icreate']['args'],
): Steps<Answer<'icreate'>> {
  const { volume } = task;
  volume.space.refresh();
  const first = volume.up.find((each) => !volume.leaving.has(each)) ?? 0;
  const child = volume.space.isFilled(first) ? volume.space.choose(first, volume.all) : first;
  const made = yield* task.one(child, 'icreate', loc, mode, xdata);
  const [inode, buf] = made.values;
  const kept = inode ?? loc.inode;
  if (made.opRet >= 0 && kept !== null && buf !== null) volume.keep(kept, buf.iaGfid, child);
  return made;
}

/** It gets one. */
function* namelink(
  task: Task,
  [loc, xdata]: FopTable['namelink']['args'],
): Steps<Answer<'namelink'>> {
  const { volume } = task;
  const hashed = volume.hashed(loc);
  const child = loc.inode === null ? NOWHERE : volume.cached(loc.inode);
  if (hashed === NOWHERE || child === NOWHERE) return failure('namelink', EIO);
  if (hashed === child) return yield* task.one(child, 'namelink', loc, xdata);
  const linkto = yield* makeLinkto(task, loc, hashed, child, loc.gfid);
  if (linkto.opRet < 0) return failure('namelink', linkto.opErrno);
  const named = yield* task.one(child, 'namelink', loc, xdata);
  if (named.opRet < 0) yield* task.own(hashed, 'unlink', loc, 0, onlyIfLinkto());
  return named;
}

const making =
  <N extends Making>(name: N) =>
  (task: Task, args: FopTable[N]['args']): Steps<Answer<N>> =>
    make(task, name, args);

export const entryFops: Fops<Distribute> = {
  icreate: byTask('icreate', icreate),
  namelink: byTask('namelink', namelink),
  create: byTask('create', making('create')),
  mknod: byTask('mknod', making('mknod')),
  symlink: byTask('symlink', making('symlink')),
  put: byTask('put', making('put')),
  unlink: byTask('unlink', unlink),
};
