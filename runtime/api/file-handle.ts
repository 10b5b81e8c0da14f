/** Offers an open file with the methods of Node's `fs/promises` FileHandle, and those that only gfapi has. */
import { concatBytes } from '../core/bytes.ts';
import { EBADF, EINVAL } from '../core/errno.ts';
import type { Gfid } from '../core/gfid.ts';
import type { Iatt } from '../core/iatt.ts';
import { F_GETLK, F_RDLCK, F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK, type Flock } from '../core/lock.ts';
import { O_ACCMODE, O_APPEND, O_RDONLY, O_WRONLY } from '../core/open-flags.ts';
import {
  encodeBytes,
  readBuffer,
  readEncoding,
  readOptions,
  readOptionsObject,
  readSignal,
  readStatOptions,
  readXattrFlags,
  throwArgumentError,
  toBytes,
  toContent,
  toId,
  toInteger,
  toMilliseconds,
  toMode,
  toPath,
  toPosition,
  toViews,
} from './arguments.ts';
import { FileError, withErrorContext } from './file-error.ts';
import {
  makeReadStream,
  makeWebStream,
  makeWriteStream,
  readChunks,
  readLines,
} from './file-streams.ts';
import { OpenFile, OpenState } from './open-file.ts';
import { makePromiseFacade } from './promise-facade.ts';
import { makeModeArgs, makeOwnerArgs, makeTimeArgs } from './setattr-arguments.ts';
import { BigIntStats, Stats } from './stats.ts';
import { awaitPromise, type Steps } from './steps.ts';
import { type Options, VolumeContext } from './volume-context.ts';

/** The size of the first read of a whole file: a small file needs no stat. */
const FIRST_READ_BYTES = 128 * 1024;
/** The most bytes that readFile returns: Node's limit. */
const MAX_READ_FILE_BYTES = 2 ** 31 - 1;
/** The size of a read without a buffer: Node's. */
const DEFAULT_READ_BYTES = 16_384;

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
export class FileHandleSteps {
  readonly volume: VolumeContext;
  readonly state: OpenState;
  /** The open file; its requests have the identity of `volume`. */
  private readonly file: OpenFile['steps'];

  /** @param volume may have another identity than the one that has opened the file */
  constructor(volume: VolumeContext, state: OpenState) {
    this.volume = volume;
    this.state = state;
    const { file } = state;
    const isOpener = file.driver === volume.driver;
    this.file = isOpener ? file.steps : new OpenFile(volume.driver, file.fd).steps;
  }

  get path(): string {
    return this.state.path;
  }

  /** The number of the handle in this process; -1 after close. */
  get fd(): number {
    return this.isClosed ? -1 : this.state.file.fd.id;
  }

  get isClosed(): boolean {
    return this.state.isClosed;
  }

  get gfid(): Gfid {
    return this.file.fd.inode.gfid;
  }

  /** Returns the same open file for another identity. */
  withIdentity(volume: VolumeContext): FileHandleSteps {
    return volume === this.volume ? this : new FileHandleSteps(volume, this.state);
  }

  private get flags(): number {
    return this.file.fd.flags;
  }

  /** Runs an operation of the open file, and names it and the path in its errors. */
  private *runOnFile<R>(syscall: string, makeSteps: () => Steps<R>): Steps<R> {
    if (this.isClosed) throw new FileError(EBADF, syscall, this.path);
    return yield* withErrorContext(syscall, this.path, makeSteps());
  }

  /** Checks the access mode (O_RDONLY, O_WRONLY). @throws {FileError} EBADF if it is `forbiddenMode` */
  private checkAccess(syscall: string, forbiddenMode: number): void {
    if ((this.flags & O_ACCMODE) !== forbiddenMode) return;
    throw new FileError(EBADF, syscall, this.path);
  }

  // -- data ----------------------------------------------------------------------------------

