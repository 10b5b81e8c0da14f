/**
 * Reads to its end a file that a user names: a regular file or a pipe. A device may have no end, and
 * a pipe no writer: both are refused, as is a file beyond a limit.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from './exit.ts';
import { reason } from './reason.ts';

export interface NamedFileSettings {
  /** As messages call it, with its path: `the volfile a.vol`. */
  readonly name: string;
  /** Bytes that it may have. */
  readonly sizeMax?: number;
  /** Time limits for a pipe's writer; by default as long as a person would wait. */
  readonly patience?: Patience;
  /** A hint when there is no such file: ` (did you mean …?)`. */
  readonly guess?: () => string;
}

interface Patience {
  /** Milliseconds until it has to have a writer. */
  readonly writerMs: number;
  /** Milliseconds until the writer has to have written more. */
  readonly silenceMs: number;
}

const usualPatience: Patience = { writerMs: 2000, silenceMs: 60_000 };

const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;

const CHUNK = 65_536;
const MIB = 2 ** 20;

const POLL_MS = 20;

/** @throws {Failure} */
export async function readNamedFile(path: string, settings: NamedFileSettings): Promise<Buffer> {
  const { name, guess } = settings;
  let fd = -1;
  try {
    // Before it is opened: that alone may mean something to a device.
    refuseKind(statSync(path), settings);
    fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    return await readToEnd(fd, settings);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const hint = (error as NodeJS.ErrnoException).code === 'ENOENT' ? (guess?.() ?? '') : '';
    throw new Failure(`cannot read ${name}: ${reason(error)}${hint}`);
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}

/** Reads standard input to its end, also from a device. @throws {Failure} */
export async function readStandardInput(settings: NamedFileSettings): Promise<Buffer> {
  try {
    return await readToEnd(0, settings);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`cannot read ${settings.name}: ${reason(error)}`);
  }
}

function refuseKind(stats: Stats, { name }: NamedFileSettings): void {
  if (stats.isFile() || stats.isFIFO()) return;
  const kind = stats.isDirectory() ? 'directory' : stats.isSocket() ? 'socket' : 'device';
  throw new Failure(`cannot read ${name}: it is a ${kind}, and no file`);
}

async function readToEnd(fd: number, settings: NamedFileSettings): Promise<Buffer> {
  const { name, sizeMax, patience: { writerMs, silenceMs } = usualPatience } = settings;
  const stats = fstatSync(fd);
  const refuseBeyond = (size: number): void => {
    if (sizeMax === undefined || size <= sizeMax) return;
    throw new Failure(
      `cannot read ${name}: it has more than ${sizeMax / MIB} MiB, which is the limit: it is held ` +
        'in memory as a whole, many times over',
    );
  };
  if (stats.isFile()) refuseBeyond(stats.size);
  const chunks: Buffer[] = [];
  let size = 0;
  for (let waitedMs = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const length = readSome(fd, chunk);
    if (length > 0) {
      chunks.push(chunk.subarray(0, length));
      size += length;
      waitedMs = 0;
      refuseBeyond(size);
      continue;
    }
    // A pipe without a writer seems to be at its end; standard input has had one.
    const mayBegin = length === 0 && size === 0 && fd !== 0 && stats.isFIFO();
    if (length === 0 && !mayBegin) return Buffer.concat(chunks);
    if (waitedMs >= (mayBegin ? writerMs : silenceMs)) {
      const why = mayBegin
        ? 'nothing writes to this pipe'
        : `it was silent for ${waitedMs / 1000} s`;
      throw new Failure(`cannot read ${name}: ${why}`);
    }
    await delay(POLL_MS);
    waitedMs += POLL_MS;
  }
}

/** The bytes read: 0 at the end, -1 when there are none yet. */
function readSome(fd: number, chunk: Buffer): number {
  try {
    return readSync(fd, chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return -1;
    throw error;
  }
}
