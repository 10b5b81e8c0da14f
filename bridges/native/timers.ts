/** Runs the numbered timers of a C module by a clock that has a single alarm (the host's timer). */

export interface AlarmClock {
  /** Monotonic microseconds. */
  now(): number;
  /** Sets the alarm in `ms` milliseconds; replaces an earlier one. */
  setTimer(ms: number): void;
}

/** The shortest interval: a repeating timer without one would starve all others. */
const MIN_INTERVAL_MICROS = 1000;

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
    const micros = Math.max(repeats ? MIN_INTERVAL_MICROS : 0, ms * 1000);
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
    const dueTimers = [...this.timers].filter(([, timer]) => timer.dueMicros <= now);
    dueTimers.sort(([, one], [, other]) => one.dueMicros - other.dueMicros);
    for (const [id, timer] of dueTimers) {
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
    const earliestMicros = Math.min(...[...this.timers.values()].map((timer) => timer.dueMicros));
    this.clock.setTimer(Math.max(0, Math.ceil((earliestMicros - this.clock.now()) / 1000)));
  }
}
