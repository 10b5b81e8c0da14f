/**
 * Opening a file by its name to write it, where somebody else may be quicker: in a folder that others
 * can write, a name may have become a link to a file that only this user, root for instance, can
 * change. So a link is followed only where nobody else can have made it, and elsewhere nothing is
 * written to but a file of this user's own.
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
import { effectiveUser, exposure } from './exposure.ts';

/** A file that must not be written; the message is a sentence without the file's name. */
export class ForeignFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ForeignFileError';
  }
}

export interface WriteSettings {
  /** Of a new file, before the umask. */
  readonly mode: number;
  /** What is written goes behind what is there; otherwise that is removed. */
  readonly append?: boolean;
  /** It can be read, too, as shared memory has to be. */
  readonly readable?: boolean;
  /** No link is followed, whoever made it, and the file has to be a regular one. */
  readonly noLinks?: boolean;
}

const { O_WRONLY, O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;

/** A descriptor for writing. @throws {ForeignFileError | NodeJS.ErrnoException} */
export function openToWrite(path: string, settings: WriteSettings): number {
  const { mode, append, readable, noLinks } = settings;
  const isGuarded = noLinks === true || isExposed(path);
  // Who opens a pipe waits for its other end, which nobody may ever open.
  const guards = isGuarded ? O_NOFOLLOW | O_NONBLOCK : 0;
  const access = readable ? O_RDWR : O_WRONLY;
  const fd = openGuarded(path, access | O_CREAT | guards | (append ? O_APPEND : 0), mode);
  try {
    const stat = fstatSync(fd);
    const why = isGuarded ? whyNotOwn(stat) : null;
    if (why !== null) throw new ForeignFileError(why);
    if (!append && stat.isFile()) ftruncateSync(fd);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

const isExposed = (path: string): boolean =>
  exposure(path) !== null || exposure(dirname(path), { adding: true }) !== null;

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

function whyNotOwn(stat: Stats): string | null {
  const uid = effectiveUser();
  if (!stat.isFile()) return 'it is no regular file';
  if (uid >= 0 && stat.uid !== uid && stat.uid !== 0) return `it belongs to user ${stat.uid}`;
  return stat.nlink > 1 ? 'it has another name somewhere (hard link)' : null;
}

/** Writes all of `bytes`: the system writes a part where a disk is nearly full. @throws {NodeJS.ErrnoException} */
export function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
