/**
 * Files are made where their names belong. Where there is no room they are made elsewhere, with a
 * linkto in that place.
 *
 * Source: GlusterFS `dht-common.c` (dht_create, dht_mknod, dht_symlink, dht_unlink).
 */
import { newGfid } from '../../../../core/context.ts';
import { Dict } from '../../../../core/dict.ts';
import { EEXIST, EIO, ENOENT } from '../../../../core/errno.ts';
import { type FopTable, fail, unwind, wind } from '../../../../core/fops.gen.ts';
import type { Frame } from '../../../../core/frame.ts';
import { collect, collectCbk, unwindArgs, windArgs } from '../../../../core/generic.gen.ts';
import { type Gfid, gfidFromBytes } from '../../../../core/gfid.ts';
import { IA_IFREG, type Iatt } from '../../../../core/iatt.ts';
import type { Inode } from '../../../../core/inode.ts';
import { Loc } from '../../../../core/loc.ts';
import { GFID_REQ } from '../../../../core/xdata.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../../core/xlator.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { chownLinkto, makeLinkto } from '../heal/linkto.ts';
import { LINKTO_MODE } from '../linkto.ts';
import { folderOf } from '../merge.ts';
import { type Answer, failure, runTask, type Steps, success, type Task } from '../task.ts';
import { lookupEverywhere, onlyIfLinkto } from './everywhere.ts';
import { locate } from './file.ts';

const O_EXCL = 0o200;

type Making = 'create' | 'mknod' | 'symlink' | 'put';

/** Where things are in arguments and replies. */
const PLACES = {
  create: { loc: 0, inode: 1, folder: 3 },
  mknod: { loc: 0, inode: 0, folder: 2 },
  symlink: { loc: 1, inode: 0, folder: 2 },
  put: { loc: 0, inode: 0, folder: 2 },
} as const;

function makingFop<N extends Making>(name: N): Fop<N, Distribute> {
  const place = PLACES[name];
  const cbk = collectCbk[name]((frame, child, anyXl, opRet, opErrno, values) => {
    const xl = anyXl as Xlator<Distribute>;
    const args = frame.local as FopTable[N]['args'];
    if (opRet >= 0) {
      const [inode, buf] = values.slice(place.inode) as [Inode | null, Iatt | null];
      const kept = inode ?? (args[place.loc] as Loc).inode;
      if (name === 'create' && buf !== null && isLinktoMode(buf)) {
        return openBehind(frame, xl, args as FopTable['create']['args']);
      }
      if (kept !== null && buf !== null) xl.priv.keep(kept, buf.iaGfid, child);
      values[place.folder] = folderOf(values[place.folder] as Iatt | null);
      values[place.folder + 1] = folderOf(values[place.folder + 1] as Iatt | null);
    }
    unwindArgs[name](frame, opRet, opErrno, values);
  }) as Cbk<N, unknown>;
  return collect[name]((frame, anyXl, args) => {
    const xl = anyXl as Xlator<Distribute>;
    const volume = xl.priv;
    const loc = args[place.loc] as Loc;
    const hashed = volume.hashed(loc);
    if (hashed === NOWHERE || !volume.isUp(hashed)) return fail[name](frame, EIO);
    volume.space.refresh();
    const child = placeOf(volume, loc, hashed);
    if (child !== hashed) return makeAside(frame, xl, name, args as never, hashed, child);
    frame.local = args;
    windArgs[name](frame, child, cbk as never, xl.children[child]!, args);
  }) as Fop<N, Distribute>;
}

/** The child that a new file is put on, which is most often the one that its name belongs to. */
function placeOf(volume: Distribute, { parent }: Loc, hashed: number): number {
  const { space, leaving } = volume;
  if (!leaving.has(hashed) && !space.isFilled(hashed)) return hashed;
  const { pieces } = volume.directory(parent!)!.layout;
  return space.choose(
    hashed,
    volume.all.filter((child) => pieces[child]!.err === 0),
  );
}

const isLinktoMode = ({ iaProt, iaSize, iaType }: Iatt): boolean =>
  iaProt === LINKTO_MODE && iaSize === 0 && iaType === IA_IFREG;

/** A linkto where the name belongs, and the file with another child. */
function makeAside<N extends Making>(
  frame: Frame,
  xl: Xlator<Distribute>,
  name: N,
  args: FopTable[N]['args'],
  hashed: number,
  child: number,
): void {
  runTask(frame, xl, name, (task) => aside(task, xl.priv, name, args, hashed, child));
}

