/**
 * Reads and writes files of the user's cache folder (`cache-folder.ts`): memory snapshots, which
 * only save time, so a failure is logged and ignored. A user who can write such a file decides
 * which code the interpreter runs. So a file must belong to this user, be writable by no other and
 * be no link; its reader compares the sha256 of the snapshot's inputs.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { removeIfPresent, removeOldest } from '../../../runtime/sys/oldest-files.ts';
import { findForeignReason, formatErrorReason, type Log } from './cache-folder.ts';

/** The most snapshots of one kind that are kept: each version of glossa or Pyodide adds one. */
const MAX_SNAPSHOTS = 4;

/** Flags that follow no symbolic link (ELOOP), and never block, even on a pipe. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens `file` of a usable folder for reading, and returns its descriptor; undefined if the file is
 * missing, unreadable, or under the control of other users.
 */
export function openCached(file: string, warn: Log, log: Log): number | undefined {
  let fd: number;
  try {
    fd = openSync(file, READ_FLAGS);
  } catch (error) {
    const code = formatErrorReason(error);
    if (code === 'ELOOP') warn(`not used: ${file} is a symbolic link`);
    else if (code !== 'ENOENT') log(`cannot read ${file}: ${code}`);
    return undefined;
  }
  const problem = findForeignReason(file, fstatSync(fd), 'file');
  if (problem === null) return fd;
  warn(`not used: ${problem}`);
  closeSync(fd);
  return undefined;
}

/**
 * Writes `parts` to `name` in a usable folder, so that a reader sees the whole file or none.
 * Returns false if that fails.
 */
export function writeCached(
  folder: string,
  name: string,
  parts: readonly Uint8Array[],
  log: Log,
): boolean {
  const file = join(folder, name);
  // Another thread of this process would have another time, and could not open the file otherwise.
  const temporary = `${file}.${process.pid}.${process.hrtime.bigint()}`;
  try {
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      for (const part of parts) writeFileSync(fd, part);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, file);
    removeOldFiles(folder, name);
    return true;
  } catch (error) {
    log(`cannot write ${file}: ${formatErrorReason(error)}`);
    removeIfPresent(temporary);
    return false;
  }
}

/** The end of a temporary file's name, with the process that writes it. */
const TEMPORARY = /\.(\d+)\.\d+$/;

/**
 * Removes the oldest files that differ from `name` only between the first `-` and the suffix, and what killed processes
 * have left of such files.
 */
function removeOldFiles(folder: string, name: string): void {
  const suffix = name.slice(name.lastIndexOf('.'));
  const prefix = name.slice(0, name.indexOf('-') + 1);
  const entries = readdirSync(folder).filter((entry) => entry.startsWith(prefix));
  for (const entry of entries) {
    const pid = TEMPORARY.exec(entry)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeIfPresent(join(folder, entry));
  }
  removeOldest(
    folder,
    (entry) => entry.startsWith(prefix) && entry.endsWith(suffix),
    MAX_SNAPSHOTS,
  );
}
