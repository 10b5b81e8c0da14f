/**
 * Acquires locks for the requests of one `Locks` object. A request that has to wait is an entry of a map and a promise;
 * its place in the order is in the record of its lock, with the name of this program's mailbox.
 *
 * Bricks that report changes send the record with them (features/upcall): the waiter that it names has its lock without
 * a request. Otherwise a waiter reads its record when a hint for it arrives, when the holder's lock expires, after the
 * mailbox was lost, and about once a minute. Only the last finds changes without a hint: an administrator has changed a
 * record, or the hint could not be stored.
 */
import { FileError, VolumeClosedError } from '../api/file-error.ts';
import type { PromiseSettlers } from '../api/pending-operation.ts';
import { ECANCELED } from '../core/errno.ts';
import type { Inode } from '../core/inode.ts';
import { isUpcall } from '../core/upcall.ts';
import { HeldLock, LEASE_MS } from './held-lock.ts';
import { LockFile, type RecordChange } from './lock-file.ts';
import {
  acquireLock,
  decodeLock,
  enqueueWaiter,
  findCheckDelay,
  isGrantable,
  LOCK_XATTR,
  type LockRecord,
  type LockRequest,
  moveWaiter,
  removeWaiters,
} from './lock-record.ts';
import { ignoreFailure, type LockStorage } from './lock-storage.ts';
import { isGrantedTo, isPlaceOf, LockHeldError, type LockOptions, LockWait } from './lock-wait.ts';
import { Mailbox, type MailboxListener } from './mailbox.ts';
import type { Mailboxes } from './mailboxes.ts';

/** Added to LEASE_MS for the way of a request to the brick. */
const LEASE_MARGIN_MS = 2000;
/** Milliseconds between two checks whether an earlier holder's operations have ended. */
const BARRIER_STEP_MS = 20;
/** Milliseconds until a waiter that has lost its connection to the storage reads its record again. */
const RECONNECT_STEP_MS = 1000;
/** Milliseconds in which each waiter reads its record once, unless they are too many. */
const RECHECK_MS = 60_000;
/** The least milliseconds between two of these reads. */
const MIN_RECHECK_STEP_MS = 100;
/** Milliseconds for which a mailbox stays after its last waiter: the next one needs no new one. */
const MAILBOX_IDLE_MS = 1000;
/** Waiters that read their records at the same time, when all must. */
const MAX_PARALLEL_CHECKS = 16;

/** The most waiters among which the one that a reported record names is searched; with more, hints do it. */
const MAX_SEARCHED_WAITS = 1024;

/** The result of a try, if the lock was not granted. */
type Refusal = 'queued' | 'full' | 'no mailbox';

interface Attempt {
  /** The record that grants the lock. */
  readonly granted: LockRecord | null;
  readonly refusal: Refusal;
  /** The record after the try. */
  readonly present: LockRecord;
}

export class LockWaits implements MailboxListener {
  /** Requests that wait, by their numbers; also those without a place in the record. */
  private readonly waits = new Map<number, LockWait>();
  /** Requests that wait for a place in a full record, by name of the lock. */
  private readonly outside = new Map<string, Crowd>();
  private readonly mailboxes: Mailboxes;
  private mailbox: Mailbox | null = null;
  private opening: Promise<void> | null = null;
  private lastId = 0;
  private rotation: IterableIterator<LockWait> | null = null;
  private cancelRecheck: (() => void) | null = null;
  private cancelClose: (() => void) | null = null;
  private stopListening: (() => void) | null = null;
  private hasSwept = false;

  constructor(mailboxes: Mailboxes) {
    this.mailboxes = mailboxes;
  }

  private get storage(): LockStorage {
    return this.mailboxes.storage;
  }

  /** Begins to acquire a lock, and settles a promise with it. */
  begin(
    name: string,
    owner: string,
    options: LockOptions,
    settlers: PromiseSettlers<HeldLock>,
  ): void {
    this.lastId += 1;
    void this.wake(new LockWait(this, this.lastId, name, owner, options, settlers));
  }

  // -- steps -----------------------------------------------------------------------------------

  /** Lets a request take its next step. One runs at a time: further calls repeat it. */
  async wake(wait: LockWait): Promise<void> {
    wait.mustRepeat = true;
    if (wait.isBusy) return;
    wait.isBusy = true;
    while (wait.mustRepeat) {
      wait.mustRepeat = false;
      try {
        await this.step(wait);
      } catch (error) {
        this.handleError(wait, error);
      }
    }
    wait.isBusy = false;
  }

  /** Whether a report has ended a request: a step that is still under way must not request the lock once more. */
  private isEnded(wait: LockWait): boolean {
    return wait.isSettled && !this.waits.has(wait.id);
  }

