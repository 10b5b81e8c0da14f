/**
 * Handles the fops of storage/posix that find, create and remove names.
 *
 * An existing file is opened by its handle, never by its name: by then the name may be another file's, or that of
 * a pipe or device, whose open has side effects.
 */
import { constants } from 'node:fs';
import type { Dict } from '../../../core/dict.ts';
import { EEXIST, EIO, EMFILE, ENOENT, EPERM, ESTALE } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { SYMLINK_MAX } from '../../../core/limits.ts';
import { O_ACCMODE } from '../../../core/open-flags.ts';
import { Loc } from '../../../core/operands.ts';
import { MODE_REQ, RENAME_FLAGS } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_FOLLOW, O_CLOEXEC } from '../../../sys/constants.ts';
import type { Path } from '../../../sys/libc.ts';
import * as libc from '../../../sys/libc.ts';
import { makeParentChangedXdata } from '../shared/entry-requests.ts';
import { type EntryReply, readRequestedGfid } from '../shared/fop-values.ts';
import { readRequestedKeys } from '../shared/xattrs.ts';
import {
  fillFile,
  findLinkSource,
  isCreateParentChanged,
  isParentChanged,
  readRequestedMode,
  setInitialXattrs,
} from './creation-requests.ts';
import { addOpenFile, makeSafeFlags, openHandle } from './files.ts';
import {
  findEntry,
  findHandle,
  findParent,
  findParentDirectory,
  isHiddenEntry,
  makeIatt,
  openEntryHandle,
  openNewEntryHandle,
  type PosixXlator,
  readDirIatt,
  readFdIatt,
  writeEntryName,
} from './handle-search.ts';
import { type InodeHandle, isDescriptorTableFull, statAt } from './handles.ts';
import {
  EMPTY_PATH,
  makeProcPath,
  nameBuffer,
  PARENT_PATH,
  SELF_PATH,
  symlinkBuffer,
  writeNameTo,
  writeTextTo,
} from './paths.ts';
import { clearPrivilegeBits } from './privileges.ts';
import { removeName, rename } from './removal.ts';
import type { Store } from './store.ts';
import { addVirtualValues } from './virtual-xattrs.ts';
import { clearWriteMark, readRequestedXattrs } from './xattr.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_TRUNC, O_WRONLY, S_IFMT, S_IFDIR } = constants;
/** Open flags by which a create fails if the name exists. */
const NEW_FILE_FLAGS = O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

/** Returns a name's path in `dir` (SELF_PATH, PARENT_PATH, or `nameBuffer`, which it fills), or the errno. */
function makeEntryPath(store: Store, dir: InodeHandle, name: string): Path | number {
  if (name === '.') return SELF_PATH;
  // The root's parent is outside of the volume.
  if (name === '..') return dir === store.root ? ENOENT : PARENT_PATH;
  // writeNameTo returns 0 or the errno.
  return (isHiddenEntry(dir, name) ? ENOENT : writeNameTo(nameBuffer, name)) || nameBuffer;
}

/**
 * Finds the handle of `path` in `dir` (`EMPTY_PATH`: of `dir` itself), which `store.st` describes; or returns the
 * errno.
 */
function findHandleAt(
  store: Store,
  dir: InodeHandle,
  path: Path,
  { inode }: Loc,
  xdata: Dict | null,
): InodeHandle | number {
  if (path === EMPTY_PATH)
    return statAt(store, dir.fd, EMPTY_PATH) === 0 ? dir : store.lastStatErrno;
  const handle =
    path === PARENT_PATH ? findParentDirectory(store, dir) : findEntry(store, dir, path, xdata);
  if (typeof handle === 'number') return handle;
  // The name has another inode now: with ESTALE the caller looks it up again, with a new inode.
  return inode?.linked && inode.gfid !== handle.gfid ? ESTALE : handle;
}

/**
 * Does what the keys of a lookup's xdata ask for: returns the requested attributes and virtual values, and removes the
 * mark that a client's write has set, for a rebalance.
 */
function answerKeys(
  xl: PosixXlator,
  dir: InodeHandle,
  path: Path,
  handle: InodeHandle,
  size: number,
  xdata: Dict,
): Dict | null {
  const stored = readRequestedXattrs(dir.fd, path, readRequestedKeys(xdata));
  const reply = addVirtualValues(xl, handle, size, xdata, stored);
  clearWriteMark(dir.fd, path, xdata);
  return reply;
}

