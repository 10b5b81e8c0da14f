/**
 * Limits the memory for incomplete messages: one budget for all connections of a server. Each connection has room for
 * short messages. For a longer message it requests memory, and is not read until the memory is granted. Half of the
 * budget is for messages up to MAX_ORDINARY_BYTES, which include all that GlusterFS's clients send: longer messages
 * never delay those. While connections wait for memory, slow ones that hold it are closed (PROGRESS_TIMEOUT_MS).
 */
import type { Dump } from '../core/xlator.ts';
import { MemoryPool, type PoolMember, type PoolSettings } from './memory-pool.ts';
import { RECORD_MAX, type RecordReader } from './record.ts';

/** The most bytes of an ordinary message, with the bytes that are received along with it. */
const MAX_ORDINARY_BYTES = 1.5 * 2 ** 20;
/** Milliseconds in which a message must make progress (MIN_PROGRESS_BYTES) while others wait for its memory. */
export const PROGRESS_TIMEOUT_MS = 10_000;
/** The bytes that must arrive in that time, unless fewer are missing. */
const MIN_PROGRESS_BYTES = 2 ** 20;

/** The least `option rpc.record-memory-limit`: half of it must hold the longest record. */
export const MIN_LIMIT_BYTES = 3 * RECORD_MAX;

/** The budget in bytes and the clock. The budget is read at each use, as the option may change. */
export type RecordMemorySettings = Omit<PoolSettings, 'patienceMs'>;

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

/** The budget of a server: a pool for ordinary messages, and one for longer messages. */
export class RecordMemory {
  private readonly ordinaryPool: MemoryPool;
  private readonly longPool: MemoryPool;

  constructor(settings: RecordMemorySettings) {
    const half: PoolSettings = {
      readLimitBytes: () => settings.readLimitBytes() / 2,
      patienceMs: PROGRESS_TIMEOUT_MS,
      after: (delayMs, fn) => settings.after(delayMs, fn),
    };
    this.ordinaryPool = new MemoryPool(half);
    this.longPool = new MemoryPool(half);
  }

  /** Describes the memory for statedumps: bytes held, bytes filled, and connections that wait. */
  dump(): Dump {
    const { ordinaryPool, longPool } = this;
    const holders = [...ordinaryPool.holdings.keys(), ...longPool.holdings.keys()] as MemoryShare[];
    return {
      'record-memory-used': ordinaryPool.usedBytes + longPool.usedBytes,
      'record-memory-filled': holders.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0),
      'waiting-for-record-memory': ordinaryPool.waitingCount + longPool.waitingCount,
    };
  }

  /** Makes the share of a new connection. */
  makeShare(receiver: Receiver): MemoryShare {
    return new MemoryShare(receiver, this.ordinaryPool, this.longPool);
  }
}

/** A connection's share of the memory. */
export class MemoryShare implements PoolMember {
  /** The bytes that the share holds. */
  private heldBytes = 0;
  private readonly receiver: Receiver;
  private readonly ordinaryPool: MemoryPool;
  private readonly longPool: MemoryPool;
  /** The pool of the memory that the share holds. */
  private pool: MemoryPool | null = null;
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
    if (hasServed && pool !== null && (pool.waitingCount > 0 || pool === this.longPool))
      this.returnAll();
    const neededBytes = records.neededMemory;
    if (neededBytes <= Math.max(this.heldBytes, records.ordinaryMemory) || this.isWaiting) return;
    const targetPool = neededBytes <= MAX_ORDINARY_BYTES ? this.ordinaryPool : this.longPool;
    const size = Math.max(neededBytes, Math.min(MAX_ORDINARY_BYTES, records.maxMemory));
    if (targetPool.take(this, size)) this.useMemory(targetPool, size);
    else this.waitingPool = targetPool;
  }

  /** Returns everything when the connection ends. */
  close(): void {
    const { waitingPool } = this;
    this.waitingPool = null;
    waitingPool?.withdraw(this);
    this.returnAll();
  }

  // ---- for pools

  /** Called when a pool has granted the memory for which the share waited. */
  onGrant(pool: MemoryPool, bytes: number): void {
    this.waitingPool = null;
    this.useMemory(pool, bytes);
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

  /** Uses memory that a pool has granted, and returns the memory held before. */
  private useMemory(pool: MemoryPool, size: number): void {
    const { pool: previousPool, heldBytes } = this;
    this.pool = pool;
    this.heldBytes = size;
    this.receiver.records.memoryLimit = size;
    this.missingBytesAtStart = -1;
    // A message that turned out longer moves to the other pool.
    previousPool?.giveBack(this, heldBytes);
  }

  /** Returns all memory to its pool. */
  private returnAll(): void {
    const { pool, heldBytes } = this;
    if (pool === null) return;
    this.releaseMemory();
    pool.giveBack(this, heldBytes);
  }
}
