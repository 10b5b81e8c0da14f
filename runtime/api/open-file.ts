/** Reads, writes and changes an open file by the fops that a mount winds for the kernel. */
import { concatBytes, encodeName } from '../core/bytes.ts';
import { Dict } from '../core/dict.ts';
import { EIO, ENODATA } from '../core/errno.ts';
import { Iatt } from '../core/iatt.ts';
import type { Flock } from '../core/lock.ts';
import { O_ACCMODE, O_APPEND, O_RDONLY, O_SYNC } from '../core/open-flags.ts';
import type { Fd } from '../core/operands.ts';
import { FLOCK } from '../core/xdata.ts';
import type { DriverSteps, Reply } from './driver-steps.ts';
import { FopError } from './fop-error.ts';
import { makePromiseFacade } from './promise-facade.ts';
import { runInParallel, type Steps } from './steps.ts';

/** The most bytes of one read or write fop. */
const MAX_IO_BYTES = 128 * 1024;
/** Requests of one large read or write that are under way at a time. */
const MAX_PARALLEL_REQUESTS = 8;

export type OpenFile = InstanceType<typeof OpenFile>;

/** The operations of an open file as steps, one fop each unless a comment says otherwise. @throws {FopError} */
export class OpenFileSteps {
  readonly driver: DriverSteps;
  readonly fd: Fd;

  constructor(driver: DriverSteps, fd: Fd) {
    this.driver = driver;
    this.fd = fd;
  }

