/**
 * The fops that find, make and remove names.
 *
 * What exists already is never opened by its name, but by its handle: a name could lead anywhere by
 * then, or be a pipe or a device, of which opening is more than looking.
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
import { mistaken } from '../shared/internal.ts';
import { type Made, wantedGfid } from '../shared/replies.ts';
import { askedKeys } from '../shared/xattrs.ts';
import { createsMistaken, fill, giveXattrs, isMistakenIn, modeOf, twinOf } from './born.ts';
import type { Brick } from './brick.ts';
import { isFull } from './descriptors.ts';
import { keepFile, openHandle, safeFlags } from './files.ts';
import { type Handle, look } from './handles.ts';
import { EMPTY, NAME, PARENT, procPath, putName, putText, SELF, TARGET } from './paths.ts';
import { killPriv } from './privileges.ts';
import { remove } from './removal.ts';
import { rename } from './rename.ts';
import {
  around,
  directoryAbove,
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
import { virtualKeys } from './virtual.ts';
import { cleanProtection, lookupKeys } from './xattr.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_TRUNC, O_WRONLY, S_IFMT, S_IFDIR } = constants;
const NEW_FILE = O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

// Finding.

/** The path of a name that is looked up in a directory; or the errno. */
function pathOf(brick: Brick, dir: Handle, name: string): Path | number {
  if (name === '.') return SELF;
  // Above the root is what is not the volume's.
  if (name === '..') return dir === brick.root ? ENOENT : PARENT;
  return (brick.hides(dir, name) ? ENOENT : putName(NAME, name)) || NAME;
}

/** The handle of what a loc's path in a directory leads to; `brick.st` describes it. Or the errno. */
function findAt(
  brick: Brick,
  dir: Handle,
  path: Path,
  { inode }: Loc,
  xdata: Dict | null,
): Handle | number {
  if (path === EMPTY) return look(brick, dir.fd, EMPTY) === 0 ? dir : brick.fault;
  const found =
    path === PARENT ? directoryAbove(brick, dir) : entryAt(brick, dir, path, wantedGfid(xdata));
  if (typeof found === 'number') return found;
  // The name leads elsewhere now: whoever asked must look again, with a new inode.
  return inode?.linked && inode.gfid !== found.gfid ? ESTALE : found;
}

const lookup: NonNullable<Fops<Brick>['lookup']> = (frame, xl, loc, xdata) => {
  const brick = xl.priv;
  const named = loc.parent !== null && loc.name !== null;
  const dir = named ? parentOf(xl, loc) : handleOf(xl, loc);
  if (typeof dir === 'number') return fail.lookup(frame, dir);
  const path = named ? pathOf(brick, dir, loc.name!) : EMPTY;
  const found = typeof path === 'number' ? path : findAt(brick, dir, path, loc, xdata);
  if (typeof found === 'number' || typeof path === 'number') {
    return unwind.lookup(frame, -1, found as number, null, null, null, around(frame, brick, dir));
  }
  const isOpen = !named || found.fd >= 0;
  const at = isOpen ? found.fd : dir.fd;
  const buf = brick.mdata.show(iattOf(brick, found.gfid, found), found, at, isOpen ? EMPTY : path);
  loc.inode?.ctxSet(xl, found);
  const stored = lookupKeys(dir.fd, path, askedKeys(xdata));
  const keys = virtualKeys(xl, found, buf.iaSize, xdata, stored);
  cleanProtection(dir.fd, path, xdata);
  const postparent = named ? around(frame, brick, dir) : buf;
  unwind.lookup(frame, 0, 0, loc.inode, buf, keys, postparent);
};

// Making.

/** Makes something at `path` in a directory: a descriptor or 0; or minus the errno. */
type Maker = (dirFd: number, path: Path) => number;

interface MadeEntry extends Made {
  readonly handle: Handle;
  /** What the maker returned. */
  readonly result: number;
}

/** Makes an entry as the caller and gives it its gfid: what to answer, or the errno. */
function make(
  xl: PosixXlator,
  frame: Frame,
  loc: Loc,
  umask: number,
  xdata: Dict | null,
  maker: Maker,
): MadeEntry | number {
  const brick = xl.priv;
  const dir = parentOf(xl, loc);
  if (typeof dir === 'number') return dir;
  const preparent = around(frame, brick, dir);
  const fault = putEntry(brick, dir, loc, NAME);
  if (fault !== 0) return fault;
  brick.identity.become(frame.root, xdata?.has(MODE_REQ) ? umask : 0);
  const result = maker(dir.fd, NAME);
  brick.identity.revert();
  if (result < 0) return -result;
  const handle = identifyNew(brick, dir, NAME, wantedGfid(xdata), result);
  if (typeof handle !== 'number') giveXattrs(brick, handle, xdata);
  return madeAt(frame, xl, loc, { dir, preparent, handle, result }, 'create');
}

