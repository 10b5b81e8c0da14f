/**
 * Samples the clock rarely, because a reading costs 100 to 200 ns. A request that is answered at once registers for the
 * next sample, which comes after eight such requests at the latest, and before the server waits.
 */

import { performance } from 'node:perf_hooks';

/** A request that gets its duration from the next sample. */
export interface SampleListener {
  /**
   * @param at latest time of its end: milliseconds, by `performance.now`
   * @param ms its longest possible duration
   * @param among number of requests that ended since the last sample, itself included
   */
  onSample(at: number, ms: number, among: number): void;
}

/**
 * The last sample, by `performance.now`. It is not older than the server's last wait, so a request that is read now
 * began at this time, or later by the durations of up to seven others.
 */
export const sampledClock = { ms: performance.now() };

const LISTENERS_MAX = 8;
const listeners: (SampleListener | null)[] = new Array(LISTENERS_MAX).fill(null);
let count = 0;

/** Reads the clock, calls the registered listeners, and returns the time. */
export function sample(): number {
  const now = performance.now();
  const ms = now - sampledClock.ms;
  sampledClock.ms = now;
  if (count > 0) notifyListeners(now, ms);
  return now;
}

function notifyListeners(now: number, ms: number): void {
  const among = count;
  count = 0;
  for (let i = 0; i < among; i++) {
    const listener = listeners[i]!;
    listeners[i] = null;
    listener.onSample(now, ms, among);
  }
}

/** Registers a request that has just ended for the next sample. */
export function onNextSample(listener: SampleListener): void {
  listeners[count] = listener;
  count += 1;
  if (count === LISTENERS_MAX) sample();
}

/** Samples if listeners are registered, so that later work does not count as theirs. */
export function sampleIfAwaited(): void {
  if (count > 0) sample();
}
