/**
 * Listings.
 *
 * The disk's own positions (d_off) take all of 64 bits, so they stay here: the offset that goes up
 * is an index into the table of positions that this fd has given out, counted from 1. An index
 * means the same position as long as the fd is open; when very many were given out, until the listing
 * begins anew at 0.
 */
import { constants } from 'node:fs';
import { decodeName } from '../../../core/bytes.ts';
import { EACCES, EINVAL, EMFILE, ENOENT, ENOTDIR } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { type Gfid, NULL_GFID, ROOT_GFID } from '../../../core/gfid.ts';
import {
  type Dirent,
  direntplusSize,
  direntSize,
  direntType,
  typeOfMode,
} from '../../../core/iatt.ts';
import { SYNC_VOLUME } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { O_CLOEXEC, SEEK_SET } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { type AskedKeys, askedKeys } from '../shared/xattrs.ts';
import type { Brick } from './brick.ts';
import { syncFile, syncVolume } from './data.ts';
import { isFull } from './descriptors.ts';
import { OpenFile } from './files.ts';
import { type Handle, look } from './handles.ts';
import { PARENT, procEntryPath, procPath, SELF } from './paths.ts';
import { handleOf, iattOf, identify, inodeHandle, type PosixXlator } from './resolve.ts';
import { lookupKeys } from './xattr.ts';

const DT_UNKNOWN = 0;
/** Positions that outlive a new beginning: who lists a changing directory for ever makes new ones. */
const POSITIONS_KEPT = 65_536;
/** The least getdents64 is asked for: more than the longest entry takes. */
const LEAST_READ = 1024;
const OPEN_DIR = constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC;

class OpenDir extends OpenFile {
  /** d_off by index, in halves; that of index 0, the beginning, is 0. */
  private readonly offLo = [0];
  private readonly offHi = [0];
  /** The index of the descriptor's own position; -1 when it is none of the table's. */
  at = 0;

  constructor(brick: Brick, fd: number, handle: Handle) {
    super(brick, fd, handle, 0);
  }

  get isRoot(): boolean {
    return this.gfid === ROOT_GFID;
  }

  /** The index after `index`, which the position just read belongs to. */
  indexAfter(index: number, lo: number, hi: number): number {
    const next = index + 1;
    if (this.offLo[next] === lo && this.offHi[next] === hi) return next;
    // The directory has changed since: indices that were given out keep their meaning.
    this.offLo.push(lo);
    this.offHi.push(hi);
    return this.offLo.length - 1;
  }

  /** Puts the descriptor to where `index` says; false when that was never given out. */
  seek(index: number): boolean {
    if (index >= this.offLo.length) return false;
    if (index === this.at && index !== 0) return true;
    if (index === 0 && this.offLo.length > POSITIONS_KEPT) {
      this.offLo.length = 1;
      this.offHi.length = 1;
    }
    const off = (BigInt(this.offHi[index]!) << 32n) | BigInt(this.offLo[index]!);
    libc.lseek64(this.fd, off, SEEK_SET);
    this.at = index;
    return true;
  }
}

/** The directory open as `fd`, or the errno. One that was never opened here is opened now. */
function dirOf(xl: PosixXlator, fd: Fd): OpenDir | number {
  const kept = fd.ctxGet(xl);
  if (kept instanceof OpenDir) return kept;
  if (kept !== undefined) return ENOTDIR;
  const handle = inodeHandle(xl, fd.inode);
  return typeof handle === 'number' ? handle : openDir(xl, fd, handle);
}

function openDir(xl: PosixXlator, fd: Fd, handle: Handle): OpenDir | number {
  if (!handle.isDir) return ENOTDIR;
  if (isFull()) return EMFILE;
  let descriptor = libc.openat(handle.fd, SELF, OPEN_DIR, 0);
  // A process without root's rights reaches "." only where it may search; reading needs less.
  if (descriptor === -EACCES) descriptor = libc.open(procPath(handle.fd), OPEN_DIR, 0);
  if (descriptor < 0) return -descriptor;
  const dir = new OpenDir(xl.priv, descriptor, handle);
  fd.ctxSet(xl, dir);
  return dir;
}

