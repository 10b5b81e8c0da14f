/**
 * The time at which a request was made, and the times of files that it sets: features/utime says
 * them on the way down, and storage/posix keeps (`trusted.glusterfs.mdata`). So all copies of a file get the same times,
 * whichever machine's clock is wrong.
 *
 * Source: GlusterFS 10 `call_stack_t` (`ctime`, `flags`), `xlators/features/utime/src/utime-helpers.c`.
 */

import { SET_ATTR } from './fops.ts';
import type { FopName } from './gen/fops.gen.ts';

/** Times that a request sets: of what it is about, and of the folder that has its name (`MDATA_*`). */
export const SETS = {
  CTIME: 1,
  MTIME: 2,
  ATIME: 4,
  PARENT_CTIME: 8,
  PARENT_MTIME: 16,
  PARENT_ATIME: 32,
} as const;

export interface Ctime {
  /** Since 1970. */
  readonly sec: number;
  readonly nsec: number;
  /** SETS. */
  readonly flags: number;
}

const { CTIME, MTIME, ATIME, PARENT_CTIME, PARENT_MTIME } = SETS;
const PARENT = PARENT_CTIME | PARENT_MTIME;
const MADE = CTIME | MTIME | ATIME | PARENT;
const NAMED = CTIME | PARENT;
const WRITTEN = CTIME | MTIME;

/**
 * What each fop sets; setattr's is `setBySetattr`. GlusterFS leaves discard, put, icreate, namelink and
 * setxattr out, and the change time of fallocate and zerofill, for which it has the access time.
 */
export const setBy: Readonly<Partial<Record<FopName, number>>> = {
  open: ATIME,
  opendir: ATIME,
  readv: ATIME,
  mknod: MADE,
  mkdir: MADE,
  symlink: MADE,
  create: MADE,
  put: MADE,
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

/** Fops of which nobody but a reader's own access time hears. */
export const readers: readonly FopName[] = ['open', 'opendir', 'readv', 'copy_file_range'];

const { MODE, UID, GID } = SET_ATTR;

/** What a setattr sets besides the times that it is given: those say so themselves. */
export const setBySetattr = (valid: number): number =>
  valid === 0 || (valid & (MODE | UID | GID)) !== 0 ? CTIME : 0;

/** The time of a clock in milliseconds since 1970. */
export function ctimeAt(ms: number, flags: number): Ctime {
  const sec = Math.floor(ms / 1000);
  return { sec, nsec: Math.floor((ms - sec * 1000) * 1e6), flags };
}
