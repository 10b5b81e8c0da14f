/**
 * Handles of inodes on disk: an O_PATH descriptor, the gfid, and the inode's identity (device, number, birth
 * time). `resolve.ts` finds them.
 *
 * When descriptors are scarce, a handle borrows the descriptor of an open file of its inode until that is
 * closed.
 */
import type { Gfid } from '../../../core/gfid.ts';
import { IA_IFDIR, type Iatt, typeOfMode } from '../../../core/iatt.ts';
import type { InodeTable } from '../../../core/inode.ts';
import type { Xlator } from '../../../core/xlator.ts';
import type { Path } from '../../../sys/call.ts';
import {
  AT_EMPTY_PATH,
  AT_SYMLINK_NOFOLLOW,
  O_CLOEXEC,
  O_PATH,
  STATX_BASIC_STATS,
  STATX_BTIME,
} from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import type { Statx } from '../../../sys/struct.ts';
import type { Times } from '../shared/mdata.ts';
import {
  closeIfCrowded,
  type DescriptorOwner,
  descriptorOwners,
  noteDescriptor,
} from './descriptors.ts';
import type { FileHandles } from './file-handles.ts';
import { EMPTY, procPath } from './paths.ts';

const TWO_32 = 0x1_0000_0000;
export const STATX_MASK = STATX_BASIC_STATS | STATX_BTIME;

/** An open file, in the list of its inode. */
export interface ListedFile {
  readonly fd: number;
  next: ListedFile | null;
  previous: ListedFile | null;
}

/** Descriptors released at a time: a minimum, and a share of all. */
const MIN_RELEASED = 16;
const RELEASED_SHARE = 1 / 8;

export class Handle {
  readonly gfid: Gfid;
  readonly type: number;
  /** Its own descriptor or that of an open file; -1 while closed. */
  fd = -1;
  /** The newest open file of the inode. */
  newestFile: ListedFile | null = null;
  /** The last attributes of a file that was removed while not open: its handle is closed for good. */
  lastAttributes: Iatt | null = null;
  /** Whether it was used since the last round of closing. */
  wasUsed = true;
  /** Whether no name is left, so that it could not be reopened. */
  isUnnamed = false;
  /** Whether it was dropped: users must find the inode's new handle. */
  isDropped = false;
  /** The kernel's file handle, if its descriptor was closed to stay below the limit. */
  fileHandle: Uint8Array | null = null;
  /** The stored times; null for none, undefined if not read yet. */
  mdata: Times | null | undefined = undefined;
  /** Whether its gfid handle exists, which is a further link unless it is a directory. */
  hasGfidHandle = false;
  private readonly devMajor: number;
  private readonly devMinor: number;
  private readonly inoHi: number;
  private readonly inoLo: number;
  private readonly btime: number;
  private readonly btimeNsec: number;

  constructor(gfid: Gfid, st: Statx) {
    this.gfid = gfid;
    this.type = typeOfMode(st.mode);
    this.devMajor = st.devMajor;
    this.devMinor = st.devMinor;
    this.inoHi = st.inoHi;
    this.inoLo = st.inoLo;
    this.btime = st.btime;
    this.btimeNsec = st.btimeNsec;
  }

  get isDir(): boolean {
    return this.type === IA_IFDIR;
  }

  /** The inode number as a key; different numbers above 2^53 may share one. */
  get ino(): number {
    return this.inoHi * TWO_32 + this.inoLo;
  }

  /** Whether `st` describes this inode; a reused number has a later birth time. */
  matches(st: Statx): boolean {
    return (
      this.inoLo === st.inoLo &&
      this.inoHi === st.inoHi &&
      this.devMinor === st.devMinor &&
      this.devMajor === st.devMajor &&
      this.btimeNsec === st.btimeNsec &&
      this.btime === st.btime
    );
  }
}

/** The part of the store that handles use. */
interface HandleOwner {
  readonly xl: Pick<Xlator, 'inodes'>;
  readonly root: Handle;
  readonly fileHandles: FileHandles | null;
  /** Most descriptors of handles. */
  readonly handleLimit: number;
}

export class Handles implements DescriptorOwner {
  private readonly store: HandleOwner;
  private readonly byGfid = new Map<Gfid, Handle>();
  private readonly byIno = new Map<number, Handle>();
  /** Handles with a descriptor of their own, in the order of closing. */
  private readonly open = new Set<Handle>();

  constructor(store: HandleOwner) {
    this.store = store;
  }

  /** Registers the handles' descriptors for release. */
  register(): void {
    descriptorOwners.add(this);
  }

  /** Closes all handles. */
  dropAllAndUnregister(): void {
    this.dropAll();
    descriptorOwners.delete(this);
  }

  get knownCount(): number {
    return this.byGfid.size;
  }

  get openCount(): number {
    return this.open.size;
  }

  /** Iterates handles with a descriptor of their own; the set may change meanwhile. */
  openHandles(): Iterator<Handle> {
    return this.open.values();
  }

  find(gfid: Gfid): Handle | undefined {
    return this.byGfid.get(gfid);
  }

  /** Returns the handle of the inode that `st` describes. */
  findByStat(st: Statx): Handle | undefined {
    const handle = this.byIno.get(st.inoHi * TWO_32 + st.inoLo);
    return handle?.matches(st) ? handle : undefined;
  }