class Listing {
  readonly dir: OpenDir;
  readonly fd: Fd;
  /** readdirp: attributes, an inode, and the values of these keys with every entry. */
  readonly plus: boolean;
  readonly keys: AskedKeys | null;
  readonly entries: Dirent[] = [];
  /** Nothing comes after them. */
  isEnd = false;
  /** Bytes left of the budget; below zero when an entry did not fit. */
  left: number;
  /** After the last entry. */
  index: number;

  constructor(
    dir: OpenDir,
    fd: Fd,
    plus: boolean,
    keys: AskedKeys | null,
    left: number,
    index: number,
  ) {
    this.dir = dir;
    this.fd = fd;
    this.plus = plus;
    this.keys = keys;
    this.left = left;
    this.index = index;
  }
}

/** What GlusterFS says as the errno, of a success too, where nothing comes after what is told. */
const endOf = ({ isEnd }: Listing): number => (isEnd ? ENOENT : 0);

/** Fills a reply from `offset` on: the entries, or the errno. */
function list(listing: Listing, size: number): Dirent[] | number {
  const { dir, entries } = listing;
  const { dirents } = dir.brick;
  if (!dir.seek(listing.index)) return EINVAL;
  while (listing.left >= 0) {
    const asked = Math.min(dirents.bytes.length, Math.max(size, LEAST_READ));
    const filled = libc.getdents64(dir.fd, dirents.bytes, asked);
    // A directory that was removed while it was open has no entries.
    listing.isEnd = filled === 0 || filled === -ENOENT;
    if (listing.isEnd) return entries;
    if (filled < 0) return entries.length > 0 ? entries : -filled;
    dirents.start(filled);
    dir.at = -1;
    if (takeEntries(listing)) dir.at = listing.index;
  }
  return entries.length === 0 ? EINVAL : entries;
}

/** Takes what was read into the reply; false when the budget ended before. */
function takeEntries(listing: Listing): boolean {
  const { dir, entries } = listing;
  const { dirents } = dir.brick;
  while (dirents.next()) {
    const { nameStart, nameEnd, offLo, offHi } = dirents;
    const name = decodeName(dirents.bytes, nameStart, nameEnd);
    const index = dir.indexAfter(listing.index, offLo, offHi);
    if (!dir.brick.hides(dir.handle, name)) {
      const charge = listing.plus ? direntplusSize : direntSize;
      listing.left -= charge(nameEnd - nameStart);
      if (listing.left < 0) return false;
      const entry = entryOf(listing, name, index);
      if (entry !== null) entries.push(entry);
    }
    listing.index = index;
  }
  return true;
}

/**
 * The entry that `dirents` is at; null when its name is gone already. Of what may not be looked at
 * there is the name alone.
 */
function entryOf(listing: Listing, name: string, off: number): Dirent | null {
  if (name === '.' || name === '..') return dotsOf(listing, name, off);
  const { dir, plus } = listing;
  const { brick } = dir;
  const { nameStart, nameEnd } = brick.dirents;
  let { type } = brick.dirents;
  const path = brick.dirents.bytes.subarray(nameStart, nameEnd + 1);
  const looks = plus || type === DT_UNKNOWN;
  const fault = looks ? look(brick, dir.fd, path) : 0;
  if (fault === ENOENT) return null;
  if (fault !== 0) return nameAlone(name, off, type, NULL_GFID);
  if (looks) type = direntType(typeOfMode(brick.st.mode));
  // A number alone may be out of date, but here it is only a hint of what a lookup will find.
  const known = looks
    ? brick.handles.findSame(brick.st)
    : brick.handles.findIno(brick.dirents.inoHi, brick.dirents.inoLo);
  // One that is stored now changes the ctime, so that the attributes come after it.
  const gfid = known?.gfid ?? storedGfid(listing, path);
  if (!plus || gfid === NULL_GFID) return nameAlone(name, off, type, gfid);
  const stat = brick.mdata.show(iattOf(brick, gfid, known), known, dir.fd, path);
  const dict = lookupKeys(dir.fd, path, listing.keys);
  return { name, off, type, gfid, stat, dict, inode: listing.fd.inode.table.newInode() };
}

