/** A request for a lock, from the call to its end (`lock-waits.ts`). */
import {
  type AbortListener,
  addAbortListener,
  removeAbortListener,
} from '../api/abort-listeners.ts';
import { FileError } from '../api/file-error.ts';
import type { PromiseSettlers } from '../api/pending-operation.ts';
import { EAGAIN } from '../core/errno.ts';
import type { HeldLock } from './held-lock.ts';
import type { LockFile } from './lock-file.ts';
import type { LockHolder, LockRecord } from './lock-record.ts';

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

/** The lock is held by another owner. */
export class LockHeldError extends FileError {
  readonly holder: LockHolder | null;

  constructor(path: string, holder: LockHolder | null) {
    super(EAGAIN, 'lock', path);
    this.holder = holder;
    if (holder !== null) {
      const since = new Date(holder.since).toISOString();
      this.message += `: '${holder.owner}' has it since ${since}; if it never comes back: breakLock`;
    }
  }
}

/** The part of `LockWaits` that a request uses. */
interface Waits {
  wake(wait: LockWait): Promise<void>;
}

/** A request for a lock. A waiter's is all that its program has of it, so it has few objects. */
export class LockWait implements AbortListener {
  /** Number of the request in this program. */
  readonly id: number;
  readonly name: string;
  readonly owner: string;
  readonly options: LockOptions;
  /** Number of its place in the queue of the record; null outside the queue. */
  ticket: number | null = null;
  /** Null before the file is open. */
  file: LockFile | null = null;
  /** Whether the promise has its result. */
  isSettled = false;
  isBusy = false;
  /** Whether something has happened since the step under way began. */
  mustRepeat = false;
  /** Whether the next check has to wait for a change of the record that is under way. */
  mustConfirm = false;
  cancelTimer: (() => void) | null = null;
  private readonly waits: Waits;
  private readonly resolvePromise: (lock: HeldLock) => void;
  private readonly rejectPromise: (error: unknown) => void;

  constructor(
    waits: Waits,
    id: number,
    name: string,
    owner: string,
    options: LockOptions,
    { resolve, reject }: PromiseSettlers<HeldLock>,
  ) {
    this.waits = waits;
    this.id = id;
    this.name = name;
    this.owner = owner;
    this.options = options;
    this.resolvePromise = resolve;
    this.rejectPromise = reject;
    addAbortListener(options.signal, this);
  }

  handleAbort(): void {
    void this.waits.wake(this);
  }

  resolve(lock: HeldLock): void {
    this.settle();
    this.resolvePromise(lock);
  }

  /** Rejects the promise, unless it has its result. */
  reject(error: unknown): void {
    if (this.isSettled) return;
    this.settle();
    this.rejectPromise(error);
  }

  private settle(): void {
    this.isSettled = true;
    removeAbortListener(this.options.signal, this);
  }
}

/** Whether a record grants its lock to a waiter. The ticket alone would not do: a record may have been removed. */
export const isGrantedTo = ({ holder }: LockRecord, wait: LockWait): boolean =>
  holder !== null && isPlaceOf(holder, wait);

export const isPlaceOf = (
  { ticket, owner }: Pick<LockHolder, 'ticket' | 'owner'>,
  wait: LockWait,
): boolean => ticket !== null && ticket === wait.ticket && owner === wait.owner;