interface There {
  readonly dir: Handle;
  readonly preparent: Iatt | null;
  /** Described by `brick.st`; or the errno. */
  readonly handle: Handle | number;
  readonly result: number;
}

/**
 * What to answer for an entry; a descriptor is closed when that is an errno.
 * @param sets the fop whose times it gets; null when it was there, as it is
 */
function madeAt(
  frame: Frame,
  xl: PosixXlator,
  loc: Loc,
  there: There,
  sets: 'create' | 'link' | 'truncate' | null,
): MadeEntry | number {
  const { dir, preparent, handle, result } = there;
  const brick = xl.priv;
  if (typeof handle === 'number') {
    if (result > 0) libc.close(result);
    return handle;
  }
  if (sets !== null) brick.mdata.set(frame, sets, handle);
  if (sets === 'create' || sets === 'link') brick.mdata.setParent(frame, sets, dir);
  const buf = iattOfHandle(brick, handle);
  loc.inode?.ctxSet(xl, handle);
  return { buf, preparent, postparent: around(frame, brick, dir), handle, result };
}

/** A file at the loc, made when there was none, and open as `result`; or the errno. */
function createFile(
  xl: PosixXlator,
  frame: Frame,
  loc: Loc,
  flags: number,
  mode: number,
  umask: number,
  xdata: Dict | null,
): MadeEntry | number {
  if (isFull()) return EMFILE;
  const made = make(xl, frame, loc, umask, xdata, (dirFd, path) =>
    libc.openat(dirFd, path, safeFlags(flags) | NEW_FILE, modeOf(mode, xdata) & 0o7777),
  );
  if (made !== EEXIST || (flags & O_EXCL) !== 0) return made;
  const dir = parentOf(xl, loc);
  if (typeof dir === 'number') return dir;
  const found = identify(xl.priv, dir, NAME, wantedGfid(xdata));
  if (typeof found === 'number') return found;
  if ((flags & O_TRUNC) !== 0) {
    killPriv(found.fd, iattOfFd(xl.priv, found.fd, found), xdata, frame.root);
  }
  const fd = openHandle(found, flags);
  if (fd < 0) return -fd;
  const preparent = around(frame, xl.priv, dir);
  look(xl.priv, found.fd, EMPTY);
  const there = { dir, preparent, handle: found, result: fd };
  return madeAt(frame, xl, loc, there, (flags & O_TRUNC) === 0 ? null : 'truncate');
}

/** Gives an inode another name: what to answer, or the errno. */
function link(xl: PosixXlator, frame: Frame, oldloc: Loc, newloc: Loc): MadeEntry | number {
  const brick = xl.priv;
  const handle = handleOf(xl, oldloc);
  if (typeof handle === 'number') return handle;
  const dir = secondParent(xl, newloc);
  if (typeof dir === 'number') return dir;
  const preparent = around(frame, brick, dir);
  const fault = putEntry(brick, dir, newloc, NAME);
  if (fault !== 0) return fault;
  const from = procPath(handle.fd);
  const result = libc.linkat(AT_FDCWD, from, dir.fd, NAME, AT_SYMLINK_FOLLOW);
  if (result < 0) return -result;
  handle.unnamed = false;
  // What was made without a name had no gfid handle: that alone would have kept it.
  const place = { parent: dir.gfid, name: NAME };
  if (!handle.kept) brick.keep(handle, handle.fd, place, true);
  brick.note(handle, handle.fd, place);
  look(brick, handle.fd, EMPTY);
  return madeAt(frame, xl, newloc, { dir, preparent, handle, result: 0 }, 'link');
}

export const entryFops: Fops<Brick> = {
  lookup,

  mkdir(frame, xl, loc, mode, umask, xdata) {
    if (isMistakenIn(xl, loc, xdata)) {
      return unwind.mkdir(frame, -1, EIO, null, null, null, null, mistaken());
    }
    const made = make(xl, frame, loc, umask, xdata, (dirFd, path) =>
      libc.mkdirat(dirFd, path, modeOf(mode, xdata) & 0o1777),
    );
    if (typeof made === 'number') return fail.mkdir(frame, made);
    unwind.mkdir(frame, 0, 0, loc.inode, made.buf, made.preparent, made.postparent, null);
  },

  mknod(frame, xl, loc, mode, rdev, umask, xdata) {
    if ((mode & S_IFMT) === S_IFDIR) return fail.mknod(frame, EPERM);
    const maker: Maker = (dirFd, path) => libc.mknodat(dirFd, path, modeOf(mode, xdata), rdev);
    const twin = twinOf(xl, xdata);
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
    if (createsMistaken(xl, loc, xdata)) {
      return unwind.create(frame, -1, EIO, null, null, null, null, null, mistaken());
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
