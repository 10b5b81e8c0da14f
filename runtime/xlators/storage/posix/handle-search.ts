/**
 * Finds the open handle (`handles.ts`) of an inode, loc or directory entry for the fops of storage/posix, and reads its
 * attributes. ESTALE means that the file was replaced on disk. docs/how-it-works/mechanisms.md lists the ways to reopen
 * a handle.
 *
 * - Each fop first calls `findHandle`, `findFdHandle` or `findParent`, which close the descriptors beyond the limit;
 *   no other is closed until the fop ends.
 * - The `fd` of a handle that these return is open; that of any other handle may be -1.
 * - `store.st` holds the attributes of the inode that was read last.
 */
import { constants } from 'node:fs';
import type { Dict } from '../../../core/dict.ts';
import { ENOENT, ENOTDIR, EPERM, ESTALE } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { type Gfid, NULL_GFID, ROOT_GFID } from '../../../core/gfid.ts';
import { IA_IFDIR, Iatt, typeOfMode } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import type { Loc } from '../../../core/operands.ts';
import type { Xlator } from '../../../core/xlator.ts';
import { O_CLOEXEC, O_PATH } from '../../../sys/constants.ts';
import type { Path } from '../../../sys/libc.ts';
import * as libc from '../../../sys/libc.ts';
import type { Statx } from '../../../sys/struct.ts';
import { readRequestedGfid } from '../shared/fop-values.ts';
import { PRIVATE_NAME } from './gfid-handles.ts';
import { type Directory, InodeHandle, statAt } from './handles.ts';
import { EMPTY_PATH, PARENT_PATH, reopenNameBuffer, writeNameTo } from './paths.ts';
import type { Store } from './store.ts';

/** Factor of the major number in an iatt's device number. */
const TWO_32 = 0x1_0000_0000;
const OPEN_HANDLE_FLAGS = O_PATH | constants.O_NOFOLLOW | O_CLOEXEC;

/** A volume of storage/posix. */
export type PosixXlator = Xlator<Store>;

/** Returns the attributes of a descriptor's inode; null on failure, with `store.lastStatErrno` set. */
export function readFdIatt(store: Store, fd: number, handle: InodeHandle): Iatt | null {
  return statAt(store, fd, EMPTY_PATH) === 0 ? makeIatt(store, handle.gfid, handle, fd) : null;
}

/**
 * Converts `store.st` to an iatt as the volume shows it. The inode is that of `path` in the directory `fd`
 * (`EMPTY_PATH`: of `fd` itself). Without `handle`, it is taken to have a gfid handle.
 */
export function makeIatt(
  store: Store,
  gfid: Gfid,
  handle: InodeHandle | undefined,
  fd: number,
  path: Path = EMPTY_PATH,
): Iatt {
  const { st } = store;
  const buf = new Iatt();
  buf.iaGfid = gfid;
  buf.mode = st.mode;
  buf.iaNlink =
    store.gfidHandles === null
      ? st.nlink
      : countVisibleLinks(st, gfid, handle?.hasGfidHandle ?? true);
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
  return store.mdata.applyStoredTimes(buf, handle, fd, path);
}

/**
 * Returns the link count that clients see: without the link of the gfid handle and, for the root, without the
 * folder `.glusterfs`.
 */
function countVisibleLinks(st: Statx, gfid: Gfid, hasGfidHandle: boolean): number {
  const { nlink } = st;
  if (typeOfMode(st.mode) !== IA_IFDIR) return hasGfidHandle && nlink > 1 ? nlink - 1 : nlink;
  return gfid === ROOT_GFID && nlink > 2 ? nlink - 1 : nlink;
}

/** Opens `path` in a directory and returns its handle, or the errno. An inode without a gfid gets `requestedGfid`. */
export function openEntryHandle(
  store: Store,
  dir: Directory,
  path: Path,
  requestedGfid: Gfid | null,
): InodeHandle | number {
  const fd = libc.openat(dir.fd, path, OPEN_HANDLE_FLAGS, 0);
  if (fd < 0) return -fd;
  const fault = statAt(store, fd, EMPTY_PATH);
  if (fault !== 0) {
    libc.close(fd);
    return fault;
  }
  const handle =
    store.handles.findByStat(store.st) ??
    store.createHandle(fd, { parent: dir.gfid, name: path }, requestedGfid);
  return setDescriptor(store, handle, fd);
}

/**
 * Opens a new inode at `path`, and returns its handle or the errno. On success `store.st` describes it.
 * @param dataFd a descriptor of the inode without O_PATH, or 0 for none
 */
