/** Offers an open file with the methods of Node's `fs/promises` FileHandle, and those that only gfapi has. */
import type { Iatt } from '../core/iatt.ts';
import { F_GETLK, F_RDLCK, F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK, type Flock } from '../core/lock.ts';
import {
  readOptions,
  readSignal,
  readStatOptions,
  readXattrFlags,
  throwArgumentError,
  toBytes,
  toId,
  toInteger,
  toMilliseconds,
  toMode,
  toPath,
} from './arguments.ts';
import { FileDataSteps } from './file-data.ts';
import { withErrorContext } from './file-error.ts';
import {
  makeReadStream,
  makeWebStream,
  makeWriteStream,
  readChunks,
  readLines,
} from './file-streams.ts';
import { type OpenFile, OpenState } from './open-file.ts';
import { makePromiseFacade } from './promise-facade.ts';
import { makeModeArgs, makeOwnerArgs, makeTimeArgs } from './setattr-arguments.ts';
import { BigIntStats, Stats } from './stats.ts';
import type { Steps } from './steps.ts';
import { type Options, VolumeContext } from './volume-context.ts';

/** A range of a file for a lock. */
export interface LockRange {
  /** The first byte; by default 0. */
  readonly start?: number;
  /** The number of bytes. By default 0, which means to the end of the file, also after growth. */
  readonly length?: number;
}

/** A record lock to take, or to test. */
export interface LockRequest extends LockRange {
  readonly type: 'read' | 'write';
  /** Whether to wait for the lock; by default true. If false, a conflict fails with EAGAIN. */
  readonly wait?: boolean;
}

/** A lock of another owner that conflicts with a request. */
export interface HeldLock {
  readonly type: 'read' | 'write';
  readonly start: number;
  readonly length: number;
  readonly pid: number;
  /** The owner's bytes as hexadecimal text. */
  readonly owner: string;
}

/** The methods of a FileHandle, as steps. Those without a comment are as in Node. @throws {FileError} */
export class FileHandleSteps extends FileDataSteps {
  /** Returns the same open file for another identity. */
  withIdentity(volume: VolumeContext): FileHandleSteps {
    return volume === this.volume ? this : new FileHandleSteps(volume, this.state);
  }

  // -- space ---------------------------------------------------------------------------------

  /** Reserves space; the file grows unless `keepSize`. */
  *fallocate(offset: number, length: number, options?: Options): Steps<void> {
    // FALLOC_FL_KEEP_SIZE.
    const mode = readOptions(options).keepSize === true ? 1 : 0;
    const range = toRange(offset, length);
    yield* this.runOnFile('fallocate', () => this.file.allocate(mode, ...range));
  }

  /** Frees the space of a range, which then reads as zeros. */
  *discard(offset: number, length: number): Steps<void> {
    const range = toRange(offset, length);
    yield* this.runOnFile('discard', () => this.file.discard(...range));
  }

  /** Fills a range with zeros, without sending them. */
  *zerofill(offset: number, length: number): Steps<void> {
    const range = toRange(offset, length);
    yield* this.runOnFile('zerofill', () => this.file.zerofill(...range));
  }

  /** Finds the next position that has data. @throws {FileError} ENXIO at the end of the file */
  *seekData(offset: number): Steps<number> {
    const start = toInteger(offset, 'offset');
    return yield* this.runOnFile('lseek', () => this.file.seek(start, 'data'));
  }

  /** Finds the next position of a hole; the end of the file is one. */
  *seekHole(offset: number): Steps<number> {
    const start = toInteger(offset, 'offset');
    return yield* this.runOnFile('lseek', () => this.file.seek(start, 'hole'));
  }

  /** Copies within the storage, as copy_file_range(2). @returns the bytes copied, maybe fewer */
  *copyFileRange(
    target: FileHandle,
    offset: number,
    targetOffset: number,
    length: number,
  ): Steps<number> {
    const [from, to] = [toInteger(offset, 'offset'), toInteger(targetOffset, 'targetOffset')];
    const size = toInteger(length, 'length');
    return yield* this.copyTo(target.steps as FileHandleSteps, from, to, size);
  }