const lookup: NonNullable<Fops<Store>['lookup']> = (frame, xl, loc, xdata) => {
  const store = xl.priv;
  const hasName = loc.parent !== null && loc.name !== null;
  const dir = hasName ? findParent(xl, loc) : findHandle(xl, loc);
  if (typeof dir === 'number') return fail.lookup(frame, dir);
  const path = hasName ? makeEntryPath(store, dir, loc.name!) : EMPTY_PATH;
  const handle = typeof path === 'number' ? path : findHandleAt(store, dir, path, loc, xdata);
  if (typeof handle === 'number' || typeof path === 'number') {
    return unwind.lookup(
      frame,
      -1,
      handle as number,
      null,
      null,
      null,
      readDirIatt(frame, store, dir),
    );
  }
  // `findEntry` may return a handle whose descriptor is closed.
  const isOpen = !hasName || handle.fd >= 0;
  const fdOfIatt = isOpen ? handle.fd : dir.fd;
  const buf = makeIatt(store, handle.gfid, handle, fdOfIatt, isOpen ? EMPTY_PATH : path);
  loc.inode?.ctxSet(xl, handle);
  const replyXdata = xdata === null ? null : answerKeys(xl, dir, path, handle, buf.iaSize, xdata);
  const postparent = hasName ? readDirIatt(frame, store, dir) : buf;
  unwind.lookup(frame, 0, 0, loc.inode, buf, replyXdata, postparent);
};

/**
 * Creates an entry at `path` in a directory; returns the descriptor of a created and opened file, 0, or minus the
 * errno.
 */
type Creator = (dirFd: number, path: Path) => number;

/** The reply of a fop that creates, finds or links an entry. */
interface EntryReplyWithHandle extends EntryReply {
  readonly handle: InodeHandle;
  /** The open file's descriptor; 0 if the fop opens no file. */
  readonly fdOrZero: number;
}

/** Creates an entry with the caller's identity, and stores its gfid; returns the reply or the errno. */
function createEntry(
  xl: PosixXlator,
  frame: Frame,
  loc: Loc,
  umask: number,
  xdata: Dict | null,
  creator: Creator,
): EntryReplyWithHandle | number {
  const store = xl.priv;
  const dir = findParent(xl, loc);
  if (typeof dir === 'number') return dir;
  const preparent = readDirIatt(frame, store, dir);
  const fault = writeEntryName(dir, loc, nameBuffer);
  if (fault !== 0) return fault;
  store.identity.switchTo(frame.root, xdata?.has(MODE_REQ) ? umask : 0);
  const result = creator(dir.fd, nameBuffer);
  store.identity.switchBack();
  if (result < 0) return -result;
  const handle = openNewEntryHandle(store, dir, nameBuffer, readRequestedGfid(xdata), result);
  if (typeof handle !== 'number') setInitialXattrs(store, handle, xdata);
  return makeReply(frame, xl, loc, { dir, preparent, handle, fdOrZero: result }, 'create');
}

/** The entry that was found, created or linked on the disk; `makeReply` makes the reply from it. */
interface DiskResult {
  readonly dir: InodeHandle;
  readonly preparent: Iatt | null;
  /** The entry's handle, which `store.st` describes; or the errno. */
  readonly handle: InodeHandle | number;
  /** The open file's descriptor; 0 if the fop opens no file. */
  readonly fdOrZero: number;
}

/**
 * Makes the reply for an entry, and updates stored times. If `entry.handle` is an errno, it closes the open file
 * (`entry.fdOrZero`) and returns the errno.
 * @param timesFop the fop whose times are set; null for none
 */
function makeReply(
  frame: Frame,
  xl: PosixXlator,
  loc: Loc,
  entry: DiskResult,
  timesFop: 'create' | 'link' | 'truncate' | null,
): EntryReplyWithHandle | number {
  const { dir, preparent, handle, fdOrZero } = entry;
  const store = xl.priv;
  if (typeof handle === 'number') {
    if (fdOrZero > 0) libc.close(fdOrZero);
    return handle;
  }
  if (timesFop !== null) store.mdata.setTimes(frame, timesFop, handle);
  if (timesFop === 'create' || timesFop === 'link')
    store.mdata.setParentTimes(frame, timesFop, dir);
  const buf = makeIatt(store, handle.gfid, handle, handle.fd);
  loc.inode?.ctxSet(xl, handle);
  return { buf, preparent, postparent: readDirIatt(frame, store, dir), handle, fdOrZero };
}

