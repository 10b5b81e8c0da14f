/**
 * Defines the time of a request and the file times that it sets. features/utime adds them on the way down, and
 * storage/posix stores them (`trusted.glusterfs.mdata`), so that all copies of a file get the same times.
 *
 * Source: GlusterFS 10 `call_stack_t` (`ctime`, `flags`), `xlators/features/utime/src/utime-helpers.c`.
 */

import { SET_ATTR } from './fops.ts';
import type { FopName } from './gen/fops.gen.ts';

/** The times that a request sets, as bits: of its target, and of the parent directory (`MDATA_*`). */
export const SETS = {
  CTIME: 1,
  MTIME: 2,
  ATIME: 4,
  PARENT_CTIME: 8,
  PARENT_MTIME: 16,
  PARENT_ATIME: 32,
} as const;

export interface Ctime {
  /** Seconds since 1970, and nanoseconds beyond them. */
  readonly sec: number;
  readonly nsec: number;
  /** Bits of `SETS`. */
  readonly flags: number;
}

const { CTIME, MTIME, ATIME, PARENT_CTIME, PARENT_MTIME } = SETS;
// Times of fops that create an inode, that only change names, and that write data.
const PARENT = PARENT_CTIME | PARENT_MTIME;
const CREATED = CTIME | MTIME | ATIME | PARENT;
const NAMED = CTIME | PARENT;
const WRITTEN = CTIME | MTIME;

/**
 * The times that each fop sets; for setattr see `setattrTimes`. GlusterFS sets none for discard, put, icreate,
 * namelink and setxattr, and the access time instead of the change time for fallocate and zerofill.
 */
export const timesByFop: Readonly<Partial<Record<FopName, number>>> = {
  open: ATIME,
  opendir: ATIME,
  readv: ATIME,
  mknod: CREATED,
  mkdir: CREATED,
  symlink: CREATED,
  create: CREATED,
  put: CREATED,
  icreate: CTIME | MTIME | ATIME,
  unlink: NAMED,
  rmdir: NAMED,
  link: NAMED,
  namelink: NAMED,
  rename: NAMED,
  writev: WRITTEN,
  truncate: WRITTEN,
  ftruncate: WRITTEN,
  fallocate: WRITTEN,
  zerofill: WRITTEN,
  discard: WRITTEN,
  copy_file_range: WRITTEN | ATIME,
  setxattr: CTIME,
  fsetxattr: CTIME,
  removexattr: CTIME,
  fremovexattr: CTIME,
};

/** Fops that change no time but the access time. */
export const accessTimeFops: readonly FopName[] = ['open', 'opendir', 'readv', 'copy_file_range'];

const { MODE, UID, GID } = SET_ATTR;

/**
 * Returns the times that a setattr sets besides those in its arguments. `valid` 0 only drops set-user-id and the
 * like (`KILL_PRIV`), which changes the ctime, too.
 */
export const setattrTimes = (valid: number): number =>
  valid === 0 || (valid & (MODE | UID | GID)) !== 0 ? CTIME : 0;

/** Makes a Ctime from milliseconds since 1970. */
export function makeCtime(ms: number, flags: number): Ctime {
  const sec = Math.floor(ms / 1000);
  return { sec, nsec: Math.floor((ms - sec * 1000) * 1e6), flags };
}
