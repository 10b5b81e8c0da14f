/** Handles the fops of storage/posix that read, change and check an inode's attributes. */
import { decodeName } from '../../../core/bytes.ts';
import { EACCES, EINVAL, ENOSYS, EPERM } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { IA_IFLNK, type Iatt, Statvfs } from '../../../core/iatt.ts';
import { PATH_MAX } from '../../../core/limits.ts';
import type { Loc } from '../../../core/operands.ts';
import { isPermitted } from '../../../core/permissions.ts';
import type { Fops } from '../../../core/xlator.ts';
import { AT_EMPTY_PATH, AT_FDCWD, UTIME_NOW, UTIME_OMIT } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { Statvfs as StatvfsStruct } from '../../../sys/struct.ts';
import { selectSettableBits } from '../shared/rebalance-requests.ts';
import { readRequestedKeys } from '../shared/xattrs.ts';
import { readFileIatt } from './data.ts';
import { findOrOpenFile } from './files.ts';
import { copyLastAttributes, findHandle, type PosixXlator, readFdIatt } from './handle-search.ts';
import { EMPTY_PATH, makeProcPath } from './paths.ts';
import { clearPrivilegeBits, mayChown } from './privileges.ts';
import type { Store } from './store.ts';
import { readAccessAcl, readRequestedXattrs } from './xattr.ts';

const { MODE, UID, GID, ATIME, MTIME, ATIME_NOW, MTIME_NOW } = SET_ATTR;
/** chown's uid or gid that stays as it is (-1). */
const UNCHANGED = 0xffffffff;

/**
 * Applies a setattr to the inode of `fd`, O_PATH or not; returns 0 or the errno. The owner is set before
 * the mode, since a change of owner may clear set-user-id and set-group-id.
 * @param valid the bits of `SET_ATTR` for the values of `attributes` that are set
 */
function applySetattr(store: Store, fd: number, attributes: Iatt, valid: number): number {
  let result = 0;
  // A chown without a change still updates the change time (POSIX).
  if ((valid & (UID | GID)) !== 0 || valid === 0) {
    const uid = (valid & UID) !== 0 ? attributes.iaUid : UNCHANGED;
    const gid = (valid & GID) !== 0 ? attributes.iaGid : UNCHANGED;
    result = libc.fchownat(fd, EMPTY_PATH, uid, gid, AT_EMPTY_PATH);
  }
  if (result >= 0 && (valid & MODE) !== 0) {
    result = chmod(fd, attributes.iaProt & 0o7777);
  }
  if (result >= 0 && (valid & (ATIME | MTIME | ATIME_NOW | MTIME_NOW)) !== 0) {
    writeTime(
      store,
      0,
      attributes.iaAtime,
      attributes.iaAtimeNsec,
      valid & ATIME,
      valid & ATIME_NOW,
    );
    writeTime(
      store,
      1,
      attributes.iaMtime,
      attributes.iaMtimeNsec,
      valid & MTIME,
      valid & MTIME_NOW,
    );
    result = libc.utimensat(fd, EMPTY_PATH, store.times.bytes, AT_EMPTY_PATH);
  }
  return result < 0 ? -result : 0;
}

/** Sets the mode of the inode of `fd` by fchmodat2 (Linux 6.6), or else by its path in /proc. */
function chmod(fd: number, mode: number): number {
  const result = libc.fchmodat2(fd, EMPTY_PATH, mode, AT_EMPTY_PATH);
  return result === -ENOSYS ? libc.fchmodat(AT_FDCWD, makeProcPath(fd), mode, 0) : result;
}

/** Writes a time into `store.times` for utimensat: the access time (index 0) or the modification time (index 1). */
function writeTime(
  store: Store,
  index: 0 | 1,
  sec: number,
  nsec: number,
  setBit: number,
  nowBit: number,
): void {
  if (nowBit !== 0) store.times.set(index, 0, UTIME_NOW);
  else if (setBit !== 0) store.times.set(index, sec, nsec);
  else store.times.set(index, 0, UTIME_OMIT);
}

