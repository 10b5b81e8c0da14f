/**
 * Runs the requests of a client one after the other, times each and checks it afterwards. The
 * programs of client processes call it (serve-requests.ts).
 */
import type { RequestRange, Requests } from '../workloads/workload.ts';

/** Returns the time in milliseconds. */
export type Clock = () => number;

/** The times of a range of requests, and how many results were wrong. */
export interface LoopResult {
  /** Nanoseconds of each request. */
  readonly timesNs: Float64Array;
  /** Seconds from the start of the first request to the end of the last. */
  readonly seconds: number;
  /** Number of requests with a wrong result. */
  readonly wrongCount: number;
  /** The complaint about the first wrong result; null without one. */
  readonly complaint: string | null;
}

/** Results of calls to a mount whose server has ended: minus ENOTCONN, minus ECONNABORTED. */
export const GONE_STATUSES: readonly number[] = [-107, -103];

/** Thrown in a client when the mount's server has ended; clients.ts throws ServerGone for it. */
export class GoneError extends Error {
  constructor() {
    super('the server of the mount is gone');
    this.name = 'GoneError';
  }
}

/**
 * Runs a range of requests. Only those that return a promise are awaited, because system calls have
 * their result at once.
 * @throws {GoneError} if the server of the mount has ended
 */
export async function runLoop(
  requests: Requests,
  range: RequestRange,
  clock: Clock,
): Promise<LoopResult> {
  const { from, count, timeLimitMs = Number.POSITIVE_INFINITY } = range;
  let timesNs = new Float64Array(count);
  let wrongCount = 0;
  let complaint: string | null = null;
  const loopStartMs = clock();
  let lastEndMs = loopStartMs;
  for (let index = 0; index < count; index++) {
    if (lastEndMs - loopStartMs > timeLimitMs) {
      timesNs = timesNs.slice(0, index);
      break;
    }
    const i = from + index;
    requests.prepare?.(i);
    const startMs = clock();
    const sent = requests.send(i);
    const status = typeof sent === 'number' ? sent : await sent;
    lastEndMs = clock();
    timesNs[index] = (lastEndMs - startMs) * 1e6;
    if (GONE_STATUSES.includes(status)) throw new GoneError();
    const mismatch = requests.check(i, status);
    if (mismatch !== null) {
      wrongCount++;
      complaint ??= mismatch;
    }
  }
  return { timesNs, seconds: (lastEndMs - loopStartMs) / 1e3, wrongCount, complaint };
}
