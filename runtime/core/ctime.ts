/**
 * Defines the time of a request, and which of a file's times each fop sets to it. features/utime adds both to requests
 * on the way down, and storage/posix stores the times (`trusted.glusterfs.mdata`), so that all copies of a file get the
 * same ones.
 *
 * Source: GlusterFS 10 `call_stack_t` (`ctime`, `flags`), `xlators/features/utime/src/utime-helpers.c`.
 */

import { SET_ATTR } from './fops.ts';
import type { FopName } from './gen/fops.gen.ts';

/** Bits for the times that a request sets: those of its target, and those of the parent directory (`MDATA_*`). */
export const TIME_BITS = {
  CTIME: 1,
  MTIME: 2,
  ATIME: 4,
  PARENT_CTIME: 8,
  PARENT_MTIME: 16,
  PARENT_ATIME: 32,
} as const;

/** The time of a request, and the times that it sets. */
export interface Ctime {
  /** Seconds since 1970, and nanoseconds beyond them. */
  readonly sec: number;
  readonly nsec: number;
  /** Bits of `TIME_BITS`. */
  readonly flags: number;
}

const { CTIME, MTIME, ATIME, PARENT_CTIME, PARENT_MTIME } = TIME_BITS;
const PARENT_TIMES = PARENT_CTIME | PARENT_MTIME;
/** The times that fops set which create an inode. */
const CREATION_TIMES = CTIME | MTIME | ATIME | PARENT_TIMES;
/** The times that fops set which only change names. */
const NAMING_TIMES = CTIME | PARENT_TIMES;
/** The times that fops set which write data. */
const WRITE_TIMES = CTIME | MTIME;

/**
 * The times that each fop sets; for setattr see `findSetattrTimes`. GlusterFS sets none for discard, put, icreate,
 * namelink and setxattr, and the access time instead of the change time for fallocate and zerofill; here, these fops
 * set the times that a disk file system sets at such a change.
 */
export const timesByFop: Readonly<Partial<Record<FopName, number>>> = {
  open: ATIME,
  opendir: ATIME,
  readv: ATIME,
  mknod: CREATION_TIMES,
  mkdir: CREATION_TIMES,
  symlink: CREATION_TIMES,
  create: CREATION_TIMES,
  put: CREATION_TIMES,
  icreate: CTIME | MTIME | ATIME,
  unlink: NAMING_TIMES,
  rmdir: NAMING_TIMES,
  link: NAMING_TIMES,
  namelink: NAMING_TIMES,
  rename: NAMING_TIMES,
  writev: WRITE_TIMES,
  truncate: WRITE_TIMES,
  ftruncate: WRITE_TIMES,
  fallocate: WRITE_TIMES,
  zerofill: WRITE_TIMES,
  discard: WRITE_TIMES,
  copy_file_range: WRITE_TIMES | ATIME,
  setxattr: CTIME,
  fsetxattr: CTIME,
  removexattr: CTIME,
  fremovexattr: CTIME,
};

/** Fops that read data or names; the option noatime of features/utime omits their access time. */
export const accessTimeFops: readonly FopName[] = ['open', 'opendir', 'readv', 'copy_file_range'];

const { MODE, UID, GID } = SET_ATTR;

/**
 * Finds the times that a setattr sets besides those in its arguments. With `valid` 0 it only drops set-user-id,
 * set-group-id and capabilities (`KILL_PRIV`), which changes the ctime, too.
 */
export const findSetattrTimes = (valid: number): number =>
  valid === 0 || (valid & (MODE | UID | GID)) !== 0 ? CTIME : 0;

/** Makes a Ctime from milliseconds since 1970. */
export function makeCtime(timeMs: number, flags: number): Ctime {
  const sec = Math.floor(timeMs / 1000);
  return { sec, nsec: Math.floor((timeMs - sec * 1000) * 1e6), flags };
}
