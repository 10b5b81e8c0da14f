/** Timers by number, over a clock that rings once. */

export interface AlarmClock {
  /** Monotonic microseconds. */
  now(): number;
  /** Rings in so many milliseconds; what was asked for before is not needed any more. */
  after(ms: number): void;
}

interface Timer {
  due: number;
  /** Microseconds between two; 0 for one that rings once. */
  readonly period: number;
}

export class Timers {
  private readonly clock: AlarmClock;
  private readonly timers = new Map<number, Timer>();

  constructor(clock: AlarmClock) {
    this.clock = clock;
  }

  get count(): number {
    return this.timers.size;
  }

  start(id: number, ms: number, again: boolean): void {
    // One that would ring for ever in one moment would leave no other.
    const us = Math.max(again ? 1000 : 0, ms * 1000);
    this.timers.set(id, { due: this.clock.now() + us, period: again ? us : 0 });
    this.wait();
  }

  stop(id: number): void {
    this.timers.delete(id);
  }

  /** Takes those that are due, in order. */
  ring(tell: (id: number) => void): void {
    const now = this.clock.now();
    const due = [...this.timers].filter(([, timer]) => timer.due <= now);
    due.sort(([, one], [, other]) => one.due - other.due);
    for (const [id, timer] of due) {
      // One that is told may stop another.
      if (this.timers.get(id) !== timer) continue;
      if (timer.period === 0) this.timers.delete(id);
      else timer.due = Math.max(timer.due + timer.period, now);
      tell(id);
    }
    this.wait();
  }

  private wait(): void {
    if (this.timers.size === 0) return;
    const next = Math.min(...[...this.timers.values()].map(({ due }) => due));
    this.clock.after(Math.max(0, Math.ceil((next - this.clock.now()) / 1000)));
  }
}
