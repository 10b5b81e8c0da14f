/** Handles the fops of storage/posix on ranges of a file: allocation, holes, checksums, copies on disk. */
import { createHash } from 'node:crypto';
import { TIME_BITS } from '../../../core/ctime.ts';
import { Dict } from '../../../core/dict.ts';
import { EINVAL, ENOSYS, ENXIO, EOPNOTSUPP, EOVERFLOW, EXDEV } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import type { Fops } from '../../../core/xlator.ts';
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  SEEK_DATA,
  SEEK_HOLE,
} from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { bindAsync } from '../../../sys/libc.ts';
import {
  computeWeakChecksum,
  FIPS_MODE,
  findRangeFault,
  padStrongChecksum,
} from '../shared/fop-values.ts';
import { readFileIatt, setFileTimes } from './data.ts';
import { findOrOpenFile, type OpenFile, readFile, writeAll, writeOnPool } from './files.ts';
import type { Store } from './store.ts';
import { markAndCheckWrite } from './xattr.ts';

/** fallocate(2)'s mode for a hole. */
const DISCARD_MODE = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
/** lseek(2)'s whence, by GlusterFS's number (`gf_seek_what_t`). */
const LSEEK_WHENCE = [SEEK_DATA, SEEK_HOLE];
/** Data of the writes that zero a range on file systems without FALLOC_FL_ZERO_RANGE. */
const ZEROS = new Uint8Array(1 << 20);
/** Most bytes copied per request: callers accept a short copy, and one whose caller has ended must end soon. */
const MAX_COPY_BYTES = 256 << 20;
/** Bytes of the synchronous copy that finds the errno of a failed asynchronous one. */
const PROBE_BYTES = 4096;

const copyFileRange = bindAsync(
  'int64 copy_file_range(int from, void *at, int to, void *to_at, uint64 count, uint32 flags)',
);

/** Calls fallocate(2) for a valid range; returns 0 or the errno. */
function allocate(file: OpenFile, mode: number, offset: number, len: number): number {
  return findRangeFault(offset, len) || -libc.fallocate(file.fd, mode, offset, len);
}

/** Handles a fop that allocates space or makes a hole; `mode` is fallocate(2)'s. */
function handleAllocation(
  fop: 'fallocate' | 'discard',
  frame: Frame,
  file: OpenFile | number,
  mode: number,
  offset: number,
  len: number,
) {
  if (typeof file === 'number') return fail[fop](frame, file);
  const prebuf = readFileIatt(file);
  const fault = allocate(file, mode, offset, len);
  if (fault !== 0) return fail[fop](frame, fault);
  setFileTimes(frame, fop, file);
  unwind[fop](frame, 0, 0, prebuf, readFileIatt(file), null);
}

/** Writes zeros over [offset, end) on libuv's pool; `callback` gets 0 or the errno. */
function writeZeros(
  file: OpenFile,
  offset: number,
  end: number,
  callback: (errno: number) => void,
): void {
  const zeros = ZEROS.subarray(0, Math.min(ZEROS.length, end - offset));
  writeOnPool(file, zeros, offset, (writtenBytes) => {
    if (writtenBytes < 0) return callback(-writtenBytes);
    if (offset + writtenBytes >= end) return callback(0);
    writeZeros(file, offset + writtenBytes, end, callback);
  });
}

/** Replies to a zerofill. @param errno 0 if it has succeeded */
function unwindZerofill(frame: Frame, file: OpenFile, errno: number, prebuf: Iatt | null): void {
  if (errno !== 0) fail.zerofill(frame, errno);
  else {
    setFileTimes(frame, 'zerofill', file);
    unwind.zerofill(frame, 0, 0, prebuf, readFileIatt(file), null);
  }
}

/** Encodes an offset for copy_file_range(2): 8 bytes, which the call advances. */
function encodeOffset(offset: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(offset), true);
  return bytes;
}

/** A copy of `len` bytes from `offIn` in one file to `offOut` in another. */
interface Copy {
  readonly source: OpenFile;
  readonly offIn: number;
  readonly target: OpenFile;
  readonly offOut: number;
  readonly len: number;
}

