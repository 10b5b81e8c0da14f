/**
 * Limits the memory for incomplete messages: one budget for all connections of a server. A connection has its own
 * room for short messages. For a longer one it requests memory and is not read until it gets it. Half of the budget
 * is for messages up to `ORDINARY`, more than GlusterFS's clients send at a time, so longer ones never delay them.
 * While connections wait, every `PATIENCE_MS` those without progress are closed.
 */
import type { Dump } from '../../../runtime/core/xlator.ts';
import { RECORD_MAX, type RecordReader } from '../../rpc/record.ts';

/** Bytes of an ordinary message and of what is received along with it. */
const ORDINARY = 1.5 * 2 ** 20;
/** The longest time that a record may make too little progress while others wait for its memory. */
export const PATIENCE_MS = 10_000;
/** The bytes that must arrive in that time, unless fewer are missing. */
const LEAST = 2 ** 20;

/** The least `option rpc.record-memory-limit`: half of it must hold the longest record. */
export const LIMIT_MIN = 3 * RECORD_MAX;

export interface RecordMemorySettings {
  limit(): number;
  after(ms: number, fn: () => void): () => void;
}

/** A connection as the budget sees it. */
export interface Receiver {
  readonly records: RecordReader;
  /** Whether the server does not read it for a reason that its peer cannot influence. */
  readonly isHeldUp: boolean;
  /** The memory that it waited for is available. */
  granted(): void;
  fail(why: string): void;
}

/** The shares of one class of messages: those that hold memory, and those that wait in order of request. */
class Pool {
  used = 0;
  readonly holders = new Set<Share>();
  readonly waiting = new Set<Share>();
  private readonly settings: RecordMemorySettings;
  private stop: (() => void) | null = null;

  constructor(settings: RecordMemorySettings) {
    this.settings = settings;
  }

  private get limit(): number {
    return this.settings.limit() / 2;
  }

  /** True when the share gets `size` bytes at once; otherwise `granted` is called later. */
  ask(share: Share, size: number): boolean {
    share.requested = size;
    if (this.waiting.size === 0 && this.give(share)) return true;
    this.waiting.add(share);
    if (this.stop === null) this.watch();
    return false;
  }

  /** Removes a share from the waiting ones. */
  withdraw(share: Share): void {
    if (this.waiting.delete(share)) this.serve();
  }

  /** Returns bytes of a share, which may already hold others in this pool. */
  free(share: Share, size: number): void {
    if (share.pool !== this) this.holders.delete(share);
    this.used -= size;
    this.serve();
  }

  private serve(): void {
    for (const share of this.waiting) {
      if (!this.give(share)) return;
      this.waiting.delete(share);
      share.granted();
    }
    if (this.waiting.size > 0) return;
    this.stop?.();
    this.stop = null;
  }

  private give(share: Share): boolean {
    const { requested } = share;
    if (this.used + requested > this.limit) {
      for (const holder of this.holders) if (holder.isIdle) this.takeBack(holder);
    }
    // The limit may have been lowered, so a lone share is always served.
    if (this.used + requested > this.limit && this.holders.size > 0) return false;
    this.holders.add(share);
    this.used += requested;
    share.hold(this, requested);
    return true;
  }

  /** Takes the memory of an idle share. */
  private takeBack(holder: Share): void {
    this.holders.delete(holder);
    this.used -= holder.held;
    holder.lose();
  }

  /** Measures the progress of every holder from now on. */
  private watch(): void {
    for (const holder of this.holders) holder.mark();
    this.stop = this.settings.after(PATIENCE_MS, () => {
      this.stop = null;
      for (const holder of [...this.holders]) holder.closeIfSlow();
      if (this.waiting.size > 0 && this.stop === null) this.watch();
    });
  }
}

export class RecordMemory {
  private readonly ordinary: Pool;
  private readonly long: Pool;

  constructor(settings: RecordMemorySettings) {
    this.ordinary = new Pool(settings);
    this.long = new Pool(settings);
  }

