/**
 * Writes to standard output and standard error. Node's streams take 4 ms of a start to load, so files and pipes are
 * written without one as long as their writes succeed at once.
 */
import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { writeWhole } from '../runtime/sys/guarded-write.ts';
import { Failure, formatReason } from './exit.ts';

type OutputStream = typeof process.stdout | typeof process.stderr;

/** The standard streams of this process. */
const openers = { output: () => process.stdout, error: () => process.stderr } as const;
const descriptors = { output: 1, error: 2 } as const;

/** A standard stream of this process, and the first error of a write to it. */
export class Output {
  /** For messages. */
  private readonly name: keyof typeof openers;
  /** A file or a pipe that is written without Node's stream; null once that is open. */
  private fd: number | null;
  private opened: OutputStream | null = null;
  private writeError: Failure | null = null;

  constructor(name: keyof typeof openers) {
    this.name = name;
    this.fd = openPlain(descriptors[name]);
  }

  /** Node's stream if this is a terminal, otherwise undefined. */
  get tty(): OutputStream | undefined {
    if (this.fd !== null) return undefined;
    const stream = this.openStream();
    return stream.isTTY ? stream : undefined;
  }

  /** Writes a text, or bytes. @param done called at the end, with the error of a write that failed */
  write(data: string | Uint8Array, done?: (error?: Error | null) => void): void {
    let rest = typeof data === 'string' ? Buffer.from(data) : data;
    if (this.fd !== null) {
      rest = rest.subarray(writeAtOnce(this.fd, rest));
      if (rest.length === 0) {
        done?.();
        return;
      }
    }
    // The stream waits for the pipe's reader, and meets an error again.
    this.openStream().write(rest, done);
  }

  /** Resolves when the reader has read all output, or has closed its end. @throws {Failure} */
  async flush(): Promise<void> {
    const stream = this.opened;
    if (stream === null) return;
    // An empty write ends after all earlier ones.
    const error = await new Promise((resolve) => stream.write('', resolve));
    // The stream emits the error that failed the write in the event loop's next turn.
    if (error) await new Promise((resolve) => setImmediate(resolve));
    if (this.writeError !== null) throw this.writeError;
  }

  /** Opens Node's stream, for all that is written from now on. */
  private openStream(): OutputStream {
    if (this.opened !== null) return this.opened;
    this.fd = null;
    const stream = openers[this.name]();
    stream.on('error', this.onError);
    if (fstatSync(stream.fd).isFile()) stream._write = makeFileWriter(stream.fd);
    this.opened = stream;
    return stream;
  }

  /** Records the first error of a write. */
  private readonly onError = (error: NodeJS.ErrnoException): void => {
    // The reader (such as head) or the terminal was closed: the rest of the output is dropped.
    if (error.code === 'EPIPE' || error.code === 'EIO') return;
    this.writeError ??= new Failure(`cannot write standard ${this.name}: ${formatReason(error)}`);
  };
}

/**
 * Opens what can be written without a stream; null for all else. A pipe is opened anew: its writes must not wait for
 * the reader, and the mode of the given descriptor is shared with other processes.
 */
function openPlain(fd: number): number | null {
  const status = fstatSync(fd);
  if (status.isFile()) return fd;
  if (!status.isFIFO()) return null;
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    // No /proc, another user's pipe, or one without a reader.
    return null;
  }
}

/** Writes as much as is possible without waiting, and returns the number of bytes. Never throws. */
function writeAtOnce(fd: number, bytes: Uint8Array): number {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  } catch {
    // The stream gets the rest, and reports an error.
  }
  return written;
}

/**
 * Makes a `_write` that writes whole chunks to a file. Node's own loses the unwritten bytes when
 * the system writes only a part of a chunk.
 */
const makeFileWriter =
  (fd: number): Writable['_write'] =>
  (chunk: Uint8Array, _encoding, callback) => {
    try {
      writeWhole(fd, chunk);
      callback();
    } catch (error) {
      callback(error as Error);
    }
  };
