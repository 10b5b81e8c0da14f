/**
 * The fops that find, create and remove names.
 *
 * An existing file is opened by its handle, never by its name: the name may lead elsewhere by then, or to a
 * pipe or device, whose open has side effects.
 */
import { constants } from 'node:fs';
import type { Dict } from '../../../core/dict.ts';
import { EEXIST, EIO, EMFILE, ENOENT, EPERM, ESTALE } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { SYMLINK_MAX } from '../../../core/limits.ts';
import { Loc } from '../../../core/loc.ts';
import { O_ACCMODE } from '../../../core/open-flags.ts';
import { MODE_REQ, RENAME_FLAGS } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import type { Path } from '../../../sys/call.ts';
import { AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_FOLLOW, O_CLOEXEC } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { changedReply } from '../shared/entry-requests.ts';
import { type EntryReply, requestedGfid } from '../shared/replies.ts';
import { requestedKeys } from '../shared/xattrs.ts';
import {
  createParentChanged,
  fill,
  linkSourceOf,
  modeOf,
  parentChangedIn,
  setInitialXattrs,
} from './creation-requests.ts';
import { isFull } from './descriptors.ts';
import { keepFile, openHandle, safeFlags } from './files.ts';
import { type Handle, statAt } from './handles.ts';
import { EMPTY, NAME, PARENT, procPath, putName, putText, SELF, TARGET } from './paths.ts';
import { killPriv } from './privileges.ts';
import { remove } from './removal.ts';
import { rename } from './rename.ts';
import {
  directoryAbove,
  dirIatt,
  entryAt,
  handleOf,
  iattOf,
  iattOfFd,
  iattOfHandle,
  identify,
  identifyNew,
  type PosixXlator,
  parentOf,
  putEntry,
  secondParent,
} from './resolve.ts';
import type { Store } from './store.ts';
import { virtualKeys } from './virtual.ts';
import { cleanProtection, lookupKeys } from './xattr.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_TRUNC, O_WRONLY, S_IFMT, S_IFDIR } = constants;
const NEW_FILE = O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

// Finding.

/** Returns the path of a name in a directory, or the errno. */
function pathOf(store: Store, dir: Handle, name: string): Path | number {
  if (name === '.') return SELF;
  // The root's parent is outside of the volume.
  if (name === '..') return dir === store.root ? ENOENT : PARENT;
  return (store.hides(dir, name) ? ENOENT : putName(NAME, name)) || NAME;
}

/** Returns the handle of a path in a directory, which `store.st` describes; or the errno. */
function findAt(
  store: Store,
  dir: Handle,
  path: Path,
  { inode }: Loc,
  xdata: Dict | null,
): Handle | number {
  if (path === EMPTY) return statAt(store, dir.fd, EMPTY) === 0 ? dir : store.fault;
  const found =
    path === PARENT ? directoryAbove(store, dir) : entryAt(store, dir, path, requestedGfid(xdata));
  if (typeof found === 'number') return found;
  // The name has another inode now: the caller must look it up with a new inode.
  return inode?.linked && inode.gfid !== found.gfid ? ESTALE : found;
}

const lookup: NonNullable<Fops<Store>['lookup']> = (frame, xl, loc, xdata) => {
  const store = xl.priv;
  const named = loc.parent !== null && loc.name !== null;
  const dir = named ? parentOf(xl, loc) : handleOf(xl, loc);
  if (typeof dir === 'number') return fail.lookup(frame, dir);
  const path = named ? pathOf(store, dir, loc.name!) : EMPTY;
  const found = typeof path === 'number' ? path : findAt(store, dir, path, loc, xdata);
  if (typeof found === 'number' || typeof path === 'number') {
    return unwind.lookup(frame, -1, found as number, null, null, null, dirIatt(frame, store, dir));
  }
  const isOpen = !named || found.fd >= 0;
  const at = isOpen ? found.fd : dir.fd;
  const buf = store.mdata.show(iattOf(store, found.gfid, found), found, at, isOpen ? EMPTY : path);
  loc.inode?.ctxSet(xl, found);
  const stored = lookupKeys(dir.fd, path, requestedKeys(xdata));
  const keys = virtualKeys(xl, found, buf.iaSize, xdata, stored);
  cleanProtection(dir.fd, path, xdata);
  const postparent = named ? dirIatt(frame, store, dir) : buf;
  unwind.lookup(frame, 0, 0, loc.inode, buf, keys, postparent);
};

// Creating.