/** Finds or creates a file at the loc, and opens it (descriptor `fdOrZero`); or returns the errno. */
function createFile(
  xl: PosixXlator,
  frame: Frame,
  loc: Loc,
  flags: number,
  mode: number,
  umask: number,
  xdata: Dict | null,
): EntryReplyWithHandle | number {
  if (isDescriptorTableFull()) return EMFILE;
  const reply = createEntry(xl, frame, loc, umask, xdata, (dirFd, path) =>
    libc.openat(
      dirFd,
      path,
      makeSafeFlags(flags) | NEW_FILE_FLAGS,
      readRequestedMode(mode, xdata) & 0o7777,
    ),
  );
  // The creation is tried first: it is the common case, and atomic.
  if (reply !== EEXIST || (flags & O_EXCL) !== 0) return reply;
  const dir = findParent(xl, loc);
  if (typeof dir === 'number') return dir;
  const existing = openEntryHandle(xl.priv, dir, nameBuffer, readRequestedGfid(xdata));
  if (typeof existing === 'number') return existing;
  if ((flags & O_TRUNC) !== 0) {
    clearPrivilegeBits(existing.fd, readFdIatt(xl.priv, existing.fd, existing), xdata, frame.root);
  }
  const fd = openHandle(existing, flags);
  if (fd < 0) return -fd;
  const preparent = readDirIatt(frame, xl.priv, dir);
  // `makeReply` needs the attributes in `store.st`.
  statAt(xl.priv, existing.fd, EMPTY_PATH);
  const entry = { dir, preparent, handle: existing, fdOrZero: fd };
  return makeReply(frame, xl, loc, entry, (flags & O_TRUNC) === 0 ? null : 'truncate');
}

/** Adds another name for an inode; returns the reply or the errno. */
function linkEntry(
  xl: PosixXlator,
  frame: Frame,
  oldloc: Loc,
  newloc: Loc,
): EntryReplyWithHandle | number {
  const store = xl.priv;
  const handle = findHandle(xl, oldloc);
  if (typeof handle === 'number') return handle;
  const dir = findParent(xl, newloc, true);
  if (typeof dir === 'number') return dir;
  const preparent = readDirIatt(frame, store, dir);
  const fault = writeEntryName(dir, newloc, nameBuffer);
  if (fault !== 0) return fault;
  const source = makeProcPath(handle.fd);
  const result = libc.linkat(AT_FDCWD, source, dir.fd, nameBuffer, AT_SYMLINK_FOLLOW);
  if (result < 0) return -result;
  handle.isUnnamed = false;
  // A file without a name had no gfid handle, since that would keep it on disk.
  const namedEntry = { parent: dir.gfid, name: nameBuffer };
  if (!handle.hasGfidHandle) store.createGfidHandle(handle, handle.fd, namedEntry, true);
  store.recordNewName(handle, handle.fd, namedEntry);
  // `makeReply` needs the attributes in `store.st`.
  statAt(store, handle.fd, EMPTY_PATH);
  return makeReply(frame, xl, newloc, { dir, preparent, handle, fdOrZero: 0 }, 'link');
}

