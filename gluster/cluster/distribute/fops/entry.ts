/**
 * Files are made where their names belong. Where there is no room they are made elsewhere, with a
 * linkto in that place.
 *
 * Source: GlusterFS `dht-common.c` (dht_create, dht_mknod, dht_symlink, dht_unlink).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EBUSY, EIO, ENOENT, ENOTCONN } from '../../../../runtime/core/errno.ts';
import { type FopTable, fail, unwind, wind } from '../../../../runtime/core/gen/fops.gen.ts';
import {
  collect,
  collectCbk,
  unwindArgs,
  windArgs,
} from '../../../../runtime/core/gen/generic.gen.ts';
import { IA_IFREG, type Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import { F_RDLCK } from '../../../../runtime/core/lock.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../../runtime/core/xlator.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { aside, makeLinkto } from '../heal/linkto.ts';
import { LINKTO_MODE } from '../linkto.ts';
import { LAYOUT_HEAL, lockInode, locOf, unlockInode } from '../locks.ts';
import { folderOf } from '../merge.ts';
import { type Answer, failure, runTask, type Steps, success, type Task } from '../task.ts';
import { isRefused, lookAbove, relyingOn } from './above.ts';
import { type Making, makeAside, openThere, PLACES } from './aside.ts';
import { lookupEverywhere, onlyIfLinkto, onlyLinkto } from './everywhere.ts';
import { locate } from './file.ts';

function makingFop<N extends Making>(name: N): Fop<N, Distribute> {
  const place = PLACES[name];
  const cbk = collectCbk[name]((frame, child, anyXl, opRet, opErrno, values) => {
    const xl = anyXl as Xlator<Distribute>;
    const args = frame.local as FopTable[N]['args'];
    if (name === 'create' && isRefused(opRet, values[CREATE_XDATA] as Dict | null)) {
      const create = args as FopTable['create']['args'];
      return runTask(frame, xl, 'create', (task) => makeLooking(task, 'create', create, child));
    }
    if (opRet >= 0) {
      const buf = values[place.inode + 1] as Iatt | null;
      if (name === 'create' && buf !== null && isLinktoMode(buf)) {
        const [loc, flags, , , fd] = args as FopTable['create']['args'];
        return runTask(frame, xl, 'create', (task) => openThere(task, loc, flags, fd));
      }
      keepMade(xl.priv, name, args, child, values);
    }
    unwindArgs[name](frame, opRet, opErrno, values);
  }) as Cbk<N, unknown>;
  return collect[name]((frame, anyXl, args) => {
    const xl = anyXl as Xlator<Distribute>;
    const volume = xl.priv;
    const loc = args[place.loc] as Loc;
    const hashed = volume.hashed(loc);
    const errno = refusalOf(volume, hashed);
    if (errno !== 0) return fail[name](frame, errno);
    volume.space.refresh();
    if (volume.leaving.has(hashed) && (name === 'create' || name === 'mknod')) {
      return runTask(frame, xl, name, (task) => makeLooking(task, name, args as never, hashed));
    }
    const child = placeOf(volume, loc, hashed);
    if (child !== hashed) {
      return runTask(frame, xl, name, (task) =>
        makeAside(task, name, args as never, hashed, child),
      );
    }
    frame.local = args;
    const asked = name === 'create' ? conditional(volume, loc, child, args) : args;
    windArgs[name](frame, child, cbk as never, xl.children[child]!, asked);
  }) as Fop<N, Distribute>;
}

/**
 * Why nothing can be made with the child that a name belongs to; 0 where it can. A directory that was
 * looked up while a child was away has no range for that child.
 */
export function refusalOf(volume: Distribute, hashed: number): number {
  if (hashed === NOWHERE) return EIO;
  return volume.isUp(hashed) ? 0 : ENOTCONN;
}

/** The xdata of a reply of create. */
const CREATE_XDATA = 5;

/** A create that a child refuses which the name does not belong to any more. */
function conditional<A extends readonly unknown[]>(
  volume: Distribute,
  loc: Loc,
  child: number,
  args: A,
): A {
  const xdata = relyingOn(volume, loc, child, args.at(-1) as Dict | null);
  return args.with(-1, xdata) as unknown as A;
}

