/**
 * Finds an inode of the graph on disk again, by its handle (`handles.ts`), with its attributes; an inode that is not
 * the same is ESTALE. docs/how-it-works/mechanisms.md says by which ways a closed descriptor is opened again.
 *
 * Rules for callers
 * - `handleOf` and `parentOf` come first in a fop, then `secondHandle`: descriptors beyond the limit are closed
 *   before the first is looked for, and none until the fop is over.
 * - A handle's `fd` is open when one of these has returned it; any other may be -1.
 * - `brick.st` holds the attributes of the inode that was looked at last.
 */
import { constants } from 'node:fs';
import { ENOENT, ENOTDIR, EPERM, ESTALE } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { type Gfid, NULL_GFID, ROOT_GFID } from '../../../core/gfid.ts';
import { IA_IFDIR, Iatt, typeOfMode } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import type { Loc } from '../../../core/loc.ts';
import type { Xlator } from '../../../core/xlator.ts';
import type { Path } from '../../../sys/call.ts';
import { O_CLOEXEC, O_PATH } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import type { Statx } from '../../../sys/struct.ts';
import type { Brick } from './brick.ts';
import { type Directory, Handle, look } from './handles.ts';
import { EMPTY, NAME_AGAIN, PARENT, putName } from './paths.ts';

const TWO_32 = 0x1_0000_0000;
const OPEN_HANDLE = O_PATH | constants.O_NOFOLLOW | O_CLOEXEC;

export type PosixXlator = Xlator<Brick>;

/** The attributes that a descriptor's inode has now; null when `brick.fault` says why not. */
export function iattOfFd(brick: Brick, fd: number, handle: Handle): Iatt | null {
  return look(brick, fd, EMPTY) === 0 ? iattOfHandle(brick, handle, fd) : null;
}

/** The attributes that `brick.st` has of an inode that `fd` is open on, as the volume shows them. */
export const iattOfHandle = (brick: Brick, handle: Handle, fd = handle.fd): Iatt =>
  brick.mdata.show(iattOf(brick, handle.gfid, handle), handle, fd);

/** The same with the times of the disk; `handle` is the inode's, where one is known. */
export function iattOf(brick: Brick, gfid: Gfid, handle?: Handle): Iatt {
  const { st } = brick;
  const buf = new Iatt();
  buf.iaGfid = gfid;
  buf.mode = st.mode;
  buf.iaNlink = brick.links === null ? st.nlink : shownLinks(st, gfid, handle?.kept ?? true);
  buf.iaUid = st.uid;
  buf.iaGid = st.gid;
  buf.iaSize = st.size;
  if (st.size > OFFSET_MAX) buf.exactSize = st.exactSize;
  buf.iaBlocks = st.blocks;
  buf.iaBlksize = st.blksize;
  buf.iaDev = st.devMajor * TWO_32 + st.devMinor;
  buf.iaRdev = st.rdevMajor * TWO_32 + st.rdevMinor;
  buf.iaAtime = st.atime;
  buf.iaAtimeNsec = st.atimeNsec;
  buf.iaMtime = st.mtime;
  buf.iaMtimeNsec = st.mtimeNsec;
  buf.iaCtime = st.ctime;
  buf.iaCtimeNsec = st.ctimeNsec;
  buf.iaBtime = st.btime;
  buf.iaBtimeNsec = st.btimeNsec;
  return buf;
}

/**
 * Links of an inode of a brick with gfid handles: all but its handle, and for the root all but the
 * folder of these. As in GlusterFS, what is linked more than once is taken to have a handle where
 * nobody has looked.
 */
function shownLinks(st: Statx, gfid: Gfid, isKept: boolean): number {
  const { nlink } = st;
  if (typeOfMode(st.mode) !== IA_IFDIR) return isKept && nlink > 1 ? nlink - 1 : nlink;
  return gfid === ROOT_GFID && nlink > 2 ? nlink - 1 : nlink;
}

