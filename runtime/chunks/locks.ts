/**
 * Locks that stay: a lock outlives the handle, the process and the machine that took it, until its owner unlocks it, or
 * another program breaks it. All state is in the storage (`lock-record.ts`), so there is no queue in any process, and no
 * server of locks.
 *
 * A waiter joins the queue in the record, and waits for a change of it through features/watch. An unlock or a break of
 * the lock grants it to the first waiter, in the same change of the record.
 */
import { FileError } from '../api/file-error.ts';
import type { Volume } from '../api/volume.ts';
import type { Context } from '../core/context.ts';
import { EAGAIN, ECANCELED, EINVAL, ESTALE } from '../core/errno.ts';
import { toHex } from '../core/hex.ts';
import { checkChunkName } from './chunk-name.ts';
import type { FileWatch } from './file-watch.ts';
import { HeldLock, LEASE_MS, readWallClock, unlockRecord } from './held-lock.ts';
import { LockFile } from './lock-file.ts';
import {
  acquireLock,
  encodeLock,
  enqueueWaiter,
  isGrantable,
  type LockBreak,
  type LockHolder,
  type LockRecord,
  type LockRequest,
  type LockWaiter,
  releaseLock,
  removeWaiters,
} from './lock-record.ts';

/** The most characters of an owner. */
const MAX_OWNER_LENGTH = 128;
/** Bytes of a random owner of the storage's own locks. */
const OWNER_BYTES = 8;
/** Added to LEASE_MS for the way of a request to the brick. */
const LEASE_MARGIN_MS = 2000;
/** Milliseconds between two looks whether an earlier holder's operations have ended. */
const BARRIER_STEP_MS = 20;

export interface LockOptions {
  /** Whether to wait for the lock, by default true; otherwise EAGAIN names the holder. */
  readonly wait?: boolean;
  /** Ends the wait: the request leaves the queue. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which others may take the lock; by default never. */
  readonly ttl?: number;
  /** Called with the lock when it is granted, before the promise resolves. */
  readonly onGrant?: (lock: HeldLock) => void;
}

/** The state of a lock. */
export interface LockInfo {
  /** The fencing number of the newest grant; 0 if there was none. */
  readonly fence: number;
  readonly holder: LockHolder | null;
  /** In the order in which they get the lock. */
  readonly waiters: readonly LockWaiter[];
  readonly lastBreak: LockBreak | null;
}

/** The lock is held by another owner. */
export class LockHeldError extends FileError {
  readonly holder: LockHolder | null;

  constructor(path: string, holder: LockHolder | null) {
    super(EAGAIN, 'lock', path);
    this.holder = holder;
    if (holder !== null) {
      this.message += `: '${holder.owner}' has it since ${new Date(holder.since).toISOString()}`;
    }
  }
}

/** The locks of a directory: each is a file in it. */
export class Locks {
  private readonly volume: Volume;
  private readonly directory: string;

  /** @param directory exists. The volume needs features/locks, and at the top features/watch to wait */
  constructor(volume: Volume, directory: string) {
    this.volume = volume;
    this.directory = directory;
  }

