/** Handles the fops of storage/posix on a file's data: open, read, write, truncate, flush, sync. */
import { close, constants, fdatasync, fsync } from 'node:fs';
import type { Dict } from '../../../core/dict.ts';
import { EAGAIN, EINVAL, EIO, EISDIR, ENOENT, ENOTDIR } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { type FopName, fail, unwind } from '../../../core/gen/fops.gen.ts';
import { IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import { O_WRONLY } from '../../../core/open-flags.ts';
import { Loc } from '../../../core/operands.ts';
import { MODE_REQ, UMASK_REQ } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { O_CLOEXEC, O_PATH, O_TMPFILE } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { bindAsync } from '../../../sys/libc.ts';
import { findRangeFault, readRequestedGfid } from '../shared/fop-values.ts';
import {
  addOpenFile,
  findOrOpenFile,
  type OpenFile,
  openHandle,
  readFile,
  readWithoutWaiting,
  writeAll,
  writeOnPool,
} from './files.ts';
import { findHandle, makeIatt, readFdIatt } from './handle-search.ts';
import { errnoOf } from './node-errno.ts';
import { makeProcPath, SELF_PATH } from './paths.ts';
import { clearPrivilegeBits } from './privileges.ts';
import type { Store } from './store.ts';
import { markAndCheckWrite } from './xattr.ts';

/**
 * Handles icreate: creates a file without a name in the loc's parent directory (O_TMPFILE). The file exists until its
 * inode is forgotten, unless link(2) gives it a name.
 */
export const tmpfileFops: Fops<Store> = {
  icreate(frame, xl, loc, mode, xdata) {
    const store = xl.priv;
    if (loc.parent === null) return fail.icreate(frame, ENOENT);
    const dir = findHandle(xl, new Loc(loc.parent));
    if (typeof dir === 'number') return fail.icreate(frame, dir);
    if (!dir.isDir) return fail.icreate(frame, ENOTDIR);
    const requestedMode = xdata?.number(MODE_REQ);
    const umask = requestedMode === undefined ? 0 : (xdata?.number(UMASK_REQ) ?? 0);
    store.identity.switchTo(frame.root, umask);
    const flags = O_TMPFILE | O_WRONLY | O_CLOEXEC;
    const dataFd = libc.openat(dir.fd, SELF_PATH, flags, (requestedMode ?? mode) & 0o7777);
    store.identity.switchBack();
    if (dataFd < 0) return fail.icreate(frame, -dataFd);
    // The handle gets an O_PATH descriptor: a file that is open for writing could not be executed.
    const fd = libc.open(makeProcPath(dataFd), O_PATH | O_CLOEXEC, 0);
    const handle = fd < 0 ? -fd : store.createNewHandle(fd, null, readRequestedGfid(xdata), dataFd);
    libc.close(dataFd);
    if (typeof handle === 'number') {
      if (fd >= 0) libc.close(fd);
      return fail.icreate(frame, handle);
    }
    handle.isUnnamed = true;
    store.handles.setDescriptor(handle, fd);
    store.mdata.setTimes(frame, 'icreate', handle);
    const buf = makeIatt(store, handle.gfid, handle, handle.fd);
    loc.inode?.ctxSet(xl, handle);
    unwind.icreate(frame, 0, 0, loc.inode, buf, null);
  },
};

const { O_DSYNC, O_SYNC, O_TRUNC } = constants;
/** Flags of a single write that must reach the disk before its reply (RWF_DSYNC, RWF_SYNC). */
const SYNC_FLAGS = O_DSYNC | O_SYNC;

/** Returns the attributes of an open file; null on failure, with `store.lastStatErrno` set. */
export const readFileIatt = (file: OpenFile): Iatt | null =>
  readFdIatt(file.store, file.fd, file.handle);

/** Reads the attributes before a change; null if the caller ignores them (`frame.terse`) and no xdata needs them. */
const readPrebuf = (frame: Frame, file: OpenFile, xdata: Dict | null): Iatt | null =>
  frame.terse && xdata === null ? null : readFileIatt(file);

/** Updates the stored times that a fop changes on its open file. */
export const setFileTimes = (frame: Frame, fop: FopName, file: OpenFile): void =>
  file.store.mdata.setTimes(frame, fop, file.handle, file.fd);

/** Replies to a readv with the data in `vector`. */
function unwindRead(frame: Frame, file: OpenFile, vector: Uint8Array): void {
  setFileTimes(frame, 'readv', file);
  const stbuf = frame.terse ? null : readFileIatt(file);
  unwind.readv(frame, vector.length, 0, vector, stbuf, null);
}

/** Replies to a writev. @param result the bytes written, or minus the errno */
function unwindWrite(frame: Frame, file: OpenFile, result: number, prebuf: Iatt | null): void {
  if (result < 0) {
    fail.writev(frame, -result);
    return;
  }
  setFileTimes(frame, 'writev', file);
  unwind.writev(frame, result, 0, prebuf, frame.terse ? null : readFileIatt(file), null);
}

export const dataFops: Fops<Store> = {
  open(frame, xl, loc, flags, fd, _xdata) {
    const handle = findHandle(xl, loc);
    if (typeof handle === 'number') return fail.open(frame, handle);
    const descriptor = openHandle(handle, flags);
    if (descriptor < 0) return fail.open(frame, -descriptor);
    setFileTimes(
      frame,
      (flags & O_TRUNC) === 0 ? 'open' : 'truncate',
      addOpenFile(xl, fd, descriptor, handle),
    );
    unwind.open(frame, 0, 0, fd, null);
  },

  readv(frame, xl, fd, size, offset, _flags, _xdata) {
    const file = findOrOpenFile(xl, fd);
    if (typeof file === 'number') return fail.readv(frame, file);
    if (offset < 0 || size < 0) return fail.readv(frame, EINVAL);
    const { readBuffer } = frame;
    // Without a read buffer, or if the disk is needed, `readFile` allocates memory for the data.
    const byteCount =
      readBuffer === null ? -EAGAIN : readWithoutWaiting(file, readBuffer, size, offset);
    if (byteCount >= 0) return unwindRead(frame, file, readBuffer!.subarray(0, byteCount));
    if (byteCount !== -EAGAIN) return fail.readv(frame, -byteCount);
    readFile(file, size, offset, (vector, errno) => {
      if (vector === null) fail.readv(frame, errno);
      else unwindRead(frame, file, vector);
    });
  },

  writev(frame, xl, fd, vector, offset, flags, xdata) {
    const file = findOrOpenFile(xl, fd);
    if (typeof file === 'number') return fail.writev(frame, file);
    const fault = findRangeFault(offset, vector.length) || markAndCheckWrite(file.fd, xdata);
    if (fault !== 0) return fail.writev(frame, fault);
    const prebuf = readPrebuf(frame, file, xdata);
    clearPrivilegeBits(file.fd, prebuf, xdata, frame.root);
    if (file.isSync) {
      return writeOnPool(file, vector, offset, (writtenBytes) =>
        unwindWrite(frame, file, writtenBytes, prebuf),
      );
    }
    const writtenBytes = writeAll(file.fd, vector, offset);
    if (writtenBytes < 0 || (flags & SYNC_FLAGS) === 0)
      return unwindWrite(frame, file, writtenBytes, prebuf);
    syncFile(file, (flags & O_SYNC) === O_SYNC ? 0 : 1, (errno) => {
      unwindWrite(frame, file, errno === 0 ? writtenBytes : -errno, prebuf);
    });
  },

  truncate(frame, xl, loc, offset, xdata) {
    const handle = findHandle(xl, loc);
    if (typeof handle === 'number') return fail.truncate(frame, handle);
    if (handle.isDir) return fail.truncate(frame, EISDIR);
    if (handle.type !== IA_IFREG) return fail.truncate(frame, EINVAL);
    const prebuf = readFdIatt(xl.priv, handle.fd, handle);
    clearPrivilegeBits(handle.fd, prebuf, xdata, frame.root);
    const result = libc.truncate(makeProcPath(handle.fd), offset);
    if (result < 0) return fail.truncate(frame, -result);
    xl.priv.mdata.setTimes(frame, 'truncate', handle);
    const postbuf = readFdIatt(xl.priv, handle.fd, handle);
    unwind.truncate(frame, 0, 0, prebuf, postbuf, null);
  },

  ftruncate(frame, xl, fd, offset, xdata) {
    const file = findOrOpenFile(xl, fd);
    if (typeof file === 'number') return fail.ftruncate(frame, file);
    const prebuf = readPrebuf(frame, file, xdata);
    clearPrivilegeBits(file.fd, prebuf, xdata, frame.root);
    const result = libc.ftruncate(file.fd, offset);
    if (result < 0) return fail.ftruncate(frame, -result);
    setFileTimes(frame, 'ftruncate', file);
    unwind.ftruncate(frame, 0, 0, prebuf, readFileIatt(file), null);
  },

  flush(frame, xl, fd, _xdata) {
    // Only network and FUSE file systems write data at a close, and may fail there.
    if (!xl.priv.closeMayFail) return unwind.flush(frame, 0, 0, null);
    const file = findOrOpenFile(xl, fd);
    if (typeof file === 'number') return fail.flush(frame, file);
    closeCopy(file, (errno) => {
      if (errno !== 0) return fail.flush(frame, errno);
      unwind.flush(frame, 0, 0, null);
    });
  },

  fsync(frame, xl, fd, datasync, _xdata) {
    const file = findOrOpenFile(xl, fd);
    if (typeof file === 'number') return fail.fsync(frame, file);
    const prebuf = readFileIatt(file);
    syncFile(file, datasync, (errno) => {
      if (errno !== 0) return fail.fsync(frame, errno);
      unwind.fsync(frame, 0, 0, prebuf, readFileIatt(file), null);
    });
  },
};

/** Flushes a file by closing a copy of its descriptor on libuv's pool; `callback` gets 0 or the errno. */
function closeCopy(file: OpenFile, callback: (errno: number) => void): void {
  const copy = libc.dup(file.fd);
  if (copy < 0) callback(-copy);
  else close(copy, (error) => callback(errnoOf(error)));
}

/** Syncs a file to disk on libuv's pool, only its data if `datasync` is not 0; `callback` gets 0 or the errno. */
export function syncFile(
  file: OpenFile,
  datasync: number,
  callback: (errno: number) => void,
): void {
  const sync = datasync !== 0 ? fdatasync : fsync;
  const onDone = file.holdOpen((error: NodeJS.ErrnoException | null) => callback(errnoOf(error)));
  sync(file.fd, onDone);
}

const syncfs = bindAsync('int syncfs(int fd)');

/** Syncs the whole file system of a file on libuv's pool; `callback` gets 0 or the errno. */
export function syncVolume(file: OpenFile, callback: (errno: number) => void): void {
  // The asynchronous call returns no errno; the likely cause is EIO.
  const onDone = file.holdOpen((result: number) => callback(result < 0 ? EIO : 0));
  void syncfs(file.fd).then(onDone);
}
