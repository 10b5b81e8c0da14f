/**
 * The loop of a client: requests one after the other, each timed and then checked.
 *
 * Closed: the next request starts when the last one is done. At a fixed rate: each is due at a time
 * of its own, and counts from when it was due. A server that stalls for a second then shows up in
 * every request that was due in that second, and not in one alone (coordinated omission).
 */
import type { Requests } from '../workloads/workload.ts';

export interface Pace {
  /** Number of the first request. */
  readonly from: number;
  readonly count: number;
  /** From one request to the next, milliseconds; null: as soon as the last one is done. */
  readonly everyMs: number | null;
  /** The first one is due so long after the start: clients take turns. */
  readonly firstMs: number;
  /** Ends it sooner, between two requests. */
  readonly forMs?: number;
}

export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Returns at that time, or at once when it has passed. */
  waitUntil(time: number): void;
}

export interface Loop {
  /** Nanoseconds of each request. */
  readonly times: Float64Array;
  /** From the start to the end of the last one. */
  readonly seconds: number;
  /** Answers that were wrong. */
  readonly wrong: number;
  /** What was wrong with the first of them. */
  readonly complaint: string | null;
}

/** Errnos of a mount whose server is no more: ENOTCONN, ECONNABORTED. */
export const GONE: readonly number[] = [-107, -103];

/** The server ended. */
export class GoneError extends Error {
  constructor() {
    super('the server of the mount is gone');
    this.name = 'GoneError';
  }
}

/** @throws {GoneError} */
export function runLoop(requests: Requests, pace: Pace, clock: Clock): Loop {
  const { from, count, everyMs, firstMs, forMs = Number.POSITIVE_INFINITY } = pace;
  let times = new Float64Array(count);
  let wrong = 0;
  let complaint: string | null = null;
  const begun = clock.now();
  let ended = begun;
  for (let at = 0; at < count; at++) {
    if (ended - begun > forMs) {
      times = times.slice(0, at);
      break;
    }
    const i = from + at;
    requests.prepare?.(i);
    let start: number;
    if (everyMs === null) start = clock.now();
    else {
      start = begun + firstMs + at * everyMs;
      clock.waitUntil(start);
    }
    const status = requests.ask(i);
    ended = clock.now();
    times[at] = (ended - start) * 1e6;
    if (GONE.includes(status)) throw new GoneError();
    const found = requests.check(i, status);
    if (found !== null) {
      wrong++;
      complaint ??= found;
    }
  }
  return { times, seconds: (ended - begun) / 1e3, wrong, complaint };
}