  private handleError(wait: LockWait, error: unknown): void {
    // The place in the queue is in the storage: it is still there when the connection is.
    if (wait.ticket !== null && !wait.isSettled && isDisconnected(error)) {
      wait.cancelTimer?.();
      wait.cancelTimer = this.storage.context.after(RECONNECT_STEP_MS, () => void this.wake(wait));
      return;
    }
    const hadFailed = wait.isSettled;
    wait.reject(error);
    if (wait.ticket === null || error instanceof VolumeClosedError) this.end(wait);
    // A place that it may have in the record is given back, if necessary at a later check.
    else if (!hadFailed) wait.mustRepeat = true;
  }

  private async step(wait: LockWait): Promise<void> {
    const { signal, wait: mayWait = true } = wait.options;
    if (wait.isSettled || signal?.aborted === true) {
      await this.leave(wait);
      return;
    }
    wait.file ??= await LockFile.open(this.mailboxes, wait.name);
    const { file } = wait;
    if (this.waits.has(wait.id)) {
      const record = await file.readRecord();
      if (this.isEnded(wait)) return;
      if (isGrantedTo(record, wait)) return this.finish(wait, file, record);
      if (!wait.mustConfirm && this.keepsWaiting(record, wait)) return this.plan(wait, record);
    }
    wait.mustConfirm = false;
    const { granted, refusal, present } = await file.changeRecord((record) =>
      this.grantOrQueue(wait, file, record, mayWait),
    );
    if (this.isEnded(wait)) return;
    if (granted !== null) return this.finish(wait, file, granted);
    if (!mayWait) throw new LockHeldError(file.path, present.holder);
    if (refusal === 'queued') {
      this.removeOutside(wait);
      this.plan(wait, present);
    } else if (refusal === 'full') this.addOutside(wait);
    else {
      await this.openMailbox();
      wait.mustRepeat = true;
    }
  }

  /** Computes the change of the record for one request. */
  private async grantOrQueue(
    wait: LockWait,
    file: LockFile,
    current: LockRecord,
    mayWait: boolean,
  ): Promise<RecordChange<Attempt>> {
    const { owner, options } = wait;
    const now = this.storage.now();
    const request: LockRequest = { owner, ttlMs: options.ttl ?? null, now };
    const grant = (granted: LockRecord): RecordChange<Attempt> => ({
      record: granted === current ? null : granted,
      result: { granted, refusal: 'queued', present: granted },
    });
    const refuse = (present: LockRecord, refusal: Refusal): RecordChange<Attempt> => ({
      record: present === current ? null : present,
      result: { granted: null, refusal, present },
    });
    if (this.isEnded(wait)) return refuse(current, 'queued');
    if (isGrantedTo(current, wait)) return grant(current);
    const ticket = current.waiters.some((waiter) => isPlaceOf(waiter, wait)) ? wait.ticket : null;
    const own = acquireLock(
      removeWaiters(current, (waiter) => isPlaceOf(waiter, wait)),
      request,
    );
    if (own !== null) return grant(own);
    let record = current;
    if (isGrantable(record, now)) {
      record = await file.handOver(record, null, owner);
      if (isGrantedTo(record, wait)) return grant(record);
      const last = acquireLock(record, request);
      if (last !== null) return grant(last);
    }
    if (!mayWait) return refuse(record, 'queued');
    const mailbox = this.mailboxes.own?.name ?? null;
    if (mailbox === null) return refuse(record, 'no mailbox');
    if (ticket !== null) {
      const isHere = record.waiters.some(
        (waiter) => waiter.ticket === ticket && waiter.mailbox === mailbox,
      );
      return refuse(isHere ? record : moveWaiter(record, ticket, mailbox), 'queued');
    }
    const address = { mailbox, request: wait.id };
    let queued = enqueueWaiter(record, request, address);
    if (queued === null) {
      record = await file.dropDeadWaiters(record);
      queued = enqueueWaiter(record, request, address);
    }
    if (queued === null) return refuse(record, 'full');
    // Before the record changes: a hint may arrive at once.
    wait.ticket = queued.lastTicket;
    this.add(wait);
    return refuse(queued, 'queued');
  }

  /** Whether a waiter has nothing to do: it is in the queue or the queue is full, and the holder has the lock. */
  private keepsWaiting(record: LockRecord, wait: LockWait): boolean {
    const mailbox = this.mailboxes.own?.name ?? null;
    const { owner, ticket } = wait;
    if (mailbox === null || isGrantable(record, this.storage.now())) return false;
    if (ticket !== null)
      return record.waiters.some(
        (waiter) => waiter.ticket === ticket && waiter.mailbox === mailbox,
      );
    const request = { owner, ttlMs: wait.options.ttl ?? null, now: this.storage.now() };
    const address = { mailbox, request: wait.id };
    return record.holder?.owner !== owner && enqueueWaiter(record, request, address) === null;
  }