/** What was made is with this child. */
function keepMade<N extends Making>(
  volume: Distribute,
  name: N,
  args: FopTable[N]['args'],
  child: number,
  values: unknown[],
): void {
  const place = PLACES[name];
  const [inode, buf] = values.slice(place.inode) as [Inode | null, Iatt | null];
  const kept = inode ?? (args[place.loc] as Loc).inode;
  if (kept !== null && buf !== null) volume.keep(kept, buf.iaGfid, child);
  values[place.folder] = folderOf(values[place.folder] as Iatt | null);
  values[place.folder + 1] = folderOf(values[place.folder + 1] as Iatt | null);
}

/**
 * Makes a file after a look at its folder, of which nobody changes the layout meanwhile: where the name
 * belonged it does not any more, or that child is leaving. If it still does, the file is made there, and
 * whoever empties the child will move it.
 */
function* makeLooking<N extends 'create' | 'mknod'>(
  task: Task,
  name: N,
  args: FopTable[N]['args'],
  before: number,
): Steps<Answer<N>> {
  const loc = args[PLACES[name].loc] as Loc;
  const folder = locOf(loc.parent!);
  task.patient(false);
  const errno = yield* lockInode(task, before, LAYOUT_HEAL, folder, F_RDLCK);
  task.patient(true);
  if (errno !== 0) return failure(name, errno);
  const made = yield* makeLocked(task, name, args);
  task.answer(made);
  yield* unlockInode(task, before, LAYOUT_HEAL, folder);
  return made;
}

