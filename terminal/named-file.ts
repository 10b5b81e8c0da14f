/**
 * Reads to its end a file that the user named: a regular file or a pipe. Throws Failure for a
 * device, which may have no end, for a pipe without a writer, and for a file above a size limit.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure, formatReason } from './exit.ts';

/** The settings of a read. */
export interface NamedFileSettings {
  /** The file in messages, with its path: `the volfile a.vol`. */
  readonly name: string;
  /** The most bytes that it may have. */
  readonly sizeMax?: number;
  /** Time limits for a pipe's writer; by default long enough for a person who types. */
  readonly timeLimits?: TimeLimits;
  /** Returns a hint for the message that there is no such file: ` (did you mean …?)`. */
  readonly makeHint?: () => string;
}

/** Time limits for a pipe's writer. */
interface TimeLimits {
  /** Milliseconds until a writer must have opened the pipe. */
  readonly writerMs: number;
  /** Milliseconds that the writer may be silent. */
  readonly silenceMs: number;
}

const defaultTimeLimits: TimeLimits = { writerMs: 2000, silenceMs: 60_000 };

const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;

/** Bytes per read. */
const CHUNK_BYTES = 65_536;
const BYTES_PER_MIB = 2 ** 20;

/** The pause between two reads of a pipe that has no data yet. */
const POLL_INTERVAL_MS = 20;

/** Reads a file to its end. @throws {Failure} */
export async function readNamedFile(path: string, settings: NamedFileSettings): Promise<Buffer> {
  const { name, makeHint } = settings;
  let fd = -1;
  try {
    // Checked before the open: opening a device may have an effect (a tape rewinds).
    refuseSpecialFile(statSync(path), settings);
    fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    return await readToEnd(fd, settings);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const hint = (error as NodeJS.ErrnoException).code === 'ENOENT' ? (makeHint?.() ?? '') : '';
    throw new Failure(`cannot read ${name}: ${formatReason(error)}${hint}`);
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}

/** Reads standard input to its end; it may be a terminal. @throws {Failure} */
export async function readStandardInput(settings: NamedFileSettings): Promise<Buffer> {
  try {
    return await readToEnd(0, settings);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`cannot read ${settings.name}: ${formatReason(error)}`);
  }
}

/** Refuses anything but a regular file and a pipe. @throws {Failure} */
function refuseSpecialFile(stats: Stats, { name }: NamedFileSettings): void {
  if (stats.isFile() || stats.isFIFO()) return;
  const kind = stats.isDirectory() ? 'directory' : stats.isSocket() ? 'socket' : 'device';
  throw new Failure(`cannot read ${name}: it is a ${kind}, and no file`);
}

/** Reads a descriptor to its end, and polls a pipe that has no data yet. @throws {Failure} */
async function readToEnd(fd: number, settings: NamedFileSettings): Promise<Buffer> {
  const { name, sizeMax, timeLimits: { writerMs, silenceMs } = defaultTimeLimits } = settings;
  const stats = fstatSync(fd);
  const refuseIfLarger = (size: number): void => {
    if (sizeMax === undefined || size <= sizeMax) return;
    throw new Failure(
      `cannot read ${name}: it has more than ${sizeMax / BYTES_PER_MIB} MiB, which is the limit: ` +
        'it is held in memory as a whole, many times over',
    );
  };
  if (stats.isFile()) refuseIfLarger(stats.size);
  const chunks: Buffer[] = [];
  let size = 0;
  for (let waitedMs = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const length = readAvailable(fd, chunk);
    if (length > 0) {
      chunks.push(chunk.subarray(0, length));
      size += length;
      waitedMs = 0;
      refuseIfLarger(size);
      continue;
    }
    // A read of 0 bytes means the end; for a named pipe also that no writer has opened it yet.
    const mayStillBegin = length === 0 && size === 0 && fd !== 0 && stats.isFIFO();
    if (length === 0 && !mayStillBegin) return Buffer.concat(chunks);
    if (waitedMs >= (mayStillBegin ? writerMs : silenceMs)) {
      const cause = mayStillBegin
        ? 'nothing writes to this pipe'
        : `it was silent for ${waitedMs / 1000} s`;
      throw new Failure(`cannot read ${name}: ${cause}`);
    }
    await delay(POLL_INTERVAL_MS);
    waitedMs += POLL_INTERVAL_MS;
  }
}

/** Reads without waiting; returns the number of bytes: 0 at the end, -1 while none have arrived. */
function readAvailable(fd: number, chunk: Buffer): number {
  try {
    return readSync(fd, chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return -1;
    throw error;
  }
}
