/**
 * Stores chunks: files of limited size in one directory of a volume, by name. It is what a driver of block storage
 * needs (Archipelago, `src/filed/filed.c`): each request is asynchronous, none waits for another, and a limited number
 * is under way at a time.
 */

import { toBytes, toInteger } from '../api/arguments.ts';
import { FileError, withErrorContext } from '../api/file-error.ts';
import { FopError } from '../api/fop-error.ts';
import { OpenFileSteps } from '../api/open-file.ts';
import { Stats } from '../api/stats.ts';
import { awaitPromise, type Steps } from '../api/steps.ts';
import type { Volume } from '../api/volume.ts';
import type { VolumeSteps } from '../api/volume-steps.ts';
import { ECANCELED, EFBIG, ENOSYS, EOPNOTSUPP, ETIMEDOUT } from '../core/errno.ts';
import { toHex } from '../core/hex.ts';
import type { Iatt } from '../core/iatt.ts';
import { O_CREAT, O_EXCL, O_RDWR, O_SYNC } from '../core/open-flags.ts';
import { FIRST_CURSOR } from '../xlators/features/watch/notices.ts';
import { Chunk, type ChunkRequests, type RequestOptions } from './chunk.ts';
import { checkChunkName } from './chunk-name.ts';
import { FileWatch, notifyWatchers, type WatchEvent, watchFile } from './file-watch.ts';
import { Locks } from './locks.ts';
import { type OpenChunk, OpenChunks } from './open-chunks.ts';
import { RequestQueue } from './request-queue.ts';
import { copyChunk, syncDirectory, writeWholeChunk } from './whole-chunk.ts';

export interface ChunkStoreSettings {
  /** Path of the directory of the chunks; by default `/chunks`. */
  readonly directory?: string;
  /** The most bytes of a chunk; by default 4 MiB. */
  readonly chunkSize?: number;
  /** The most requests under way at a time; by default 64. Further ones wait in the order of their calls. */
  readonly inFlight?: number;
  /** The most files that stay open without a user; by default twice `inFlight`. */
  readonly openFiles?: number;
  /** Whether a write is on the disk when its promise resolves (O_SYNC); by default `Chunk.sync` does that. */
  readonly syncWrites?: boolean;
}

export interface OpenOptions extends RequestOptions {
  /** Whether to create an absent chunk. */
  readonly create?: boolean;
  /** Whether an existing chunk is an error, EEXIST; only with `create`. */
  readonly exclusive?: boolean;
}

const DEFAULT_CHUNK_BYTES = 4 * 1024 * 1024;
const DEFAULT_IN_FLIGHT = 64;
/** Errnos of a storage that cannot fill a range with zeros itself. */
const NO_ZEROFILL_ERRNOS: ReadonlySet<number> = new Set([ENOSYS, EOPNOTSUPP]);
/** Name of the directory of locks, in that of the chunks. No chunk has a name with a dot in front. */
const LOCK_DIRECTORY = '.locks';

export class ChunkStore implements ChunkRequests {
  readonly volume: Volume;
  readonly directory: string;
  /** Bytes. */
  readonly chunkSize: number;
  readonly queue: RequestQueue;
  /** Locks that outlive this program, by names of their own. */
  readonly locks: Locks;
  private readonly openChunks: OpenChunks;
  private readonly openFlags: number;

  private constructor(volume: Volume, settings: ChunkStoreSettings) {
    const { directory = '/chunks', inFlight = DEFAULT_IN_FLIGHT, syncWrites = false } = settings;
    const { chunkSize = DEFAULT_CHUNK_BYTES, openFiles = inFlight * 2 } = settings;
    this.volume = volume;
    this.directory = directory.replace(/\/+$/, '');
    this.chunkSize = toInteger(chunkSize, 'chunkSize', 1);
    this.locks = new Locks(volume, `${this.directory}/${LOCK_DIRECTORY}`);
    this.queue = new RequestQueue(toInteger(inFlight, 'inFlight', 1));
    this.openFlags = O_RDWR | (syncWrites ? O_SYNC : 0);
    this.openChunks = new OpenChunks(toInteger(openFiles, 'openFiles'), (fd) => fd.release());
  }

