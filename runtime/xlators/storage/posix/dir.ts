/**
 * Handles the fops of storage/posix on directories. An entry's offset is made from the disk's position (d_off), which
 * is valid for the directory, so a listing continues in any open (`core/listing-offset.ts`).
 */
import { constants } from 'node:fs';
import { decodeName } from '../../../core/bytes.ts';
import { EACCES, EINVAL, EMFILE, ENOENT, ENOTDIR } from '../../../core/errno.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { type Gfid, NULL_GFID, ROOT_GFID } from '../../../core/gfid.ts';
import {
  computeDirentplusSize,
  computeDirentSize,
  type Dirent,
  direntType,
  typeOfMode,
} from '../../../core/iatt.ts';
import {
  bucketStart,
  isBeforeOffset,
  isListingOffset,
  makeListingOffset,
  readPositionHi,
  readPositionLo,
} from '../../../core/listing-offset.ts';
import type { Fd } from '../../../core/operands.ts';
import { SYNC_VOLUME } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { O_CLOEXEC, SEEK_SET } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { type RequestedKeys, readRequestedKeys } from '../shared/xattrs.ts';
import { syncFile, syncVolume } from './data.ts';
import { OpenFile } from './files.ts';
import {
  findFdHandle,
  findHandle,
  isHiddenEntry,
  makeIatt,
  openEntryHandle,
  type PosixXlator,
} from './handle-search.ts';
import { type InodeHandle, isDescriptorTableFull, statAt } from './handles.ts';
import { makeProcEntryPath, makeProcPath, PARENT_PATH, SELF_PATH } from './paths.ts';
import type { Store } from './store.ts';
import { readRequestedXattrs } from './xattr.ts';

/** Type of an entry whose file system does not store types in directories. */
const DT_UNKNOWN = 0;
/** Smallest buffer for getdents64: the longest entry fits. */
const MIN_BUFFER_BYTES = 1024;
/** Open flags for listing a directory. */
const OPEN_DIR_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC;

/** An open directory: the context of its fd. */
class OpenDir extends OpenFile {
  /** The offset at which the descriptor is, or -1 if it is within a reply's entries. */
  private descriptorOffset = 0;
  /** The offset of the last returned entry, and its exact position: the usual request continues there. */
  private lastOffset = 0;
  private lastHi = 0;
  private lastLo = 0;

  constructor(store: Store, fd: number, handle: InodeHandle) {
    super(store, fd, handle, 0);
  }

  get isRoot(): boolean {
    return this.gfid === ROOT_GFID;
  }

  /** Records the last entry that was returned: its offset, and its position in halves of 32 bits. */
  noteLast(offset: number, hi: number, lo: number): void {
    this.lastOffset = offset;
    this.lastHi = hi;
    this.lastLo = lo;
  }

  /** Records that entries were read, and whether all of them are returned. */
  noteRead(areAllReturned: boolean): void {
    this.descriptorOffset = areAllReturned ? this.lastOffset : -1;
  }

  /** Whether `seek` reaches this offset exactly, so that no entry before it is read. */
  isExact(offset: number): boolean {
    return offset === this.lastOffset;
  }

  /** Seeks the descriptor to an offset. Returns 0 or the errno. */
  seek(offset: number): number {
    // A listing from the start always rewinds, so that it shows changes.
    if (offset === this.descriptorOffset && offset !== 0) return 0;
    if (!isListingOffset(offset)) return EINVAL;
    if (!this.isExact(offset))
      this.noteLast(bucketStart(offset), readPositionHi(offset), readPositionLo(offset));
    const position = (BigInt(this.lastHi) << 32n) | BigInt(this.lastLo);
    const result = libc.lseek64(this.fd, position, SEEK_SET);
    this.descriptorOffset = result < 0 ? -1 : this.lastOffset;
    return result < 0 ? -result : 0;
  }
}

/** Returns the directory of an fd, or the errno; opens it if it was never opened here. */
function findOrOpenDir(xl: PosixXlator, fd: Fd): OpenDir | number {
  const context = fd.ctxGet(xl);
  if (context instanceof OpenDir) return context;
  if (context !== undefined) return ENOTDIR;
  const handle = findFdHandle(xl, fd.inode);
  return typeof handle === 'number' ? handle : openDir(xl, fd, handle);
}

/** Opens the directory of a handle for an fd; returns it, or the errno. */
function openDir(xl: PosixXlator, fd: Fd, handle: InodeHandle): OpenDir | number {
  if (!handle.isDir) return ENOTDIR;
  if (isDescriptorTableFull()) return EMFILE;
  let descriptor = libc.openat(handle.fd, SELF_PATH, OPEN_DIR_FLAGS, 0);
  // An ordinary user needs search permission for ".", and only read permission for /proc.
  if (descriptor === -EACCES) descriptor = libc.open(makeProcPath(handle.fd), OPEN_DIR_FLAGS, 0);
  if (descriptor < 0) return -descriptor;
  const dir = new OpenDir(xl.priv, descriptor, handle);
  fd.ctxSet(xl, dir);
  return dir;
}