/** The handle of `path` in a directory; or the errno. `wanted` is for an inode without a gfid. */
export function identify(
  brick: Brick,
  dir: Directory,
  path: Path,
  wanted: Gfid | null,
): Handle | number {
  const fd = libc.openat(dir.fd, path, OPEN_HANDLE, 0);
  if (fd < 0) return -fd;
  const fault = look(brick, fd, EMPTY);
  if (fault !== 0) {
    libc.close(fd);
    return fault;
  }
  const handle =
    brick.handles.findSame(brick.st) ??
    brick.introduce(fd, { parent: dir.gfid, name: path }, wanted);
  return opened(brick, handle, fd);
}

/**
 * The same for what was made just now, `brick.st` describing it; `file` is a descriptor that it is
 * open on besides, or 0.
 */
export function identifyNew(
  brick: Brick,
  dir: Directory,
  path: Path,
  wanted: Gfid | null,
  file: number,
): Handle | number {
  const fd = libc.openat(dir.fd, path, OPEN_HANDLE, 0);
  if (fd < 0) return -fd;
  const handle = brick.introduceNew(fd, { parent: dir.gfid, name: path }, wanted, file);
  if (typeof handle !== 'number') return opened(brick, handle, fd);
  libc.close(fd);
  return handle;
}

/** The handle, with `fd` as its descriptor if it has none. */
function opened(brick: Brick, handle: Handle, fd: number): Handle {
  if (handle.fd < 0) brick.handles.opened(handle, fd);
  else libc.close(fd);
  return handle;
}

/**
 * The same for what may well be known; its descriptor need not be open. `brick.st` describes it
 * when there is no errno.
 */
export function entryAt(
  brick: Brick,
  dir: Directory,
  path: Path,
  wanted: Gfid | null,
): Handle | number {
  const fault = look(brick, dir.fd, path);
  if (fault !== 0) return fault;
  return brick.handles.findSame(brick.st) ?? identify(brick, dir, path, wanted);
}

/**
 * Returns the handle of a directory's parent, or the errno. The parent gets no gfid here: one without a gfid
 * is outside of the volume, because the directory was moved there on the disk. `brick.st` describes the parent.
 */
export function directoryAbove(brick: Brick, dir: Directory): Handle | number {
  const fault = look(brick, dir.fd, PARENT);
  if (fault !== 0) return fault;
  const known = brick.handles.findSame(brick.st);
  if (known !== undefined) return known;
  const fd = libc.openat(dir.fd, PARENT, OPEN_HANDLE, 0);
  if (fd < 0) return -fd;
  const isOurs = brick.gfids.read(fd) !== null;
  libc.close(fd);
  return isOurs ? identify(brick, dir, PARENT, null) : ENOENT;
}

/** The handle of an inode of the graph, open; or the errno. */
function handleOfInode(xl: PosixXlator, inode: Inode): Handle | number {
  const { handles } = xl.priv;
  const kept = inode.ctxGet(xl) as Handle | undefined;
  const isKept = kept !== undefined && !kept.dropped;
  const handle = isKept ? kept : handles.find(inode.gfid);
  if (handle !== undefined && handle.fd >= 0) {
    handle.used = true;
    if (!isKept) inode.ctxSet(xl, handle);
    return handle;
  }
  return openAgain(xl, inode, handle);
}

/** Opens a parked handle's inode: a descriptor, or below zero. */
function unpark(brick: Brick, handle: Handle): number {
  if (handle.fileHandle === null || brick.fileHandles === null) return -ESTALE;
  const fd = brick.fileHandles.open(handle.fileHandle);
  if (fd < 0) return fd;
  if (look(brick, fd, EMPTY) === 0 && handle.is(brick.st)) return fd;
  libc.close(fd);
  return -ESTALE;
}