  /** Opens the store of a directory, which is made if it is absent. The volume stays the caller's. */
  static async open(volume: Volume, settings: ChunkStoreSettings = {}): Promise<ChunkStore> {
    const store = new ChunkStore(volume, settings);
    await volume.mkdir(`${store.directory}/${LOCK_DIRECTORY}`, { recursive: true });
    return store;
  }

  /** Number of files that are open, in use or not. */
  get openFileCount(): number {
    return this.openChunks.size;
  }

  /** Closes the files. One that a chunk uses is closed with the chunk. */
  close(): void {
    this.openChunks.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  // -- chunks ----------------------------------------------------------------------------------

  /** Opens a chunk. @throws {FileError} ENOENT, EEXIST, EINVAL for a wrong name */
  async open(name: string, options: OpenOptions = {}): Promise<Chunk> {
    const { create = false, exclusive = false } = options;
    checkChunkName(name, 'open');
    const isExclusive = create && exclusive;
    const cached = isExclusive ? undefined : this.openChunks.take(name);
    if (cached !== undefined) return new Chunk(this, cached);
    const flags = this.openFlags | (create ? O_CREAT : 0) | (isExclusive ? O_EXCL : 0);
    const path = this.makePath(name);
    const { fd } = await this.request('open', name, options, function* ({ files }) {
      // Without a lookup before: one request less where the chunk is new.
      const file = yield* create ? files.create(path, flags) : files.open(path, flags);
      // The caller may have given up meanwhile.
      return { fd: file.fd, releaseUnused: () => file.fd.release() };
    });
    return new Chunk(this, this.openChunks.add(name, fd));
  }

  /** Returns the attributes of a chunk. @throws {FileError} ENOENT */
  async stat(name: string, options: RequestOptions = {}): Promise<Stats> {
    const { deviceNumber } = this.volume.client;
    return new Stats(await this.readAttributes(name, options), deviceNumber);
  }

  /** @internal The attributes of a chunk, in the form of requests. */
  readAttributes(name: string, options: RequestOptions): Promise<Iatt> {
    checkChunkName(name, 'stat');
    const path = this.makePath(name);
    return this.request('stat', name, options, function* ({ files }) {
      return (yield* files.find(path)).buf;
    });
  }

  /** Removes a chunk. Objects that use it can go on. @throws {FileError} ENOENT */
  async unlink(name: string, options: RequestOptions = {}): Promise<void> {
    checkChunkName(name, 'unlink');
    const path = this.makePath(name);
    try {
      await this.request('unlink', name, options, ({ files }) => files.unlink(path));
    } finally {
      // Also after a failure: the request may have reached the storage.
      this.openChunks.forget(name);
    }
  }

  /**
   * Copies a chunk. The target has its name when all data is on the disk, and replaces an existing chunk.
   * @throws {FileError} ENOENT
   */
  async copy(from: string, to: string, options: RequestOptions = {}): Promise<void> {
    checkChunkName(from, 'copy');
    checkChunkName(to, 'copy');
    const [fromPath, toPath] = [this.makePath(from), this.makePath(to)];
    try {
      await this.request('copy', from, options, (volume) => copyChunk(volume, fromPath, toPath));
    } finally {
      this.openChunks.forget(to);
    }
  }

  /** Reads all of a chunk. @throws {FileError} ENOENT */
  readWhole(name: string, options: RequestOptions = {}): Promise<Uint8Array> {
    checkChunkName(name, 'read');
    const path = this.makePath(name);
    return this.request('read', name, options, ({ files }) => files.readFile(path));
  }

  /** Makes or replaces a chunk, which has its name when all data is on the disk. */
  async writeWhole(
    name: string,
    data: string | Uint8Array,
    options: RequestOptions = {},
  ): Promise<void> {
    checkChunkName(name, 'write');
    const path = this.makePath(name);
    const bytes = toBytes(data);
    try {
      await this.request('write', name, options, (volume) => writeWholeChunk(volume, path, bytes));
    } finally {
      this.openChunks.forget(name);
    }
  }

  /** Brings the names of all chunks to the disk. `Chunk.sync` does that for the data of one. */
  syncNames(options: RequestOptions = {}): Promise<void> {
    return this.request('fsync', this.directory, options, (volume) =>
      syncDirectory(volume, this.directoryPath),
    );
  }

  /**
   * Computes the SHA-256 of a chunk, without the zeros at its end: those of a shorter chunk are read, too.
   * @returns hexadecimal text. @throws {FileError} ENOENT
   * Source: Archipelago, `filed.c` (handle_hash).
   */
  hash(name: string, options: RequestOptions = {}): Promise<string> {
    checkChunkName(name, 'hash');
    const path = this.makePath(name);
    return this.request('hash', name, options, function* ({ files }) {
      const bytes = yield* files.readFile(path);
      const content = bytes.subarray(0, findEndOfData(bytes)) as Uint8Array<ArrayBuffer>;
      const digest = yield* awaitPromise(crypto.subtle.digest('SHA-256', content));
      return toHex(new Uint8Array(digest));
    });
  }

  // -- watches ---------------------------------------------------------------------------------

  /**
   * Begins to watch a chunk, which need not exist yet. Once the promise resolves, no event is missed. The iteration
   * ends when the chunk is removed or the signal is aborted.
   * @throws {NoWatchError} without features/watch at the top of the volume
   */
  async watch(
    name: string,
    { signal }: Pick<RequestOptions, 'signal'> = {},
  ): Promise<AsyncGenerator<WatchEvent, void>> {
    checkChunkName(name, 'watch');
    // Before the chunk is looked for, so that its creation is not missed.
    const directory = await FileWatch.open(this.volume, this.directoryPath);
    const { cursor } = await directory.wait(undefined, signal);
    try {
      return await watchFile(this.volume, this.makePath(name), signal);
    } catch (error) {
      if ((error as FileError).code !== 'ENOENT') throw error;
      return this.watchAbsent(directory, name, cursor, signal);
    }
  }

  /** Waits until a chunk exists, and yields its events from its creation. @param start cursor of the directory */
  private async *watchAbsent(
    directory: FileWatch,
    name: string,
    start: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<WatchEvent, void> {
    for (let cursor = start; ; ) {
      ({ cursor } = await directory.wait(cursor, signal));
      const chunk = await this.findWatched(name);
      if (chunk !== null) return yield* chunk.iterate(FIRST_CURSOR, signal);
    }
  }

  /** Finds a chunk to watch; null if it is absent. */
  private async findWatched(name: string): Promise<FileWatch | null> {
    try {
      return await FileWatch.open(this.volume, this.makePath(name));
    } catch (error) {
      if ((error as FileError).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Sends a notice to all that watch a chunk. @param text at most 1024 bytes @throws {FileError} ENOENT */
  async notify(name: string, text: string): Promise<void> {
    checkChunkName(name, 'notify');
    await notifyWatchers(this.volume, this.makePath(name), text);
  }

  // -- ChunkRequests, for `Chunk` -----------------------------------------------------------------

  /** @internal */
  readChunk(
    { name, fd }: OpenChunk,
    offset: number,
    length: number,
    options: RequestOptions,
  ): Promise<Uint8Array> {
    const [at, size] = [toInteger(offset, 'offset'), toInteger(length, 'length')];
    return this.request('read', name, options, ({ driver }) =>
      new OpenFileSteps(driver, fd).read(size, at),
    );
  }

  /** @internal */
  async writeChunk(
    chunk: OpenChunk,
    offset: number,
    data: string | Uint8Array,
    options: RequestOptions,
  ): Promise<void> {
    const [at, bytes] = [toInteger(offset, 'offset'), toBytes(data)];
    const { name, fd } = chunk;
    if (at + bytes.length > this.chunkSize) throw new FileError(EFBIG, 'write', name);
    chunk.isDirty = true;
    await this.request('write', name, options, ({ driver }) =>
      new OpenFileSteps(driver, fd).write(bytes, at),
    );
  }

  /** @internal */
  async clearChunk(
    chunk: OpenChunk,
    offset: number,
    length: number,
    options: RequestOptions,
  ): Promise<void> {
    const [at, size] = [toInteger(offset, 'offset'), toInteger(length, 'length')];
    const { name, fd } = chunk;
    if (at + size > this.chunkSize) throw new FileError(EFBIG, 'zerofill', name);
    chunk.isDirty = true;
    await this.request('zerofill', name, options, ({ driver }) =>
      clearRange(new OpenFileSteps(driver, fd), at, size),
    );
  }

  /** @internal */
  syncChunk({ name, fd }: OpenChunk, options: RequestOptions): Promise<void> {
    return this.request('fsync', name, options, ({ driver }) =>
      new OpenFileSteps(driver, fd).sync(true),
    );
  }

  /** @internal */
  async closeChunk(chunk: OpenChunk, options: RequestOptions): Promise<void> {
    const { name, fd } = chunk;
    try {
      if (!chunk.isDirty) return;
      chunk.isDirty = false;
      await this.request('close', name, options, ({ driver }) =>
        new OpenFileSteps(driver, fd).flush(),
      );
    } finally {
      this.openChunks.release(chunk);
    }
  }

  /** @internal */
  releaseChunk(chunk: OpenChunk): void {
    this.openChunks.release(chunk);
  }

  // -- the queue -------------------------------------------------------------------------------

  private get directoryPath(): string {
    return this.directory === '' ? '/' : this.directory;
  }

  private makePath(name: string): string {
    return `${this.directory}/${name}`;
  }

  /** Runs steps when it is their turn. @throws {FileError} with the name of the chunk as its path */
  private async request<R>(
    syscall: string,
    name: string,
    { signal, deadlineMs, lock }: RequestOptions,
    makeSteps: (volume: VolumeSteps) => Steps<R>,
  ): Promise<R> {
    const deadline = deadlineMs === undefined ? null : this.startDeadline(deadlineMs);
    const signals = [signal, deadline?.signal].filter((each) => each !== undefined);
    const anySignal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    const { volume } = this;
    const target = anySignal === undefined ? volume : volume.with({ signal: anySignal });
    try {
      const makeRequest = (steps: VolumeSteps): Steps<R> =>
        withErrorContext(syscall, name, makeSteps(steps));
      const send = (): Promise<R> =>
        lock === undefined
          ? target.steps.run(makeRequest(target.steps))
          : lock.runFenced(target.steps, makeRequest);
      return await this.queue.run(send, anySignal);
    } catch (error) {
      if (anySignal?.aborted !== true || error instanceof FileError) throw error;
      const errno = deadline?.signal.aborted === true ? ETIMEDOUT : ECANCELED;
      throw Object.assign(new FileError(errno, syscall, name), { cause: error });
    } finally {
      deadline?.cancel();
    }
  }

  private startDeadline(ms: number): { readonly signal: AbortSignal; cancel(): void } {
    const controller = new AbortController();
    const { context } = this.volume.client.graph.top;
    return {
      signal: controller.signal,
      cancel: context.after(toInteger(ms, 'deadlineMs'), () => controller.abort()),
    };
  }
}

/** Fills a range with zeros; by a write if the storage has no operation for it. */
function* clearRange(file: OpenFileSteps, offset: number, length: number): Steps<void> {
  try {
    yield* file.zerofill(offset, length);
  } catch (error) {
    if (!(error instanceof FopError && NO_ZEROFILL_ERRNOS.has(error.errno))) throw error;
    yield* file.write(new Uint8Array(length), offset);
  }
}

/** Returns the length of bytes without the zeros at their end. */
function findEndOfData(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return end;
}