  /** Does as `copyFileRange`, with arguments that were checked. */
  *copyTo(
    target: FileHandleSteps,
    offset: number,
    targetOffset: number,
    length: number,
  ): Steps<number> {
    const { fd } = target.file;
    return yield* this.runOnFile('copy_file_range', () =>
      this.file.copyTo(fd, offset, targetOffset, length),
    );
  }

  // -- attributes ----------------------------------------------------------------------------

  *stat(options?: Options): Steps<Stats | BigIntStats> {
    const { bigint: isBig } = readStatOptions(options);
    const buf = yield* this.readAttributes();
    const { deviceNumber } = this.volume.client;
    return isBig === true ? new BigIntStats(buf, deviceNumber) : new Stats(buf, deviceNumber);
  }

  /** Returns the attributes as a fop's reply has them. */
  *readAttributes(): Steps<Iatt> {
    return yield* this.runOnFile('fstat', () => this.file.stat());
  }

  /** Sets the fields of `stbuf` that `valid` names (SET_ATTR). @param syscall the operation that errors name */
  *setattr(syscall: string, valid: number, stbuf: Partial<Iatt>): Steps<void> {
    yield* this.runOnFile(syscall, () => this.file.setattr(valid, stbuf));
  }

  *chmod(mode: number | string): Steps<void> {
    yield* this.setattr('fchmod', ...makeModeArgs(toMode(mode)));
  }

  *chown(uid: number, gid: number): Steps<void> {
    yield* this.setattr('fchown', ...makeOwnerArgs(toId(uid, 'uid'), toId(gid, 'gid')));
  }

  *utimes(atime: unknown, mtime: unknown): Steps<void> {
    const times = [toMilliseconds(atime, 'atime'), toMilliseconds(mtime, 'mtime')] as const;
    yield* this.setattr('futimes', ...makeTimeArgs(0, ...times));
  }

  *getxattr(name: string): Steps<Uint8Array> {
    const xattr = toPath(name, 'name');
    return yield* this.runOnFile('fgetxattr', () => this.file.getxattr(xattr));
  }

  *listxattr(): Steps<string[]> {
    return yield* this.runOnFile('flistxattr', () => this.file.listxattr());
  }

  /** @param options `{ flag: 'create' | 'replace' }`, or the flags of setxattr(2) */
  *setxattr(name: string, value: unknown, options?: Options | number): Steps<void> {
    const [xattr, bytes] = [toPath(name, 'name'), toBytes(value)];
    const flags = typeof options === 'number' ? options : readXattrFlags(options);
    yield* this.runOnFile('fsetxattr', () => this.file.setxattr(xattr, bytes, flags));
  }

  *removexattr(name: string): Steps<void> {
    const xattr = toPath(name, 'name');
    yield* this.runOnFile('fremovexattr', () => this.file.removexattr(xattr));
  }

  // -- locks ---------------------------------------------------------------------------------

  /** Takes a record lock of fcntl(2) for the owner of this volume's identity. */
  *lock(request: LockRequest): Steps<void> {
    const { type, wait = true } = request;
    const lock = this.makeRecordLock(toLockType(type), request);
    this.state.hasLocks = true;
    yield* this.runOnFile('lock', () => this.file.lock(wait ? F_SETLKW : F_SETLK, lock));
  }

  /** Releases locks of the owner in a range. */
  *unlock(range: LockRange = {}): Steps<void> {
    const lock = this.makeRecordLock(F_UNLCK, range);
    yield* this.runOnFile('lock', () => this.file.lock(F_SETLK, lock));
  }

  /** Finds a lock for which a request would have to wait; null if the request would be granted. */
  *getLock(request: LockRequest): Steps<HeldLock | null> {
    const lock = this.makeRecordLock(toLockType(request.type), request);
    const held = yield* this.runOnFile('lock', () => this.file.lock(F_GETLK, lock));
    if (held.type === F_UNLCK) return null;
    const { start, len, pid, owner } = held;
    const type = held.type === F_RDLCK ? 'read' : 'write';
    return { type, start, length: len, pid, owner };
  }