  /**
   * Reads into a buffer. Callers pass `(buffer, offset?, length?, position?)`, `(buffer, options)` or `(options)`.
   * Without a position it reads where the last read or write ended.
   */
  *read(
    target?: ArrayBufferView | Options,
    offset?: number | Options,
    length?: number | null,
    position?: number | bigint | null,
  ): Steps<{ bytesRead: number; buffer: ArrayBufferView }> {
    const isView = ArrayBuffer.isView(target);
    const viewOptions = typeof offset === 'object' ? offset : {};
    const { buffer: view, ...rest } = readOptionsObject(
      (isView ? viewOptions : target) ?? undefined,
    );
    const targetView = isView
      ? target
      : ((view as ArrayBufferView) ?? makeBuffer(DEFAULT_READ_BYTES));
    if (!ArrayBuffer.isView(targetView)) {
      throwArgumentError('ERR_INVALID_ARG_TYPE', 'buffer', 'a view of memory', targetView);
    }
    const bytes = toBytes(targetView);
    const offsetArgument = typeof offset === 'object' ? rest.offset : offset;
    const from = toInteger(offsetArgument ?? rest.offset ?? 0, 'offset', 0, bytes.length);
    const maxSize = bytes.length - from;
    const size = toInteger(length ?? rest.length ?? maxSize, 'length', 0, maxSize);
    const requestedPosition =
      position ?? (rest.position as number | bigint | null | undefined) ?? null;
    const bytesRead = yield* this.readInto(bytes.subarray(from, from + size), requestedPosition);
    return { bytesRead, buffer: targetView };
  }

  /** Fills memory, at a position or at the current one. @returns the bytes read, fewer at the end of the file */
  private *readInto(target: Uint8Array, position: number | bigint | null): Steps<number> {
    this.checkAccess('read', O_WRONLY);
    // Null and -1 mean the current position, which then advances.
    const explicitPosition = position === null ? -1 : toPosition(position, -1);
    const start = explicitPosition < 0 ? this.state.position : explicitPosition;
    const count = yield* this.runOnFile('read', () => this.file.readInto(target, start));
    if (explicitPosition < 0) this.state.position += count;
    return count;
  }

  /** Reads at a position, without a buffer of the caller. @returns fewer bytes at the end of the file */
  *readAt(position: number, size: number): Steps<Uint8Array> {
    this.checkAccess('read', O_WRONLY);
    const { file } = this;
    if (size <= FIRST_READ_BYTES)
      return yield* this.runOnFile('read', () => file.read(size, position));
    const buffer = makeBuffer(size);
    return buffer.subarray(0, yield* this.runOnFile('read', () => file.readInto(buffer, position)));
  }

  /** Writes all of the data at a position, or with O_APPEND at the end. @returns the position after it */
  *writeAt(position: number, data: Uint8Array): Steps<number> {
    const count = yield* this.writeBytes(data, position);
    return this.isAppending ? this.state.position : position + count;
  }

  /** Fills the buffers in turn. */
  *readv(
    buffers: readonly ArrayBufferView[],
    position?: number | null,
  ): Steps<{ bytesRead: number; buffers: readonly ArrayBufferView[] }> {
    let bytesRead = 0;
    for (const view of toViews(buffers)) {
      const requestedPosition = typeof position === 'number' ? position + bytesRead : null;
      const count = yield* this.readInto(view, requestedPosition);
      bytesRead += count;
      if (count < view.length) break;
    }
    return { bytesRead, buffers };
  }

  /**
   * Writes all of the data. Callers pass `(data, offset?, length?, position?)`, `(data, options)` or
   * `(text, position?, encoding?)`.
   */
  *write(
    data: ArrayBufferView | string,
    offset?: number | Options,
    length?: number | string | null,
    position?: number | null,
  ): Steps<{ bytesWritten: number; buffer: ArrayBufferView | string }> {
    if (typeof data === 'string') {
      const encoding = typeof length === 'string' ? length : null;
      const requestedPosition = typeof offset === 'number' ? offset : null;
      const bytesWritten = yield* this.writeBytes(toBytes(data, encoding), requestedPosition);
      return { bytesWritten, buffer: data };
    }
    if (!ArrayBuffer.isView(data)) {
      throwArgumentError('ERR_INVALID_ARG_TYPE', 'buffer', 'a string or a view of memory', data);
    }
    const rest = typeof offset === 'object' ? readOptions(offset) : {};
    const bytes = toBytes(data);
    const offsetArgument = typeof offset === 'object' ? rest.offset : offset;
    const from = toInteger(offsetArgument ?? rest.offset ?? 0, 'offset', 0, bytes.length);
    const maxSize = bytes.length - from;
    const size = toInteger(length ?? rest.length ?? maxSize, 'length', 0, maxSize);
    const requestedPosition = position ?? (rest.position as number | null | undefined) ?? null;
    const bytesWritten = yield* this.writeBytes(
      bytes.subarray(from, from + size),
      requestedPosition,
    );
    return { bytesWritten, buffer: data };
  }

