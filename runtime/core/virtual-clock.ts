/**
 * Provides a clock that stands still until `advanceTo`, which calls all due timers in order, without waiting. Replays
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
  /** Milliseconds. */
  now = START_MS;
  private readonly timers = new Map<() => void, number>();

  /** Calls `fn` once after `ms` milliseconds; the result cancels it. */
  after(ms: number, fn: () => void): () => void {
    const timer = (): void => fn();
    this.timers.set(timer, this.now + ms);
    return () => this.timers.delete(timer);
  }

  /** The time at which the next timer is due; undefined without a timer. */
  get nextDue(): number | undefined {
    return this.timers.size === 0 ? undefined : Math.min(...this.timers.values());
  }

  /** Moves the time to `endMs` and calls the timers that come due. */
  advanceTo(endMs: number): void {
    for (;;) {
      let due: (() => void) | undefined;
      for (const [timer, at] of this.timers) {
        if (at <= endMs && (due === undefined || at < this.timers.get(due)!)) due = timer;
      }
      if (due === undefined) break;
      this.now = Math.max(this.now, this.timers.get(due)!);
      this.timers.delete(due);
      due();
    }
    this.now = Math.max(this.now, endMs);
  }
}
