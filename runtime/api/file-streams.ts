/** Makes streams over an open file: Node's, web streams, and lines. */
/// <reference types="node" preserve="true" />
import type { Readable, Writable } from 'node:stream';
import { toBuffer, toBytes } from './arguments.ts';

/** The bytes of one read, unless the caller sets `highWaterMark`. */
const CHUNK_BYTES = 128 * 1024;

/** The methods of a FileHandle that streams use. */
export interface StreamFile {
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ readonly bytesRead: number }>;
  write(
    data: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<unknown>;
  close(): Promise<void>;
}

/** The options of Node's `fs.createReadStream`. */
export interface ReadStreamOptions {
  /** The first byte; by default the handle's position. */
  readonly start?: number;
  /** The last byte, included. */
  readonly end?: number;
  readonly encoding?: BufferEncoding | null;
  readonly highWaterMark?: number;
  /** Whether the end of the stream closes the handle; by default true. */
  readonly autoClose?: boolean;
}

/** The options of Node's `fs.createWriteStream`. */
export interface WriteStreamOptions {
  /** The position of the first write; by default the handle's. */
  readonly start?: number;
  readonly encoding?: BufferEncoding | null;
  readonly autoClose?: boolean;
}

/** Loads Node's module of streams. @throws {Error} in a browser */
function loadStreams(): typeof import('node:stream') {
  const streams = globalThis.process?.getBuiltinModule?.('node:stream');
  if (streams === undefined)
    throw new Error('a browser has no streams of Node: use readableWebStream');
  return streams;
}

/** An open file, or the promise of one: a stream is made before its file is open. */
type FileOrPromise = StreamFile | Promise<StreamFile>;

/** Yields chunks of the file, from `start` to `end`, or from the handle's position. */
export async function* readChunks(
  filePromise: FileOrPromise,
  { start, end = Number.POSITIVE_INFINITY, highWaterMark = CHUNK_BYTES }: ReadStreamOptions,
): AsyncGenerator<Uint8Array, void> {
  const handle = await filePromise;
  let position = start ?? null;
  for (let remaining = end - (start ?? 0) + 1; remaining > 0; ) {
    const buffer = new Uint8Array(Math.min(highWaterMark, remaining));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    if (position !== null) position += bytesRead;
    remaining -= bytesRead;
    yield toBuffer(buffer.subarray(0, bytesRead));
  }
}

/** A Node stream with the `close` that Node's file streams have. */
type Closable<S> = S & { close(callback?: (error?: unknown) => void): void };

/** Adds `close` to a stream. @param end asks the stream to end */
function addClose<S extends Readable | Writable>(stream: S, end: () => void): Closable<S> {
  return Object.assign(stream, {
    close(callback?: (error?: unknown) => void): void {
      if (callback !== undefined) {
        loadStreams().finished(stream, (error) => {
          if (stream.closed) callback(error);
          else stream.once('close', () => callback(error));
        });
      }
      end();
    },
  });
}

/** Makes a Node stream that reads a file. */
export function makeReadStream(
  filePromise: FileOrPromise,
  options: ReadStreamOptions = {},
): Closable<Readable> {
  const { encoding = null, autoClose = true } = options;
  const { Readable: ReadableClass } = loadStreams();
  const stream = ReadableClass.from(readChunks(filePromise, options), {
    objectMode: false,
    ...(encoding === null ? {} : { encoding }),
  });
  // An error of the close is ignored: the reader has its data or an error by then.
  if (autoClose) stream.once('close', () => void closeIfOpened(filePromise).catch(() => {}));
  return addClose(stream, () => stream.destroy());
}

/** Makes a Node stream that writes a file. */
export function makeWriteStream(
  filePromise: FileOrPromise,
  options: WriteStreamOptions = {},
): Closable<Writable> {
  const { start, encoding, autoClose = true } = options;
  const { Writable: WritableClass } = loadStreams();
  let position = start ?? null;
  const write = async (bytes: Uint8Array): Promise<void> => {
    const handle = await filePromise;
    await handle.write(bytes, 0, bytes.length, position);
    if (position !== null) position += bytes.length;
  };
  const stream = new WritableClass({
    ...(encoding === undefined || encoding === null ? {} : { defaultEncoding: encoding }),
    construct(done) {
      Promise.resolve(filePromise).then(() => done(), done);
    },
    write(chunk, chunkEncoding, done) {
      write(toBytes(chunk, chunkEncoding)).then(() => done(), done);
    },
    destroy(error, done) {
      const closing = autoClose ? closeIfOpened(filePromise) : Promise.resolve();
      closing.then(
        () => done(error),
        (failure) => done(error ?? failure),
      );
    },
  });
  return addClose(stream, () => stream.end());
}

/** Closes a file, if it could be opened. @throws {FileError} */
async function closeIfOpened(filePromise: FileOrPromise): Promise<void> {
  const [result] = await Promise.allSettled([filePromise]);
  if (result.status === 'fulfilled') await result.value.close();
}

/** Makes a web stream that reads a file from the handle's position. */
export function makeWebStream(handle: StreamFile): ReadableStream<Uint8Array> {
  const source = readChunks(handle, {});
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await source.return();
    },
  });
}

/** Yields the lines of a file from the handle's position, without line ends. */
export async function* readLines(handle: StreamFile): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of readChunks(handle, {})) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