  /** For statedumps: bytes held, bytes filled, and connections that wait. */
  dump(): Dump {
    const { ordinary, long } = this;
    const holders = [...ordinary.holders, ...long.holders];
    return {
      'record-memory-used': ordinary.used + long.used,
      'record-memory-filled': holders.reduce((sum, { come }) => sum + come, 0),
      'waiting-for-record-memory': ordinary.waiting.size + long.waiting.size,
    };
  }

  shareOf(receiver: Receiver): Share {
    return new Share(receiver, this.ordinary, this.long);
  }
}

/** A connection's share of the memory. */
export class Share {
  /** Bytes that it holds and bytes that it requested. */
  held = 0;
  requested = 0;
  private readonly receiver: Receiver;
  private readonly ordinary: Pool;
  private readonly long: Pool;
  /** The pool that its memory is from. */
  pool: Pool | null = null;
  private waitsIn: Pool | null = null;
  /** Missing bytes of the message when others began to wait; -1 if it started later. */
  private missingThen = -1;

  constructor(receiver: Receiver, ordinary: Pool, long: Pool) {
    this.receiver = receiver;
    this.ordinary = ordinary;
    this.long = long;
  }

  /** Whether its connection must not be read. */
  get isWaiting(): boolean {
    return this.waitsIn !== null;
  }

  /** Received bytes of its message. */
  get come(): number {
    const { size, missingBytes } = this.receiver.records;
    return size - missingBytes;
  }

  /** Whether its own room suffices. */
  get isIdle(): boolean {
    const { records } = this.receiver;
    return !this.isWaiting && records.neededMemory <= records.ordinaryMemory;
  }

  /**
   * Adjusts the share after bytes arrived and complete messages were served.
   * @param isDone whether any message was served
   */
  settle(isDone: boolean): void {
    const { pool, receiver } = this;
    const { records } = receiver;
    if (pool === null) records.limit = records.ordinaryMemory;
    // While others wait, its next message queues behind theirs; memory for a long message is never kept.
    if (isDone && pool !== null && (pool.waiting.size > 0 || pool === this.long)) this.giveBack();
    const wanted = records.neededMemory;
    if (wanted <= Math.max(this.held, records.ordinaryMemory) || this.isWaiting) return;
    const from = wanted <= ORDINARY ? this.ordinary : this.long;
    const size = Math.max(wanted, Math.min(ORDINARY, records.maxMemory));
    if (!from.ask(this, size)) this.waitsIn = from;
  }

  /** Returns everything when the connection ends. */
  close(): void {
    const { waitsIn } = this;
    this.waitsIn = null;
    waitsIn?.withdraw(this);
    this.giveBack();
  }

  // ---- for pools

  hold(pool: Pool, size: number): void {
    const { pool: before, held } = this;
    this.pool = pool;
    this.held = size;
    this.receiver.records.limit = size;
    this.missingThen = -1;
    // A long message moves from the memory in which it began.
    before?.free(this, held);
  }

  granted(): void {
    this.waitsIn = null;
    this.receiver.granted();
  }

  lose(): void {
    const { records } = this.receiver;
    this.pool = null;
    this.held = 0;
    records.limit = records.ordinaryMemory;
    records.shrink();
  }

  mark(): void {
    this.missingThen = this.receiver.records.missingBytes;
  }

  closeIfSlow(): void {
    const { missingThen, receiver } = this;
    const { missingBytes, size } = receiver.records;
    if (missingBytes === 0 || missingThen < 0 || receiver.isHeldUp) return;
    const come = missingThen - missingBytes;
    if (come < 0 || come >= Math.min(LEAST, missingThen)) return;
    receiver.fail(
      `only ${come} of ${size} bytes of a message arrived in ${PATIENCE_MS / 1000} s, and others ` +
        'wait for its memory',
    );
  }

  private giveBack(): void {
    const { pool, held } = this;
    if (pool === null) return;
    this.lose();
    pool.free(this, held);
  }
}