/** Creates an entry at `path` in a directory; returns a descriptor, 0, or minus the errno. */
type Creator = (dirFd: number, path: Path) => number;

interface CreatedHandle extends EntryReply {
  readonly handle: Handle;
  /** The creator's result. */
  readonly result: number;
}

/** Creates an entry as the caller, with its gfid; returns the reply or the errno. */
function make(
  xl: PosixXlator,
  frame: Frame,
  loc: Loc,
  umask: number,
  xdata: Dict | null,
  maker: Creator,
): CreatedHandle | number {
  const store = xl.priv;
  const dir = parentOf(xl, loc);
  if (typeof dir === 'number') return dir;
  const preparent = dirIatt(frame, store, dir);
  const fault = putEntry(store, dir, loc, NAME);
  if (fault !== 0) return fault;
  store.identity.become(frame.root, xdata?.has(MODE_REQ) ? umask : 0);
  const result = maker(dir.fd, NAME);
  store.identity.revert();
  if (result < 0) return -result;
  const handle = identifyNew(store, dir, NAME, requestedGfid(xdata), result);
  if (typeof handle !== 'number') setInitialXattrs(store, handle, xdata);
  return replyFor(frame, xl, loc, { dir, preparent, handle, result }, 'create');
}

interface FoundEntry {
  readonly dir: Handle;
  readonly preparent: Iatt | null;
  /** The entry's handle, which `store.st` describes; or the errno. */
  readonly handle: Handle | number;
  readonly result: number;
}

/**
 * Returns the reply for an entry; for an errno, closes the descriptor.
 * @param sets the fop that sets the times; null for an existing entry
 */
function replyFor(
  frame: Frame,
  xl: PosixXlator,
  loc: Loc,
  there: FoundEntry,
  sets: 'create' | 'link' | 'truncate' | null,
): CreatedHandle | number {
  const { dir, preparent, handle, result } = there;
  const store = xl.priv;
  if (typeof handle === 'number') {
    if (result > 0) libc.close(result);
    return handle;
  }
  if (sets !== null) store.mdata.set(frame, sets, handle);
  if (sets === 'create' || sets === 'link') store.mdata.setParent(frame, sets, dir);
  const buf = iattOfHandle(store, handle);
  loc.inode?.ctxSet(xl, handle);
  return { buf, preparent, postparent: dirIatt(frame, store, dir), handle, result };
}

/** Finds or creates a file at the loc, open as `result`; or returns the errno. */
function createFile(
  xl: PosixXlator,
  frame: Frame,
  loc: Loc,
  flags: number,
  mode: number,
  umask: number,
  xdata: Dict | null,
): CreatedHandle | number {
  if (isFull()) return EMFILE;
  const made = make(xl, frame, loc, umask, xdata, (dirFd, path) =>
    libc.openat(dirFd, path, safeFlags(flags) | NEW_FILE, modeOf(mode, xdata) & 0o7777),
  );
  if (made !== EEXIST || (flags & O_EXCL) !== 0) return made;
  const dir = parentOf(xl, loc);
  if (typeof dir === 'number') return dir;
  const found = identify(xl.priv, dir, NAME, requestedGfid(xdata));
  if (typeof found === 'number') return found;
  if ((flags & O_TRUNC) !== 0) {
    killPriv(found.fd, iattOfFd(xl.priv, found.fd, found), xdata, frame.root);
  }
  const fd = openHandle(found, flags);
  if (fd < 0) return -fd;
  const preparent = dirIatt(frame, xl.priv, dir);
  statAt(xl.priv, found.fd, EMPTY);
  const there = { dir, preparent, handle: found, result: fd };
  return replyFor(frame, xl, loc, there, (flags & O_TRUNC) === 0 ? null : 'truncate');
}

/** Adds another name for an inode; returns the reply or the errno. */
function link(xl: PosixXlator, frame: Frame, oldloc: Loc, newloc: Loc): CreatedHandle | number {
  const store = xl.priv;
  const handle = handleOf(xl, oldloc);
  if (typeof handle === 'number') return handle;
  const dir = secondParent(xl, newloc);
  if (typeof dir === 'number') return dir;
  const preparent = dirIatt(frame, store, dir);
  const fault = putEntry(store, dir, newloc, NAME);
  if (fault !== 0) return fault;
  const from = procPath(handle.fd);
  const result = libc.linkat(AT_FDCWD, from, dir.fd, NAME, AT_SYMLINK_FOLLOW);
  if (result < 0) return -result;
  handle.unnamed = false;
  // A file without a name has no gfid handle, which would keep it alive.
  const place = { parent: dir.gfid, name: NAME };
  if (!handle.kept) store.keep(handle, handle.fd, place, true);
  store.note(handle, handle.fd, place);
  statAt(store, handle.fd, EMPTY);
  return replyFor(frame, xl, newloc, { dir, preparent, handle, result: 0 }, 'link');
}

