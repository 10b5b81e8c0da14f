/** Runs the numbered timers of a C module by a clock that has a single alarm (the host's timer). */

export interface AlarmClock {
  /** Monotonic microseconds. */
  now(): number;
  /** Sets the alarm in `ms` milliseconds; replaces an earlier one. */
  setTimer(ms: number): void;
}

interface Timer {
  /** The clock's time, in microseconds. */
  dueMicros: number;
  /** Microseconds of a repeating timer's interval; 0 for a single shot. */
  readonly periodMicros: number;
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
    const micros = Math.max(repeats ? 1000 : 0, ms * 1000);
    this.timers.set(id, {
      dueMicros: this.clock.now() + micros,
      periodMicros: repeats ? micros : 0,
    });
    this.setAlarm();
  }

  stop(id: number): void {
    this.timers.delete(id);
  }

  /** Fires due timers, in order. */
  fireDue(fire: (id: number) => void): void {
    const now = this.clock.now();
    const due = [...this.timers].filter(([, timer]) => timer.dueMicros <= now);
    due.sort(([, one], [, other]) => one.dueMicros - other.dueMicros);
    for (const [id, timer] of due) {
      // A fired timer may stop another.
      if (this.timers.get(id) !== timer) continue;
      if (timer.periodMicros === 0) this.timers.delete(id);
      else timer.dueMicros = Math.max(timer.dueMicros + timer.periodMicros, now);
      fire(id);
    }
    this.setAlarm();
  }

  private setAlarm(): void {
    if (this.timers.size === 0) return;
    const next = Math.min(...[...this.timers.values()].map(({ dueMicros: due }) => due));
    this.clock.setTimer(Math.max(0, Math.ceil((next - this.clock.now()) / 1000)));
  }
}