  /**
   * Takes a lock. An owner that has it already, for example before a restart, gets it again with a new fencing number;
   * the lock's earlier object can then neither unlock nor write.
   * @throws {LockHeldError} without `wait`; {FileError} ECANCELED at the signal
   */
  async lock(name: string, owner: string, options: LockOptions = {}): Promise<HeldLock> {
    checkOwner(owner);
    const { ttl, onGrant } = options;
    const file = await this.openFile(name);
    try {
      const fence = await this.acquire(file, { owner, ttlMs: ttl ?? null }, options);
      const lock = new HeldLock(file, name, owner, fence);
      onGrant?.(lock);
      return lock;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * Unlocks by owner, for example after a restart. @returns `existed: false` if there was no lock.
   * @throws {FileError} EPERM for another owner
   */
  async unlock(name: string, owner: string): Promise<{ readonly existed: boolean }> {
    checkOwner(owner);
    return this.useFile(name, (file) => unlockRecord(file, owner, null));
  }

  async lockInfo(name: string): Promise<LockInfo> {
    const { fence, holder, waiters, lastBreak } = await this.useFile(name, (file) =>
      file.readRecord(),
    );
    return { fence, holder, waiters, lastBreak };
  }

  /**
   * Takes a lock from an owner that does not give it back. Its later fenced writes fail with ESTALE.
   * @param by who breaks it, for the record
   * @throws {FileError} ESTALE if another owner has it, or none: then nothing has changed
   */
  async breakLock(name: string, expectedOwner: string, by: string): Promise<LockInfo> {
    checkOwner(by);
    const record = await this.useFile(name, (file) =>
      file.changeRecord(async (current) => {
        if (current.holder?.owner !== expectedOwner)
          throw new FileError(ESTALE, 'breakLock', file.path);
        const next = releaseLock(await file.dropDeadWaiters(current), this.now(), by);
        return { record: next, result: next };
      }),
    );
    const { fence, holder, waiters, lastBreak } = record;
    return { fence, holder, waiters, lastBreak };
  }

  // -- waiting ---------------------------------------------------------------------------------

  /** Takes the lock of a file, or waits for it. @returns its fencing number */
  private async acquire(
    file: LockFile,
    request: Omit<LockRequest, 'now'>,
    { wait = true, signal }: LockOptions,
  ): Promise<number> {
    let ticket: number | null = null;
    let cursor = '';
    let watch: FileWatch | null = null;
    try {
      for (;;) {
        if (signal?.aborted === true) throw toCanceled(file, signal);
        // Without a cursor it cannot wait yet, so it does not queue either.
        const outcome = await this.tryAcquire(file, request, ticket, cursor !== '');
        if ('fence' in outcome) return outcome.fence;
        if (!wait) throw new LockHeldError(file.path, outcome.holder);
        ({ ticket } = outcome);
        // The cursor is from before the next read of the record, so no change of the record is missed.
        watch ??= file.makeWatch();
        cursor =
          cursor === ''
            ? (await watch.wait()).cursor
            : await this.awaitChange(watch, cursor, outcome.holder, signal);
      }
    } catch (error) {
      if (ticket !== null) await this.leaveQueue(file, ticket);
      throw signal?.aborted === true ? toCanceled(file, signal) : error;
    }
  }

  /** Takes the lock if it is free or was granted to this waiter; otherwise queues if it may. */
  private async tryAcquire(
    file: LockFile,
    identity: Omit<LockRequest, 'now'>,
    ticket: number | null,
    mayQueue: boolean,
  ): Promise<Outcome> {
    const request = { ...identity, now: this.now() };
    if (mayQueue) {
      const record = await file.readRecord();
      const { holder } = record;
      if (ticket !== null && holder?.ticket === ticket)
        return this.finishGrant(file, record, ticket);
      // Most events concern another waiter. Then the record stays as it is, and others need not wait for this one.
      if (!canAdvance(record, request, ticket)) return { ticket, holder };
    }
    const { granted, outcome } = await file.changeRecord((record) =>
      this.grantOrQueue(file, record, request, ticket, mayQueue),
    );
    return granted === null ? outcome : this.finishGrant(file, granted, ticket);
  }

  /** Computes the change of the record for one request. */
  private async grantOrQueue(
    file: LockFile,
    current: LockRecord,
    request: LockRequest,
    ticket: number | null,
    mayQueue: boolean,
  ): Promise<RecordChange> {
    const record = await file.dropDeadWaiters(current);
    const { holder, waiters } = record;
    const isQueued = waiters.some((waiter) => waiter.ticket === ticket);
    const isFirst = isQueued && waiters[0]!.ticket === ticket;
    const others = ticket === null ? record : removeWaiters(record, new Set([ticket]));
    const granted =
      isFirst && isGrantable(record, request.now)
        ? releaseLock(record, request.now, request.owner)
        : acquireLock(others, request);
    if (granted !== null)
      return { record: granted, result: { granted, outcome: { ticket, holder } } };
    const wait = (next: LockRecord | null, nextTicket: number | null): RecordChange => ({
      record: next,
      result: { granted: null, outcome: { ticket: nextTicket, holder } },
    });
    if (isQueued || !mayQueue) return wait(null, ticket);
    const queued = enqueueWaiter(record, request);
    // In a full queue there is no place: the request tries again after the next change.
    if (encodeLock(queued) === null) return wait(null, null);
    await file.beginWaiting(queued.lastTicket);
    return wait(queued, queued.lastTicket);
  }

  /** Ends the wait of a granted request, after operations of an earlier holder have ended. */
  private async finishGrant(
    file: LockFile,
    { fence, needsBarrier }: LockRecord,
    ticket: number | null,
  ): Promise<Outcome> {
    if (ticket !== null) await file.endWaiting(ticket);
    if (needsBarrier) {
      await this.awaitFencedOperations(file);
      await file.changeRecord((record) => ({
        record: record.fence === fence ? { ...record, needsBarrier: false } : null,
        result: null,
      }));
    }
    return { fence };
  }

  /**
   * Waits for the end of the operations that an earlier holder had begun before it lost the lock. One that was paused
   * may keep them for ever, but sends nothing any more after LEASE_MS.
   */
  private async awaitFencedOperations(file: LockFile): Promise<void> {
    const end = this.context.now() + LEASE_MS + LEASE_MARGIN_MS;
    while ((await file.hasFencedOperations()) && this.context.now() < end) {
      await new Promise<void>((resolve) => this.context.after(BARRIER_STEP_MS, resolve));
    }
  }

  /** Waits for an event of the file, or for the time when the holder's lock expires. @returns the new cursor */
  private async awaitChange(
    watch: FileWatch,
    cursor: string,
    holder: LockHolder | null,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const expiresAt = holder?.expiresAt ?? null;
    if (expiresAt === null) return (await watch.wait(cursor, signal)).cursor;
    const expiry = new AbortController();
    const ms = Math.max(0, expiresAt - this.now());
    const cancelTimer = this.context.after(ms, () => expiry.abort());
    const anySignal =
      signal === undefined ? expiry.signal : AbortSignal.any([signal, expiry.signal]);
    try {
      return (await watch.wait(cursor, anySignal)).cursor;
    } catch (error) {
      if (expiry.signal.aborted && signal?.aborted !== true) return cursor;
      throw error;
    } finally {
      cancelTimer();
    }
  }

  /** Leaves the queue. If the lock has been granted meanwhile, the next waiter gets it. */
  private async leaveQueue(file: LockFile, ticket: number): Promise<void> {
    try {
      await file.changeRecord(async (record) => ({
        record:
          record.holder?.ticket === ticket
            ? releaseLock(await file.dropDeadWaiters(record), this.now())
            : removeWaiters(record, new Set([ticket])),
        result: null,
      }));
    } catch (error) {
      // The caller gets the first error. The brick ends the waiter's record lock, by which others see that it is gone.
      if (!(error instanceof FileError)) throw error;
    }
  }

  // -- files -----------------------------------------------------------------------------------

  private get context(): Context {
    return this.volume.client.graph.top.context;
  }

  private now(): number {
    return readWallClock(this.context);
  }

  /** Opens the file of a lock, for a lock owner of its own. */
  private openFile(name: string): Promise<LockFile> {
    checkChunkName(name, 'lock');
    const random = new Uint8Array(OWNER_BYTES);
    this.context.random(random);
    return LockFile.open(this.volume, `${this.directory}/${name}`, toHex(random));
  }

  private async useFile<R>(name: string, use: (file: LockFile) => Promise<R>): Promise<R> {
    const file = await this.openFile(name);
    try {
      return await use(file);
    } finally {
      file.close();
    }
  }
}

/** Whether a waiter can be granted the lock or join the queue. */
function canAdvance(record: LockRecord, request: LockRequest, ticket: number | null): boolean {
  if (isGrantable(record, request.now)) return true;
  if (record.waiters.some((waiter) => waiter.ticket === ticket)) return false;
  return (
    record.holder?.owner === request.owner || encodeLock(enqueueWaiter(record, request)) !== null
  );
}

/** Result of a try: the fencing number of the grant, or the place in the queue and the present holder. */
type Outcome =
  | { readonly fence: number }
  | { readonly ticket: number | null; readonly holder: LockHolder | null };

interface RecordChange {
  readonly record: LockRecord | null;
  readonly result: {
    /** The new record, if the lock was granted. */
    readonly granted: LockRecord | null;
    readonly outcome: Outcome;
  };
}

/** @throws {FileError} EINVAL */
function checkOwner(owner: string): void {
  if (owner === '' || owner.length > MAX_OWNER_LENGTH) throw new FileError(EINVAL, 'lock', owner);
}

const toCanceled = ({ path }: LockFile, signal: AbortSignal): FileError =>
  Object.assign(new FileError(ECANCELED, 'lock', path), { cause: signal.reason });
