/**
 * Runs the numbered timers of a compiled module (for guest.ts) by a clock that has a single alarm, the
 * host's timer.
 */
import { MessageError } from '../host/crossing/message.ts';

/** A clock with one alarm, at which `fireDue` must be called. */
export interface AlarmClock {
  /** Monotonic microseconds. */
  now(): number;
  /** Sets the alarm in `ms` milliseconds; replaces an earlier one. */
  setTimer(ms: number): void;
}

/** The most timers of a module. */
const MAX_TIMERS = 100_000;
/** The shortest interval: a repeating timer without one would starve all others. */
const MIN_INTERVAL_MICROS = 1000;

/** The time that due timers may take before other work runs. */
const MAX_TURN_MICROS = 10_000;

/** A started timer. */
interface Timer {
  /** The clock's time, in microseconds. */
  dueMicros: number;
  /** Microseconds of a repeating timer's interval; 0 for a single shot. */
  readonly periodMicros: number;
}

/** The timers of one module. */
export class Timers {
  private readonly clock: AlarmClock;
  private readonly timers = new Map<number, Timer>();
  /** The time of the alarm; infinite without one. */
  private alarmMicros = Number.POSITIVE_INFINITY;

  constructor(clock: AlarmClock) {
    this.clock = clock;
  }

  get count(): number {
    return this.timers.size;
  }

  /** Starts timer `id`, which the module has numbered. @throws {MessageError} for too many */
  start(id: number, ms: number, repeats: boolean): void {
    if (this.timers.size >= MAX_TIMERS && !this.timers.has(id))
      throw new MessageError(`it has more than ${MAX_TIMERS} timers`);
    // NaN counts as 0.
    const micros = Math.max(repeats ? MIN_INTERVAL_MICROS : 0, ms > 0 ? ms * 1000 : 0);
    const dueMicros = this.clock.now() + micros;
    this.timers.set(id, { dueMicros, periodMicros: repeats ? micros : 0 });
    if (dueMicros < this.alarmMicros) this.setAlarm(dueMicros);
  }

  stop(id: number): void {
    this.timers.delete(id);
  }

  /**
   * Calls `fire` for each due timer, in the order of their times; after MAX_TURN_MICROS the rest is left
   * to the next alarm.
   */
  fireDue(fire: (id: number) => void): void {
    this.alarmMicros = Number.POSITIVE_INFINITY;
    const nowMicros = this.clock.now();
    const dueTimers = [...this.timers].filter(([, timer]) => timer.dueMicros <= nowMicros);
    dueTimers.sort(([, one], [, other]) => one.dueMicros - other.dueMicros);
    for (const [id, timer] of dueTimers) {
      // A fired timer may stop another.
      if (this.timers.get(id) !== timer) continue;
      if (timer.periodMicros === 0) this.timers.delete(id);
      // A late timer fires once, not once for each missed period.
      else timer.dueMicros = Math.max(timer.dueMicros + timer.periodMicros, nowMicros);
      fire(id);
      if (this.clock.now() - nowMicros > MAX_TURN_MICROS) break;
    }
    if (this.timers.size === 0) return;
    let earliestMicros = Number.POSITIVE_INFINITY;
    for (const { dueMicros } of this.timers.values())
      earliestMicros = Math.min(earliestMicros, dueMicros);
    if (earliestMicros < this.alarmMicros) this.setAlarm(earliestMicros);
  }

  /** Sets the alarm to the next turn. */
  fireSoon(): void {
    this.setAlarm(this.clock.now());
  }

  /** Sets the clock's alarm to this time. */
  private setAlarm(dueMicros: number): void {
    this.alarmMicros = dueMicros;
    this.clock.setTimer(Math.max(0, Math.ceil((dueMicros - this.clock.now()) / 1000)));
  }
}
