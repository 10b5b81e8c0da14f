/**
 * Runs a module's timers: requests a tick from the host when the next timer is due. A timer's
 * function runs for the frame that set it.
 */
import type { LogSource } from '../../../runtime/core/log.ts';
import type { Frame } from './frame.ts';
import { execution, host } from './host.ts';
import { findCallerPosition, logError, warnOfOwnWork } from './report.ts';

interface Timer {
  readonly id: number;
  /** Microseconds of the host's clock. */
  dueMicros: number;
  /** Undefined for a timer that fires once. */
  readonly intervalMicros: number | undefined;
  readonly fn: () => unknown;
  /** The place of the module's function, or of its call of `sleep`. */
  readonly definition: LogSource;
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
export function addTimer(
  ms: number,
  fn: () => unknown,
  repeats: boolean,
  definition: LogSource,
): number {
  const micros = Math.max(0, Number(ms) || 0) * 1000;
  lastTimerId += 1;
  const dueMicros = host.now() + micros;
  timers.set(lastTimerId, {
    id: lastTimerId,
    dueMicros,
    intervalMicros: repeats ? Math.max(MIN_INTERVAL_MICROS, micros) : undefined,
    fn,
    definition,
    frame: execution.asyncFrame,
  });
  requestTick(dueMicros);
  return lastTimerId;
}

export const countTimers = (): number => timers.size;
/** Returns false if the timer has fired or was cancelled. */
export const cancelTimer = (id: number): boolean => timers.delete(id);

/** Microseconds between two looks at whether timers that rest may run. */
const REST_MICROS = 20_000;
/** Milliseconds of a tick after which the log names its last timer. */
const LONG_MS = 100;
/** The definition of the last timer that no request waited for; undefined if there was none in the last tick. */
let lastOwnWork: LogSource | undefined;

/** Whether a timer's function works for a request that is not answered yet. */
const hasWaiter = ({ frame }: Timer): boolean => frame !== null && !frame.answered;

/**
 * Runs the due timers, and requests the next tick.
 * @param isResting if only those for requests may run
 * @param lastTickMs milliseconds of the last tick, with what its timers have continued, if it was a long one
 */
export function runDueTimers(isResting: boolean, lastTickMs: number): void {
  if (lastTickMs > LONG_MS && lastOwnWork !== undefined) warnOfOwnWork(lastOwnWork, lastTickMs);
  lastOwnWork = undefined;
  nextTickMicros = Number.POSITIVE_INFINITY;
  const nowMicros = host.now();
  let hasRested = false;
  const dueTimers = [...timers.values()].filter((timer) => timer.dueMicros <= nowMicros);
  for (const timer of dueTimers.sort((a, b) => a.dueMicros - b.dueMicros || a.id - b.id)) {
    if (!timers.has(timer.id)) continue;
    const isOwnWork = !hasWaiter(timer);
    if (isResting && isOwnWork) {
      hasRested = true;
      continue;
    }
    if (isOwnWork) lastOwnWork = timer.definition;
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
  for (const timer of timers.values()) {
    // One that rests is due already.
    if (!hasRested || timer.dueMicros > nowMicros)
      earliestMicros = Math.min(earliestMicros, timer.dueMicros);
  }
  if (hasRested) earliestMicros = Math.min(earliestMicros, nowMicros + REST_MICROS);
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
    const id = addTimer(ms, () => finish(resolve), false, findCallerPosition());
    sleeps?.add(interrupt);
  });
}