/**
 * Applies a setattr to the last attributes of a removed file whose descriptor is closed, and returns a copy: a
 * kernel with the writeback cache still writes the file's times.
 */
function setLastAttributes(xl: PosixXlator, loc: Loc, attributes: Iatt, valid: number): Iatt {
  const { lastAttributes } = xl.priv.handles.find(loc.inode?.gfid ?? loc.gfid)!;
  const now = xl.context.sink.now();
  const [sec, nsec] = [Math.floor(now / 1000), Math.floor((now % 1000) * 1e6)];
  const changes: Partial<Iatt> = { iaCtime: sec, iaCtimeNsec: nsec };
  if ((valid & UID) !== 0) Object.assign(changes, { iaUid: attributes.iaUid });
  if ((valid & GID) !== 0) Object.assign(changes, { iaGid: attributes.iaGid });
  if ((valid & MODE) !== 0) Object.assign(changes, { iaProt: attributes.iaProt & 0o7777 });
  if ((valid & ATIME_NOW) !== 0) Object.assign(changes, { iaAtime: sec, iaAtimeNsec: nsec });
  else if ((valid & ATIME) !== 0)
    Object.assign(changes, { iaAtime: attributes.iaAtime, iaAtimeNsec: attributes.iaAtimeNsec });
  if ((valid & MTIME_NOW) !== 0) Object.assign(changes, { iaMtime: sec, iaMtimeNsec: nsec });
  else if ((valid & MTIME) !== 0)
    Object.assign(changes, { iaMtime: attributes.iaMtime, iaMtimeNsec: attributes.iaMtimeNsec });
  return Object.assign(lastAttributes!, changes).copy();
}

/** The result of the last fstatvfs(3). */
const statvfsBuffer = new StatvfsStruct();

/** Makes a statfs reply from `statvfsBuffer`: one brick's share of a file system that `brickCount` bricks use. */
function makeStatvfs(brickCount: number): Statvfs {
  const buf = new Statvfs();
  buf.bsize = statvfsBuffer.bsize;
  buf.frsize = statvfsBuffer.frsize;
  buf.blocks = Math.floor(statvfsBuffer.blocks / brickCount);
  buf.bfree = Math.floor(statvfsBuffer.bfree / brickCount);
  buf.bavail = Math.floor(statvfsBuffer.bavail / brickCount);
  buf.files = Math.floor(statvfsBuffer.files / brickCount);
  buf.ffree = Math.floor(statvfsBuffer.ffree / brickCount);
  buf.favail = Math.floor(statvfsBuffer.favail / brickCount);
  buf.flag = statvfsBuffer.flag;
  buf.namemax = statvfsBuffer.namemax;
  return buf;
}

/** Memory for the target of a symbolic link. */
const symlinkBuffer = new Uint8Array(PATH_MAX);