function* aside<N extends Making>(
  task: Task,
  volume: Distribute,
  name: N,
  args: FopTable[N]['args'],
  hashed: number,
  child: number,
): Steps<Answer<N>> {
  const place = PLACES[name];
  const loc = args[place.loc] as Loc;
  const xdata = ((args.at(-1) as Dict | null)?.copy() ?? new Dict()) as Dict;
  const gfid = gfidIn(xdata) ?? newGfid(volume.xl.context);
  xdata.setGfid(GFID_REQ, gfid);
  const linkto = yield* makeLinkto(task, volume, loc, hashed, child, gfid);
  if (linkto.opRet < 0) return failure(name, linkto.opErrno);
  const given = [...args.slice(0, -1), xdata] as unknown as FopTable[N]['args'];
  const made = yield* task.one(child, name, ...given);
  if (made.opRet < 0) {
    yield* task.own(hashed, 'unlink', loc, 0, onlyIfLinkto());
    return made;
  }
  const [inode, buf] = made.values.slice(place.inode) as [Inode | null, Iatt | null];
  const kept = inode ?? loc.inode;
  if (kept !== null && buf !== null) volume.keep(kept, buf.iaGfid, child);
  if (buf !== null) yield* chownLinkto(task, loc, hashed, buf);
  forgetFolder(made.values, place.folder);
  return made;
}

/** It was changed on several children: who wants to know the times that it has come to asks. */
function forgetFolder(values: unknown[], at: number): void {
  values[at] = null;
  values[at + 1] = null;
}

function gfidIn(xdata: Dict): Gfid | undefined {
  const value = xdata.get(GFID_REQ);
  if (value instanceof Uint8Array && value.length === 16) return gfidFromBytes(value);
  return typeof value === 'string' ? value : undefined;
}

/**
 * What was to be created is there: a linkto was opened, of a file that somebody has made meanwhile. The
 * file is opened instead.
 */
function openBehind(
  frame: Frame,
  xl: Xlator<Distribute>,
  [loc, flags, , , fd]: FopTable['create']['args'],
): void {
  runTask(frame, xl, 'create', function* (task) {
    if ((flags & O_EXCL) !== 0) return failure('create', EEXIST);
    const found = yield* lookupEverywhere(task, xl.priv, loc, null);
    if (found.opRet < 0) return failure('create', found.opErrno);
    const [inode, buf, , postparent] = found.values;
    const child = inode === null ? NOWHERE : xl.priv.cached(inode);
    if (child === NOWHERE) return failure('create', EIO);
    const file = new Loc(inode, loc.parent, loc.name, buf!.iaGfid);
    const opened = yield* task.one(child, 'open', file, flags, fd, null);
    if (opened.opRet < 0) return failure('create', opened.opErrno);
    return success('create', fd, inode, buf, postparent, postparent, null);
  });
}

/** The file goes first: what leads to nothing is found to do so. */
const unlink: Fop<'unlink', Distribute> = (frame, xl, loc, xflag, xdata) => {
  const { inode } = loc;
  const child = inode === null ? NOWHERE : xl.priv.cached(inode);
  if (child === NOWHERE) {
    runTask(frame, xl, 'unlink', (task) => unlinkUnknown(task, xl.priv, loc, xflag, xdata));
    return;
  }
  frame.local = loc;
  wind.unlink(frame, child, unlinkedCbk, xl.children[child]!, loc, xflag, xdata);
};

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
  const loc = frame.local as Loc;
  const hashed = xl.priv.hashed(loc);
  const isGone = opRet >= 0 || opErrno === ENOENT;
  if (!isGone || hashed === child || hashed === NOWHERE || !xl.priv.isUp(hashed)) {
    unwind.unlink(frame, opRet, opErrno, folderOf(preparent), folderOf(postparent), xdata);
    return;
  }
  // Its folder will have changed there, too: who wants to know the times that it has come to asks.
  frame.local = [opRet, opErrno, null, null, xdata];
  wind.unlink(frame, hashed, linktoGoneCbk, xl.children[hashed]!, loc, 0, onlyIfLinkto());
};

type Unlinked = [number, number, Iatt | null, Iatt | null, Dict | null];

const linktoGoneCbk: Cbk<'unlink', Distribute> = (frame) => {
  unwind.unlink(frame, ...(frame.local as Unlinked));
};

/** Nobody has looked it up here. */
function* unlinkUnknown(
  task: Task,
  volume: Distribute,
  loc: Loc,
  xflag: number,
  xdata: Dict | null,
): Steps<Answer<'unlink'>> {
  const { inode } = loc;
  const errno = inode === null ? ENOENT : yield* locate(task, volume, inode);
  if (typeof errno === 'number') return failure('unlink', errno);
  const child = inode === null ? NOWHERE : volume.cached(inode);
  if (child === NOWHERE) {
    // A directory, which every child refuses in the same way.
    return yield* task.one(volume.up[0] ?? 0, 'unlink', loc, xflag, xdata);
  }
  const gone = yield* task.one(child, 'unlink', loc, xflag, xdata);
  const hashed = volume.hashed(loc);
  if (gone.opRet >= 0 && hashed !== child && hashed !== NOWHERE && volume.isUp(hashed)) {
    yield* task.own(hashed, 'unlink', loc, 0, onlyIfLinkto());
  }
  return { ...gone, values: [null, null, gone.values[2]] };
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
    const linkto = yield* makeLinkto(task, volume, loc, hashed, child, loc.gfid);
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
