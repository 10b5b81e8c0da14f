/** Streams over an open file: Node's, those of the web, and lines. */
import type { Readable, Writable } from 'node:stream';
import { asBuffer, dataBytes } from './arguments.ts';

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
function streams(): typeof import('node:stream') {
  const found = globalThis.process?.getBuiltinModule?.('node:stream');
  if (found === undefined)
    throw new Error('a browser has no streams of Node: use readableWebStream');
  return found;
}

/** A file that is open, or will be. */
type Opening = StreamFile | Promise<StreamFile>;

/** Pieces of the file, from `start` to `end`, or from the handle's position. */
async function* pieces(
  opening: Opening,
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
    yield asBuffer(buffer.subarray(0, bytesRead));
  }
}

/** Node's stream of a file, with its `close`. */
type Closable<S> = S & { close(callback?: (error?: unknown) => void): void };

/** @param end asks the stream to end */
function closable<S extends Readable | Writable>(stream: S, end: () => void): Closable<S> {
  return Object.assign(stream, {
    close(callback?: (error?: unknown) => void): void {
      if (callback !== undefined) {
        streams().finished(stream, (error) => {
          if (stream.closed) callback(error);
          else stream.once('close', () => callback(error));
        });
      }
      end();
    },
  });
}

export function readStream(opening: Opening, options: ReadStreamOptions = {}): Closable<Readable> {
  const { encoding = null, autoClose = true } = options;
  const { Readable: ReadableClass } = streams();
  const stream = ReadableClass.from(pieces(opening, options), {
    objectMode: false,
    ...(encoding === null ? {} : { encoding }),
  });
  if (autoClose) stream.once('close', () => void closeOpened(opening));
  return closable(stream, () => stream.destroy());
}

export function writeStream(
  opening: Opening,
  options: WriteStreamOptions = {},
): Closable<Writable> {
  const { start, encoding, autoClose = true } = options;
  const { Writable: WritableClass } = streams();
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
      write(dataBytes(chunk, chunkEncoding)).then(() => done(), done);
    },
    destroy(error, done) {
      const closed = autoClose ? closeOpened(opening) : Promise.resolve();
      closed.then(
        () => done(error),
        (failure) => done(error ?? failure),
      );
    },
  });
  return closable(stream, () => stream.end());
}

/** Closes a file, if it could be opened. @throws {FileError} */
async function closeOpened(opening: Opening): Promise<void> {
  const [result] = await Promise.allSettled([opening]);
  if (result.status === 'fulfilled') await result.value.close();
}

export function webStream(handle: StreamFile): ReadableStream<Uint8Array> {
  const source = pieces(handle, {});
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
  for await (const piece of pieces(handle, {})) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
