/** Runs the numbered timers of a C module by a clock that has a single alarm (the host's timer). */

export interface AlarmClock {
  /** Monotonic microseconds. */
  now(): number;
  /** Sets the alarm in `ms` milliseconds; replaces an earlier one. */
  setTimer(ms: number): void;
}

interface Timer {
  /** The clock's time, in microseconds. */
  due: number;
  /** Microseconds of a repeating timer's interval; 0 for a single shot. */
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

  start(id: number, ms: number, repeats: boolean): void {
    // A repeating timer without an interval would starve all others.
    const us = Math.max(repeats ? 1000 : 0, ms * 1000);
    this.timers.set(id, { due: this.clock.now() + us, period: repeats ? us : 0 });
    this.wait();
  }

  stop(id: number): void {
    this.timers.delete(id);
  }

  /** Fires due timers, in order. */
  fireDue(fire: (id: number) => void): void {
    const now = this.clock.now();
    const due = [...this.timers].filter(([, timer]) => timer.due <= now);
    due.sort(([, one], [, other]) => one.due - other.due);
    for (const [id, timer] of due) {
      // A fired timer may stop another.
      if (this.timers.get(id) !== timer) continue;
      if (timer.period === 0) this.timers.delete(id);
      else timer.due = Math.max(timer.due + timer.period, now);
      fire(id);
    }
    this.wait();
  }

  private wait(): void {
    if (this.timers.size === 0) return;
    const next = Math.min(...[...this.timers.values()].map(({ due }) => due));
    this.clock.setTimer(Math.max(0, Math.ceil((next - this.clock.now()) / 1000)));
  }
}
