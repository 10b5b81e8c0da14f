/**
 * Files that are only there to save time: memory snapshots and compiled code.
 *
 * They live in `$XDG_CACHE_HOME/glossa` (or `~/.cache/glossa`). A cache is never a reason to fail:
 * what cannot be read or written is told to `log` and done without.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writevSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export type Log = (message: string) => void;

/** How many files of one kind are kept; a change of the preloaded package makes a new one. */
const KEEP = 4;

/** The user's cache folder for glossa, as the XDG base directory specification has it. */
export function defaultCacheFolder(): string {
  const named = process.env.XDG_CACHE_HOME;
  const base = named !== undefined && isAbsolute(named) ? named : join(homedir(), '.cache');
  return join(base, 'glossa');
}

/** The `code` of a system error, or its message. */
export function reason(error: unknown): string {
  if (error instanceof Error) return (error as NodeJS.ErrnoException).code ?? error.message;
  return String(error);
}

/** Opens `file` for reading; undefined when there is none or it cannot be opened. */
export function openCached(file: string, log: Log): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (reason(error) !== 'ENOENT') log(`cannot read ${file}: ${reason(error)}`);
    return undefined;
  }
}

/** The whole of `file`, or undefined as in {@link openCached}. */
export function readCached(file: string, log: Log): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (reason(error) !== 'ENOENT') log(`cannot read ${file}: ${reason(error)}`);
    return undefined;
  }
}

/** Writes `parts` to `folder/name` so that a reader sees all of them or nothing. */
export function writeCached(
  folder: string,
  name: string,
  parts: readonly Uint8Array[],
  log: Log,
): boolean {
  const file = join(folder, name);
  const temporary = `${file}.${process.pid}.${Date.now().toString(36)}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      writeAll(fd, parts);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, file);
    prune(folder, name);
    return true;
  } catch (error) {
    log(`cannot write ${file}: ${reason(error)}`);
    remove(temporary);
    return false;
  }
}

/** `writev` takes at most 1024 parts at a time and may write fewer bytes than asked. */
function writeAll(fd: number, parts: readonly Uint8Array[]): void {
  for (let i = 0; i < parts.length; i += 512) {
    let rest = parts.slice(i, i + 512).filter((part) => part.length > 0);
    while (rest.length > 0) {
      let done = writevSync(fd, rest);
      while (rest.length > 0 && done >= rest[0]!.length) {
        done -= rest[0]!.length;
        rest = rest.slice(1);
      }
      if (done > 0) rest = [rest[0]!.subarray(done), ...rest.slice(1)];
    }
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It was never made, or another process was quicker; either way it is not ours to keep.
  }
}

/** Removes the oldest files that differ from `name` only in their key. */
function prune(folder: string, name: string): void {
  const suffix = name.slice(name.lastIndexOf('.'));
  const prefix = name.slice(0, name.indexOf('-') + 1);
  const files = readdirSync(folder)
    .filter((entry) => entry.startsWith(prefix) && entry.endsWith(suffix))
    .map((entry) => join(folder, entry))
    .flatMap((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat ? [{ file, time: stat.mtimeMs }] : [];
    })
    .sort((a, b) => b.time - a.time);
  for (const old of files.slice(KEEP)) remove(old.file);
}
