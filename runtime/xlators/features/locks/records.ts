/**
 * The locks of applications on one file, and the requests that wait for them: record locks (fcntl), or those of
 * flock(2) in another table. A request is settled exactly once, at once or later, with 0 or an errno; those that wait
 * are granted in order. Differences from GlusterFS are in docs/how-it-works/mechanisms.md.
 *
 * Source: Linux fs/locks.c (posix_lock_inode, flock_lock_inode); GlusterFS xlators/features/locks.
 */
import { EAGAIN, EDEADLK } from '../../../core/errno.ts';
import { type Range, Ranges, type Span } from './ranges.ts';

/** Told once: 0, or why there is no lock. */
export type Settle = (errno: number) => void;

/** A request that waits. */
export class Waiter<N> {
  readonly table: RecordLocks<N>;
  readonly range: Range<N>;
  readonly settle: Settle;

  constructor(table: RecordLocks<N>, range: Range<N>, settle: Settle) {
    this.table = table;
    this.range = range;
    this.settle = settle;
  }

  /** Settles it with an errno, unless it was settled. */
  cancel(errno: number): void {
    if (this.table.leave(this)) this.settle(errno);
  }
}

/** Which owners wait for which, over all files that owners could wait for in a circle. */
export class Waits<N> {
  private readonly byOwner = new Map<string, Set<Waiter<N>>>();

  add(waiter: Waiter<N>): void {
    const { owner } = waiter.range;
    const others = this.byOwner.get(owner);
    if (others === undefined) this.byOwner.set(owner, new Set([waiter]));
    else others.add(waiter);
  }

  delete(waiter: Waiter<N>): void {
    const { owner } = waiter.range;
    const others = this.byOwner.get(owner);
    others?.delete(waiter);
    if (others?.size === 0) this.byOwner.delete(owner);
  }

  /** Whether somebody in the way of this range waits, over whatever corners, for its owner. */
  wouldCircle(table: RecordLocks<N>, range: Range<N>): boolean {
    const seen = new Set<string>();
    const owners = blockers(table, range);
    for (let owner = owners.pop(); owner !== undefined; owner = owners.pop()) {
      if (owner === range.owner) return true;
      if (seen.has(owner)) continue;
      seen.add(owner);
      for (const waiter of this.byOwner.get(owner) ?? []) {
        owners.push(...blockers(waiter.table, waiter.range));
      }
    }
    return false;
  }
}

function blockers<N>(table: RecordLocks<N>, range: Range<N>): string[] {
  return [...new Set([...table.active.conflicts(range)].map(({ owner }) => owner))];
}

export class RecordLocks<N> {
  readonly active = new Ranges<N>();
  /** In the order they came. */
  readonly blocked = new Set<Waiter<N>>();
  private readonly waits: Waits<N> | null;

  /** @param waits for record locks; null for those of flock(2) */
  constructor(waits: Waits<N> | null) {
    this.waits = waits;
  }

  get empty(): boolean {
    return this.active.empty && this.blocked.size === 0;
  }

  /** Settles a request, or returns who waits: only with `mayWait`, as it is EAGAIN otherwise. */
  lock(range: Range<N>, mayWait: boolean, settle: Settle): Waiter<N> | null {
    if (this.waits === null) this.giveUp(range);
    const isFree = this.active.conflict(range) === undefined;
    if (isFree) this.active.lock(range);
    // What was given up, or became a read lock, lets others in.
    const granted = this.blocked.size === 0 ? [] : this.grant();
    let waiter: Waiter<N> | null = null;
    if (isFree) settle(0);
    else if (!mayWait) settle(EAGAIN);
    else if (this.waits?.wouldCircle(this, range)) settle(EDEADLK);
    else waiter = this.wait(range, settle);
    settleAll(granted);
    return waiter;
  }

  unlock(owner: string, span: Span): void {
    this.active.unlock(owner, span);
    settleAll(this.grant());
  }

  /** Takes away the locks that `which` says. Those that wait are another matter. */
  remove(which: (range: Range<N>) => boolean): void {
    if (this.active.remove(which)) settleAll(this.grant());
  }

  /** Gives up waiting. False when it does not wait any more. */
  leave(waiter: Waiter<N>): boolean {
    this.waits?.delete(waiter);
    return this.blocked.delete(waiter);
  }

  private wait(range: Range<N>, settle: Settle): Waiter<N> {
    const waiter = new Waiter(this, range, settle);
    this.blocked.add(waiter);
    this.waits?.add(waiter);
    return waiter;
  }

  /** flock(2): what the owner has is gone before it asks for another type. */
  private giveUp({ owner, type }: Range<N>): void {
    const before = this.active.of(owner)[0];
    if (before !== undefined && before.type !== type) this.active.unlock(owner, before);
  }

  /** Locks for those that wait, as far as nothing is in their way; who they are. */
  private grant(): Waiter<N>[] {
    const granted: Waiter<N>[] = [];
    let before: number;
    do {
      before = granted.length;
      for (const waiter of this.blocked) {
        if (this.active.conflict(waiter.range) !== undefined) continue;
        this.leave(waiter);
        this.active.lock(waiter.range);
        granted.push(waiter);
      }
      // One that was granted may have made a write lock of its owner a read lock.
    } while (granted.length > before);
    return granted;
  }
}

/** Only when the table is in order: whoever is told may ask for more at once. */
function settleAll(waiters: readonly Waiter<unknown>[]): void {
  for (const { settle } of waiters) settle(0);
}
