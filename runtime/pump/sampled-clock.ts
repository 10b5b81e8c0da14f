/**
 * The last look at the clock of all that serve requests. To look costs 100 to 200 ns, so what is
 * answered at once does not look itself: it waits for the next look, which comes after eight of them at the latest,
 * and before the server waits for anything.
 */

import { performance } from 'node:perf_hooks';

/** What is to know how long it took, and has not looked at the clock. */
export interface SampleListener {
  /**
   * @param at when it was over at the latest: milliseconds, by `performance.now`
   * @param ms how long it took at most
   * @param among how many were over in that time, itself included
   */
  onSample(at: number, ms: number, among: number): void;
}

/**
 * `ms`, by `performance.now`, is not before the server last waited. So a request that comes now has begun then, or
 * later by what up to seven others took, and to find it.
 */
export const sampledClock = { ms: performance.now() };

const WAITING_MAX = 8;
const waiting: (SampleListener | null)[] = new Array(WAITING_MAX).fill(null);
let count = 0;

/** Milliseconds by `performance.now`, for whoever comes after and whoever waits for it, too. */
export function sample(): number {
  const now = performance.now();
  const ms = now - sampledClock.ms;
  sampledClock.ms = now;
  if (count > 0) notifyWaiting(now, ms);
  return now;
}

function notifyWaiting(now: number, ms: number): void {
  const among = count;
  count = 0;
  for (let i = 0; i < among; i++) {
    const one = waiting[i]!;
    waiting[i] = null;
    one.onSample(now, ms, among);
  }
}

/** It is over now, and is told at the next look. */
export function onNextSample(one: SampleListener): void {
  waiting[count] = one;
  count += 1;
  if (count === WAITING_MAX) sample();
}

/** Nobody waits for a look any more: what comes now is not of their time. */
export function sampleIfAwaited(): void {
  if (count > 0) sample();
}
