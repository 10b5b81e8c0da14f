/** Between a gf_flock and the ranges of the tables. Pure. */
import { EINVAL, EOVERFLOW } from '../../../core/errno.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import { F_RDLCK, F_UNLCK, F_WRLCK, type Flock } from '../../../core/lock.ts';
import type { Range, Span } from './ranges.ts';

const SEEK_SET = 0;

/**
 * The bytes that a lock is about, or an errno. A negative `len` is as many bytes before `start`
 * (fcntl(2)). Beyond `OFFSET_MAX` there are no bytes: what reaches so far has no end, and nothing
 * begins there. Offsets are the file's: whoever asks knows what `whence` means.
 */
export function spanOf({ type, whence, start, len }: Flock): Span | number {
  if (type !== F_RDLCK && type !== F_WRLCK && type !== F_UNLCK) return EINVAL;
  if (whence !== SEEK_SET || !Number.isInteger(start) || !Number.isInteger(len)) return EINVAL;
  const from = len < 0 ? start + len : start;
  if (start < 0 || from < 0) return EINVAL;
  if (from > OFFSET_MAX) return EOVERFLOW;
  const end = len < 0 ? start : start + len;
  return { start: from, end: len === 0 || end > OFFSET_MAX ? Infinity : end };
}

/** A lock as it is told to others. */
export function flockOf({ type, start, end, owner }: Range<unknown>, pid: number): Flock {
  const len = end === Infinity ? 0 : end - start;
  return { type, whence: SEEK_SET, start, len, pid, owner };
}

/** Whether bytes of an owner say nobody: there are none, or all are 0. */
export const isNobody = (owner: string): boolean => /^0*$/.test(owner);
