/**
 * Holds the handles of inodes on disk. A handle has an O_PATH descriptor, the gfid, and the inode's identity
 * (device, number, birth time). `handle-search.ts` finds and opens them.
 *
 * All volumes share the process's limit of descriptors (RLIMIT_NOFILE). When few are left, a handle uses the descriptor
 * of an open file of its inode until that file is closed, or is closed itself: the kernel's file handle
 * (`file-handles.ts`) reopens it.
 */
import type { Gfid } from '../../../core/gfid.ts';
import { IA_IFDIR, IA_IFREG, type Iatt, typeOfMode } from '../../../core/iatt.ts';
import type { InodeTable } from '../../../core/inode.ts';
import type { Xlator } from '../../../core/xlator.ts';
import {
  AT_EMPTY_PATH,
  AT_SYMLINK_NOFOLLOW,
  F_RDLCK,
  F_SETLEASE,
  F_SETSIG,
  O_CLOEXEC,
  O_NONBLOCK,
  O_PATH,
  SIGURG,
  STATX_BASIC_STATS,
  STATX_BTIME,
} from '../../../sys/constants.ts';
import type { Path } from '../../../sys/libc.ts';
import * as libc from '../../../sys/libc.ts';
import { openFilesLimit } from '../../../sys/open-files.ts';
import type { Statx } from '../../../sys/struct.ts';
import type { Times } from '../shared/mdata.ts';
import type { FileHandles } from './file-handles.ts';
import { EMPTY_PATH, makeProcPath } from './paths.ts';

/** Factor of the upper 32 bits of an inode number. */
const TWO_32 = 0x1_0000_0000;
/** The fields of statx(2) that `matches` and attributes need. */
export const STATX_MASK = STATX_BASIC_STATS | STATX_BTIME;

// Descriptors are not counted: the kernel assigns the lowest free number, so the number of a new one shows how many
// there are.
/** Descriptors kept free of open files: 64, or an eighth of a low limit. */
const RESERVED_COUNT = Math.min(64, openFilesLimit >> 3);
/** The descriptor from which on few are left: the next fop makes every store close descriptors that it can reopen. */
const CROWDED_FROM = openFilesLimit - RESERVED_COUNT;
/** The descriptor from which on no file is opened: the rest is for handles, so that other requests succeed. */
const FULL_FROM = openFilesLimit - (RESERVED_COUNT >> 1);
/** A descriptor that is always open, so that `isDescriptorTableFull` can duplicate it. */
const STDERR = 2;

/** The handles of all volumes in this process. */
const allHandles = new Set<InodeHandles>();
let isCrowded = false;
let mayBeFull = false;

/** Checks a new descriptor, which stays open, for a number that shows that few are left. */
function noteDescriptor(fd: number): void {
  if (fd < CROWDED_FROM) return;
  isCrowded = true;
  mayBeFull = true;
}

/** Whether no more files may be opened; callers check it before a create or truncate changes anything. */
export function isDescriptorTableFull(): boolean {
  if (!mayBeFull) return false;
  const fd = libc.dup(STDERR);
  if (fd < 0) return true;
  libc.close(fd);
  mayBeFull = fd >= CROWDED_FROM;
  return fd >= FULL_FROM;
}

/** An open file, in the list of its inode. */
export interface ListedFile {
  readonly fd: number;
  next: ListedFile | null;
  previous: ListedFile | null;
}

/** Descriptors that `releaseDescriptors` closes: at least this many, or this share of the open ones. */
const MIN_RELEASED_COUNT = 16;
const RELEASED_SHARE = 1 / 8;

/** The store's record of one inode. */
export class InodeHandle {
  readonly gfid: Gfid;
  readonly type: number;
  /** The handle's own descriptor, or that of an open file; -1 while closed. */
  fd = -1;
  /** The newest open file of the inode; `next` leads to the older ones. */
  newestFile: ListedFile | null = null;
  /** The last attributes of a file that was removed while not open: its handle is closed, and fops return these. */
  lastAttributes: Iatt | null = null;
  /** Whether a fop has used the handle since `trimToCount` last passed it. */
  wasUsed = true;
  /** Whether the inode has no name left, by which the handle could be reopened. */
  isUnnamed = false;
  /** Whether the handle was dropped: its users must find the inode's new handle. */
  isDropped = false;
  /** The kernel's file handle, read when the descriptor was first closed to stay below the limit; else null. */
  fileHandle: Uint8Array | null = null;
  /** The times that clients have set (`mdata-store.ts`); null for none, undefined if not read yet. */
  mdata: Times | null | undefined = undefined;
  /** Whether the inode has a gfid handle in `.glusterfs`: for a file one more hard link, which clients must not see. */
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
  get inoKey(): number {
    return this.inoHi * TWO_32 + this.inoLo;
  }