export function openNewEntryHandle(
  store: Store,
  dir: Directory,
  path: Path,
  requestedGfid: Gfid | null,
  dataFd: number,
): InodeHandle | number {
  const fd = libc.openat(dir.fd, path, OPEN_HANDLE_FLAGS, 0);
  if (fd < 0) return -fd;
  const handle = store.createNewHandle(fd, { parent: dir.gfid, name: path }, requestedGfid, dataFd);
  if (typeof handle !== 'number') return setDescriptor(store, handle, fd);
  libc.close(fd);
  return handle;
}

/** Gives a handle the descriptor `fd` if it lacks one, or else closes `fd`. */
function setDescriptor(store: Store, handle: InodeHandle, fd: number): InodeHandle {
  if (handle.fd < 0) store.handles.setDescriptor(handle, fd);
  else libc.close(fd);
  return handle;
}

/**
 * Returns the handle of `path` in a directory, or the errno. If the handle is known, it opens nothing, so that `fd` may
 * be -1. On success `store.st` describes the inode. An inode without a gfid gets the one in `xdata`, if any.
 */
export function findEntry(
  store: Store,
  dir: Directory,
  path: Path,
  xdata: Dict | null,
): InodeHandle | number {
  const fault = statAt(store, dir.fd, path);
  if (fault !== 0) return fault;
  return (
    store.handles.findByStat(store.st) ??
    openEntryHandle(store, dir, path, readRequestedGfid(xdata))
  );
}

/**
 * Returns the handle of a directory's parent, which `store.st` describes, or the errno. A parent without a gfid is
 * outside the volume, because the directory was moved on the disk: ENOENT, and the parent gets no gfid.
 */
export function findParentDirectory(store: Store, dir: Directory): InodeHandle | number {
  const fault = statAt(store, dir.fd, PARENT_PATH);
  if (fault !== 0) return fault;
  const existingHandle = store.handles.findByStat(store.st);
  if (existingHandle !== undefined) return existingHandle;
  const fd = libc.openat(dir.fd, PARENT_PATH, OPEN_HANDLE_FLAGS, 0);
  if (fd < 0) return -fd;
  const isInVolume = store.gfids.readByFd(fd) !== null;
  libc.close(fd);
  return isInVolume ? openEntryHandle(store, dir, PARENT_PATH, null) : ENOENT;
}

/** Returns the open handle of an inode, or the errno. */
function findInodeHandle(xl: PosixXlator, inode: Inode): InodeHandle | number {
  const { handles } = xl.priv;
  const context = inode.ctxGet(xl) as InodeHandle | undefined;
  const isCurrent = context !== undefined && !context.isDropped;
  const handle = isCurrent ? context : handles.find(inode.gfid);
  if (handle !== undefined && handle.fd >= 0) {
    handle.wasUsed = true;
    if (!isCurrent) inode.ctxSet(xl, handle);
    return handle;
  }
  return reopenInode(xl, inode, handle);
}

/** Reopens a closed handle's inode by the kernel's file handle; returns a descriptor, or minus the errno. */
function reopenByFileHandle(store: Store, handle: InodeHandle): number {
  if (handle.fileHandle === null || store.fileHandles === null) return -ESTALE;
  const fd = store.fileHandles.openByHandle(handle.fileHandle);
  if (fd < 0) return fd;
  if (statAt(store, fd, EMPTY_PATH) === 0 && handle.matches(store.st)) return fd;
  libc.close(fd);
  return -ESTALE;
}

/**
 * Reopens an inode by its file handle, else by its names, else by its gfid; returns the open handle or the errno.
 * @param closedHandle the inode's closed handle, if known: another inode under its name is not accepted
 */
function reopenInode(
  xl: PosixXlator,
  inode: Inode,
  closedHandle: InodeHandle | undefined,
): InodeHandle | number {
  const store = xl.priv;
  const fd = closedHandle === undefined ? -ESTALE : reopenByFileHandle(store, closedHandle);
  if (closedHandle !== undefined && fd >= 0) {
    inode.ctxSet(xl, closedHandle);
    return setDescriptor(store, closedHandle, fd);
  }
  // The inode table may have a new object for the inode by now.
  const { names } = inode.table.find(inode.gfid) ?? inode;
  for (const { parent, name } of names) {
    const dir = findInodeHandle(xl, parent);
    if (typeof dir === 'number' || writeNameTo(reopenNameBuffer, name) !== 0) continue;
    const handle = openEntryHandle(store, dir, reopenNameBuffer, null);
    if (typeof handle === 'number' || handle.gfid !== inode.gfid) continue;
    if (closedHandle !== undefined && !closedHandle.matches(store.st)) continue;
    inode.ctxSet(xl, handle);
    return handle;
  }
  const handle = openByGfid(store, inode.gfid);
  if (typeof handle === 'number') return handle;
  if (closedHandle !== undefined && !closedHandle.matches(store.st)) return ESTALE;
  inode.ctxSet(xl, handle);
  return handle;
}