export const attrFops: Fops<Store> = {
  stat(frame, xl, loc, xdata) {
    const handle = findHandle(xl, loc);
    if (typeof handle === 'number') {
      const lastAttributes = copyLastAttributes(xl, loc);
      return lastAttributes === null
        ? fail.stat(frame, handle)
        : unwind.stat(frame, 0, 0, lastAttributes, null);
    }
    const buf = readFdIatt(xl.priv, handle.fd, handle);
    if (buf === null) return fail.stat(frame, xl.priv.lastStatErrno);
    unwind.stat(
      frame,
      0,
      0,
      buf,
      readRequestedXattrs(handle.fd, EMPTY_PATH, readRequestedKeys(xdata)),
    );
  },

  fstat(frame, xl, fd, xdata) {
    const file = findOrOpenFile(xl, fd);
    if (typeof file === 'number') return fail.fstat(frame, file);
    const buf = readFileIatt(file);
    if (buf === null) return fail.fstat(frame, xl.priv.lastStatErrno);
    unwind.fstat(
      frame,
      0,
      0,
      buf,
      readRequestedXattrs(file.fd, EMPTY_PATH, readRequestedKeys(xdata)),
    );
  },

  setattr(frame, xl, loc, stbuf, requestedBits, xdata) {
    const handle = findHandle(xl, loc);
    if (typeof handle === 'number') {
      const lastAttributes = copyLastAttributes(xl, loc);
      if (lastAttributes === null) return fail.setattr(frame, handle);
      return unwind.setattr(
        frame,
        0,
        0,
        lastAttributes,
        setLastAttributes(xl, loc, stbuf, requestedBits),
        null,
      );
    }
    const { fd } = handle;
    const valid = selectSettableBits(handle.type, requestedBits);
    const before = readFdIatt(xl.priv, fd, handle);
    clearPrivilegeBits(fd, before, xdata, frame.root);
    // A setattr of no value is a chown that keeps both uid and gid.
    const isRefused = valid === 0 && !mayChown(before, xdata, frame.root);
    const fault = isRefused ? EPERM : applySetattr(xl.priv, fd, stbuf, valid);
    if (fault !== 0) return fail.setattr(frame, fault);
    xl.priv.mdata.setAttrTimes(frame, handle, fd, stbuf, valid);
    unwind.setattr(frame, 0, 0, before, readFdIatt(xl.priv, fd, handle), null);
  },

  fsetattr(frame, xl, fd, stbuf, valid, xdata) {
    const file = findOrOpenFile(xl, fd);
    if (typeof file === 'number') return fail.fsetattr(frame, file);
    const before = readFileIatt(file);
    clearPrivilegeBits(file.fd, before, xdata, frame.root);
    const isRefused = valid === 0 && !mayChown(before, xdata, frame.root);
    const fault = isRefused ? EPERM : applySetattr(xl.priv, file.fd, stbuf, valid);
    if (fault !== 0) return fail.fsetattr(frame, fault);
    xl.priv.mdata.setAttrTimes(frame, file.handle, file.fd, stbuf, valid);
    unwind.fsetattr(frame, 0, 0, before, readFileIatt(file), null);
  },

  access(frame, xl, loc, mask, _xdata) {
    const handle = findHandle(xl, loc);
    if (typeof handle === 'number') return fail.access(frame, handle);
    const buf = readFdIatt(xl.priv, handle.fd, handle);
    // faccessat(2) would check this process's ids, not the caller's.
    const isAllowed = buf !== null && isPermitted(buf, readAccessAcl(handle.fd), frame.root, mask);
    if (!isAllowed) return fail.access(frame, EACCES);
    unwind.access(frame, 0, 0, null);
  },

  readlink(frame, xl, loc, size, _xdata) {
    const handle = findHandle(xl, loc);
    if (typeof handle === 'number') return fail.readlink(frame, handle);
    if (handle.type !== IA_IFLNK || size <= 0) return fail.readlink(frame, EINVAL);
    const length = libc.readlinkat(
      handle.fd,
      EMPTY_PATH,
      symlinkBuffer,
      Math.min(size, symlinkBuffer.length),
    );
    if (length < 0) return fail.readlink(frame, -length);
    const buf = readFdIatt(xl.priv, handle.fd, handle);
    unwind.readlink(frame, length, 0, decodeName(symlinkBuffer, 0, length), buf, null);
  },

  statfs(frame, xl, loc, _xdata) {
    const handle = findHandle(xl, loc);
    if (typeof handle === 'number') return fail.statfs(frame, handle);
    const result = libc.fstatvfs(handle.fd, statvfsBuffer.bytes);
    if (result < 0) return fail.statfs(frame, -result);
    unwind.statfs(frame, 0, 0, makeStatvfs(xl.priv.sharedBrickCount), null);
  },
};