  /**
   * Whether a file may be open or mapped for writing: the kernel then grants no lease for reading. A program that opens
   * it for writing at this moment waits until the lease has ended, and causes a signal, which is ignored.
   */
  hasWriters(): boolean {
    if (this.fd < 0 || this.type !== IA_IFREG) return true;
    const descriptor = libc.open(makeProcPath(this.fd), O_NONBLOCK | O_CLOEXEC, 0);
    if (descriptor < 0) return true;
    libc.fcntl(descriptor, F_SETSIG, SIGURG);
    const isGranted = libc.fcntl(descriptor, F_SETLEASE, F_RDLCK) === 0;
    libc.close(descriptor);
    return !isGranted;
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

/** The part of the store (`store.ts`) that handles use. */
interface HandleOwner {
  readonly xl: Pick<Xlator, 'inodes'>;
  readonly root: InodeHandle;
  readonly fileHandles: FileHandles | null;
  /** The most descriptors that handles may hold. */
  readonly handleLimit: number;
}

/** All handles of a store, by gfid and by inode number. */
export class InodeHandles {
  private readonly store: HandleOwner;
  private readonly byGfid = new Map<Gfid, InodeHandle>();
  private readonly byIno = new Map<number, InodeHandle>();
  /** Handles that own a descriptor, in the order in which `trimToCount` considers them. */
  private readonly openHandles = new Set<InodeHandle>();

  constructor(store: HandleOwner) {
    this.store = store;
  }

  /** Registers the handles, of which some are closed when few descriptors are left. */
  registerForRelease(): void {
    allHandles.add(this);
  }

  /** Drops all handles, and no longer releases descriptors on request. */
  dropAllAndUnregister(): void {
    this.dropAll();
    allHandles.delete(this);
  }

  /** Number of all handles. */
  get knownCount(): number {
    return this.byGfid.size;
  }

  /** Number of handles that own a descriptor. */
  get openCount(): number {
    return this.openHandles.size;
  }

  /** Iterates the handles that own a descriptor; the set may change meanwhile. */
  iterateOpenHandles(): Iterator<InodeHandle> {
    return this.openHandles.values();
  }

  find(gfid: Gfid): InodeHandle | undefined {
    return this.byGfid.get(gfid);
  }

  /** Returns the handle of the inode that `st` describes, if it is known. */
  findByStat(st: Statx): InodeHandle | undefined {
    const handle = this.byIno.get(st.inoHi * TWO_32 + st.inoLo);
    return handle?.matches(st) ? handle : undefined;
  }

  /** Returns the handle of an inode number, if known; a reused number may lead to the handle of a removed inode. */
  findByIno(inoHi: number, inoLo: number): InodeHandle | undefined {
    return this.byIno.get(inoHi * TWO_32 + inoLo);
  }

  add(handle: InodeHandle): void {
    this.byGfid.set(handle.gfid, handle);
    this.byIno.set(handle.inoKey, handle);
  }

  /** Gives a handle a descriptor of its own. */
  setDescriptor(handle: InodeHandle, fd: number): void {
    handle.fd = fd;
    handle.wasUsed = true;
    handle.lastAttributes = null;
    this.openHandles.add(handle);
    noteDescriptor(fd);
  }

  /** Closes the handle's descriptor; the handle stays known. */
  close(handle: InodeHandle): void {
    // A borrowed descriptor is not closed here.
    if (this.openHandles.delete(handle)) libc.close(handle.fd);
    handle.fd = -1;
  }

  /** Closes the handle of a removed file that is not open, so that its space is freed at once. */
  closeRemoved(handle: InodeHandle, lastAttributes: Iatt): void {
    handle.lastAttributes = lastAttributes;
    this.close(handle);
  }

  /** Adds an open file of the handle's inode. */
  addFile(handle: InodeHandle, file: ListedFile): void {
    file.next = handle.newestFile;
    if (file.next !== null) file.next.previous = file;
    handle.newestFile = file;
    noteDescriptor(file.fd);
  }

  /** Removes an open file before its close. */
  removeFile(handle: InodeHandle, file: ListedFile): void {
    if (file.next !== null) file.next.previous = file.previous;
    if (file.previous !== null) file.previous.next = file.next;
    else handle.newestFile = file.next;
    if (handle.fd !== file.fd) return;
    handle.fd = handle.newestFile === null ? -1 : handle.newestFile.fd;
    if (handle.fd >= 0 || !handle.isUnnamed) return;
    // The last open file closes, and no name is left to reopen the inode by: keep a descriptor of its own.
    const ownFd = libc.open(makeProcPath(file.fd), O_PATH | O_CLOEXEC, 0);
    if (ownFd >= 0) this.setDescriptor(handle, ownFd);
  }

  /** Closes the handle's own descriptor, and uses that of an open file. */
  private borrowDescriptor(handle: InodeHandle): void {
    handle.fileHandle ??= this.store.fileHandles?.readHandle(handle.fd) ?? null;
    this.close(handle);
    handle.fd = handle.newestFile!.fd;
  }

  /** Closes the handle, after reading the file handle by which the same inode can be reopened. */
  private closeReopenable(handle: InodeHandle): void {
    handle.fileHandle ??= this.store.fileHandles?.readHandle(handle.fd) ?? null;
    this.close(handle);
  }

  /** Closes and forgets the handle. */
  drop(handle: InodeHandle): void {
    this.close(handle);
    handle.isDropped = true;
    if (this.byGfid.get(handle.gfid) === handle) this.byGfid.delete(handle.gfid);
    if (this.byIno.get(handle.inoKey) === handle) this.byIno.delete(handle.inoKey);
  }

  private dropAll(): void {
    for (const handle of [...this.byGfid.values()]) this.drop(handle);
  }

  /**
   * Drops all named directories except the root and `parent`, after a directory with entries was moved to the landfill.
   * Fops find the others again by name.
   */
  dropDirectories(parent: Directory): void {
    for (const handle of [...this.byGfid.values()]) {
      const isNeeded = handle === this.store.root || handle === parent;
      if (handle.isDir && !handle.isUnnamed && !isNeeded) this.drop(handle);
    }
  }

  /** Drops all handles that can be found again by name, after the served directory was lost. */
  dropNamed(): void {
    for (const handle of [...this.byGfid.values()]) if (!handle.isUnnamed) this.drop(handle);
  }

  /**
   * Closes descriptors beyond the limit, at the start of a fop: first those that no fop has used since the last
   * round, the oldest first. A handle without an inode in the table is dropped.
   */
  trimToLimit(table: InodeTable): void {
    if (isCrowded) {
      isCrowded = false;
      for (const handles of allHandles) handles.releaseDescriptors();
    }
    if (this.openHandles.size > this.store.handleLimit)
      this.trimToCount(this.store.handleLimit, table);
  }

  /** Closes some descriptors, as few are left in the process; never during a fop of this volume. */
  private releaseDescriptors(): void {
    const { inodes } = this.store.xl;
    const releasedCount = Math.max(MIN_RELEASED_COUNT, this.openHandles.size * RELEASED_SHARE);
    if (inodes !== null) this.trimToCount(this.openHandles.size - releasedCount, inodes);
  }

  /** Closes handles until `count` own a descriptor, or none is left that may be closed. */
  private trimToCount(count: number, table: InodeTable): void {
    // A used handle moves to the end of the set, so this loop visits it again as unused.
    for (const handle of this.openHandles) {
      if (this.openHandles.size <= count) return;
      if (handle === this.store.root) continue;
      if (handle.wasUsed) {
        handle.wasUsed = false;
        this.openHandles.delete(handle);
        this.openHandles.add(handle);
      } else if (handle.newestFile !== null) this.borrowDescriptor(handle);
      else if (handle.isUnnamed) continue;
      else if (table.find(handle.gfid) === undefined) this.drop(handle);
      else this.closeReopenable(handle);
    }
  }
}

/**
 * Reads the attributes of `path` in a directory (with `EMPTY_PATH`: of `dirFd`'s own inode) into `store.st`; returns 0,
 * or the errno, which it also puts into `store.lastStatErrno`.
 */
export function statAt(
  store: { readonly st: Statx; lastStatErrno: number },
  dirFd: number,
  path: Path,
): number {
  const flags = path === EMPTY_PATH ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
  const fault = -libc.statx(dirFd, path, flags, STATX_MASK, store.st.bytes);
  if (fault !== 0) store.lastStatErrno = fault;
  return fault;
}

/** A directory to search: a handle, or an open directory. */
export interface Directory {
  readonly fd: number;
  readonly gfid: Gfid;
}
