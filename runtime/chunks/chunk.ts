/** An open chunk of a `ChunkStore`. */

import { FileError } from '../api/file-error.ts';
import { EBADF } from '../core/errno.ts';
import type { HeldLock } from './held-lock.ts';
import type { OpenChunk } from './open-chunks.ts';

/** Options of one request. */
export interface RequestOptions {
  /** Ends the request with ECANCELED. */
  readonly signal?: AbortSignal;
  /** Milliseconds from the call, those in the queue included, after which the request ends with ETIMEDOUT. */
  readonly deadlineMs?: number;
  /** The request is sent only while this lock is held; once it was broken, it fails with ESTALE. */
  readonly lock?: HeldLock;
}

/** The requests of open chunks, which their store queues and sends. */
export interface ChunkRequests {
  /** Reads of an open file; fewer bytes at its end. */
  readChunk(
    chunk: OpenChunk,
    offset: number,
    length: number,
    options: RequestOptions,
  ): Promise<Uint8Array>;
  /** Writes all data into an open file. */
  writeChunk(
    chunk: OpenChunk,
    offset: number,
    data: string | Uint8Array,
    options: RequestOptions,
  ): Promise<void>;
  /** Fills a range with zeros. */
  clearChunk(
    chunk: OpenChunk,
    offset: number,
    length: number,
    options: RequestOptions,
  ): Promise<void>;
  /** Brings written data to the disk. */
  syncChunk(chunk: OpenChunk, options: RequestOptions): Promise<void>;
  /** Reports the errors of delayed writes (flush), and ends one use of the file. */
  closeChunk(chunk: OpenChunk, options: RequestOptions): Promise<void>;
  /** Ends one use of the file. */
  releaseChunk(chunk: OpenChunk): void;
}

export class Chunk {
  private readonly store: ChunkRequests;
  private readonly chunk: OpenChunk;
  private closePromise: Promise<void> | null = null;

  /** @param chunk already counts this user */
  constructor(store: ChunkRequests, chunk: OpenChunk) {
    this.store = store;
    this.chunk = chunk;
  }

  get name(): string {
    return this.chunk.name;
  }

  /** Whether the name may have another file by now: this one was removed or replaced. */
  get isStale(): boolean {
    return this.chunk.isStale;
  }

  /** Reads at most `length` bytes, fewer at the end of the file. */
  async read(offset: number, length: number, options: RequestOptions = {}): Promise<Uint8Array> {
    this.checkOpen('read');
    return this.store.readChunk(this.chunk, offset, length, options);
  }

  /** Writes all data. Bytes between the end of the file and `offset` become zeros. @throws {FileError} EFBIG */
  async write(
    offset: number,
    data: string | Uint8Array,
    options: RequestOptions = {},
  ): Promise<void> {
    this.checkOpen('write');
    await this.store.writeChunk(this.chunk, offset, data, options);
  }

  /** Fills a range with zeros, and extends the chunk to its end. @throws {FileError} EFBIG */
  async clear(offset: number, length: number, options: RequestOptions = {}): Promise<void> {
    this.checkOpen('zerofill');
    await this.store.clearChunk(this.chunk, offset, length, options);
  }

  /** Resolves when all data written before is on the disk. */
  async sync(options: RequestOptions = {}): Promise<void> {
    this.checkOpen('fsync');
    await this.store.syncChunk(this.chunk, options);
  }

  /** Ends the use of the chunk, as `close`, but without a request. After `sync` there is nothing more to report. */
  release(): void {
    if (this.closePromise !== null) return;
    this.closePromise = Promise.resolve();
    this.store.releaseChunk(this.chunk);
  }

  /** Ends the use of the chunk, and reports delayed errors of its writes. Further calls return the same promise. */
  close(options: RequestOptions = {}): Promise<void> {
    this.closePromise ??= this.store.closeChunk(this.chunk, options);
    return this.closePromise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private checkOpen(syscall: string): void {
    if (this.closePromise !== null) throw new FileError(EBADF, syscall, this.name);
  }
}
