/**
 * A clock that stands still until it is told to go on, for graphs whose time is virtual: then every
 * timer that comes due rings in order, and nobody has waited.
 */

/** It begins at some time, not at 0, which programs take for 'never'. */
const START_MS = 1_000_000;

/**
 * The date at time 0, for the storage as for modules (`python/glupy/_clock.py` and
 * `bridges/javascript/library/clock.ts` have it too): a file's age is what was let pass.
 */
export const VIRTUAL_EPOCH_MS = Date.UTC(2026, 0, 1);

export class Clock {
  /** Milliseconds. */
  now = START_MS;
  private readonly timers = new Map<() => void, number>();

  /** Rings once after `ms` milliseconds; the result cancels it. */
  after(ms: number, fn: () => void): () => void {
    const timer = (): void => fn();
    this.timers.set(timer, this.now + ms);
    return () => this.timers.delete(timer);
  }

  /** When the next timer is due; undefined when there is none. */
  get next(): number | undefined {
    return this.timers.size === 0 ? undefined : Math.min(...this.timers.values());
  }

  /** Lets time pass until `end`, ringing what is due on the way. */
  advanceTo(end: number): void {
    for (;;) {
      let due: (() => void) | undefined;
      for (const [timer, at] of this.timers) {
        if (at <= end && (due === undefined || at < this.timers.get(due)!)) due = timer;
      }
      if (due === undefined) break;
      this.now = Math.max(this.now, this.timers.get(due)!);
      this.timers.delete(due);
      due();
    }
    this.now = Math.max(this.now, end);
  }
}