function* makeLocked<N extends 'create' | 'mknod'>(
  task: Task,
  name: N,
  args: FopTable[N]['args'],
): Steps<Answer<N>> {
  const { volume } = task;
  const place = PLACES[name];
  const loc = args[place.loc] as Loc;
  if (!(yield* lookAbove(task, loc))) return failure(name, ENOENT);
  const hashed = volume.hashed(loc);
  const errno = refusalOf(volume, hashed);
  if (errno !== 0) return failure(name, errno);
  const child = placeOf(volume, loc, hashed);
  if (child !== hashed) return yield* makeAside(task, name, args, hashed, child);
  const made = yield* task.one(child, name, ...args);
  if (made.opRet < 0) return made;
  const buf = made.values[place.inode + 1] as Iatt | null;
  if (name === 'create' && buf !== null && isLinktoMode(buf)) {
    const [, flags, , , fd] = args as FopTable['create']['args'];
    return (yield* openThere(task, loc, flags, fd)) as Answer<N>;
  }
  keepMade(volume, name, args, child, made.values);
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

/** The file goes first: what leads to nothing is found to do so. */
const unlink: Fop<'unlink', Distribute> = (frame, xl, loc, xflag, xdata) => {
  const { inode } = loc;
  const child = inode === null ? NOWHERE : xl.priv.cached(inode);
  if (child === NOWHERE) {
    runTask(frame, xl, 'unlink', (task) => unlinkUnknown(task, loc, xflag, xdata));
    return;
  }
  frame.local = [loc, xflag, xdata];
  wind.unlink(frame, child, unlinkedCbk, xl.children[child]!, loc, xflag, xdata);
};

type Unlinking = FopTable['unlink']['args'];

const unlinkedCbk: Cbk<'unlink', Distribute> = (
  frame,
  child,
  xl,
  opRet,
  opErrno,
  preparent,
  postparent,
  xdata,
) => {
  const args = frame.local as Unlinking;
  const [loc] = args;
  if (opRet < 0 && opErrno === ENOENT) {
    return runTask(frame, xl, 'unlink', (task) => unlinkMoved(task, args, child));
  }
  const hashed = xl.priv.hashed(loc);
  if (opRet < 0 || hashed === child || hashed === NOWHERE || !xl.priv.isUp(hashed)) {
    unwind.unlink(frame, opRet, opErrno, folderOf(preparent), folderOf(postparent), xdata);
    return;
  }
  // Its folder will have changed there, too: who wants to know the times that it has come to asks.
  frame.local = [args, xdata];
  wind.unlink(frame, hashed, linktoGoneCbk, xl.children[hashed]!, loc, 0, onlyLinkto());
};

const linktoGoneCbk: Cbk<'unlink', Distribute> = (frame, hashed, xl, opRet, opErrno) => {
  const [args, xdata] = frame.local as readonly [Unlinking, Dict | null];
  if (opRet < 0 && opErrno === EBUSY) {
    return runTask(frame, xl, 'unlink', (task) => unlinkThere(task, args, hashed, xdata));
  }
  unwind.unlink(frame, 0, 0, null, null, xdata);
};

/** What was removed was a linkto by then: the file has moved to where its name belongs. */
function* unlinkThere(
  task: Task,
  [loc, xflag, given]: Unlinking,
  hashed: number,
  xdata: Dict | null,
): Steps<Answer<'unlink'>> {
  const keys = task.volume.fileKeys(null);
  const now = yield* aside(loc, (own) => task.own(hashed, 'lookup', own, keys));
  // Somebody may have made another file of this name.
  if (now.opRet >= 0 && now.values[1]!.iaGfid === loc.inode!.gfid) {
    yield* task.one(hashed, 'unlink', loc, xflag, given);
  }
  return success('unlink', null, null, xdata);
}

/** It is not with the child that it was with: it is removed where it is now, if it is anywhere. */
function* unlinkMoved(
  task: Task,
  [loc, xflag, xdata]: Unlinking,
  before: number,
): Steps<Answer<'unlink'>> {
  const { gfid } = loc.inode!;
  const found = yield* lookupEverywhere(task, loc, null);
  const child = task.volume.cached(loc.inode!);
  const isMoved = found.opRet >= 0 && found.values[1]!.iaGfid === gfid && child !== before;
  if (!isMoved || child === NOWHERE) return failure('unlink', ENOENT);
  return yield* unlinkFrom(task, [loc, xflag, xdata], child);
}

/** From the child that has it, and then its linkto. */
function* unlinkFrom(
  task: Task,
  [loc, xflag, xdata]: Unlinking,
  child: number,
): Steps<Answer<'unlink'>> {
  const gone = yield* task.one(child, 'unlink', loc, xflag, xdata);
  const hashed = task.volume.hashed(loc);
  if (gone.opRet >= 0 && hashed !== child && hashed !== NOWHERE && task.volume.isUp(hashed)) {
    yield* task.own(hashed, 'unlink', loc, 0, onlyLinkto());
  }
  return { ...gone, values: [null, null, gone.values[2]] };
}

/** Nobody has looked it up here. */
function* unlinkUnknown(
  task: Task,
  loc: Loc,
  xflag: number,
  xdata: Dict | null,
): Steps<Answer<'unlink'>> {
  const { inode } = loc;
  const errno = inode === null ? ENOENT : yield* locate(task, inode);
  if (typeof errno === 'number') return failure('unlink', errno);
  const child = inode === null ? NOWHERE : task.volume.cached(inode);
  if (child === NOWHERE) {
    // A directory, which every child refuses in the same way.
    return yield* task.one(task.volume.up[0] ?? 0, 'unlink', loc, xflag, xdata);
  }
  return yield* unlinkFrom(task, [loc, xflag, xdata], child);
}

/** A file without a name is with any child: where it belongs is known once it has one. */
const icreate: Fop<'icreate', Distribute> = (frame, xl, loc, mode, xdata) => {
  const volume = xl.priv;
  volume.space.refresh();
  const first = volume.up.find((each) => !volume.leaving.has(each)) ?? 0;
  const child = volume.space.isFilled(first) ? volume.space.choose(first, volume.all) : first;
  frame.local = loc;
  wind.icreate(frame, child, icreateCbk, xl.children[child]!, loc, mode, xdata);
};

const icreateCbk: Cbk<'icreate', Distribute> = (
  frame,
  child,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
) => {
  const kept = inode ?? (frame.local as Loc).inode;
  if (opRet >= 0 && kept !== null && buf !== null) xl.priv.keep(kept, buf.iaGfid, child);
  unwind.icreate(frame, opRet, opErrno, inode, buf, xdata);
};

/** It gets one. */
const namelink: Fop<'namelink', Distribute> = (frame, xl, loc, xdata) => {
  runTask(frame, xl, 'namelink', function* (task) {
    const volume = xl.priv;
    const hashed = volume.hashed(loc);
    const child = loc.inode === null ? NOWHERE : volume.cached(loc.inode);
    if (hashed === NOWHERE || child === NOWHERE) return failure('namelink', EIO);
    if (hashed === child) return yield* task.one(child, 'namelink', loc, xdata);
    const linkto = yield* makeLinkto(task, loc, hashed, child, loc.gfid);
    if (linkto.opRet < 0) return failure('namelink', linkto.opErrno);
    const named = yield* task.one(child, 'namelink', loc, xdata);
    if (named.opRet < 0) yield* task.own(hashed, 'unlink', loc, 0, onlyIfLinkto());
    return named;
  });
};

export const entryFops: Fops<Distribute> = {
  icreate,
  namelink,
  create: makingFop('create'),
  mknod: makingFop('mknod'),
  symlink: makingFop('symlink'),
  put: makingFop('put'),
  unlink,
};