  /** Reads at most `size` bytes, fewer at the end of the file. @throws {FopError} */
  *read(size = Number.MAX_SAFE_INTEGER, offset = 0): Steps<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < size) {
      const wantedBytes = Math.min(size - length, MAX_IO_BYTES);
      const part = yield* this.readOnce(wantedBytes, offset + length);
      parts.push(part);
      length += part.length;
      if (part.length < wantedBytes) break;
    }
    return parts.length === 1 ? parts[0]! : concatBytes(parts);
  }

  /** Reads by one request. @throws {FopError} */
  *readOnce(size: number, offset: number): Steps<Uint8Array> {
    return readReplyData(yield* this.driver.expect('readv', this.fd, size, offset, 0, null), size);
  }

  /**
   * Reads by one request without a copy of the data, which is valid until the operation waits again.
   * @param memory for the data, unless a volume has it in memory of its own. @throws {FopError}
   */
  *readUncopied(memory: Uint8Array, size: number, offset: number): Steps<Uint8Array> {
    return readReplyData(
      yield* this.driver.readUncopied(memory, this.fd, size, offset, 0, null),
      size,
    );
  }

  /** Whether the storage has taken all data of a write when the wind returns. A debugger may hold the write. */
  get takesDataAtOnce(): boolean {
    const { xl, isObserved } = this.fd.links.writev;
    if (isObserved === true || (this.fd.flags & O_SYNC) !== 0) return false;
    return xl.translator.dataPath?.backing !== undefined;
  }

  /**
   * Fills `target` with several requests under way at a time, for large reads.
   * @returns the number of bytes before the end of the file. @throws {FopError}
   */
  *readInto(target: Uint8Array, offset: number): Steps<number> {
    if (target.length > 0 && target.length <= MAX_IO_BYTES) {
      const part = yield* this.readOnce(target.length, offset);
      target.set(part);
      return part.length;
    }
    let endOfData = target.length;
    const starts = listStarts(0, target.length, MAX_IO_BYTES);
    const file = this;
    yield* runInParallel(starts, MAX_PARALLEL_REQUESTS, function* (from) {
      if (from >= endOfData) return;
      const size = Math.min(target.length - from, MAX_IO_BYTES);
      const part = yield* file.readOnce(size, offset + from);
      target.set(part, from);
      if (part.length < size) endOfData = Math.min(endOfData, from + part.length);
    });
    return endOfData;
  }

  /** Writes all of the data, several requests at a time if it is large. @returns its length. @throws {FopError} */
  *write(data: Uint8Array, offset = 0): Steps<number> {
    if (data.length <= MAX_IO_BYTES) return yield* this.writeOnce(data, offset);
    const starts = listStarts(0, data.length, MAX_IO_BYTES);
    // With O_APPEND the storage ignores the offset, so the requests must follow one another.
    const maxParallel = (this.fd.flags & O_APPEND) === 0 ? MAX_PARALLEL_REQUESTS : 1;
    yield* runInParallel(starts, maxParallel, (from) =>
      this.writeOnce(data.subarray(from, from + MAX_IO_BYTES), offset + from),
    );
    return data.length;
  }

  /** Writes by one request, or by several if the storage writes only a part. @throws {FopError} */
  *writeOnce(data: Uint8Array, offset: number): Steps<number> {
    let writtenBytes = 0;
    while (writtenBytes < data.length) {
      const part = writtenBytes === 0 ? data : data.subarray(writtenBytes);
      const { opRet } = yield* this.driver.expect(
        'writev',
        this.fd,
        part,
        offset + writtenBytes,
        0,
        null,
      );
      if (opRet === 0 || opRet > part.length) {
        throw new FopError(EIO, `writev: op_ret ${opRet} for ${part.length} bytes`);
      }
      writtenBytes += opRet;
    }
    return writtenBytes;
  }

  *stat(): Steps<Iatt> {
    return (yield* this.driver.expect('fstat', this.fd, null)).values[0] as Iatt;
  }

  /** Sets the fields of `stbuf` that `valid` names (SET_ATTR). */
  *setattr(valid: number, stbuf: Partial<Iatt>): Steps<Iatt> {
    const fields = Object.assign(new Iatt(), stbuf);
    const { values } = yield* this.driver.expect('fsetattr', this.fd, fields, valid, null);
    return values[1] as Iatt;
  }

  *truncate(size = 0): Steps<void> {
    yield* this.driver.expect('ftruncate', this.fd, size, null);
  }

  *sync(dataOnly = false): Steps<void> {
    yield* this.driver.expect('fsync', this.fd, dataOnly ? 1 : 0, null);
  }

  *flush(): Steps<void> {
    yield* this.driver.expect('flush', this.fd, null);
  }

  /** Flushes, as close(2) does, and releases the fd even if that fails. */
  *close(): Steps<void> {
    try {
      yield* this.flush();
    } finally {
      this.fd.release();
    }
  }

  /** Releases the fd. If the file may have been written or locked, flushes it before. */
  *release(hasHadLocks = false): Steps<void> {
    if ((this.fd.flags & O_ACCMODE) === O_RDONLY && !hasHadLocks) this.fd.release();
    else yield* this.close();
  }

  // -- space ---------------------------------------------------------------------------------

  /** Reserves the space of a range. @param mode FALLOC_FL_* of fallocate(2) */
  *allocate(mode: number, offset: number, length: number): Steps<void> {
    yield* this.driver.expect('fallocate', this.fd, mode, offset, length, null);
  }

  /** Frees the space of a range, which then reads as zeros. */
  *discard(offset: number, length: number): Steps<void> {
    yield* this.driver.expect('discard', this.fd, offset, length, null);
  }

  /** Fills a range with zeros. */
  *zerofill(offset: number, length: number): Steps<void> {
    yield* this.driver.expect('zerofill', this.fd, offset, length, null);
  }

  /** Finds the next position of data or of a hole. @throws {FopError} ENXIO beyond the last data */
  *seek(offset: number, kind: 'data' | 'hole'): Steps<number> {
    // GF_SEEK_DATA and GF_SEEK_HOLE.
    const seekKind = kind === 'data' ? 0 : 1;
    const { values } = yield* this.driver.expect('seek', this.fd, offset, seekKind, null);
    return values[0] as number;
  }

  /** Copies within the storage, as copy_file_range(2). @returns the bytes copied, which may be fewer */
  *copyTo(target: Fd, offset: number, targetOffset: number, length: number): Steps<number> {
    const reply = yield* this.driver.expect(
      'copy_file_range',
      this.fd,
      offset,
      target,
      targetOffset,
      length,
      0,
      null,
    );
    return reply.opRet;
  }

  // -- locks and extended attributes ---------------------------------------------------------

  /**
   * Takes, releases or tests a lock.
   * @param cmd F_GETLK, F_SETLK or F_SETLKW
   * @param isFlock whether it is a lock of flock(2), independent of record locks
   * @returns the lock of the reply: for F_GETLK, the conflicting one
   */
  *lock(cmd: number, lock: Flock, isFlock = false): Steps<Flock> {
    const xdata = isFlock ? new Dict().set(FLOCK, 1, 'int') : null;
    const { values } = yield* this.driver.expect('lk', this.fd, cmd, lock, xdata);
    return values[0] as Flock;
  }

  *getxattr(name: string): Steps<Uint8Array> {
    const { values } = yield* this.driver.expect('fgetxattr', this.fd, name, null);
    return readXattrValue(values[0] as Dict | null, name);
  }

  *listxattr(): Steps<string[]> {
    const { values } = yield* this.driver.expect('fgetxattr', this.fd, null, null);
    return [...((values[0] as Dict | null)?.keys() ?? [])];
  }

  *setxattr(name: string, value: Uint8Array, flags = 0): Steps<void> {
    const dict = new Dict().set(name, value, 'bin');
    yield* this.driver.expect('fsetxattr', this.fd, dict, flags, null);
  }

  *removexattr(name: string): Steps<void> {
    yield* this.driver.expect('fremovexattr', this.fd, name, null);
  }
}

