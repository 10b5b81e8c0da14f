/**
 * Provides a clock that stands still until `advanceTo`, which calls all due timers in order, without waiting. Tests
 * and the playground run graphs by it.
 */

/** The time at the start, in milliseconds. Not 0, because programs may take that for 'never'. */
const START_MS = 1_000_000;

/**
 * The date at time 0, for storage and modules (`python/glupy/_clock.py`, `bridges/javascript/library/clock.ts`
 * have the same): a file's age is the virtual time since it was written.
 */
export const VIRTUAL_EPOCH_MS = Date.UTC(2026, 0, 1);

export class VirtualClock {
  /** The current time, in milliseconds. */
  now = START_MS;
  /** The time in milliseconds at which each timer is due. */
  private readonly timers = new Map<() => void, number>();

  /** Calls `fn` once after `ms` milliseconds; the result cancels it. The name is that of `Context.after`. */
  after(ms: number, fn: () => void): () => void {
    // A function of its own, because `fn` may be the key of another timer.
    const timer = (): void => fn();
    this.timers.set(timer, this.now + ms);
    return () => this.timers.delete(timer);
  }

  /** The time in milliseconds at which the next timer is due; undefined without a timer. */
  get nextDueMs(): number | undefined {
    return this.timers.size === 0 ? undefined : Math.min(...this.timers.values());
  }

  /** Moves the time to `endMs` and calls the timers that come due. */
  advanceTo(endMs: number): void {
    for (;;) {
      // The timer that is due first.
      let due: (() => void) | undefined;
      for (const [timer, dueMs] of this.timers) {
        if (dueMs <= endMs && (due === undefined || dueMs < this.timers.get(due)!)) due = timer;
      }
      if (due === undefined) break;
      this.now = Math.max(this.now, this.timers.get(due)!);
      this.timers.delete(due);
      due();
    }
    this.now = Math.max(this.now, endMs);
  }
}
