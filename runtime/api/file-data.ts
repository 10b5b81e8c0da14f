/** Reads and writes an open file, with the names and arguments of Node's FileHandle. */
import { concatBytes } from '../core/bytes.ts';
import { EBADF, EINVAL } from '../core/errno.ts';
import type { Gfid } from '../core/gfid.ts';
import { O_ACCMODE, O_APPEND, O_RDONLY, O_WRONLY } from '../core/open-flags.ts';
import {
  encodeBytes,
  readBuffer,
  readEncoding,
  readOptions,
  readOptionsObject,
  throwArgumentError,
  toBytes,
  toInteger,
  toMode,
  toPosition,
} from './arguments.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { OpenFile, type OpenState } from './open-file.ts';
import { awaitPromise, type Steps } from './steps.ts';
import type { Options, VolumeContext } from './volume-context.ts';

/** The size of the first read of a whole file: a small file needs no stat. */
const FIRST_READ_BYTES = 128 * 1024;
/** The most bytes that readFile returns: Node's limit. */
const MAX_READ_FILE_BYTES = 2 ** 31 - 1;
/** The size of a read without a buffer: Node's. */
const DEFAULT_READ_BYTES = 16_384;

/** The operations on the data of an open file, as steps. `FileHandleSteps` adds the others. */
export class FileDataSteps {
  readonly volume: VolumeContext;
  readonly state: OpenState;
  /** The open file; its requests have the identity of `volume`. */
  protected readonly file: OpenFile['steps'];

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

  private get flags(): number {
    return this.file.fd.flags;
  }

  /** Runs an operation of the open file, and names it and the path in its errors. */
  protected *runOnFile<R>(syscall: string, makeSteps: () => Steps<R>): Steps<R> {
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
}

/** Makes memory as callers expect it: a Buffer in Node. */
const makeBuffer = (size: number): Uint8Array =>
  globalThis.Buffer?.alloc(size) ?? new Uint8Array(size);

/** Checks the buffers of readv or writev. @throws {TypeError} */
function toViews(buffers: unknown): Uint8Array[] {
  if (!Array.isArray(buffers)) {
    throwArgumentError('ERR_INVALID_ARG_TYPE', 'buffers', 'a list of views of memory', buffers);
  }
  return buffers.map((view) => toBytes(view));
}

/** The iterator of an iterable, which may be asynchronous. */
type PartIterator = {
  next(): IteratorResult<unknown> | Promise<IteratorResult<unknown>>;
  return?(): unknown;
};

/** Data that an iterable yields in parts; `begin` starts the iteration. */
class PartSource {
  readonly begin: () => PartIterator;

  constructor(begin: () => PartIterator) {
    this.begin = begin;
  }
}

/** Checks data to write, before a file is opened for it. Checked data is returned as it is. @throws {TypeError} */
export function toContent(data: unknown, options: Options | undefined): Uint8Array | PartSource {
  const encoding = readEncoding(options);
  if (typeof options !== 'function') toMode(readOptions(options).mode, 0o666);
  if (data instanceof PartSource) return data;
  if (typeof data === 'string' || ArrayBuffer.isView(data)) return toBytes(data, encoding);
  const source = data as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null | undefined;
  const begin = source?.[Symbol.asyncIterator] ?? source?.[Symbol.iterator];
  if (typeof begin === 'function') {
    return new PartSource(() => Reflect.apply(begin, source, []) as PartIterator);
  }
  throwArgumentError('ERR_INVALID_ARG_TYPE', 'data', 'text, bytes or an iterable of these', data);
}