  /** Returns a handle by inode number alone, for listings. */
  findByIno(inoHi: number, inoLo: number): Handle | undefined {
    return this.byIno.get(inoHi * TWO_32 + inoLo);
  }

  add(handle: Handle): void {
    this.byGfid.set(handle.gfid, handle);
    this.byIno.set(handle.ino, handle);
  }

  setDescriptor(handle: Handle, fd: number): void {
    handle.fd = fd;
    handle.wasUsed = true;
    handle.lastAttributes = null;
    this.open.add(handle);
    noteDescriptor(fd);
  }

  close(handle: Handle): void {
    // A borrowed descriptor is not closed here.
    if (this.open.delete(handle)) libc.close(handle.fd);
    handle.fd = -1;
  }

  /** Closes the handle of a removed file that is not open, so that its space is freed at once. */
  closeRemoved(handle: Handle, last: Iatt): void {
    handle.lastAttributes = last;
    this.close(handle);
  }

  /** Adds an open file of the handle's inode. */
  addFile(handle: Handle, file: ListedFile): void {
    file.next = handle.newestFile;
    if (file.next !== null) file.next.previous = file;
    handle.newestFile = file;
    noteDescriptor(file.fd);
  }

  /** Removes an open file before its close. */
  removeFile(handle: Handle, file: ListedFile): void {
    if (file.next !== null) file.next.previous = file.previous;
    if (file.previous !== null) file.previous.next = file.next;
    else handle.newestFile = file.next;
    if (handle.fd !== file.fd) return;
    handle.fd = handle.newestFile === null ? -1 : handle.newestFile.fd;
    if (handle.fd >= 0 || !handle.isUnnamed) return;
    const ownFd = libc.open(procPath(file.fd), O_PATH | O_CLOEXEC, 0);
    if (ownFd >= 0) this.setDescriptor(handle, ownFd);
  }

  /** Closes the handle's own descriptor, and uses that of an open file. */
  private borrowDescriptor(handle: Handle): void {
    handle.fileHandle ??= this.store.fileHandles?.readHandle(handle.fd) ?? null;
    this.close(handle);
    handle.fd = handle.newestFile!.fd;
  }

  /** Closes the handle; its file handle reopens the same inode. */
  private park(handle: Handle): void {
    handle.fileHandle ??= this.store.fileHandles?.readHandle(handle.fd) ?? null;
    this.close(handle);
  }

  /** Closes and removes the handle. */
  drop(handle: Handle): void {
    this.close(handle);
    handle.isDropped = true;
    if (this.byGfid.get(handle.gfid) === handle) this.byGfid.delete(handle.gfid);
    if (this.byIno.get(handle.ino) === handle) this.byIno.delete(handle.ino);
  }

  private dropAll(): void {
    for (const handle of [...this.byGfid.values()]) this.drop(handle);
  }

  /** Drops all directories except the root and `parent`; they are found again through their parents. */
  dropDirectories(parent: Directory): void {
    for (const handle of [...this.byGfid.values()]) {
      const isNeeded = handle === this.store.root || handle === parent;
      if (handle.isDir && !handle.isUnnamed && !isNeeded) this.drop(handle);
    }
  }

  /** Drops all handles that can be found again. */
  dropNamed(): void {
    for (const handle of [...this.byGfid.values()]) if (!handle.isUnnamed) this.drop(handle);
  }

  /**
   * Closes descriptors beyond the limit: the oldest first of those unused since the last round. A handle
   * without an inode in the table is dropped.
   */
  trim(table: InodeTable): void {
    closeIfCrowded();
    if (this.open.size > this.store.handleLimit) this.trimTo(this.store.handleLimit, table);
  }

  releaseDescriptors(): void {
    const { inodes } = this.store.xl;
    const count = Math.max(MIN_RELEASED, this.open.size * RELEASED_SHARE);
    if (inodes !== null) this.trimTo(this.open.size - count, inodes);
  }

  private trimTo(count: number, table: InodeTable): void {
    // A used handle moves to the end, and comes up again as unused.
    for (const handle of this.open) {
      if (this.open.size <= count) return;
      if (handle === this.store.root) continue;
      if (handle.wasUsed) {
        handle.wasUsed = false;
        this.open.delete(handle);
        this.open.add(handle);
      } else if (handle.newestFile !== null) this.borrowDescriptor(handle);
      else if (handle.isUnnamed) continue;
      else if (table.find(handle.gfid) === undefined) this.drop(handle);
      else this.park(handle);
    }
  }
}

/**
 * Reads the attributes of `path` in a directory (`EMPTY`: of the directory) into `store.st`; returns 0, or the
 * errno, which is in `store.fault`, too.
 */
export function statAt(
  store: { readonly st: Statx; fault: number },
  dirFd: number,
  path: Path,
): number {
  const flags = path === EMPTY ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
  const fault = -libc.statx(dirFd, path, flags, STATX_MASK, store.st.bytes);
  if (fault !== 0) store.fault = fault;
  return fault;
}

/** A directory to search: a handle, or an open directory. */
export interface Directory {
  readonly fd: number;
  readonly gfid: Gfid;
}
