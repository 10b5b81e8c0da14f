/** Converts a request's gf_flock and lk-owner to the lock tables' ranges and owners, and back. */
import type { Client } from '../../../core/client.ts';
import { EINVAL, EOVERFLOW } from '../../../core/errno.ts';
import type { Stack } from '../../../core/frame.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import { F_RDLCK, F_UNLCK, F_WRLCK, type Flock } from '../../../core/lock.ts';
import type { Range, Span } from './ranges.ts';

const SEEK_SET = 0;

/**
 * Returns the bytes of a lock, or an errno. A negative `len` means bytes before `start` (fcntl(2)). A range
 * that reaches `OFFSET_MAX` has no end. Only SEEK_SET is accepted as `whence`.
 * @param lastStart the highest offset at which a range may begin
 */
export function readSpan(
  { type, whence, start, len }: Flock,
  lastStart: number = OFFSET_MAX,
): Span | number {
  if (type !== F_RDLCK && type !== F_WRLCK && type !== F_UNLCK) return EINVAL;
  if (whence !== SEEK_SET || !Number.isInteger(start) || !Number.isInteger(len)) return EINVAL;
  const first = len < 0 ? start + len : start;
  if (start < 0 || first < 0) return EINVAL;
  if (first > lastStart) return EOVERFLOW;
  const end = len < 0 ? start : start + len;
  return { start: first, end: len === 0 || end > OFFSET_MAX ? Infinity : end };
}

/** Converts a lock to the gf_flock of a reply. */
export function makeFlock({ type, start, end, owner }: Range<unknown>, pid: number): Flock {
  const len = end === Infinity ? 0 : end - start;
  return { type, whence: SEEK_SET, start, len, pid, owner: readLkOwner(owner) };
}

/**
 * Makes the owner of a request's locks: the client and its lk-owner, since two clients may choose the same
 * lk-owner.
 */
export const makeRequestOwner = ({ client, lkOwner }: Stack): string => makeOwner(client, lkOwner);

/** Makes the owner of a client's locks; its number is 0 for a request without a client. */
export const makeOwner = (client: Client | null, lkOwner: string): string =>
  `${client?.id ?? 0}:${lkOwner}`;

/** Returns the lk-owner that the client chose. */
export const readLkOwner = (owner: string): string => owner.slice(owner.indexOf(':') + 1);

/** Whether an lk-owner is empty or all zeros. */
export const isAnonymous = (owner: string): boolean => /^0*$/.test(owner);
