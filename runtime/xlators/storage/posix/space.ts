/** The fops on ranges of a file: allocation, holes, checksums, copies on disk. */
import { createHash } from 'node:crypto';
import { SETS } from '../../../core/ctime.ts';
import { Dict } from '../../../core/dict.ts';
import { EINVAL, ENOSYS, ENXIO, EOPNOTSUPP, EOVERFLOW, EXDEV } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import type { Fops } from '../../../core/xlator.ts';
import { bindAsync } from '../../../sys/call.ts';
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  SEEK_DATA,
  SEEK_HOLE,
} from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { FIPS_MODE, rangeFault, strongChecksum, weakChecksum } from '../shared/replies.ts';
import { iattOfFile, setTimes } from './data.ts';
import { fileOf, type OpenFile, readFile, writeAll, writeLater } from './files.ts';
import type { Store } from './store.ts';
import { writeFault } from './xattr.ts';

const HOLE = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
/** lseek's whence by GlusterFS's number. */
const WHENCE = [SEEK_DATA, SEEK_HOLE];
/** Zeros per write, for file systems that cannot zero a range. */
const ZEROS = new Uint8Array(1 << 20);
/** Most bytes copied per request: a short copy is allowed, and an abandoned one must end. */
const COPY_SIZE = 256 << 20;
const PROBE_SIZE = 4096;

const copyFileRange = bindAsync(
  'int64 copy_file_range(int from, void *at, int to, void *to_at, uint64 count, uint32 flags)',
);

function allocate(file: OpenFile, mode: number, offset: number, len: number): number {
  return rangeFault(offset, len) || -libc.fallocate(file.fd, mode, offset, len);
}

function allocated(
  fop: 'fallocate' | 'discard',
  frame: Frame,
  file: OpenFile | number,
  mode: number,
  offset: number,
  len: number,
) {
  if (typeof file === 'number') return fail[fop](frame, file);
  const prebuf = iattOfFile(file);
  const fault = allocate(file, mode, offset, len);
  if (fault !== 0) return fail[fop](frame, fault);
  setTimes(frame, fop, file);
  unwind[fop](frame, 0, 0, prebuf, iattOfFile(file), null);
}

/** Writes zeros over [offset, end) on libuv's pool; `done` gets 0 or the errno. */
function writeZeros(
  file: OpenFile,
  offset: number,
  end: number,
  done: (errno: number) => void,
): void {
  const part = ZEROS.subarray(0, Math.min(ZEROS.length, end - offset));
  writeLater(file, part, offset, (written) => {
    if (written < 0) return done(-written);
    if (offset + written >= end) return done(0);
    writeZeros(file, offset + written, end, done);
  });
}

function zerofilled(frame: Frame, file: OpenFile, errno: number, prebuf: Iatt | null): void {
  if (errno !== 0) fail.zerofill(frame, errno);
  else {
    setTimes(frame, 'zerofill', file);
    unwind.zerofill(frame, 0, 0, prebuf, iattOfFile(file), null);
  }
}

/** Returns an offset as copy_file_range takes it: 8 bytes, which it advances. */
function position(offset: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(offset), true);
  return bytes;
}

/** A copy of `len` bytes from one file to another. */
interface Copy {
  readonly from: OpenFile;
  readonly offIn: number;
  readonly to: OpenFile;
  readonly offOut: number;
  readonly len: number;
}

/** Copies on libuv's pool, as the disk may block; returns the bytes copied, or minus the errno. */
async function copy({ from, offIn, to, offOut, len }: Copy): Promise<number> {
  const size = Math.min(len, COPY_SIZE);
  const [at, toAt] = [position(offIn), position(offOut)];
  const copied = await copyFileRange(from.fd, at, to.fd, toAt, size, 0);
  if (copied >= 0) return copied;
  // The asynchronous call returns no errno; this call does, or succeeds.
  const probed = Math.min(size, PROBE_SIZE);
  const result = libc.copyFileRange(from.fd, position(offIn), to.fd, position(offOut), probed, 0);
  if (result !== -EXDEV && result !== -EOPNOTSUPP && result !== -ENOSYS) return result;
  const memory = Buffer.allocUnsafeSlow(Math.min(size, ZEROS.length));
  const got = libc.pread(from.fd, memory, memory.length, offIn);
  return got <= 0 ? got : writeAll(to.fd, memory.subarray(0, got), offOut);
}

