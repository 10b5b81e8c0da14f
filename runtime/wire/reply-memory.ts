/**
 * Limits the memory of replies that clients have not taken, and of requests under way, over all connections of a
 * server. Each connection has room for short replies. For a longer one it takes memory before it serves the request;
 * without enough it waits and is not read. A quarter is for connections whose clients have taken all replies so far:
 * those are served beside clients that never read. A connection that holds memory gets more only while less than half
 * is used. While some wait, holders whose clients take too little are closed (PROGRESS_TIMEOUT_MS).
 */
import type { Dump } from '../core/xlator.ts';
import type { ConnectionTransport } from './connection.ts';
import { MemoryPool, type PoolMember, type PoolSettings } from './memory-pool.ts';
import { PROGRESS_TIMEOUT_MS, type Receiver, type RecordMemorySettings } from './record-memory.ts';
import type { XdrWriter } from './xdr.ts';

/** The memory of a server for all of its connections, unless an option says otherwise. */
export const REPLY_MEMORY_BYTES = 256 * 2 ** 20;
/** The memory that a connection needs no permission for: one reply of ordinary length. */
export const OWN_BYTES = 65_536;
/** The bytes that a client must take in PROGRESS_TIMEOUT_MS, unless it has fewer to take. */
const MIN_PROGRESS_BYTES = 2 ** 20;
const RETURNED_SHARE = 0.25;
/** The bytes of clients that have left, after which the memory is freed. */
const FREED_BYTES = 32 * 2 ** 20;

export interface ReplyMemorySettings extends RecordMemorySettings {
  /** Called when clients with much memory have left: their buffers may be freed. */
  onFreed(): void;
}

/** The memory of a server: a pool for all connections, and one for those whose clients have taken what they asked for. */
export class ReplyMemory {
  readonly sharedPool: MemoryPool;
  readonly returnedPool: MemoryPool;

  private readonly onFreed: () => void;
  /** The bytes of clients that have left since `onFreed` was called. */
  private leftBytes = 0;

  constructor({ readLimitBytes, after, onFreed }: ReplyMemorySettings) {
    this.onFreed = onFreed;
    const makePool = (part: number): MemoryPool => {
      const settings: PoolSettings = {
        readLimitBytes: () => readLimitBytes() * part,
        patienceMs: PROGRESS_TIMEOUT_MS,
        after,
      };
      return new MemoryPool(settings);
    };
    this.sharedPool = makePool(1 - RETURNED_SHARE);
    this.returnedPool = makePool(RETURNED_SHARE);
  }

  get usedBytes(): number {
    return this.sharedPool.usedBytes + this.returnedPool.usedBytes;
  }

  get waitingCount(): number {
    return this.sharedPool.waitingCount + this.returnedPool.waitingCount;
  }

  /** Counts the memory of a client that has left. */
  noteLeft(bytes: number): void {
    this.leftBytes += bytes;
    if (this.leftBytes < FREED_BYTES) return;
    this.leftBytes = 0;
    this.onFreed();
  }

  /** Describes the memory for statedumps: bytes held, and connections that wait. */
  dump(): Dump {
    return {
      'reply-memory-used': this.usedBytes,
      'waiting-for-reply-memory': this.waitingCount,
    };
  }
}

/** A connection's share of the memory. */
export class ReplyShare implements PoolMember {
  private readonly memory: ReplyMemory;
  private readonly receiver: Receiver;
  private readonly out: XdrWriter;
  private readonly transport: ConnectionTransport;
  /** The pool of the memory that the share holds, and its bytes. */
  private pool: MemoryPool | null = null;
  private heldBytes = 0;
  private waitingPool: MemoryPool | null = null;
  /** Whether it holds memory, and gets no more at present. */
  private isBlocked = false;
  /** Whether memory was granted that no request uses yet. */
  private isGranted = false;
  /** Whether its client has taken all replies of memory that it had. */
  private hasReturned = false;
  /** The most bytes of the replies to requests under way. */
  private expectedBytes = 0;
  /** The unsent bytes, and those sent so far, when other connections began to wait. */
  private unsentAtStart = 0;
  private sentAtStart = 0;

  constructor(
    memory: ReplyMemory,
    receiver: Receiver,
    out: XdrWriter,
    transport: ConnectionTransport,
  ) {
    this.memory = memory;
    this.receiver = receiver;
    this.out = out;
    this.transport = transport;
  }

  /** Whether the connection waits for memory, and must not be read. */
  get isWaiting(): boolean {
    return this.waitingPool !== null || this.isBlocked;
  }

  /** Whether no request is under way, and all replies have left, so that the memory may be reclaimed. */
  get isIdle(): boolean {
    return (
      !this.isGranted &&
      this.expectedBytes === 0 &&
      this.unsentBytes === 0 &&
      this.receiver.records.lentBytes === 0
    );
  }

  private get unsentBytes(): number {
    return this.out.position + this.transport.queuedBytes;
  }

