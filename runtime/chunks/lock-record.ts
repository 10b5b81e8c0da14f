/**
 * Encodes the record of a lock, an extended attribute of its file, and computes its changes. Pure: no requests.
 * `lock-file.ts` reads and writes it.
 */
import { decodeName, encodeName } from '../core/bytes.ts';
import { findOtherVersion } from './format-version.ts';

/** The extended attribute with the record. */
export const LOCK_XATTR = 'user.glossa.lock';
const VERSION = 2;
/** The name of a mailbox: it becomes part of a path. */
const MAILBOX_NAME = /^[0-9a-f]{16}$/;
/** The most bytes of a record. ext4 stores some 4,000 bytes of extended attributes per file. */
const MAX_RECORD_BYTES = 3600;
/** The least milliseconds between two checks of a waiter for a lock that may have expired. */
const MIN_CHECK_MS = 100;
/** Milliseconds by which a waiter checks later than the one in front of it. */
const STAGGER_MS = 200;

export interface LockHolder {
  readonly owner: string;
  /** Time of the grant, in milliseconds since 1970. */
  readonly since: number;
  /** Time after which others may take the lock, in milliseconds since 1970; null for never. */
  readonly expiresAt: number | null;
  /** Number of its place in the queue, if it has waited. */
  readonly ticket: number | null;
}

export interface LockWaiter {
  /** Number of its place; they are granted in this order. */
  readonly ticket: number;
  readonly owner: string;
  /** Time of its request, in milliseconds since 1970. */
  readonly since: number;
  /** Milliseconds for which it wants the lock; null for ever. */
  readonly ttlMs: number | null;
  /** Name of the mailbox by which its program is told of the grant (`mailboxes.ts`). */
  readonly mailbox: string;
  /** Number of its request in that program, which the hint in the mailbox names. */
  readonly request: number;
}