export const entryFops: Fops<Store> = {
  lookup,

  mkdir(frame, xl, loc, mode, umask, xdata) {
    if (parentChangedIn(xl, loc, xdata)) {
      return unwind.mkdir(frame, -1, EIO, null, null, null, null, changedReply());
    }
    const made = make(xl, frame, loc, umask, xdata, (dirFd, path) =>
      libc.mkdirat(dirFd, path, modeOf(mode, xdata) & 0o1777),
    );
    if (typeof made === 'number') return fail.mkdir(frame, made);
    unwind.mkdir(frame, 0, 0, loc.inode, made.buf, made.preparent, made.postparent, null);
  },

  mknod(frame, xl, loc, mode, rdev, umask, xdata) {
    if ((mode & S_IFMT) === S_IFDIR) return fail.mknod(frame, EPERM);
    const maker: Creator = (dirFd, path) => libc.mknodat(dirFd, path, modeOf(mode, xdata), rdev);
    const twin = linkSourceOf(xl, xdata);
    const made =
      twin === null ? make(xl, frame, loc, umask, xdata, maker) : link(xl, frame, twin, loc);
    if (typeof made === 'number') return fail.mknod(frame, made);
    unwind.mknod(frame, 0, 0, loc.inode, made.buf, made.preparent, made.postparent, null);
  },

  symlink(frame, xl, linkpath, loc, umask, xdata) {
    const fault = putText(TARGET, linkpath, SYMLINK_MAX);
    if (fault !== 0) return fail.symlink(frame, fault);
    const made = make(xl, frame, loc, umask, xdata, (dirFd, path) =>
      libc.symlinkat(TARGET, dirFd, path),
    );
    if (typeof made === 'number') return fail.symlink(frame, made);
    unwind.symlink(frame, 0, 0, loc.inode, made.buf, made.preparent, made.postparent, null);
  },

  create(frame, xl, loc, flags, mode, umask, fd, xdata) {
    if (createParentChanged(xl, loc, xdata)) {
      return unwind.create(frame, -1, EIO, null, null, null, null, null, changedReply());
    }
    const made = createFile(xl, frame, loc, flags, mode, umask, xdata);
    if (typeof made === 'number') return fail.create(frame, made);
    const { buf, preparent, postparent, handle, result } = made;
    keepFile(xl, fd, result, handle);
    unwind.create(frame, 0, 0, fd, loc.inode, buf, preparent, postparent, null);
  },

  put(frame, xl, loc, mode, umask, flags, vector, offset, dict, xdata) {
    const how = (flags & ~O_ACCMODE) | O_WRONLY | O_TRUNC;
    const made = createFile(xl, frame, loc, how, mode, umask, xdata);
    if (typeof made === 'number') return fail.put(frame, made);
    const fault = fill(xl.priv, made.handle, made.result, frame.root.pid, vector, offset, dict);
    libc.close(made.result);
    if (fault !== 0) {
      remove(xl, frame, loc, 0);
      return fail.put(frame, fault);
    }
    const buf = iattOfFd(xl.priv, made.handle.fd, made.handle);
    unwind.put(frame, 0, 0, loc.inode, buf, made.preparent, made.postparent, null);
  },

  link(frame, xl, oldloc, newloc, _xdata) {
    const made = link(xl, frame, oldloc, newloc);
    if (typeof made === 'number') return fail.link(frame, made);
    unwind.link(frame, 0, 0, oldloc.inode, made.buf, made.preparent, made.postparent, null);
  },

  namelink(frame, xl, loc, _xdata) {
    const made = link(xl, frame, new Loc(loc.inode), loc);
    if (typeof made === 'number') return fail.namelink(frame, made);
    unwind.namelink(frame, 0, 0, made.preparent, made.postparent, null);
  },

  unlink(frame, xl, loc, _xflag, xdata) {
    const removed = remove(xl, frame, loc, 0, xdata);
    if (typeof removed === 'number') return fail.unlink(frame, removed);
    unwind.unlink(frame, 0, 0, removed.preparent, removed.postparent, null);
  },

  rmdir(frame, xl, loc, flags, _xdata) {
    const removed = remove(xl, frame, loc, AT_REMOVEDIR, null, flags !== 0);
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
