/**
 * Copies files and trees between two file systems, each a volume or the machine's own. A file
 * appears under its name when it is whole: its data is written to a temporary name before.
 */
import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import { Failure } from '../../terminal/exit.ts';
import { reason } from '../../terminal/reason.ts';
import type { FileSystem } from './operand.ts';

/** Files that are copied at a time. */
const PARALLEL = 32;
/** Bytes of one read. */
const PIECE = 1024 * 1024;

export interface CopySettings {
  readonly from: FileSystem;
  readonly to: FileSystem;
  readonly recursive: boolean;
  /** Whether times are copied. */
  readonly preserve: boolean;
  readonly signal: AbortSignal;
  /** Called when a file was found, and with `isDone` when it is copied. */
  onFile(path: string, isDone: boolean): void;
  /** Called with the message of a file that could not be copied; the others are. */
  onFailure(message: string): void;
}

/** A file to copy. */
interface Job {
  readonly source: string;
  readonly target: string;
}

/** Copies one operand to a path that names the copy itself. */
export async function copyOperand(
  source: string,
  target: string,
  settings: CopySettings,
): Promise<void> {
  const stats = await settings.from.stat(source);
  if (!stats.isDirectory()) return runInParallel([{ source, target }], settings);
  if (!settings.recursive) throw new Failure(`${source} is a directory: use --recursive`);
  await runInParallel(findJobs(source, target, settings), settings);
}

/** Makes the directories of a tree, and yields its files. */
async function* findJobs(
  source: string,
  target: string,
  settings: CopySettings,
): AsyncGenerator<Job, void> {
  const { from, to } = settings;
  const { mode } = await from.stat(source);
  await to.mkdir(target, { recursive: true });
  for await (const entry of await from.opendir(source)) {
    settings.signal.throwIfAborted();
    const job = {
      source: posix.join(source, entry.name),
      target: posix.join(target, entry.name),
    };
    if (entry.isDirectory()) yield* findJobs(job.source, job.target, settings);
    else yield job;
  }
  await to.chmod(target, mode & 0o7777);
}

/** Copies each file; a failure is reported, and does not end the others. */
async function runInParallel(
  jobs: Iterable<Job> | AsyncIterable<Job>,
  settings: CopySettings,
): Promise<void> {
  const active = new Set<Promise<void>>();
  for await (const job of jobs) {
    settings.onFile(job.source, false);
    const copy = copyOne(job, settings).then(
      () => settings.onFile(job.source, true),
      (error) => settings.onFailure(`${job.source}: ${reason(error)}`),
    );
    const ending = copy.finally(() => active.delete(ending));
    active.add(ending);
    if (active.size >= PARALLEL) await Promise.race(active);
    if (settings.signal.aborted) break;
  }
  await Promise.all(active);
}

async function copyOne({ source, target }: Job, settings: CopySettings): Promise<void> {
  const { from, to, preserve } = settings;
  const stats = await from.lstat(source);
  const temporary = posix.join(
    posix.dirname(target),
    `.${posix.basename(target).slice(0, 200)}.${randomBytes(4).toString('hex')}`,
  );
  try {
    if (stats.isSymbolicLink()) await to.symlink(await from.readlink(source), temporary);
    else if (stats.isFile()) await copyData(source, temporary, stats.mode & 0o7777, settings);
    else throw new Failure('only files, directories and symbolic links are copied');
    if (preserve && stats.isFile()) await to.utimes(temporary, stats.atime, stats.mtime);
    settings.signal.throwIfAborted();
    await to.rename(temporary, target);
  } catch (error) {
    await to.rm(temporary, { force: true }).catch(() => {
      // The file system that refused the copy may refuse its removal, too.
    });
    throw error;
  }
}

/** Writes one piece while the next is read. */
async function copyData(
  source: string,
  target: string,
  mode: number,
  { from, to, signal }: CopySettings,
): Promise<void> {
  const input = await from.open(source, 'r');
  try {
    const output = await to.open(target, 'wx', mode);
    try {
      let position = 0;
      let next = readPiece(input, position);
      for (;;) {
        const piece = await next;
        signal.throwIfAborted();
        if (piece.length === 0) break;
        const offset = position;
        position += piece.length;
        next = readPiece(input, position);
        await Promise.all([next, output.write(piece, 0, piece.length, offset)]);
      }
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
}

async function readPiece(file: FileHandle, position: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(PIECE);
  const { bytesRead } = await file.read(buffer, 0, PIECE, position);
  return buffer.subarray(0, bytesRead);
}