const nameAlone = (name: string, off: number, type: number, gfid: Gfid): Dirent => ({
  name,
  off,
  type,
  gfid,
  stat: null,
  dict: null,
  inode: null,
});

/**
 * The gfid of an entry that no handle is known of, given one if it has none. NULL_GFID where others
 * have to have the same, so that whoever looks it up says which.
 */
function storedGfid({ dir, fd }: Listing, path: Uint8Array): Gfid {
  const { brick } = dir;
  const gfid = brick.gfids.readPath(procEntryPath(dir.fd, path, 0));
  if (gfid !== null && brick.handles.find(gfid) === undefined) return gfid;
  if (brick.isOneOfSeveral) return NULL_GFID;
  const handle = identify(brick, dir, path, null);
  if (typeof handle === 'number') return NULL_GFID;
  // A listing may be long: what nobody has looked up is not kept open.
  if (fd.inode.table.find(handle.gfid) === undefined) brick.handles.drop(handle);
  return handle.gfid;
}

/**
 * The gfid of "..", which `brick.st` describes. It is given none: a directory that somebody has moved
 * out of the brick meanwhile has a parent that is none of ours.
 */
function parentGfid({ dir, fd }: Listing): Gfid {
  const { handles, gfids, st } = dir.brick;
  const known = handles.findSame(st)?.gfid ?? fd.inode.names[0]?.parent.gfid;
  return known ?? gfids.readPath(procEntryPath(dir.fd, PARENT, 0)) ?? NULL_GFID;
}

/** "." and "..", the root's parent being the root. */
function dotsOf(listing: Listing, name: '.' | '..', off: number): Dirent {
  const { dir, plus } = listing;
  const { brick, gfid: own } = dir;
  const { type } = brick.dirents;
  const isSelf = name === '.' || dir.isRoot;
  const path = isSelf ? SELF : PARENT;
  const isThere = (plus || !isSelf) && look(brick, dir.fd, path) === 0;
  const stat =
    plus && isThere ? brick.mdata.show(iattOf(brick, own), undefined, dir.fd, path) : null;
  const gfid = isSelf || !isThere ? own : parentGfid(listing);
  if (stat !== null) stat.iaGfid = gfid;
  return { name, off, type, gfid, stat, dict: null, inode: null };
}

export const dirFops: Fops<Brick> = {
  opendir(frame, xl, loc, fd, _xdata) {
    const handle = handleOf(xl, loc);
    if (typeof handle === 'number') return fail.opendir(frame, handle);
    const dir = openDir(xl, fd, handle);
    if (typeof dir === 'number') return fail.opendir(frame, dir);
    xl.priv.mdata.set(frame, 'opendir', handle);
    unwind.opendir(frame, 0, 0, fd, null);
  },

  readdir(frame, xl, fd, size, offset, _xdata) {
    const dir = dirOf(xl, fd);
    if (typeof dir === 'number') return fail.readdir(frame, dir);
    const listing = new Listing(dir, fd, false, null, size, offset);
    const entries = list(listing, size);
    if (typeof entries === 'number') return fail.readdir(frame, entries);
    unwind.readdir(frame, entries.length, endOf(listing), entries, null);
  },

  readdirp(frame, xl, fd, size, offset, xdata) {
    const dir = dirOf(xl, fd);
    if (typeof dir === 'number') return fail.readdirp(frame, dir);
    const keys = askedKeys(xdata);
    const listing = new Listing(dir, fd, true, keys, size, offset);
    const entries = list(listing, size);
    if (typeof entries === 'number') return fail.readdirp(frame, entries);
    unwind.readdirp(frame, entries.length, endOf(listing), entries, null);
  },

  fsyncdir(frame, xl, fd, datasync, xdata) {
    const dir = dirOf(xl, fd);
    if (typeof dir === 'number') return fail.fsyncdir(frame, dir);
    const done = (errno: number): void => {
      if (errno !== 0) fail.fsyncdir(frame, errno);
      else unwind.fsyncdir(frame, 0, 0, null);
    };
    if (xdata?.has(SYNC_VOLUME)) syncVolume(dir, done);
    else syncFile(dir, datasync, done);
  },
};