/** Returns the open handle of the inode with this gfid, or the errno. */
function findByGfid(store: Store, gfid: Gfid): InodeHandle | number {
  const existingHandle = store.handles.find(gfid);
  return existingHandle !== undefined && existingHandle.fd >= 0
    ? existingHandle
    : openByGfid(store, gfid);
}

/**
 * Opens the gfid handle of the inode with this gfid, and returns its open handle or the errno. On success `store.st`
 * describes the inode.
 */
function openByGfid(store: Store, gfid: Gfid): InodeHandle | number {
  const fd =
    store.gfidHandles === null || gfid === NULL_GFID ? -ESTALE : store.gfidHandles.openInode(gfid);
  if (fd < 0) return -fd;
  const fault = statAt(store, fd, EMPTY_PATH);
  if (fault !== 0) {
    libc.close(fd);
    return fault;
  }
  let handle = store.handles.findByStat(store.st);
  if (handle === undefined) {
    handle = new InodeHandle(gfid, store.st);
    handle.hasGfidHandle = true;
    store.handles.add(handle);
  }
  return setDescriptor(store, handle, fd);
}

/** Returns the open handle of a loc, or the errno. A fop must call it before any other search. */
export function findHandle(xl: PosixXlator, loc: Loc): InodeHandle | number {
  if (xl.inodes !== null) xl.priv.handles.trimToLimit(xl.inodes);
  return findLocHandle(xl, loc);
}

/** Returns the open handle of a loc, or the errno; closes no descriptors. */
function findLocHandle(xl: PosixXlator, loc: Loc): InodeHandle | number {
  const { inode, gfid } = loc;
  if (inode?.linked) return findInodeHandle(xl, inode);
  const existingInode = xl.inodes?.find(gfid);
  return existingInode === undefined
    ? findByGfid(xl.priv, gfid)
    : findInodeHandle(xl, existingInode);
}

/** Returns a copy of the last attributes of a file that was removed while not open; otherwise null. */
export function copyLastAttributes(xl: PosixXlator, loc: Loc): Iatt | null {
  const handle = xl.priv.handles.find(loc.inode?.gfid ?? loc.gfid);
  return handle?.lastAttributes?.copy() ?? null;
}

/** Returns the open handle of an fd's inode, or the errno. A fop must call it before any other search. */
export function findFdHandle(xl: PosixXlator, inode: Inode): InodeHandle | number {
  xl.priv.handles.trimToLimit(inode.table);
  return findInodeHandle(xl, inode);
}

/**
 * Returns the open handle of a loc's parent directory, or the errno: ENOTDIR if it is no directory. A fop must call it
 * before any other search. @param isSecond true for a fop's second name (rename, link): then it closes no descriptors
 */
export function findParent(xl: PosixXlator, loc: Loc, isSecond = false): InodeHandle | number {
  if (!isSecond && xl.inodes !== null) xl.priv.handles.trimToLimit(xl.inodes);
  if (loc.parent === null || loc.name === null) return ENOENT;
  const dir = findInodeHandle(xl, loc.parent);
  if (typeof dir === 'number') return dir;
  return dir.isDir ? dir : ENOTDIR;
}

/** Whether an entry is hidden from clients: `.glusterfs` in the root. */
export const isHiddenEntry = (dir: Pick<Directory, 'gfid'>, name: string): boolean =>
  name === PRIVATE_NAME && dir.gfid === ROOT_GFID;

/** Writes a loc's name into `buffer`; returns 0, or the errno of an invalid or hidden name. */
export const writeEntryName = (dir: Directory, { name }: Loc, buffer: Path): number =>
  isHiddenEntry(dir, name!) ? EPERM : writeNameTo(buffer, name!);

/** Returns a directory's attributes if the caller reads them, otherwise null. */
export const readDirIatt = (frame: Frame, store: Store, dir: InodeHandle): Iatt | null =>
  frame.terse || statAt(store, dir.fd, EMPTY_PATH) !== 0
    ? null
    : makeIatt(store, dir.gfid, dir, dir.fd);