/** A readdir or readdirp request, and the entries of its reply. */
class Listing {
  readonly dir: OpenDir;
  readonly fd: Fd;
  /** True for readdirp: entries have attributes, an inode, and the extended attributes of `keys`. */
  readonly hasAttributes: boolean;
  readonly keys: RequestedKeys | null;
  readonly entries: Dirent[] = [];
  /** Whether the end of the directory was reached. */
  hasReachedEnd = false;
  /** Bytes left of the reply; negative if an entry did not fit. */
  bytesLeft: number;
  /** The requested offset. */
  readonly offset: number;
  /** Whether the next entry may be one before the requested offset. */
  isSkipping: boolean;
  /** The offset of the last entry that was read. */
  lastOffset: number;

  constructor(
    dir: OpenDir,
    fd: Fd,
    hasAttributes: boolean,
    keys: RequestedKeys | null,
    bytesLeft: number,
    offset: number,
  ) {
    this.dir = dir;
    this.fd = fd;
    this.hasAttributes = hasAttributes;
    this.keys = keys;
    this.bytesLeft = bytesLeft;
    this.offset = offset;
    this.lastOffset = dir.isExact(offset) ? offset : bucketStart(offset);
    this.isSkipping = this.lastOffset !== offset;
  }
}

/** Returns the errno of a successful reply: ENOENT marks the last entries, as in GlusterFS. */
const getEndErrno = ({ hasReachedEnd }: Listing): number => (hasReachedEnd ? ENOENT : 0);

/** Reads the entries of a reply, or returns the errno: EINVAL for an impossible offset, or if no entry fits. */
function readEntries(listing: Listing, size: number): Dirent[] | number {
  const { dir, entries } = listing;
  const { dirents } = dir.store;
  const fault = dir.seek(listing.offset);
  if (fault !== 0) return fault;
  while (listing.bytesLeft >= 0) {
    const bufferBytes = Math.min(dirents.bytes.length, Math.max(size, MIN_BUFFER_BYTES));
    const filledBytes = libc.getdents64(dir.fd, dirents.bytes, bufferBytes);
    // The kernel returns ENOENT for a removed directory, which has no entries.
    listing.hasReachedEnd = filledBytes === 0 || filledBytes === -ENOENT;
    if (listing.hasReachedEnd) return entries;
    if (filledBytes < 0) return entries.length > 0 ? entries : -filledBytes;
    dirents.start(filledBytes);
    dir.noteRead(addEntries(listing));
  }
  return entries.length === 0 ? EINVAL : entries;
}

/** Adds the entries in `dirents` to the reply; returns false if one did not fit. */
function addEntries(listing: Listing): boolean {
  const { dir, entries } = listing;
  const { dirents } = dir.store;
  while (dirents.next()) {
    const { nameStart, nameEnd, offLo, offHi } = dirents;
    const off = makeListingOffset(offHi, offLo, listing.lastOffset);
    listing.isSkipping &&= isBeforeOffset(off, listing.offset);
    const name = decodeName(dirents.bytes, nameStart, nameEnd);
    if (!listing.isSkipping && !isHiddenEntry(dir.handle, name)) {
      const computeEntryBytes = listing.hasAttributes ? computeDirentplusSize : computeDirentSize;
      listing.bytesLeft -= computeEntryBytes(nameEnd - nameStart);
      if (listing.bytesLeft < 0) return false;
      const entry = makeEntry(listing, name, off);
      if (entry !== null) entries.push(entry);
    }
    listing.lastOffset = off;
    dir.noteLast(off, offHi, offLo);
  }
  return true;
}

/**
 * Makes the reply's entry for the current entry of `dirents`; null if its name is gone. An entry whose attributes
 * cannot be read has only a name and a type.
 */
function makeEntry(listing: Listing, name: string, off: number): Dirent | null {
  if (name === '.' || name === '..') return makeDotEntry(listing, name, off);
  const { dir, hasAttributes } = listing;
  const { store } = dir;
  const { nameStart, nameEnd } = store.dirents;
  let { type } = store.dirents;
  const path = store.dirents.bytes.subarray(nameStart, nameEnd + 1);
  const needsStat = hasAttributes || type === DT_UNKNOWN;
  const fault = needsStat ? statAt(store, dir.fd, path) : 0;
  if (fault === ENOENT) return null;
  if (fault !== 0) return makeNameOnlyEntry(name, off, type, NULL_GFID);
  if (needsStat) type = direntType(typeOfMode(store.st.mode));
  // The inode number may be reused, but without attributes the gfid is only a hint: the client looks the name up.
  const handle = needsStat
    ? store.handles.findByStat(store.st)
    : store.handles.findByIno(store.dirents.inoHi, store.dirents.inoLo);
  // Storing a gfid changes the ctime, so the attributes are read afterwards.
  const gfid = handle?.gfid ?? findOrAssignGfid(listing, path);
  if (!hasAttributes || gfid === NULL_GFID) return makeNameOnlyEntry(name, off, type, gfid);
  const stat = makeIatt(store, gfid, handle, dir.fd, path);
  const dict = readRequestedXattrs(dir.fd, path, listing.keys);
  return { name, off, type, gfid, stat, dict, inode: listing.fd.inode.table.newInode() };
}