  /** Ends the wait of a granted request, after operations of an earlier holder have ended. */
  private async finish(
    wait: LockWait,
    file: LockFile,
    { fence, needsBarrier }: LockRecord,
  ): Promise<void> {
    if (needsBarrier) {
      await this.awaitFencedOperations(file);
      await file.changeRecord((record) => ({
        record: record.fence === fence ? { ...record, needsBarrier: false } : null,
        result: null,
      }));
    }
    const lock = new HeldLock(file, wait.owner, fence, needsBarrier);
    // The lock closes the file.
    wait.file = null;
    try {
      wait.options.onGrant?.(lock);
    } catch (error) {
      lock.close();
      // The lock is held, as its record says: it is not given back.
      wait.reject(error);
    }
    this.end(wait);
    if (!wait.isSettled) wait.resolve(lock);
  }

  /**
   * Waits for the end of the operations that an earlier holder had begun before it lost the lock. One that was paused
   * may keep them for ever, but sends nothing any more after LEASE_MS.
   */
  private async awaitFencedOperations(file: LockFile): Promise<void> {
    const { context } = file;
    const end = context.now() + LEASE_MS + LEASE_MARGIN_MS;
    while ((await file.hasFencedOperations()) && context.now() < end) {
      await new Promise<void>((resolve) => context.after(BARRIER_STEP_MS, resolve));
    }
  }

  /** Leaves the queue. If the lock has been granted meanwhile, the next waiter gets it. */
  private async leave(wait: LockWait): Promise<void> {
    const { file, options } = wait;
    try {
      if (file !== null && wait.ticket !== null) {
        await file.changeRecord(async (record) => ({
          record: isGrantedTo(record, wait)
            ? await file.handOver(record)
            : removeWaiters(record, (waiter) => isPlaceOf(waiter, wait)),
          result: null,
        }));
      }
      this.end(wait);
    } finally {
      const error = new FileError(ECANCELED, 'lock', `${this.storage.directory}/${wait.name}`);
      wait.reject(Object.assign(error, { cause: options.signal?.reason }));
    }
  }

  // -- the requests that wait --------------------------------------------------------------------

  private add(wait: LockWait): void {
    this.waits.set(wait.id, wait);
    this.cancelClose?.();
    this.cancelClose = null;
    this.startRecheck();
    this.stopListening ??= this.storage.client.graph.listen((event, data) => {
      if (event === 'UPCALL' && isUpcall(data) && data.kind === 'inode')
        this.handleReport(data.inode, data.xattrs?.get(LOCK_XATTR));
    });
  }

  /** Ends the wait that a reported record grants. One that has to wait for an earlier holder is left to its hint. */
  private handleReport(inode: Inode, bytes: Uint8Array | undefined): void {
    if (bytes === undefined || this.waits.size > MAX_SEARCHED_WAITS) return;
    const record = decodeLock(bytes);
    if (record === null || record.needsBarrier) return;
    for (const wait of this.waits.values()) {
      const { file, isSettled, options } = wait;
      if (!isGrantedTo(record, wait) || file === null || !file.isOf(inode)) continue;
      if (!isSettled && options.signal?.aborted !== true) void this.finish(wait, file, record);
      return;
    }
  }

  private end(wait: LockWait): void {
    this.removeOutside(wait);
    wait.cancelTimer?.();
    wait.cancelTimer = null;
    wait.mustRepeat = false;
    wait.file?.close();
    wait.file = null;
    if (!this.waits.delete(wait.id) || this.waits.size > 0) return;
    this.stopListening?.();
    this.stopListening = null;
    this.closeMailboxLater();
  }

  /** Sets the timer after which a waiter checks whether the holder's lock has expired. */
  private plan(wait: LockWait, record: LockRecord): void {
    wait.cancelTimer?.();
    wait.cancelTimer = null;
    if (wait.ticket === null) return;
    const delay = findCheckDelay(record, wait.ticket, this.storage.now());
    if (delay === null) return;
    wait.cancelTimer = this.storage.context.after(delay, () => void this.wake(wait));
  }