/** The last lock that was taken from its owner. */
export interface LockBreak {
  readonly owner: string;
  readonly fence: number;
  /** Owner that has broken it. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The state of a lock. */
export interface LockRecord {
  readonly version: number;
  /** The fencing number of the newest grant; each grant has a greater one. */
  readonly fence: number;
  readonly holder: LockHolder | null;
  /** Whether an earlier holder may still be writing, because it did not give the lock back itself. */
  readonly needsBarrier: boolean;
  /** Number of the newest place in the queue. */
  readonly lastTicket: number;
  readonly waiters: readonly LockWaiter[];
  readonly lastBreak: LockBreak | null;
}

export const FREE_LOCK: LockRecord = {
  version: VERSION,
  fence: 0,
  holder: null,
  needsBarrier: false,
  lastTicket: 0,
  waiters: [],
  lastBreak: null,
};

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isCountOrNull = (value: unknown): boolean => value === null || isCount(value);

const isHolder = (value: LockHolder): boolean =>
  typeof value.owner === 'string' &&
  isCount(value.since) &&
  isCountOrNull(value.expiresAt) &&
  isCountOrNull(value.ticket);

/** A waiter as it is stored: without the names of its fields, so that a record has place for some 50. */
type StoredWaiter = readonly [
  ticket: number,
  owner: string,
  since: number,
  ttlMs: number | null,
  mailbox: string,
  request: number,
];

const isStoredWaiter = (value: StoredWaiter): boolean =>
  Array.isArray(value) &&
  isCount(value[0]) &&
  typeof value[1] === 'string' &&
  isCount(value[2]) &&
  isCountOrNull(value[3]) &&
  MAILBOX_NAME.test(value[4]) &&
  isCount(value[5]);

type StoredLock = Omit<LockRecord, 'waiters'> & { readonly waiters: readonly StoredWaiter[] };

const isStoredLock = (value: StoredLock): boolean =>
  value.version === VERSION &&
  isCount(value.fence) &&
  (value.holder === null || isHolder(value.holder)) &&
  typeof value.needsBarrier === 'boolean' &&
  isCount(value.lastTicket) &&
  Array.isArray(value.waiters) &&
  value.waiters.every(isStoredWaiter) &&
  (value.lastBreak === null || typeof value.lastBreak.owner === 'string');

/**
 * Reads a record.
 * @returns null if it is damaged, or of another version: `explainUnreadableLock` has the reason
 */
export function decodeLock(bytes: Uint8Array): LockRecord | null {
  try {
    const value = JSON.parse(decodeName(bytes)) as StoredLock;
    if (!isStoredLock(value)) return null;
    const waiters = value.waiters.map(([ticket, owner, since, ttlMs, mailbox, request]) => {
      return { ticket, owner, since, ttlMs, mailbox, request };
    });
    return { ...value, waiters };
  } catch {
    return null;
  }
}

/** Explains why `decodeLock` cannot read a record, and how to go on. */
export function explainUnreadableLock(bytes: Uint8Array): string {
  const other = findOtherVersion(decodeName(bytes), VERSION);
  const reason =
    other === null
      ? 'its record is damaged'
      : `its record was written by another version of glossa (format ${other}; this one reads ${VERSION}): let all programs use one version`;
  return `${reason}${other === null ? ':' : '; or'} end all programs that use the lock, and remove the extended attribute ${LOCK_XATTR}, which breaks the lock`;
}

/** @returns null if the record has become too large */
export function encodeLock(record: LockRecord): Uint8Array | null {
  const waiters = record.waiters.map(
    ({ ticket, owner, since, ttlMs, mailbox, request }): StoredWaiter => [
      ticket,
      owner,
      since,
      ttlMs,
      mailbox,
      request,
    ],
  );
  const bytes = encodeName(JSON.stringify({ ...record, waiters }));
  return bytes.length > MAX_RECORD_BYTES ? null : bytes;
}

/** A request for a lock. */
export interface LockRequest {
  readonly owner: string;
  readonly ttlMs: number | null;
  /** The present time, in milliseconds since 1970. */
  readonly now: number;
}

const isExpired = ({ expiresAt }: LockHolder, now: number): boolean =>
  expiresAt !== null && expiresAt <= now;

/** Gives the lock to an owner. @param needsBarrier whether an earlier holder may still be writing */
const grant = (
  record: LockRecord,
  { owner, ttlMs, now }: LockRequest,
  ticket: number | null,
  needsBarrier: boolean,
): LockRecord => ({
  ...record,
  fence: record.fence + 1,
  holder: { owner, since: now, expiresAt: ttlMs === null ? null : now + ttlMs, ticket },
  needsBarrier: needsBarrier || record.needsBarrier,
});

/**
 * Grants a request if the lock is free, expired, or held by the same owner, as after a restart.
 * @returns the new record; null if the request has to wait
 */
export function acquireLock(record: LockRecord, request: LockRequest): LockRecord | null {
  const { holder, waiters } = record;
  if (holder === null) return waiters.length > 0 ? null : grant(record, request, null, false);
  if (holder.owner === request.owner) return grant(record, request, null, true);
  if (isExpired(holder, request.now) && waiters.length === 0)
    return grant(record, request, null, true);
  return null;
}

/**
 * Adds a request to the queue, with `record.lastTicket` of the result as its ticket.
 * @returns null if the record has no place for it
 */
export function enqueueWaiter(
  record: LockRecord,
  { owner, ttlMs, now }: LockRequest,
  address: Pick<LockWaiter, 'mailbox' | 'request'>,
): LockRecord | null {
  const ticket = record.lastTicket + 1;
  const { mailbox, request } = address;
  const waiters = [...record.waiters, { ticket, owner, since: now, ttlMs, mailbox, request }];
  const queued = { ...record, lastTicket: ticket, waiters };
  return encodeLock(queued) === null ? null : queued;
}

/** Removes the waiters for which `isGone` returns true. */
export const removeWaiters = (
  record: LockRecord,
  isGone: (waiter: LockWaiter) => boolean,
): LockRecord => ({ ...record, waiters: record.waiters.filter((waiter) => !isGone(waiter)) });

/** Gives a waiter another mailbox; it keeps its place. */
export const moveWaiter = (record: LockRecord, ticket: number, mailbox: string): LockRecord => ({
  ...record,
  waiters: record.waiters.map((waiter) =>
    waiter.ticket === ticket ? { ...waiter, mailbox } : waiter,
  ),
});

/**
 * Takes the lock from its holder, and grants it to the first waiter.
 * @param brokenBy the owner that breaks the lock; null if the holder has given it back
 */
export function releaseLock(
  record: LockRecord,
  now: number,
  brokenBy: string | null = null,
): LockRecord {
  const { holder, fence, waiters } = record;
  const isBroken = brokenBy !== null && holder !== null;
  const free: LockRecord = {
    ...record,
    holder: null,
    needsBarrier: record.needsBarrier || isBroken,
    lastBreak: isBroken ? { owner: holder.owner, fence, by: brokenBy, at: now } : record.lastBreak,
  };
  const [first, ...rest] = waiters;
  if (first === undefined) return free;
  return grant({ ...free, waiters: rest }, { ...first, now }, first.ticket, false);
}

/** Whether the lock can be granted to a waiter: its holder is gone or has expired. */
export const isGrantable = ({ holder }: LockRecord, now: number): boolean =>
  holder === null || isExpired(holder, now);

/**
 * Returns the milliseconds after which a waiter has to check whether the lock has expired; null for never. A waiter in
 * front of it may get the lock with a ttl without its knowledge, so that it checks at least once in the shortest ttl.
 */
export function findCheckDelay(
  { holder, waiters }: LockRecord,
  ticket: number,
  now: number,
): number | null {
  const position = waiters.findIndex((waiter) => waiter.ticket === ticket);
  let delay = (holder?.expiresAt ?? Infinity) - now;
  for (const { ttlMs } of waiters.slice(0, position))
    if (ttlMs !== null) delay = Math.min(delay, Math.max(ttlMs, MIN_CHECK_MS));
  // The first in the queue is the one that takes the lock, so the others come later.
  return delay === Infinity ? null : Math.max(delay, 0) + position * STAGGER_MS;
}