/** Makes an entry without attributes and inode. */
const makeNameOnlyEntry = (name: string, off: number, type: number, gfid: Gfid): Dirent => ({
  name,
  off,
  type,
  gfid,
  stat: null,
  dict: null,
  inode: null,
});

/**
 * Returns the gfid of an entry without a handle, and assigns one to an entry without gfid. If other bricks need the same
 * gfid, it returns NULL_GFID instead: a client's lookup then chooses the gfid.
 */
function findOrAssignGfid({ dir, fd }: Listing, path: Uint8Array): Gfid {
  const { store } = dir;
  const gfid = store.gfids.readByPath(makeProcEntryPath(dir.fd, path, 0));
  if (gfid !== null && store.handles.find(gfid) === undefined) return gfid;
  if (store.mayShareFiles) return NULL_GFID;
  const handle = openEntryHandle(store, dir, path, null);
  if (typeof handle === 'number') return NULL_GFID;
  // A listing may be long: entries that no client has looked up are not kept open.
  if (fd.inode.table.find(handle.gfid) === undefined) store.handles.drop(handle);
  return handle.gfid;
}

/**
 * Returns the gfid of "..", which `store.st` describes, or NULL_GFID. It never assigns one: a directory that was
 * moved out of the volume has a parent outside.
 */
function readParentGfid({ dir, fd }: Listing): Gfid {
  const { handles, gfids, st } = dir.store;
  const gfid = handles.findByStat(st)?.gfid ?? fd.inode.names[0]?.parent.gfid;
  return gfid ?? gfids.readByPath(makeProcEntryPath(dir.fd, PARENT_PATH, 0)) ?? NULL_GFID;
}

/** Makes the entry "." or ".."; the root is its own parent. */
function makeDotEntry(listing: Listing, name: '.' | '..', off: number): Dirent {
  const { dir, hasAttributes } = listing;
  const { store, gfid: ownGfid } = dir;
  const { type } = store.dirents;
  const isSelf = name === '.' || dir.isRoot;
  const path = isSelf ? SELF_PATH : PARENT_PATH;
  const exists = (hasAttributes || !isSelf) && statAt(store, dir.fd, path) === 0;
  const stat = hasAttributes && exists ? makeIatt(store, ownGfid, undefined, dir.fd, path) : null;
  const gfid = isSelf || !exists ? ownGfid : readParentGfid(listing);
  if (stat !== null) stat.iaGfid = gfid;
  return { name, off, type, gfid, stat, dict: null, inode: null };
}

export const dirFops: Fops<Store> = {
  opendir(frame, xl, loc, fd, _xdata) {
    const handle = findHandle(xl, loc);
    if (typeof handle === 'number') return fail.opendir(frame, handle);
    // A listing may have opened it before.
    const dir = fd.ctxGet(xl) ?? openDir(xl, fd, handle);
    if (typeof dir === 'number') return fail.opendir(frame, dir);
    xl.priv.mdata.setTimes(frame, 'opendir', handle);
    unwind.opendir(frame, 0, 0, fd, null);
  },

  readdir(frame, xl, fd, size, offset, _xdata) {
    const dir = findOrOpenDir(xl, fd);
    if (typeof dir === 'number') return fail.readdir(frame, dir);
    const listing = new Listing(dir, fd, false, null, size, offset);
    const entries = readEntries(listing, size);
    if (typeof entries === 'number') return fail.readdir(frame, entries);
    unwind.readdir(frame, entries.length, getEndErrno(listing), entries, null);
  },

  readdirp(frame, xl, fd, size, offset, xdata) {
    const dir = findOrOpenDir(xl, fd);
    if (typeof dir === 'number') return fail.readdirp(frame, dir);
    const keys = readRequestedKeys(xdata);
    const listing = new Listing(dir, fd, true, keys, size, offset);
    const entries = readEntries(listing, size);
    if (typeof entries === 'number') return fail.readdirp(frame, entries);
    unwind.readdirp(frame, entries.length, getEndErrno(listing), entries, null);
  },

  fsyncdir(frame, xl, fd, datasync, xdata) {
    const dir = findOrOpenDir(xl, fd);
    if (typeof dir === 'number') return fail.fsyncdir(frame, dir);
    const reply = (errno: number): void => {
      if (errno !== 0) fail.fsyncdir(frame, errno);
      else unwind.fsyncdir(frame, 0, 0, null);
    };
    if (xdata?.has(SYNC_VOLUME)) syncVolume(dir, reply);
    else syncFile(dir, datasync, reply);
  },
};
