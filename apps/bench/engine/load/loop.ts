/** Runs the requests of a client one after the other, times each and checks it afterwards. */
import type { RequestRange, Requests } from '../workloads/workload.ts';

/** Milliseconds. */
export type Clock = () => number;

export interface LoopResult {
  /** Nanoseconds of each request. */
  readonly times: Float64Array;
  /** From the start of the first request to the end of the last. */
  readonly seconds: number;
  /** Number of wrong answers. */
  readonly wrong: number;
  /** The complaint about the first wrong answer. */
  readonly complaint: string | null;
}

/** Errnos of a mount whose server has ended: ENOTCONN, ECONNABORTED. */
export const GONE_ERRNOS: readonly number[] = [-107, -103];

/** The server of the mount ended. */
export class GoneError extends Error {
  constructor() {
    super('the server of the mount is gone');
    this.name = 'GoneError';
  }
}

/** @throws {GoneError} */
export function runLoop(requests: Requests, requested: RequestRange, clock: Clock): LoopResult {
  const { from, count, forMs = Number.POSITIVE_INFINITY } = requested;
  let times = new Float64Array(count);
  let wrong = 0;
  let complaint: string | null = null;
  const begun = clock();
  let ended = begun;
  for (let at = 0; at < count; at++) {
    if (ended - begun > forMs) {
      times = times.slice(0, at);
      break;
    }
    const i = from + at;
    requests.prepare?.(i);
    const start = clock();
    const status = requests.ask(i);
    ended = clock();
    times[at] = (ended - start) * 1e6;
    if (GONE_ERRNOS.includes(status)) throw new GoneError();
    const found = requests.check(i, status);
    if (found !== null) {
      wrong++;
      complaint ??= found;
    }
  }
  return { times, seconds: (ended - begun) / 1e3, wrong, complaint };
}