/** Returns the data of a reply to readv. @throws {FopError} EIO if it is longer than the request */
function readReplyData({ values }: Reply, size: number): Uint8Array {
  const data = (values[0] as Uint8Array | null) ?? new Uint8Array(0);
  if (data.length > size) throw new FopError(EIO, `readv: ${data.length} bytes for ${size}`);
  return data;
}

/** An open file, for callers that wait for promises. */
export const OpenFile = makePromiseFacade(OpenFileSteps);

/** The state of an open file that all handles with its descriptor share. */
export class OpenState {
  /** The path by which the file was opened, for errors. */
  readonly path: string;
  readonly file: OpenFile;
  /** The position at which reads and writes without a position continue. */
  position = 0;
  isClosed = false;
  /** Whether a lock was requested, which the close then releases by a flush. */
  hasLocks = false;

  constructor(path: string, file: OpenFile) {
    this.path = path;
    this.file = file;
  }
}

/** Awaits the reply to the open of `file`. Returns the file; after a failure, releases its fd. @throws {FopError} */
export function* releaseOnFailure(file: OpenFile, reply: Steps<Reply>): Steps<OpenFile> {
  try {
    yield* reply;
    return file;
  } catch (error) {
    file.fd.release();
    throw error;
  }
}

/** Runs `use` on a file, and closes it; after an error of `use`, only releases the fd. */
export function* closeAfter<R>(
  file: OpenFile,
  use: (file: OpenFile['steps']) => Steps<R>,
): Steps<R> {
  let result: R;
  try {
    result = yield* use(file.steps);
  } catch (error) {
    file.fd.release();
    throw error;
  }
  yield* file.steps.close();
  return result;
}

/** Returns the value of an extended attribute in a reply. @throws {FopError} ENODATA if it is absent */
export function readXattrValue(reply: Dict | null, name: string): Uint8Array {
  const value = reply?.get(name);
  if (value === undefined || value === null) throw new FopError(ENODATA, name);
  return value instanceof Uint8Array ? value : encodeName(String(value));
}

/** Yields the positions from `from` up to `to`, in steps of `step`. */
function* listStarts(from: number, to: number, step: number): Generator<number> {
  for (let start = from; start < to; start += step) yield start;
}
