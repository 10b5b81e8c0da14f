/** Whether the rate that was asked for was reached. Pure. */

export interface Reached {
  /** Requests a second that were asked for, of all clients together. */
  readonly rate: number;
  /** Requests of a client in a round. */
  readonly count: number;
  /** Requests, and seconds of all rounds. */
  readonly requests: number;
  readonly seconds: number;
}

/** What clocks and the first and last request of a round take away. */
const ENOUGH = 0.98;

/**
 * The rate that was reached, when it is less; null when it was reached. The last request of a round
 * may end up to one interval after the time when the next one would be due, and is in time.
 */
export function rateMissed({ rate, count, requests, seconds }: Reached): number | null {
  const reached = requests / seconds;
  return reached * (1 + 1 / count) < rate * ENOUGH ? reached : null;
}
