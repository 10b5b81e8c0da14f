/** Between a request with its gf_flock, and the owners and ranges of the tables. Pure. */
import type { Client } from '../../../core/client.ts';
import { EINVAL, EOVERFLOW } from '../../../core/errno.ts';
import type { Stack } from '../../../core/frame.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import { F_RDLCK, F_UNLCK, F_WRLCK, type Flock } from '../../../core/lock.ts';
import type { Range, Span } from './ranges.ts';

const SEEK_SET = 0;

/**
 * The bytes that a lock is about, or an errno. A negative `len` is as many bytes before `start`
 * (fcntl(2)). Beyond `OFFSET_MAX` there are no bytes: what reaches so far has no end, and nothing
 * begins there. Offsets are the file's: whoever asks knows what `whence` means.
 * @param latest where a range may begin
 */
export function spanOf(
  { type, whence, start, len }: Flock,
  latest: number = OFFSET_MAX,
): Span | number {
  if (type !== F_RDLCK && type !== F_WRLCK && type !== F_UNLCK) return EINVAL;
  if (whence !== SEEK_SET || !Number.isInteger(start) || !Number.isInteger(len)) return EINVAL;
  const from = len < 0 ? start + len : start;
  if (start < 0 || from < 0) return EINVAL;
  if (from > latest) return EOVERFLOW;
  const end = len < 0 ? start : start + len;
  return { start: from, end: len === 0 || end > OFFSET_MAX ? Infinity : end };
}

/** A lock as it is told to others. */
export function flockOf({ type, start, end, owner }: Range<unknown>, pid: number): Flock {
  const len = end === Infinity ? 0 : end - start;
  return { type, whence: SEEK_SET, start, len, pid, owner: lkOwnerOf(owner) };
}

/**
 * Who owns the locks of a request, as the tables know it: the client and its lk-owner. Two clients
 * choose theirs without knowing of each other, and may choose the same.
 */
export const ownerOf = ({ client, lkOwner }: Stack): string => ownerNamed(client, lkOwner);

export const ownerNamed = (client: Client | null, lkOwner: string): string =>
  `${client?.id ?? 0}:${lkOwner}`;

/** The client's own name for an owner of the tables. */
export const lkOwnerOf = (owner: string): string => owner.slice(owner.indexOf(':') + 1);

/** Whether bytes of an owner say nobody: there are none, or all are 0. */
export const isNobody = (owner: string): boolean => /^0*$/.test(owner);