/** Copies on libuv's pool, as the disk may block; returns the bytes copied, or minus the errno. */
async function copyOnPool({ source, offIn, target, offOut, len }: Copy): Promise<number> {
  const size = Math.min(len, MAX_COPY_BYTES);
  const [sourceOffset, targetOffset] = [encodeOffset(offIn), encodeOffset(offOut)];
  const copiedBytes = await copyFileRange(
    source.fd,
    sourceOffset,
    target.fd,
    targetOffset,
    size,
    0,
  );
  if (copiedBytes >= 0) return copiedBytes;
  // The asynchronous call returns no errno. This synchronous one returns it, or succeeds and is the reply.
  const probeBytes = Math.min(size, PROBE_BYTES);
  const result = libc.copyFileRange(
    source.fd,
    encodeOffset(offIn),
    target.fd,
    encodeOffset(offOut),
    probeBytes,
    0,
  );
  if (result !== -EXDEV && result !== -EOPNOTSUPP && result !== -ENOSYS) return result;
  // The file systems cannot copy by themselves: read and write.
  const memory = Buffer.allocUnsafeSlow(Math.min(size, ZEROS.length));
  const byteCount = libc.pread(source.fd, memory, memory.length, offIn);
  return byteCount <= 0 ? byteCount : writeAll(target.fd, memory.subarray(0, byteCount), offOut);
}

export const spaceFops: Fops<Store> = {
  fallocate(frame, xl, fd, mode, offset, len, _xdata) {
    handleAllocation('fallocate', frame, findOrOpenFile(xl, fd), mode, offset, len);
  },

  discard(frame, xl, fd, offset, len, _xdata) {
    handleAllocation('discard', frame, findOrOpenFile(xl, fd), DISCARD_MODE, offset, len);
  },

  zerofill(frame, xl, fd, offset, len, _xdata) {
    const file = findOrOpenFile(xl, fd);
    if (typeof file === 'number') return fail.zerofill(frame, file);
    const prebuf = readFileIatt(file);
    const fault = allocate(file, FALLOC_FL_ZERO_RANGE, offset, len);
    if (fault !== EOPNOTSUPP) return unwindZerofill(frame, file, fault, prebuf);
    writeZeros(file, offset, offset + len, (errno) => unwindZerofill(frame, file, errno, prebuf));
  },

  seek(frame, xl, fd, offset, whence, _xdata) {
    const file = findOrOpenFile(xl, fd);
    if (typeof file === 'number') return fail.seek(frame, file);
    const lseekWhence = LSEEK_WHENCE[whence];
    if (lseekWhence === undefined) return fail.seek(frame, EINVAL);
    const position = offset < 0 ? -ENXIO : libc.lseek(file.fd, offset, lseekWhence);
    if (position < 0) return fail.seek(frame, -position);
    if (position > OFFSET_MAX) return fail.seek(frame, EOVERFLOW);
    unwind.seek(frame, 0, 0, position, null);
  },

  rchecksum(frame, xl, fd, offset, len, _xdata) {
    const file = findOrOpenFile(xl, fd);
    if (typeof file === 'number') return fail.rchecksum(frame, file);
    if (offset < 0 || len < 0) return fail.rchecksum(frame, EINVAL);
    readFile(file, len, offset, (vector, errno) => {
      if (vector === null) return fail.rchecksum(frame, errno);
      const { isFips } = xl.priv;
      const strong = padStrongChecksum(
        createHash(isFips ? 'sha256' : 'md5')
          .update(vector)
          .digest(),
      );
      const xdata = isFips ? new Dict().set(FIPS_MODE, 1) : null;
      unwind.rchecksum(frame, 0, 0, computeWeakChecksum(vector), strong, xdata);
    });
  },

  copy_file_range(frame, xl, fdIn, offIn, fdOut, offOut, len, flags, xdata) {
    const source = findOrOpenFile(xl, fdIn);
    if (typeof source === 'number') return fail.copy_file_range(frame, source);
    const target = findOrOpenFile(xl, fdOut);
    if (typeof target === 'number') return fail.copy_file_range(frame, target);
    const fault = flags !== 0 ? EINVAL : findRangeFault(offIn, len) || findRangeFault(offOut, len);
    const errno = fault || markAndCheckWrite(target.fd, xdata);
    if (errno !== 0) return fail.copy_file_range(frame, errno);
    const prebuf = readFileIatt(target);
    const unwindCopy = (copiedBytes: number): void => {
      if (copiedBytes < 0) {
        fail.copy_file_range(frame, -copiedBytes);
        return;
      }
      // The target's access time stays, and of the source only the access time changes.
      const { mdata } = xl.priv;
      mdata.setTimes(frame, 'copy_file_range', target.handle, target.fd, ~TIME_BITS.ATIME);
      mdata.setTimes(frame, 'copy_file_range', source.handle, source.fd, TIME_BITS.ATIME);
      const stbuf = readFileIatt(source);
      unwind.copy_file_range(frame, copiedBytes, 0, stbuf, prebuf, readFileIatt(target), null);
    };
    // `holdOpen` keeps both descriptors open until the copy ends.
    void copyOnPool({ source, offIn, target, offOut, len }).then(
      source.holdOpen(target.holdOpen(unwindCopy)),
    );
  },
};
