/**
 * Limits the memory of all connections of a server together. A member takes memory before it uses it; without enough
 * of it the member waits, and its connection is not read. Members that hold memory which they do not need return it
 * when others wait. While some wait, members whose clients make no progress are closed.
 */

/** The limit, and the clock. The limit is read at each use, as an option may change it. */
export interface PoolSettings {
  readLimitBytes(): number;
  /** Milliseconds in which a holder must make progress while others wait for memory. */
  readonly patienceMs: number;
  /** Calls `fn` after a time; returns a function that stops the timer. */
  after(delayMs: number, fn: () => void): () => void;
}

/** A connection, as one of those that share the memory. */
export interface PoolMember {
  /** Whether the memory that it holds of the pool may be taken back. */
  readonly isIdle: boolean;
  /** Called when the pool has taken its memory back, because others need it. */
  releaseMemory(): void;
  /** Called when the memory that it waits for is there: `bytes` of this pool. */
  onGrant(pool: MemoryPool, bytes: number): void;
  /** Starts to measure the client's progress. */
  startMeasuring(): void;
  /** Closes the connection if its client has made too little progress since `startMeasuring`. */
  closeIfSlow(): void;
}

/** Memory, the members that hold some of it, and those that wait for some, in order of request. */
export class MemoryPool {
  usedBytes = 0;
  /** The bytes that each member holds. */
  readonly holdings = new Map<PoolMember, number>();
  private readonly waiting = new Map<PoolMember, number>();
  private readonly settings: PoolSettings;
  /** Stops the timer that closes slow holders; null while it does not run. */
  private stopTimer: (() => void) | null = null;
  /** Whether `grantWaiting` runs, which a member may call again from `onGrant`. */
  private isGranting = false;

  constructor(settings: PoolSettings) {
    this.settings = settings;
  }

  get waitingCount(): number {
    return this.waiting.size;
  }

  get limitBytes(): number {
    return this.settings.readLimitBytes();
  }

  /** Takes memory for a member. @returns whether it has it now; else its `onGrant` is called later */
  take(member: PoolMember, bytes: number): boolean {
    if (this.tryTake(member, bytes)) return true;
    this.waiting.set(member, bytes);
    if (this.stopTimer === null) this.startTimer();
    return false;
  }

  /** Takes memory without waiting. @returns whether there was enough, and no other member waits for it */
  tryTake(member: PoolMember, bytes: number): boolean {
    if (this.waiting.size > 0 || !this.hasRoom(bytes)) return false;
    this.add(member, bytes);
    return true;
  }

  /** Counts memory that a member uses already. */
  add(member: PoolMember, bytes: number): void {
    this.holdings.set(member, (this.holdings.get(member) ?? 0) + bytes);
    this.usedBytes += bytes;
  }

  /** Takes memory back that a member no longer uses. */
  giveBack(member: PoolMember, bytes: number): void {
    const heldBytes = this.holdings.get(member);
    if (heldBytes === undefined || bytes === 0) return;
    if (heldBytes > bytes) this.holdings.set(member, heldBytes - bytes);
    else this.holdings.delete(member);
    this.usedBytes -= bytes;
    if (this.waiting.size > 0) this.grantWaiting();
  }

  /** Removes a member from the waiting ones. */
  withdraw(member: PoolMember): void {
    if (this.waiting.delete(member)) this.grantWaiting();
  }

  /** Takes back all that a member holds, and removes it from the waiting ones. */
  leave(member: PoolMember): void {
    this.withdraw(member);
    this.giveBack(member, this.holdings.get(member) ?? 0);
  }

  /** Whether there are so many bytes, after those of idle members were taken back. */
  private hasRoom(bytes: number): boolean {
    if (this.usedBytes + bytes > this.limitBytes) {
      for (const member of this.holdings.keys()) if (member.isIdle) this.reclaim(member);
    }
    // More than the limit, which may have been lowered, is granted to a member when no other holds any.
    return this.usedBytes + bytes <= this.limitBytes || this.holdings.size === 0;
  }

  private reclaim(member: PoolMember): void {
    this.usedBytes -= this.holdings.get(member)!;
    this.holdings.delete(member);
    member.releaseMemory();
  }

  /** Grants memory to the waiting members in order, until it does not suffice for one. */
  private grantWaiting(): void {
    if (this.isGranting) return;
    this.isGranting = true;
    try {
      for (const [member, bytes] of this.waiting) {
        if (!this.hasRoom(bytes)) return;
        this.waiting.delete(member);
        this.add(member, bytes);
        member.onGrant(this, bytes);
      }
    } finally {
      this.isGranting = false;
    }
    this.stopTimer?.();
    this.stopTimer = null;
  }

  /** Starts to measure the progress of every holder; closes slow ones after the patience. */
  private startTimer(): void {
    const { settings, holdings, waiting } = this;
    for (const member of holdings.keys()) member.startMeasuring();
    this.stopTimer = settings.after(settings.patienceMs, () => {
      this.stopTimer = null;
      for (const member of [...holdings.keys()]) member.closeIfSlow();
      if (waiting.size > 0 && this.stopTimer === null) this.startTimer();
    });
  }
}