  private makeRecordLock(type: number, { start = 0, length = 0 }: LockRange): Flock {
    const { pid, lkOwner = '' } = this.volume.settings.caller;
    const [from, len] = [toInteger(start, 'start'), toInteger(length, 'length')];
    return { type, whence: 0, start: from, len, pid, owner: lkOwner };
  }

  // -- end -----------------------------------------------------------------------------------

  /** Flushes written data, and closes. Further calls do nothing, as in Node. */
  *close(): Steps<void> {
    if (this.isClosed) return;
    this.state.isClosed = true;
    this.volume.client.removeFile(this.state);
    yield* withErrorContext('close', this.path, this.file.release(this.state.hasLocks));
  }

  /** Closes without a flush. */
  release(): void {
    if (this.isClosed) return;
    this.state.isClosed = true;
    this.volume.client.removeFile(this.state);
    this.file.fd.release();
  }
}

/** FileHandle's methods with promises. If the options of a call have a signal, its abort ends the call. */
const FileHandleFacade = makePromiseFacade(
  FileHandleSteps,
  (steps, { volume }) => volume.run(steps),
  (handle, args) => {
    const signal = readSignal(args.at(-1));
    if (signal === undefined) return handle;
    const volume = new VolumeContext(...handle.volume.withSignal(signal));
    return new FileHandleSteps(volume, handle.state);
  },
);

/** An open file of a volume. */
export class FileHandle extends FileHandleFacade {
  /** Opens a file, which is closed with the volume. @throws {FopError} */
  static *open(
    volume: VolumeContext,
    path: string,
    flags: number,
    mode: number,
  ): Steps<FileHandle> {
    return FileHandle.register(volume, path, yield* volume.files.open(path, flags, mode));
  }

  /** Makes a handle of an open file, which is closed with the volume. */
  static register(volume: VolumeContext, path: string, file: OpenFile): FileHandle {
    const state = new OpenState(path, file);
    volume.client.addFile(state);
    return new FileHandle(volume, state);
  }

  /** Makes a Node stream that reads the file. @throws {RangeError} for a closed handle, whose `fd` is -1 */
  createReadStream(
    options?: Parameters<typeof makeReadStream>[1],
  ): ReturnType<typeof makeReadStream> {
    toInteger(this.fd, 'fd');
    return makeReadStream(this, options);
  }

  /** Makes a Node stream that writes the file. @throws {RangeError} for a closed handle, whose `fd` is -1 */
  createWriteStream(
    options?: Parameters<typeof makeWriteStream>[1],
  ): ReturnType<typeof makeWriteStream> {
    toInteger(this.fd, 'fd');
    return makeWriteStream(this, options);
  }

  /** Makes a web stream that reads the file. */
  readableWebStream(): ReadableStream<Uint8Array> {
    return makeWebStream(this);
  }

  /** Yields the lines of the file, without line ends. */
  readLines(): AsyncGenerator<string, void> {
    return readLines(this);
  }

  /** Yields the data of the file in pieces. */
  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    return readChunks(this, {});
  }

  /** Closes without a flush: for an open whose caller no longer waits. */
  releaseUnused(): void {
    this.steps.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Runs `use` on an open file, and closes it; after an error of `use`, without a flush. */
export function* useFile<R>(
  { steps }: FileHandle,
  use: (file: FileHandleSteps) => Steps<R>,
): Steps<R> {
  let result: R;
  try {
    result = yield* use(steps);
  } catch (error) {
    steps.release();
    throw error;
  }
  yield* steps.close();
  return result;
}

const toLockType = (type: unknown): number =>
  type === 'read'
    ? F_RDLCK
    : type === 'write'
      ? F_WRLCK
      : throwArgumentError('ERR_INVALID_ARG_VALUE', 'type', "'read' or 'write'", type);

const toRange = (offset: number, length: number): [number, number] => [
  toInteger(offset, 'offset'),
  toInteger(length, 'length', 1),
];
