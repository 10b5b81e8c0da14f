/**
 * Runs a module's timers: requests a tick from the host when the next timer is due. A timer's
 * function runs for the frame that set it.
 */
import type { Frame } from './frame.ts';
import { execution, host } from './host.ts';
import { logError } from './report.ts';

interface Timer {
  readonly id: number;
  /** Microseconds of the host's clock. */
  dueMicros: number;
  /** Undefined for a timer that fires once. */
  readonly intervalMicros: number | undefined;
  readonly fn: () => unknown;
  /** The frame for which the timer was set; null outside of a request. */
  readonly frame: typeof execution.asyncFrame;
}

/** The longest timer of the host, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The shortest interval: a repeating timer without one would starve all others. */
const MIN_INTERVAL_MICROS = 1000;

const timers = new Map<number, Timer>();
let lastTimerId = 0;
/** The time of the requested tick, in microseconds of the host's clock. */
let nextTickMicros = Number.POSITIVE_INFINITY;

/** Requests a tick from the host, unless an earlier one is requested. */
function requestTick(dueMicros: number): void {
  if (dueMicros >= nextTickMicros) return;
  nextTickMicros = dueMicros;
  host.after(Math.min(MAX_TIMER_MS, Math.max(0, Math.ceil((dueMicros - host.now()) / 1000))));
}

/** Calls `fn` after `ms` milliseconds, once or repeatedly; returns the number for `cancelTimer`. */
export function addTimer(ms: number, fn: () => unknown, repeats: boolean): number {
  const micros = Math.max(0, Number(ms) || 0) * 1000;
  lastTimerId += 1;
  const dueMicros = host.now() + micros;
  timers.set(lastTimerId, {
    id: lastTimerId,
    dueMicros,
    intervalMicros: repeats ? Math.max(MIN_INTERVAL_MICROS, micros) : undefined,
    fn,
    frame: execution.asyncFrame,
  });
  requestTick(dueMicros);
  return lastTimerId;
}

export const countTimers = (): number => timers.size;
/** Returns false if the timer has fired or was cancelled. */
export const cancelTimer = (id: number): boolean => timers.delete(id);

/** Runs the due timers, and requests the next tick. */
export function runDueTimers(): void {
  nextTickMicros = Number.POSITIVE_INFINITY;
  const nowMicros = host.now();
  const dueTimers = [...timers.values()].filter((timer) => timer.dueMicros <= nowMicros);
  for (const timer of dueTimers.sort((a, b) => a.dueMicros - b.dueMicros || a.id - b.id)) {
    if (!timers.has(timer.id)) continue;
    if (timer.intervalMicros === undefined) timers.delete(timer.id);
    else timer.dueMicros = nowMicros + timer.intervalMicros;
    execution.asyncFrame = timer.frame;
    try {
      const result = timer.fn();
      if (result instanceof Promise) result.catch((error) => logError(error, 'a timer failed'));
    } catch (error) {
      logError(error, 'a timer failed', timer.fn);
    }
  }
  execution.asyncFrame = null;
  // A loop, as there may be more timers than a call takes arguments.
  let earliestMicros = Number.POSITIVE_INFINITY;
  for (const timer of timers.values()) earliestMicros = Math.min(earliestMicros, timer.dueMicros);
  if (timers.size > 0) requestTick(earliestMicros);
}

/**
 * Returns a promise that resolves after `ms` milliseconds, or rejects when the caller is
 * interrupted.
 */
export function sleep(ms: number): Promise<void> {
  const frame = execution.asyncFrame as Frame | null;
  return new Promise((resolve, reject) => {
    if (frame !== null) frame._sleeps ??= new Set();
    const sleeps = frame?._sleeps;
    const finish = (settle: () => void): void => {
      cancelTimer(id);
      sleeps?.delete(interrupt);
      settle();
    };
    const interrupt = (error: unknown): void => finish(() => reject(error));
    const id = addTimer(ms, () => finish(resolve), false);
    sleeps?.add(interrupt);
  });
}