export const entryFops: Fops<Store> = {
  lookup,

  mkdir(frame, xl, loc, mode, umask, xdata) {
    if (isParentChanged(xl, loc, xdata)) {
      return unwind.mkdir(frame, -1, EIO, null, null, null, null, makeParentChangedXdata());
    }
    const reply = createEntry(xl, frame, loc, umask, xdata, (dirFd, path) =>
      libc.mkdirat(dirFd, path, readRequestedMode(mode, xdata) & 0o1777),
    );
    if (typeof reply === 'number') return fail.mkdir(frame, reply);
    unwind.mkdir(frame, 0, 0, loc.inode, reply.buf, reply.preparent, reply.postparent, null);
  },

  mknod(frame, xl, loc, mode, rdev, umask, xdata) {
    if ((mode & S_IFMT) === S_IFDIR) return fail.mknod(frame, EPERM);
    const creator: Creator = (dirFd, path) =>
      libc.mknodat(dirFd, path, readRequestedMode(mode, xdata), rdev);
    const source = findLinkSource(xl, xdata);
    const reply =
      source === null
        ? createEntry(xl, frame, loc, umask, xdata, creator)
        : linkEntry(xl, frame, source, loc);
    if (typeof reply === 'number') return fail.mknod(frame, reply);
    unwind.mknod(frame, 0, 0, loc.inode, reply.buf, reply.preparent, reply.postparent, null);
  },

  symlink(frame, xl, linkpath, loc, umask, xdata) {
    const fault = writeTextTo(symlinkBuffer, linkpath, SYMLINK_MAX);
    if (fault !== 0) return fail.symlink(frame, fault);
    const reply = createEntry(xl, frame, loc, umask, xdata, (dirFd, path) =>
      libc.symlinkat(symlinkBuffer, dirFd, path),
    );
    if (typeof reply === 'number') return fail.symlink(frame, reply);
    unwind.symlink(frame, 0, 0, loc.inode, reply.buf, reply.preparent, reply.postparent, null);
  },

  create(frame, xl, loc, flags, mode, umask, fd, xdata) {
    if (isCreateParentChanged(xl, loc, xdata)) {
      return unwind.create(frame, -1, EIO, null, null, null, null, null, makeParentChangedXdata());
    }
    const reply = createFile(xl, frame, loc, flags, mode, umask, xdata);
    if (typeof reply === 'number') return fail.create(frame, reply);
    const { buf, preparent, postparent, handle, fdOrZero } = reply;
    addOpenFile(xl, fd, fdOrZero, handle);
    unwind.create(frame, 0, 0, fd, loc.inode, buf, preparent, postparent, null);
  },

  put(frame, xl, loc, mode, umask, flags, vector, offset, dict, xdata) {
    const writeFlags = (flags & ~O_ACCMODE) | O_WRONLY | O_TRUNC;
    const reply = createFile(xl, frame, loc, writeFlags, mode, umask, xdata);
    if (typeof reply === 'number') return fail.put(frame, reply);
    const fault = fillFile(
      xl.priv,
      reply.handle,
      reply.fdOrZero,
      frame.root.pid,
      vector,
      offset,
      dict,
    );
    libc.close(reply.fdOrZero);
    if (fault !== 0) {
      // Removes the file whose data or attributes could not be stored.
      removeName(xl, frame, loc, 0);
      return fail.put(frame, fault);
    }
    const buf = readFdIatt(xl.priv, reply.handle.fd, reply.handle);
    unwind.put(frame, 0, 0, loc.inode, buf, reply.preparent, reply.postparent, null);
  },

  link(frame, xl, oldloc, newloc, _xdata) {
    const reply = linkEntry(xl, frame, oldloc, newloc);
    if (typeof reply === 'number') return fail.link(frame, reply);
    unwind.link(frame, 0, 0, oldloc.inode, reply.buf, reply.preparent, reply.postparent, null);
  },

  namelink(frame, xl, loc, _xdata) {
    const reply = linkEntry(xl, frame, new Loc(loc.inode), loc);
    if (typeof reply === 'number') return fail.namelink(frame, reply);
    unwind.namelink(frame, 0, 0, reply.preparent, reply.postparent, null);
  },

  unlink(frame, xl, loc, _xflag, xdata) {
    const removed = removeName(xl, frame, loc, 0, xdata);
    if (typeof removed === 'number') return fail.unlink(frame, removed);
    unwind.unlink(frame, 0, 0, removed.preparent, removed.postparent, null);
  },

  rmdir(frame, xl, loc, flags, _xdata) {
    // Only cluster/replicate sets the flag, to remove a directory with all its entries.
    const removed = removeName(xl, frame, loc, AT_REMOVEDIR, null, flags !== 0);
    if (typeof removed === 'number') return fail.rmdir(frame, removed);
    unwind.rmdir(frame, 0, 0, removed.preparent, removed.postparent, null);
  },

  rename(frame, xl, oldloc, newloc, xdata) {
    const flags = xdata?.number(RENAME_FLAGS) ?? 0;
    const renamed = rename(xl, frame, oldloc, newloc, flags);
    if (typeof renamed === 'number') return fail.rename(frame, renamed);
    unwind.rename(frame, 0, 0, renamed.buf, ...renamed.parents, null);
  },
};