/** Opens an inode's handle by one of the names that lead to it, or by its gfid. */
function openAgain(xl: PosixXlator, inode: Inode, before: Handle | undefined): Handle | number {
  const brick = xl.priv;
  const parked = before === undefined ? -ESTALE : unpark(brick, before);
  if (before !== undefined && parked >= 0) {
    inode.ctxSet(xl, before);
    return opened(brick, before, parked);
  }
  // An inode that was retired while a request had it may be in the table as another by now.
  const { names } = inode.table.find(inode.gfid) ?? inode;
  for (const { parent, name } of names) {
    const dir = handleOfInode(xl, parent);
    if (typeof dir === 'number' || putName(NAME_AGAIN, name) !== 0) continue;
    const handle = identify(brick, dir, NAME_AGAIN, null);
    if (typeof handle === 'number' || handle.gfid !== inode.gfid) continue;
    if (before !== undefined && !before.is(brick.st)) continue;
    inode.ctxSet(xl, handle);
    return handle;
  }
  const handle = openByGfid(brick, inode.gfid);
  if (typeof handle === 'number') return handle;
  if (before !== undefined && !before.is(brick.st)) return ESTALE;
  inode.ctxSet(xl, handle);
  return handle;
}

/** The open handle of the inode with this gfid, no name of which need be known; or the errno. */
function byGfid(brick: Brick, gfid: Gfid): Handle | number {
  const known = brick.handles.find(gfid);
  return known !== undefined && known.fd >= 0 ? known : openByGfid(brick, gfid);
}

/** The same through its gfid handle; `brick.st` describes it when there is no errno. */
function openByGfid(brick: Brick, gfid: Gfid): Handle | number {
  const fd = brick.links === null || gfid === NULL_GFID ? -ESTALE : brick.links.open(gfid);
  if (fd < 0) return -fd;
  const fault = look(brick, fd, EMPTY);
  if (fault !== 0) {
    libc.close(fd);
    return fault;
  }
  let handle = brick.handles.findSame(brick.st);
  if (handle === undefined) {
    handle = new Handle(gfid, brick.st);
    handle.kept = true;
    brick.handles.add(handle);
  }
  return opened(brick, handle, fd);
}

/** The handle of what a loc is about, or the errno. First in a fop. */
export function handleOf(xl: PosixXlator, loc: Loc): Handle | number {
  if (xl.inodes !== null) xl.priv.handles.trim(xl.inodes);
  return secondHandle(xl, loc);
}

/** The same for the second inode of a fop. */
function secondHandle(xl: PosixXlator, loc: Loc): Handle | number {
  const { inode, gfid } = loc;
  if (inode?.linked) return handleOfInode(xl, inode);
  const known = xl.inodes?.find(gfid);
  return known === undefined ? byGfid(xl.priv, gfid) : handleOfInode(xl, known);
}

/** The attributes of a file that was removed while nobody had it open; null of any other. */
export function lastOf(xl: PosixXlator, loc: Loc): Iatt | null {
  const handle = xl.priv.handles.find(loc.inode?.gfid ?? loc.gfid);
  return handle?.last?.copy() ?? null;
}

/** The handle of an inode, for an fd that was never opened; or the errno. First in a fop. */
export function inodeHandle(xl: PosixXlator, inode: Inode): Handle | number {
  xl.priv.handles.trim(inode.table);
  return handleOfInode(xl, inode);
}

/** The handle of the directory that a loc's name is in, or the errno. First in a fop. */
export function parentOf(xl: PosixXlator, loc: Loc): Handle | number {
  if (loc.parent === null || loc.name === null) return ENOENT;
  xl.priv.handles.trim(loc.parent.table);
  return secondParent(xl, loc);
}

/** The same for the second name of a fop. */
export function secondParent(xl: PosixXlator, loc: Loc): Handle | number {
  if (loc.parent === null || loc.name === null) return ENOENT;
  const dir = handleOfInode(xl, loc.parent);
  if (typeof dir === 'number') return dir;
  return dir.isDir ? dir : ENOTDIR;
}

/** Puts a loc's name into `into`; 0, or the errno to refuse it with. */
export function putEntry(brick: Brick, dir: Handle, loc: Loc, into: Path): number {
  if (brick.hides(dir, loc.name!)) return EPERM;
  return putName(into, loc.name!);
}

/** A directory's attributes around a change, for whoever looks at them; otherwise null. */
export const around = (frame: Frame, brick: Brick, dir: Handle): Iatt | null =>
  frame.terse ? null : iattOfFd(brick, dir.fd, dir);