  /**
   * Takes memory for the reply to a request, until `settle`. Without it, the caller puts the request back and serves
   * no other until `onGrant` of its receiver, or the next `settle`.
   * @param replyBytes the most bytes of the reply, if it may be long
   */
  reserve(replyBytes: number): boolean {
    const missingBytes = this.computeUse(replyBytes) - this.heldBytes;
    if (missingBytes > 0 && !this.takeMemory(missingBytes, replyBytes)) return false;
    this.expectedBytes += replyBytes;
    this.isGranted = false;
    return true;
  }

  /** Adjusts the share after replies have left, or a request has ended. @param replyBytes those reserved for it */
  settle(replyBytes: number): void {
    this.expectedBytes -= replyBytes;
    this.isBlocked = false;
    const usedBytes = this.computeUse(0);
    // Replies may be longer than was expected.
    if (usedBytes > this.heldBytes) {
      this.hold(this.pool ?? this.memory.sharedPool, usedBytes - this.heldBytes);
    }
    const { pool, heldBytes, isIdle } = this;
    if (pool === null || this.isGranted) return;
    if (isIdle) this.hasReturned = true;
    // The buffer is kept for the next reply, unless other connections need it.
    if (isIdle && pool.waitingCount > 0) this.returnAll();
    else if (usedBytes < heldBytes) {
      this.heldBytes = usedBytes;
      if (usedBytes === 0) this.pool = null;
      pool.giveBack(this, heldBytes - usedBytes);
    }
  }

  /** Returns everything when the connection ends. */
  close(): void {
    const { waitingPool } = this;
    this.waitingPool = null;
    this.isBlocked = false;
    waitingPool?.withdraw(this);
    const { pool, heldBytes } = this;
    this.pool = null;
    this.heldBytes = 0;
    pool?.giveBack(this, heldBytes);
    this.memory.noteLeft(heldBytes);
  }

  // ---- for pools

  onGrant(pool: MemoryPool, bytes: number): void {
    this.waitingPool = null;
    this.isGranted = true;
    this.pool = pool;
    this.heldBytes += bytes;
    this.unsentAtStart = 0;
    this.receiver.onGrant();
  }

  releaseMemory(): void {
    this.pool = null;
    this.heldBytes = 0;
    this.out.shrink();
  }

  startMeasuring(): void {
    this.unsentAtStart = this.unsentBytes;
    this.sentAtStart = this.transport.sentBytes;
  }

  closeIfSlow(): void {
    const { unsentAtStart, unsentBytes, sentAtStart, transport } = this;
    if (unsentAtStart === 0 || unsentBytes === 0) return;
    const sentBytes = transport.sentBytes - sentAtStart;
    if (sentBytes >= Math.min(MIN_PROGRESS_BYTES, unsentAtStart)) return;
    this.receiver.fail(
      `its client took only ${sentBytes} of ${unsentAtStart} bytes of replies in ` +
        `${PROGRESS_TIMEOUT_MS / 1000} s, and others wait for their memory`,
    );
  }

  // ----

  /** Computes the memory in use beyond the connection's own, with a further reply. */
  private computeUse(replyBytes: number): number {
    const { out, transport, receiver } = this;
    const bytes =
      Math.max(out.bytes.length, out.position + this.expectedBytes + replyBytes) +
      Math.max(transport.queuedBytes, 0) +
      receiver.records.lentBytes;
    return Math.max(bytes - OWN_BYTES, 0);
  }

  /** Takes memory of a pool. @returns whether the share has it now */
  private takeMemory(missingBytes: number, replyBytes: number): boolean {
    const { sharedPool, returnedPool } = this.memory;
    if (this.heldBytes > 0) {
      if (
        this.pool === sharedPool &&
        sharedPool.usedBytes + missingBytes <= sharedPool.limitBytes / 2
      ) {
        this.hold(sharedPool, missingBytes);
        return true;
      }
      if (!this.isIdle) {
        this.isBlocked = true;
        return false;
      }
      this.returnAll();
    }
    const bytes = this.computeUse(replyBytes);
    if (bytes === 0) return true;
    const isInShared = sharedPool.tryTake(this, bytes);
    const pool = isInShared || !this.hasReturned ? sharedPool : returnedPool;
    if (isInShared || pool.take(this, bytes)) {
      this.note(pool, bytes);
      return true;
    }
    this.waitingPool = pool;
    return false;
  }

  /** Counts memory that is used in any case, or that there is enough of. */
  private hold(pool: MemoryPool, bytes: number): void {
    pool.add(this, bytes);
    this.note(pool, bytes);
  }

  /** Notes memory that a pool has given. */
  private note(pool: MemoryPool, bytes: number): void {
    this.pool = pool;
    this.heldBytes += bytes;
    this.unsentAtStart = 0;
  }

  /** Returns all memory to its pool, for connections that wait. */
  private returnAll(): void {
    const { pool, heldBytes } = this;
    this.releaseMemory();
    pool!.giveBack(this, heldBytes);
  }
}