  /** Writes all of the data, at a position or, for null, at the current one. @returns its length */
  private *writeBytes(data: Uint8Array, position: number | null): Steps<number> {
    this.checkAccess('write', O_RDONLY);
    const requestedPosition = position === null ? null : toPosition(position);
    const start = yield* this.runOnFile('write', () => this.findWritePosition(requestedPosition));
    const end = start + data.length;
    // Advanced before the request, so that a second write in flight goes after this one.
    if (requestedPosition === null || this.isAppending) this.state.position = end;
    try {
      return yield* this.runOnFile('write', () => this.file.write(data, start));
    } catch (error) {
      if (this.state.position === end) this.state.position = start;
      throw error;
    }
  }

  private get isAppending(): boolean {
    return (this.flags & O_APPEND) !== 0;
  }

  /** Finds the position of a write: with O_APPEND the end of the file, without `position` the current one. */
  private *findWritePosition(position: number | null): Steps<number> {
    return this.isAppending ? (yield* this.file.stat()).iaSize : (position ?? this.state.position);
  }

  /** Writes the buffers as one piece of data. */
  *writev(
    buffers: readonly ArrayBufferView[],
    position?: number | null,
  ): Steps<{ bytesWritten: number; buffers: readonly ArrayBufferView[] }> {
    const bytesWritten = yield* this.writeBytes(concatBytes(toViews(buffers)), position ?? null);
    return { bytesWritten, buffers };
  }

  /** Reads from the current position to the end. */
  *readFile(options?: Options): Steps<string | Uint8Array> {
    const encoding = readEncoding(options);
    const takeBuffer = readBuffer(options);
    this.checkAccess('read', O_WRONLY);
    const bytes = yield* this.runOnFile('read', () => this.readRest());
    this.state.position += bytes.length;
    const target = takeBuffer?.(bytes.length);
    target?.set(bytes);
    return encodeBytes(target ?? bytes, encoding);
  }

  /** Reads the rest of the file: a small one by one read, a larger one by several at a time. */
  private *readRest(): Steps<Uint8Array> {
    const { file } = this;
    const { position } = this.state;
    const firstPart = yield* file.read(FIRST_READ_BYTES, position);
    if (firstPart.length < FIRST_READ_BYTES) return firstPart;
    const { iaSize } = yield* file.stat();
    if (iaSize - position > MAX_READ_FILE_BYTES) {
      const error = new RangeError(`'${this.path}' is larger than 2 GiB: read it in pieces`);
      throw Object.assign(error, { code: 'ERR_FS_FILE_TOO_LARGE' });
    }
    // Reads no more than the size: a faulty volume might return data without end.
    if (iaSize - position <= FIRST_READ_BYTES) return firstPart;
    const content = makeBuffer(iaSize - position);
    content.set(firstPart);
    const count = yield* file.readInto(
      content.subarray(FIRST_READ_BYTES),
      position + FIRST_READ_BYTES,
    );
    return content.subarray(0, FIRST_READ_BYTES + count);
  }

  /** Writes from the current position on. @param data text, bytes, or an iterable of these */
  *writeFile(data: unknown, options?: Options): Steps<void> {
    const content = toContent(data, options);
    if (content instanceof Uint8Array) {
      yield* this.writeBytes(content, null);
      return;
    }
    const encoding = readEncoding(options);
    const parts = content.begin();
    try {
      for (;;) {
        const part = yield* awaitPromise(Promise.resolve(parts.next()));
        if (part.done === true) return;
        yield* this.writeBytes(toBytes(part.value, encoding), null);
      }
    } finally {
      void parts.return?.();
    }
  }

  /** Does the same as `writeFile`, as in Node: the flags of the open decide whether data is appended. */
  *appendFile(data: unknown, options?: Options): Steps<void> {
    yield* this.writeFile(data, options);
  }

  /** Sets the size; a negative length means 0, as in Node. */
  *truncate(length?: number): Steps<void> {
    const size = toInteger(length === undefined ? 0 : length, 'len', -Number.MAX_SAFE_INTEGER);
    if ((this.flags & O_ACCMODE) === O_RDONLY) throw new FileError(EINVAL, 'ftruncate', this.path);
    yield* this.runOnFile('ftruncate', () => this.file.truncate(Math.max(0, size)));
  }

  *sync(): Steps<void> {
    yield* this.runOnFile('fsync', () => this.file.sync());
  }

  *datasync(): Steps<void> {
    yield* this.runOnFile('fdatasync', () => this.file.sync(true));
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

/** Makes memory as callers expect it: a Buffer in Node. */
const makeBuffer = (size: number): Uint8Array =>
  globalThis.Buffer?.alloc(size) ?? new Uint8Array(size);
