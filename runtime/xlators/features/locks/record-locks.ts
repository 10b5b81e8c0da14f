/**
 * Grants locks of applications on one file: record locks (fcntl); a second table grants locks of flock(2). A request is
 * settled exactly once, at once or after a wait, with 0 or an errno. Requests that wait are granted in order.
 * docs/how-it-works/mechanisms.md lists the differences from GlusterFS.
 *
 * Source: Linux fs/locks.c (posix_lock_inode, flock_lock_inode); GlusterFS xlators/features/locks.
 */
import { EAGAIN, EDEADLK } from '../../../core/errno.ts';
import { type Range, Ranges, type Span } from './ranges.ts';

/** Called once with 0, or with the errno of a refused lock. */
export type Settle = (errno: number) => void;

/** A waiting request. */
export class Waiter<N> {
  readonly table: RecordLocks<N>;
  readonly range: Range<N>;
  readonly settle: Settle;

  constructor(table: RecordLocks<N>, range: Range<N>, settle: Settle) {
    this.table = table;
    this.range = range;
    this.settle = settle;
  }

  /** Settles the request with an errno, unless it is settled already. */
  cancel(errno: number): void {
    if (this.table.removeWaiter(this)) this.settle(errno);
  }
}

/** Waiting requests by owner over all files, to detect deadlocks. */
export class WaitGraph<N> {
  private readonly byOwner = new Map<string, Set<Waiter<N>>>();

  add(waiter: Waiter<N>): void {
    const { owner } = waiter.range;
    const waiters = this.byOwner.get(owner);
    if (waiters === undefined) this.byOwner.set(owner, new Set([waiter]));
    else waiters.add(waiter);
  }

  delete(waiter: Waiter<N>): void {
    const { owner } = waiter.range;
    const waiters = this.byOwner.get(owner);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.byOwner.delete(owner);
  }

  /** Whether an owner whose lock conflicts with this range waits, directly or indirectly, for the range's owner. */
  wouldDeadlock(table: RecordLocks<N>, range: Range<N>): boolean {
    const visited = new Set<string>();
    const owners = findBlockers(table, range);
    for (let owner = owners.pop(); owner !== undefined; owner = owners.pop()) {
      if (owner === range.owner) return true;
      if (visited.has(owner)) continue;
      visited.add(owner);
      for (const waiter of this.byOwner.get(owner) ?? []) {
        owners.push(...findBlockers(waiter.table, waiter.range));
      }
    }
    return false;
  }
}

/** Finds the owners whose locks conflict with a range. */
function findBlockers<N>(table: RecordLocks<N>, range: Range<N>): string[] {
  return [...new Set([...table.active.findConflicts(range)].map(({ owner }) => owner))];
}

/** The locks of one file, record locks or those of flock(2), and the requests that wait. `N` is the type of holders. */
export class RecordLocks<N> {
  readonly active = new Ranges<N>();
  /** Waiting requests in order of arrival. */
  readonly blocked = new Set<Waiter<N>>();
  private readonly waitGraph: WaitGraph<N> | null;

  /** @param waitGraph detects deadlocks of record locks; null for flock(2) */
  constructor(waitGraph: WaitGraph<N> | null) {
    this.waitGraph = waitGraph;
  }

  get isEmpty(): boolean {
    return this.active.isEmpty && this.blocked.size === 0;
  }

  /** Settles a request and returns null, or returns its waiter. Without `mayWait`, a conflict settles it by EAGAIN. */
  lock(range: Range<N>, mayWait: boolean, settle: Settle): Waiter<N> | null {
    const hasReleased = this.waitGraph === null && this.releaseOtherType(range);
    const isFree = this.active.findConflict(range) === undefined;
    if (isFree) this.active.lock(range);
    // A lock that was released or downgraded may let waiting requests in. Otherwise no range has changed.
    const granted = (isFree || hasReleased) && this.blocked.size > 0 ? this.grantWaiting() : [];
    let waiter: Waiter<N> | null = null;
    if (isFree) settle(0);
    else if (!mayWait) settle(EAGAIN);
    else if (this.waitGraph?.wouldDeadlock(this, range)) settle(EDEADLK);
    else waiter = this.addWaiter(range, settle);
    settleAll(granted);
    return waiter;
  }

  /** Releases the owner's locks of these bytes, and grants waiting requests. */
  unlock(owner: string, span: Span): void {
    this.active.unlock(owner, span);
    settleAll(this.grantWaiting());
  }

  /** Removes the locks that `isSelected` selects, not the waiting requests. */
  remove(isSelected: (range: Range<N>) => boolean): void {
    if (this.active.remove(isSelected)) settleAll(this.grantWaiting());
  }

  /** Removes a waiter; returns false if it was settled before. */
  removeWaiter(waiter: Waiter<N>): boolean {
    this.waitGraph?.delete(waiter);
    return this.blocked.delete(waiter);
  }

  private addWaiter(range: Range<N>, settle: Settle): Waiter<N> {
    const waiter = new Waiter(this, range, settle);
    this.blocked.add(waiter);
    this.waitGraph?.add(waiter);
    return waiter;
  }

  /** flock(2) releases the owner's lock before it requests another type. Returns whether there was one. */
  private releaseOtherType({ owner, type }: Range<N>): boolean {
    const ownRange = this.active.findByOwner(owner)[0];
    if (ownRange === undefined || ownRange.type === type) return false;
    this.active.unlock(owner, ownRange);
    return true;
  }

  /** Grants the waiting requests that conflict no longer; returns them, for the caller to settle. */
  private grantWaiting(): Waiter<N>[] {
    const granted: Waiter<N>[] = [];
    let countBefore: number;
    do {
      countBefore = granted.length;
      for (const waiter of this.blocked) {
        if (this.active.findConflict(waiter.range) !== undefined) continue;
        this.removeWaiter(waiter);
        this.active.lock(waiter.range);
        granted.push(waiter);
      }
      // A granted request may have downgraded its owner's write lock.
    } while (granted.length > countBefore);
    return granted;
  }
}

/** Settles granted requests. Callers bring the table up to date before, as a callback may request more locks. */
function settleAll(waiters: readonly Waiter<unknown>[]): void {
  for (const { settle } of waiters) settle(0);
}
