/**
 * Limits the memory for incomplete messages: one budget for all connections of a server. Each connection has room for
 * short messages. For a longer message it requests memory, and is not read until the memory is granted. Half of the
 * budget is for messages up to MAX_ORDINARY_BYTES, which include all that GlusterFS's clients send: longer messages
 * never delay those. While connections wait for memory, slow ones that hold it are closed (PROGRESS_TIMEOUT_MS).
 */
import type { Dump } from '../../../runtime/core/xlator.ts';
import { RECORD_MAX, type RecordReader } from '../../../runtime/wire/record.ts';

/** The most bytes of an ordinary message, with the bytes that are received along with it. */
const MAX_ORDINARY_BYTES = 1.5 * 2 ** 20;
/** Milliseconds in which a message must make progress (MIN_PROGRESS_BYTES) while others wait for its memory. */
export const PROGRESS_TIMEOUT_MS = 10_000;
/** The bytes that must arrive in that time, unless fewer are missing. */
const MIN_PROGRESS_BYTES = 2 ** 20;

/** The least `option rpc.record-memory-limit`: half of it must hold the longest record. */
export const MIN_LIMIT_BYTES = 3 * RECORD_MAX;

/** The budget in bytes and the clock. The budget is read at each use, as the option may change. */
export interface RecordMemorySettings {
  readLimitBytes(): number;
  /** Calls `fn` after a time; returns a function that stops the timer. */
  after(delayMs: number, fn: () => void): () => void;
}

/** The part of a connection that the budget uses. */
export interface Receiver {
  readonly records: RecordReader;
  /** Whether the server stopped reading because of the limit of requests, for which the peer is not to blame. */
  readonly isAtLimit: boolean;
  /** Called when the memory for which it waits is available. */
  onGrant(): void;
  /** Closes the connection, and logs the reason. */
  fail(reason: string): void;
}

/** Half of the budget: the shares that hold memory of it, and those that wait for memory, in order of request. */
class MemoryPool {
  usedBytes = 0;
  readonly holders = new Set<MemoryShare>();
  readonly waitingShares = new Set<MemoryShare>();
  private readonly settings: RecordMemorySettings;
  /** Stops the timer that closes slow holders; null while it does not run. */
  private stopTimer: (() => void) | null = null;

  constructor(settings: RecordMemorySettings) {
    this.settings = settings;
  }

  private get limitBytes(): number {
    return this.settings.readLimitBytes() / 2;
  }

  /** Requests `size` bytes. @returns whether the share has them now; else its `onGrant` is called later */
  requestMemory(share: MemoryShare, size: number): boolean {
    share.requestedBytes = size;
    if (this.waitingShares.size === 0 && this.tryGrant(share)) return true;
    this.waitingShares.add(share);
    if (this.stopTimer === null) this.startTimer();
    return false;
  }

  /** Removes a share from the waiting ones. */
  withdraw(share: MemoryShare): void {
    if (this.waitingShares.delete(share)) this.grantWaiting();
  }

  /** Takes bytes back that a share returns; the share stays a holder if it has got other bytes of this pool. */
  takeBack(share: MemoryShare, size: number): void {
    if (share.pool !== this) this.holders.delete(share);
    this.usedBytes -= size;
    this.grantWaiting();
  }

  /** Grants memory to the waiting shares in order, until it does not suffice for one. */
  private grantWaiting(): void {
    for (const share of this.waitingShares) {
      if (!this.tryGrant(share)) return;
      this.waitingShares.delete(share);
      share.onGrant();
    }
    if (this.waitingShares.size > 0) return;
    this.stopTimer?.();
    this.stopTimer = null;
  }

  /** Grants a share the memory that it requested, if there is enough. @returns whether it was granted */
  private tryGrant(share: MemoryShare): boolean {
    const { requestedBytes } = share;
    if (this.usedBytes + requestedBytes > this.limitBytes) {
      for (const holder of this.holders) if (holder.isIdle) this.reclaim(holder);
    }
    // The limit may have been lowered below this size: without other holders, the share gets its memory anyway.
    if (this.usedBytes + requestedBytes > this.limitBytes && this.holders.size > 0) return false;
    this.holders.add(share);
    this.usedBytes += requestedBytes;
    share.takeMemory(this, requestedBytes);
    return true;
  }

  /** Takes the memory back from a share that does not need it. */
  private reclaim(holder: MemoryShare): void {
    this.holders.delete(holder);
    this.usedBytes -= holder.heldBytes;
    holder.releaseMemory();
  }

  /** Starts to measure the progress of every holder; closes slow ones after PROGRESS_TIMEOUT_MS. */
  private startTimer(): void {
    for (const holder of this.holders) holder.startMeasuring();
    this.stopTimer = this.settings.after(PROGRESS_TIMEOUT_MS, () => {
      this.stopTimer = null;
      for (const holder of [...this.holders]) holder.closeIfSlow();
      if (this.waitingShares.size > 0 && this.stopTimer === null) this.startTimer();
    });
  }
}

/** The budget of a server: a pool for ordinary messages, and one for longer messages. */
export class RecordMemory {
  private readonly ordinaryPool: MemoryPool;
  private readonly longPool: MemoryPool;

  constructor(settings: RecordMemorySettings) {
    this.ordinaryPool = new MemoryPool(settings);
    this.longPool = new MemoryPool(settings);
  }

