/**
 * Samples the clock rarely, because reading it costs 100 to 200 ns. A request that is answered at once gets its
 * duration from the next sample, which comes after eight such requests at the latest, and before the server waits.
 */

import { performance } from 'node:perf_hooks';

/** A request that gets its duration from the next sample. */
export interface SampleListener {
  /**
   * Called once, at the next sample.
   * @param sampledAtMs the sample: the latest time at which the request can have ended, as `performance.now`
   * @param durationMs milliseconds since the previous sample: the longest duration that the request can have had
   * @param endedCount number of requests that ended since the last sample, itself included
   */
  onSample(sampledAtMs: number, durationMs: number, endedCount: number): void;
}

/**
 * The last sample, by `performance.now`. It is not older than the server's last wait, so a request that is read now
 * began at this time, or later by the durations of up to seven others.
 */
export const sampledClock = { ms: performance.now() };

/** The number of registered requests at which the clock is sampled. */
const LISTENER_MAX = 8;
const listeners: (SampleListener | null)[] = new Array(LISTENER_MAX).fill(null);
let listenerCount = 0;

/** Reads the clock, calls the registered listeners, and returns the time. */
export function sample(): number {
  const nowMs = performance.now();
  const durationMs = nowMs - sampledClock.ms;
  sampledClock.ms = nowMs;
  if (listenerCount > 0) notifyListeners(nowMs, durationMs);
  return nowMs;
}

/** Calls the registered listeners, and forgets them. */
function notifyListeners(nowMs: number, durationMs: number): void {
  const endedCount = listenerCount;
  listenerCount = 0;
  for (let i = 0; i < endedCount; i++) {
    const listener = listeners[i]!;
    listeners[i] = null;
    listener.onSample(nowMs, durationMs, endedCount);
  }
}

/** Registers a request that has just ended for the next sample. */
export function onNextSample(listener: SampleListener): void {
  listeners[listenerCount] = listener;
  listenerCount += 1;
  if (listenerCount === LISTENER_MAX) sample();
}

/** Samples if requests are registered. Call it before other work, which their durations would otherwise include. */
export function sampleIfAwaited(): void {
  if (listenerCount > 0) sample();
}
