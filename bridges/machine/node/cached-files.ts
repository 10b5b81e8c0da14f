/**
 * Reads and writes files of the user's cache folder (`cache-folder.ts`): memory snapshots, which
 * only save time. A failure is logged and ignored. A user who can write such a file decides which
 * code the interpreter runs, so a file must belong to this user, be writable by no other and be no
 * link; its reader compares the sha256 of the inputs.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Log, reason, whyForeign } from './cache-folder.ts';

/** Files kept of one kind; a change of the preloaded package makes a new one. */
const KEEP = 4;

/** Flags that never block, even on a pipe. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens `file` of a usable folder for reading; undefined if it is missing, unreadable, or not this
 * user's alone.
 */
export function openCached(file: string, warn: Log, log: Log): number | undefined {
  let fd: number;
  try {
    fd = openSync(file, READ);
  } catch (error) {
    const code = reason(error);
    if (code === 'ELOOP') warn(`not used: ${file} is a symbolic link`);
    else if (code !== 'ENOENT') log(`cannot read ${file}: ${code}`);
    return undefined;
  }
  const why = whyForeign(file, fstatSync(fd), 'file');
  if (why === null) return fd;
  warn(`not used: ${why}`);
  closeSync(fd);
  return undefined;
}

/** Writes `parts` to `name` in a usable folder, so that a reader sees the whole file or none. */
export function writeCached(
  folder: string,
  name: string,
  parts: readonly Uint8Array[],
  log: Log,
): boolean {
  const file = join(folder, name);
  const temporary = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;
  try {
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      for (const part of parts) writeFileSync(fd, part);
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

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It was never created, or another process has removed it.
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