  /** Lets all waiters read their records, one after the other. */
  private startRecheck(): void {
    if (this.cancelRecheck !== null || this.waits.size === 0) return;
    const step = Math.max(MIN_RECHECK_STEP_MS, RECHECK_MS / this.waits.size);
    this.cancelRecheck = this.storage.context.after(step, () => {
      this.cancelRecheck = null;
      let next = this.rotation?.next();
      if (next === undefined || next.done === true) {
        this.rotation = this.waits.values();
        next = this.rotation.next();
      }
      if (next.done !== true) {
        // A request without a place finds out whether the waiters of the full record live.
        if (next.value.ticket === null) next.value.mustConfirm = true;
        void this.wake(next.value);
      }
      this.startRecheck();
    });
  }

  // -- the mailbox -------------------------------------------------------------------------------

  get hasOneWaiter(): boolean {
    return this.waits.size <= 1;
  }

  handleHints(requests: readonly number[] | null): void {
    if (requests === null) void this.checkAll();
    else {
      for (const request of requests) {
        const wait = this.waits.get(request);
        if (wait !== undefined) void this.confirm(wait);
      }
    }
  }

  handleLoss(mailbox: Mailbox): void {
    if (mailbox === this.mailbox) this.setMailbox(null);
    void mailbox.close();
    void this.checkAll();
  }

  /** Lets a waiter read its record after the change that is under way. */
  private confirm(wait: LockWait): Promise<void> {
    wait.mustConfirm = true;
    return this.wake(wait);
  }

  private async checkAll(): Promise<void> {
    const waits = [...this.waits.values()].values();
    const check = async (): Promise<void> => {
      for (const wait of waits) await this.confirm(wait);
    };
    await Promise.all(Array.from({ length: MAX_PARALLEL_CHECKS }, check));
  }

  private openMailbox(): Promise<void> {
    this.opening ??= this.openOwnMailbox();
    return this.opening;
  }

  private async openOwnMailbox(): Promise<void> {
    const { mailboxes } = this;
    try {
      const mailbox = await Mailbox.open(mailboxes, this);
      this.setMailbox(mailbox);
      void mailbox.listen();
      if (this.waits.size === 0) this.closeMailboxLater();
    } finally {
      this.opening = null;
    }
  }

  private closeMailboxLater(): void {
    this.cancelClose ??= this.storage.context.after(MAILBOX_IDLE_MS, () => {
      this.cancelClose = null;
      const { mailbox } = this;
      if (mailbox === null || this.waits.size > 0) return;
      this.setMailbox(null);
      void this.closeMailbox(mailbox);
    });
  }

  private setMailbox(mailbox: Mailbox | null): void {
    this.mailbox = mailbox;
    this.mailboxes.own = mailbox;
  }

  private async closeMailbox(mailbox: Mailbox): Promise<void> {
    if (!this.hasSwept) {
      this.hasSwept = true;
      await ignoreFailure(
        mailbox.readTime().then((now) => this.mailboxes.sweep(now, mailbox.name)),
      );
    }
    await mailbox.close();
  }

  // -- a full record -----------------------------------------------------------------------------

  /** Lets a request wait until the record has a place. */
  private addOutside(wait: LockWait): void {
    const crowd = this.outside.get(wait.name);
    if (crowd?.requests.has(wait) === true) return;
    wait.ticket = null;
    this.add(wait);
    if (crowd !== undefined) crowd.requests.add(wait);
    else {
      const newCrowd = { requests: new Set([wait]), controller: new AbortController() };
      this.outside.set(wait.name, newCrowd);
      void this.awaitPlaces(wait.name, newCrowd);
    }
  }

  private removeOutside(wait: LockWait): void {
    const crowd = this.outside.get(wait.name);
    if (crowd === undefined || !crowd.requests.delete(wait) || crowd.requests.size > 0) return;
    this.outside.delete(wait.name);
    crowd.controller.abort();
  }

  /** Lets the first request of a crowd try again after each change of the record, until all have a place. */
  private async awaitPlaces(name: string, { requests, controller }: Crowd): Promise<void> {
    const { signal } = controller;
    let file: LockFile | null = null;
    try {
      file = await LockFile.open(this.mailboxes, name);
      const watch = file.makeWatch();
      let { cursor } = await watch.wait(undefined, signal);
      for (let [first] = requests; first !== undefined; [first] = requests) {
        await this.wake(first);
        if (requests.has(first)) ({ cursor } = await watch.wait(cursor, signal));
      }
    } catch (error) {
      if (!signal.aborted) for (const wait of [...requests]) this.handleError(wait, error);
    } finally {
      file?.close();
    }
  }
}

function isDisconnected(error: unknown): boolean {
  return error instanceof FileError && error.code === 'ENOTCONN';
}

/** The requests of this program that wait for a place in one record, and the end of their common watch. */
interface Crowd {
  readonly requests: Set<LockWait>;
  readonly controller: AbortController;
}