export const spaceFops: Fops<Store> = {
  fallocate(frame, xl, fd, mode, offset, len, _xdata) {
    allocated('fallocate', frame, fileOf(xl, fd), mode, offset, len);
  },

  discard(frame, xl, fd, offset, len, _xdata) {
    allocated('discard', frame, fileOf(xl, fd), HOLE, offset, len);
  },

  zerofill(frame, xl, fd, offset, len, _xdata) {
    const file = fileOf(xl, fd);
    if (typeof file === 'number') return fail.zerofill(frame, file);
    const prebuf = iattOfFile(file);
    const fault = allocate(file, FALLOC_FL_ZERO_RANGE, offset, len);
    if (fault !== EOPNOTSUPP) return zerofilled(frame, file, fault, prebuf);
    writeZeros(file, offset, offset + len, (errno) => zerofilled(frame, file, errno, prebuf));
  },

  seek(frame, xl, fd, offset, what, _xdata) {
    const file = fileOf(xl, fd);
    if (typeof file === 'number') return fail.seek(frame, file);
    const whence = WHENCE[what];
    if (whence === undefined) return fail.seek(frame, EINVAL);
    const found = offset < 0 ? -ENXIO : libc.lseek(file.fd, offset, whence);
    if (found < 0) return fail.seek(frame, -found);
    if (found > OFFSET_MAX) return fail.seek(frame, EOVERFLOW);
    unwind.seek(frame, 0, 0, found, null);
  },

  rchecksum(frame, xl, fd, offset, len, _xdata) {
    const file = fileOf(xl, fd);
    if (typeof file === 'number') return fail.rchecksum(frame, file);
    if (offset < 0 || len < 0) return fail.rchecksum(frame, EINVAL);
    readFile(file, len, offset, (vector, errno) => {
      if (vector === null) return fail.rchecksum(frame, errno);
      const { isFips } = xl.priv;
      const strong = strongChecksum(
        createHash(isFips ? 'sha256' : 'md5')
          .update(vector)
          .digest(),
      );
      const xdata = isFips ? new Dict().set(FIPS_MODE, 1) : null;
      unwind.rchecksum(frame, 0, 0, weakChecksum(vector), strong, xdata);
    });
  },

  copy_file_range(frame, xl, fdIn, offIn, fdOut, offOut, len, flags, xdata) {
    const from = fileOf(xl, fdIn);
    if (typeof from === 'number') return fail.copy_file_range(frame, from);
    const to = fileOf(xl, fdOut);
    if (typeof to === 'number') return fail.copy_file_range(frame, to);
    const fault = flags !== 0 ? EINVAL : rangeFault(offIn, len) || rangeFault(offOut, len);
    const refused = fault || writeFault(to.fd, xdata);
    if (refused !== 0) return fail.copy_file_range(frame, refused);
    const prebuf = iattOfFile(to);
    const done = (copied: number): void => {
      if (copied < 0) {
        fail.copy_file_range(frame, -copied);
        return;
      }
      const { mdata } = xl.priv;
      mdata.set(frame, 'copy_file_range', to.handle, to.fd, ~SETS.ATIME);
      mdata.set(frame, 'copy_file_range', from.handle, from.fd, SETS.ATIME);
      const stbuf = iattOfFile(from);
      unwind.copy_file_range(frame, copied, 0, stbuf, prebuf, iattOfFile(to), null);
    };
    // Neither file may be closed meanwhile.
    void copy({ from, offIn, to, offOut, len }).then(from.during(to.during(done)));
  },
};
