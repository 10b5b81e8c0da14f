/**
 * Opens files for writing, protected from other users' tricks. In a directory that others can write to, a name may be
 * their link to a file that only this user (for instance root) can change. So links are followed only where no other
 * user can have made them. Elsewhere, only this user's own regular files are opened.
 */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { findExposure, readEffectiveUid } from './exposure.ts';

/** Thrown for a file that must not be written; the message omits the file's name. */
export class ForeignFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ForeignFileError';
  }
}

/** The settings of `openToWrite`. */
export interface WriteSettings {
  /** Mode of a new file, before the umask. */
  readonly mode: number;
  /** Whether writes append; otherwise the file is truncated. */
  readonly append?: boolean;
  /** Whether to open for reading, too, as shared memory needs. */
  readonly readable?: boolean;
  /** Whether to follow no link at all, and to require a regular file. */
  readonly noLinks?: boolean;
}

const { O_WRONLY, O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Opens a file for writing, and returns its descriptor. @throws {ForeignFileError | NodeJS.ErrnoException} */
export function openToWrite(path: string, settings: WriteSettings): number {
  const { mode, append, readable, noLinks } = settings;
  const isGuarded = noLinks === true || isExposed(path);
  // Without O_NONBLOCK, opening a pipe would wait for a reader.
  const guardFlags = isGuarded ? O_NOFOLLOW | O_NONBLOCK : 0;
  const access = readable ? O_RDWR : O_WRONLY;
  const fd = openGuarded(path, access | O_CREAT | guardFlags | (append ? O_APPEND : 0), mode);
  try {
    const stat = fstatSync(fd);
    const reason = isGuarded ? describeForeignFile(stat) : null;
    if (reason !== null) throw new ForeignFileError(reason);
    if (!append && stat.isFile()) ftruncateSync(fd);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Whether another user could change the file, or has made a link in its place. */
const isExposed = (path: string): boolean =>
  findExposure(path) !== null || findExposure(dirname(path), { isForNewFile: true }) !== null;

/** Opens a file, and explains failures that a link or a pipe in its place causes. */
function openGuarded(path: string, flags: number, mode: number): number {
  try {
    return openSync(path, flags, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isGuarded = (flags & O_NOFOLLOW) !== 0;
    if (isGuarded && code === 'ELOOP') {
      throw new ForeignFileError('it is a symbolic link, which is not followed');
    }
    if (isGuarded && code === 'ENXIO') throw new ForeignFileError('it is no regular file');
    throw error;
  }
}

/** Describes why an opened file is not this user's own regular file; null if it is. */
function describeForeignFile(stat: Stats): string | null {
  const uid = readEffectiveUid();
  if (!stat.isFile()) return 'it is no regular file';
  if (uid >= 0 && stat.uid !== uid && stat.uid !== 0) return `it belongs to user ${stat.uid}`;
  return stat.nlink > 1 ? 'it has another name somewhere (hard link)' : null;
}

/** Writes all of `bytes`, also when write(2) is short on a nearly full disk. @throws {NodeJS.ErrnoException} */
export function writeWhole(fd: number, bytes: Uint8Array): void {
  let writtenBytes = 0;
  while (writtenBytes < bytes.length) writtenBytes += writeSync(fd, bytes, writtenBytes);
}