  /** Describes the memory for statedumps: bytes held, bytes filled, and connections that wait. */
  dump(): Dump {
    const { ordinaryPool, longPool } = this;
    const holders = [...ordinaryPool.holders, ...longPool.holders];
    return {
      'record-memory-used': ordinaryPool.usedBytes + longPool.usedBytes,
      'record-memory-filled': holders.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0),
      'waiting-for-record-memory': ordinaryPool.waitingShares.size + longPool.waitingShares.size,
    };
  }

  /** Makes the share of a new connection. */
  makeShare(receiver: Receiver): MemoryShare {
    return new MemoryShare(receiver, this.ordinaryPool, this.longPool);
  }
}

/** A connection's share of the memory. */
export class MemoryShare {
  /** The bytes that the share holds. */
  heldBytes = 0;
  /** The bytes of its last request. */
  requestedBytes = 0;
  private readonly receiver: Receiver;
  private readonly ordinaryPool: MemoryPool;
  private readonly longPool: MemoryPool;
  /** The pool of the memory that the share holds. */
  pool: MemoryPool | null = null;
  /** The pool in which the share waits for memory. */
  private waitingPool: MemoryPool | null = null;
  /** The bytes that the message lacked when other shares began to wait; -1 if the memory was granted later. */
  private missingBytesAtStart = -1;

  constructor(receiver: Receiver, ordinaryPool: MemoryPool, longPool: MemoryPool) {
    this.receiver = receiver;
    this.ordinaryPool = ordinaryPool;
    this.longPool = longPool;
  }

  /** Whether the connection waits for memory, and must not be read. */
  get isWaiting(): boolean {
    return this.waitingPool !== null;
  }

  /** The received bytes of the incomplete message. */
  get receivedBytes(): number {
    const { incompleteSize, missingBytes } = this.receiver.records;
    return incompleteSize - missingBytes;
  }

  /** Whether the connection's own room suffices, so that the share's memory may be reclaimed. */
  get isIdle(): boolean {
    const { records } = this.receiver;
    return !this.isWaiting && records.neededMemory <= records.ordinaryMemory;
  }

  /**
   * Adjusts the share after bytes arrived and complete messages were served.
   * @param hasServed whether any message was served
   */
  adjust(hasServed: boolean): void {
    const { pool, receiver } = this;
    const { records } = receiver;
    if (pool === null) records.memoryLimit = records.ordinaryMemory;
    // While others wait, the next message queues behind theirs. Memory for a long message is returned in any case.
    if (hasServed && pool !== null && (pool.waitingShares.size > 0 || pool === this.longPool))
      this.returnAll();
    const neededBytes = records.neededMemory;
    if (neededBytes <= Math.max(this.heldBytes, records.ordinaryMemory) || this.isWaiting) return;
    const targetPool = neededBytes <= MAX_ORDINARY_BYTES ? this.ordinaryPool : this.longPool;
    const size = Math.max(neededBytes, Math.min(MAX_ORDINARY_BYTES, records.maxMemory));
    if (!targetPool.requestMemory(this, size)) this.waitingPool = targetPool;
  }

  /** Returns everything when the connection ends. */
  close(): void {
    const { waitingPool } = this;
    this.waitingPool = null;
    waitingPool?.withdraw(this);
    this.returnAll();
  }

  // ---- for pools

  /** Takes the memory that a pool has granted; returns the memory held before. */
  takeMemory(pool: MemoryPool, size: number): void {
    const { pool: previousPool, heldBytes } = this;
    this.pool = pool;
    this.heldBytes = size;
    this.receiver.records.memoryLimit = size;
    this.missingBytesAtStart = -1;
    // A message that turned out longer moves to the other pool.
    previousPool?.takeBack(this, heldBytes);
  }

  /** Called when a pool has granted the memory for which the share waited. */
  onGrant(): void {
    this.waitingPool = null;
    this.receiver.onGrant();
  }

  /** Gives the memory up, and continues with the connection's own room; the caller updates the pool. */
  releaseMemory(): void {
    const { records } = this.receiver;
    this.pool = null;
    this.heldBytes = 0;
    records.memoryLimit = records.ordinaryMemory;
    records.shrink();
  }

  /** Starts to measure the progress of the incomplete message. */
  startMeasuring(): void {
    this.missingBytesAtStart = this.receiver.records.missingBytes;
  }

  /** Closes the connection if its message made too little progress since `startMeasuring`. */
  closeIfSlow(): void {
    const { missingBytesAtStart, receiver } = this;
    const { missingBytes, incompleteSize } = receiver.records;
    if (missingBytes === 0 || missingBytesAtStart < 0 || receiver.isAtLimit) return;
    const arrivedBytes = missingBytesAtStart - missingBytes;
    // A negative number means that another message has begun.
    if (arrivedBytes < 0 || arrivedBytes >= Math.min(MIN_PROGRESS_BYTES, missingBytesAtStart))
      return;
    receiver.fail(
      `only ${arrivedBytes} of ${incompleteSize} bytes of a message arrived in ${PROGRESS_TIMEOUT_MS / 1000} s, and others ` +
        'wait for its memory',
    );
  }

  /** Returns all memory to its pool. */
  private returnAll(): void {
    const { pool, heldBytes } = this;
    if (pool === null) return;
    this.releaseMemory();
    pool.takeBack(this, heldBytes);
  }
}
