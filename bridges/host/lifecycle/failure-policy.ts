/**
 * Decides what becomes of a request that the module failed with, and when its interpreter is started anew.
 *
 * - `fail`: the request is answered with an errno.
 * - `bypass`: it is carried on as if the translator were not there, as long as nothing was wound.
 * - `restart`: it is answered with an errno, and after so many failures the module gets a fresh
 *   interpreter.
 *
 * An interpreter that is lost (out of memory, crashed) is replaced under every policy, at once: requests
 * wait for its successor. Three things wait twice as long each time (`Backoff`): a start after a failed
 * one, a restart by policy after another, and a request that keeps ending interpreters
 * (limits/harmful-requests.ts).
 */

export const policies = ['fail', 'bypass', 'restart'] as const;
export type PolicyName = (typeof policies)[number];

export interface Policy {
  readonly onError: PolicyName;
  /** errno of requests that fail. */
  readonly error: number;
  /** Failures of one interpreter before `restart` replaces it. */
  readonly maxFailures: number;
  /** Seconds of the first wait of what is paced: see `Backoff`. */
  readonly restartBackoff: number;
}

/** What the options of a volume let a request of its module come to; 0 for no limit. */
export interface Limits {
  /** Seconds that the module may leave a request unanswered. */
  readonly frameTimeout: number;
  /** How often it may wind for one. */
  readonly windLimit: number;
  /** Bytes a second that it may log. */
  readonly logLimit: number;
  /** Bytes that its interpreter may take, and the host for it. */
  readonly memoryLimit: number;
}

/** The longest wait, in seconds. */
const LONGEST = 60;

/**
 * Paces what is to happen less often the more often it happens: not at first, then after a wait, and twice
 * as long each time. Times are milliseconds of a monotonic clock.
 */
export class Backoff {
  private readonly first: number;
  private readonly longest: number;
  private waited = Number.NEGATIVE_INFINITY;
  private wait = 0;

  /** @param seconds the first wait; 0 never waits. */
  constructor(seconds: number) {
    this.first = seconds * 1000;
    this.longest = Math.max(this.first, LONGEST * 1000);
  }

  /** It has happened: how long to wait now, in milliseconds, before the next time. */
  next(now: number): number {
    // After a pause longer than any wait, the next event counts as the first one.
    if (now > this.forgottenAt) this.wait = 0;
    else this.wait = this.wait === 0 ? this.first : Math.min(2 * this.wait, this.longest);
    this.waited = now + this.wait;
    return this.wait;
  }

  isWaiting(now: number): boolean {
    return now < this.waited;
  }

  get forgottenAt(): number {
    return this.waited + this.longest;
  }
}
