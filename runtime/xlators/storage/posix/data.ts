/** The fops on a file's data: open, read, write, truncate, flush, sync. */
import { close, constants, fdatasync, fsync } from 'node:fs';
import type { Dict } from '../../../core/dict.ts';
import { EAGAIN, EINVAL, EIO, EISDIR } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { type FopName, fail, unwind } from '../../../core/gen/fops.gen.ts';
import { IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import type { Fops } from '../../../core/xlator.ts';
import { bindAsync } from '../../../sys/call.ts';
import * as libc from '../../../sys/libc.ts';
import { rangeFault } from '../shared/replies.ts';
import {
  fileOf,
  keepFile,
  type OpenFile,
  openHandle,
  readFile,
  readNow,
  writeAll,
  writeLater,
} from './files.ts';
import { errnoOf } from './node-errno.ts';
import { procPath } from './paths.ts';
import { killPriv } from './privileges.ts';
import { handleOf, iattOfFd } from './resolve.ts';
import type { Store } from './store.ts';
import { writeFault } from './xattr.ts';

const { O_DSYNC, O_SYNC, O_TRUNC } = constants;
/** Flags of a single write that must reach the disk, as RWF_DSYNC and RWF_SYNC do. */
const WANTS_DISK = O_DSYNC | O_SYNC;

export const iattOfFile = (file: OpenFile): Iatt | null =>
  iattOfFd(file.store, file.fd, file.handle);

/** Returns the attributes before a change, if the caller reads them or `xdata` may need them. */
const before = (frame: Frame, file: OpenFile, xdata: Dict | null): Iatt | null =>
  frame.terse && xdata === null ? null : iattOfFile(file);

/** Sets the times that a fop sets of its open file. */
export const setTimes = (frame: Frame, fop: FopName, file: OpenFile): void =>
  file.store.mdata.set(frame, fop, file.handle, file.fd);

function unwindRead(frame: Frame, file: OpenFile, vector: Uint8Array): void {
  setTimes(frame, 'readv', file);
  const stbuf = frame.terse ? null : iattOfFile(file);
  unwind.readv(frame, vector.length, 0, vector, stbuf, null);
}

function unwindWrite(frame: Frame, file: OpenFile, result: number, prebuf: Iatt | null): void {
  if (result < 0) {
    fail.writev(frame, -result);
    return;
  }
  setTimes(frame, 'writev', file);
  unwind.writev(frame, result, 0, prebuf, frame.terse ? null : iattOfFile(file), null);
}

export const dataFops: Fops<Store> = {
  open(frame, xl, loc, flags, fd, _xdata) {
    const handle = handleOf(xl, loc);
    if (typeof handle === 'number') return fail.open(frame, handle);
    const descriptor = openHandle(handle, flags);
    if (descriptor < 0) return fail.open(frame, -descriptor);
    setTimes(
      frame,
      (flags & O_TRUNC) === 0 ? 'open' : 'truncate',
      keepFile(xl, fd, descriptor, handle),
    );
    unwind.open(frame, 0, 0, fd, null);
  },

  readv(frame, xl, fd, size, offset, _flags, _xdata) {
    const file = fileOf(xl, fd);
    if (typeof file === 'number') return fail.readv(frame, file);
    if (offset < 0 || size < 0) return fail.readv(frame, EINVAL);
    const { readBuffer } = frame;
    const got = readBuffer === null ? -EAGAIN : readNow(file, readBuffer, size, offset);
    if (got >= 0) return unwindRead(frame, file, readBuffer!.subarray(0, got));
    if (got !== -EAGAIN) return fail.readv(frame, -got);
    readFile(file, size, offset, (vector, errno) => {
      if (vector === null) fail.readv(frame, errno);
      else unwindRead(frame, file, vector);
    });
  },

  writev(frame, xl, fd, vector, offset, flags, xdata) {
    const file = fileOf(xl, fd);
    if (typeof file === 'number') return fail.writev(frame, file);
    const fault = rangeFault(offset, vector.length) || writeFault(file.fd, xdata);
    if (fault !== 0) return fail.writev(frame, fault);
    const prebuf = before(frame, file, xdata);
    killPriv(file.fd, prebuf, xdata, frame.root);
    if (file.isSync) {
      return writeLater(file, vector, offset, (written) =>
        unwindWrite(frame, file, written, prebuf),
      );
    }
    const written = writeAll(file.fd, vector, offset);
    if (written < 0 || (flags & WANTS_DISK) === 0) return unwindWrite(frame, file, written, prebuf);
    syncFile(file, (flags & O_SYNC) === O_SYNC ? 0 : 1, (errno) => {
      unwindWrite(frame, file, errno === 0 ? written : -errno, prebuf);
    });
  },

  truncate(frame, xl, loc, offset, xdata) {
    const handle = handleOf(xl, loc);
    if (typeof handle === 'number') return fail.truncate(frame, handle);
    if (handle.isDir) return fail.truncate(frame, EISDIR);
    if (handle.type !== IA_IFREG) return fail.truncate(frame, EINVAL);
    const prebuf = iattOfFd(xl.priv, handle.fd, handle);
    killPriv(handle.fd, prebuf, xdata, frame.root);
    const result = libc.truncate(procPath(handle.fd), offset);
    if (result < 0) return fail.truncate(frame, -result);
    xl.priv.mdata.set(frame, 'truncate', handle);
    const postbuf = iattOfFd(xl.priv, handle.fd, handle);
    unwind.truncate(frame, 0, 0, prebuf, postbuf, null);
  },

  ftruncate(frame, xl, fd, offset, xdata) {
    const file = fileOf(xl, fd);
    if (typeof file === 'number') return fail.ftruncate(frame, file);
    const prebuf = before(frame, file, xdata);
    killPriv(file.fd, prebuf, xdata, frame.root);
    const result = libc.ftruncate(file.fd, offset);
    if (result < 0) return fail.ftruncate(frame, -result);
    setTimes(frame, 'ftruncate', file);
    unwind.ftruncate(frame, 0, 0, prebuf, iattOfFile(file), null);
  },

  flush(frame, xl, fd, _xdata) {
    // The file system below may hold data back.
    if (!xl.priv.tellsAtClose) return unwind.flush(frame, 0, 0, null);
    const file = fileOf(xl, fd);
    if (typeof file === 'number') return fail.flush(frame, file);
    closeCopy(file, (errno) => {
      if (errno !== 0) return fail.flush(frame, errno);
      unwind.flush(frame, 0, 0, null);
    });
  },

  fsync(frame, xl, fd, datasync, _xdata) {
    const file = fileOf(xl, fd);
    if (typeof file === 'number') return fail.fsync(frame, file);
    const prebuf = iattOfFile(file);
    syncFile(file, datasync, (errno) => {
      if (errno !== 0) return fail.fsync(frame, errno);
      unwind.fsync(frame, 0, 0, prebuf, iattOfFile(file), null);
    });
  },
};

/** Closes a copy of a descriptor on libuv's pool, which flushes the file; `done` gets 0 or the errno. */
function closeCopy(file: OpenFile, done: (errno: number) => void): void {
  const copy = libc.dup(file.fd);
  if (copy < 0) done(-copy);
  else close(copy, (error) => done(errnoOf(error)));
}

/** Syncs a file to disk on libuv's pool; `done` gets 0 or the errno. */
export function syncFile(file: OpenFile, datasync: number, done: (errno: number) => void): void {
  const sync = datasync !== 0 ? fdatasync : fsync;
  const then = file.during((error: NodeJS.ErrnoException | null) => done(errnoOf(error)));
  sync(file.fd, then);
}

const syncfs = bindAsync('int syncfs(int fd)');

/** Syncs the whole file system of a file on libuv's pool. */
export function syncVolume(file: OpenFile, done: (errno: number) => void): void {
  // The asynchronous call returns no errno; the likely cause is EIO.
  const then = file.during((result: number) => done(result < 0 ? EIO : 0));
  void syncfs(file.fd).then(then);
}
