/** Streams over an open file: Node's, those of the web, and lines. */
import type { Readable, Writable } from 'node:stream';
import { toBuffer, toBytes } from './arguments.ts';

const PIECE = 128 * 1024;

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

export interface WriteStreamOptions {
  readonly start?: number;
  readonly encoding?: BufferEncoding | null;
  readonly autoClose?: boolean;
}

/** Node's module of streams; absent in a browser. */
function loadStreams(): typeof import('node:stream') {
  const found = globalThis.process?.getBuiltinModule?.('node:stream');
  if (found === undefined)
    throw new Error('a browser has no streams of Node: use readableWebStream');
  return found;
}

/** A file that is open, or will be. */
type OpeningFile = StreamFile | Promise<StreamFile>;

/** Pieces of the file, from `start` to `end`, or from the handle's position. */
async function* readPieces(
  opening: OpeningFile,
  { start, end = Number.POSITIVE_INFINITY, highWaterMark = PIECE }: ReadStreamOptions,
): AsyncGenerator<Uint8Array, void> {
  const handle = await opening;
  let at = start ?? null;
  for (let left = end - (start ?? 0) + 1; left > 0; ) {
    const buffer = new Uint8Array(Math.min(highWaterMark, left));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    if (at !== null) at += bytesRead;
    left -= bytesRead;
    yield toBuffer(buffer.subarray(0, bytesRead));
  }
}

/** Node's stream of a file, with its `close`. */
type Closable<S> = S & { close(callback?: (error?: unknown) => void): void };

/** @param end asks the stream to end */
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

export function makeReadStream(
  opening: OpeningFile,
  options: ReadStreamOptions = {},
): Closable<Readable> {
  const { encoding = null, autoClose = true } = options;
  const { Readable: ReadableClass } = loadStreams();
  const stream = ReadableClass.from(readPieces(opening, options), {
    objectMode: false,
    ...(encoding === null ? {} : { encoding }),
  });
  if (autoClose) stream.once('close', () => void closeOpened(opening));
  return addClose(stream, () => stream.destroy());
}

export function makeWriteStream(
  opening: OpeningFile,
  options: WriteStreamOptions = {},
): Closable<Writable> {
  const { start, encoding, autoClose = true } = options;
  const { Writable: WritableClass } = loadStreams();
  let at = start ?? null;
  const write = async (bytes: Uint8Array): Promise<void> => {
    const handle = await opening;
    await handle.write(bytes, 0, bytes.length, at);
    if (at !== null) at += bytes.length;
  };
  const stream = new WritableClass({
    ...(encoding === undefined || encoding === null ? {} : { defaultEncoding: encoding }),
    construct(done) {
      Promise.resolve(opening).then(() => done(), done);
    },
    write(chunk, chunkEncoding, done) {
      write(toBytes(chunk, chunkEncoding)).then(() => done(), done);
    },
    destroy(error, done) {
      const closed = autoClose ? closeOpened(opening) : Promise.resolve();
      closed.then(
        () => done(error),
        (failure) => done(error ?? failure),
      );
    },
  });
  return addClose(stream, () => stream.end());
}

/** Closes a file, if it could be opened. @throws {FileError} */
async function closeOpened(opening: OpeningFile): Promise<void> {
  const [result] = await Promise.allSettled([opening]);
  if (result.status === 'fulfilled') await result.value.close();
}

export function makeWebStream(handle: StreamFile): ReadableStream<Uint8Array> {
  const source = readPieces(handle, {});
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

export async function* readLines(handle: StreamFile): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of readPieces(handle, {})) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
