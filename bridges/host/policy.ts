/**
 * What becomes of a request that the module failed with, and when its interpreter is started anew.
 *
 * - `fail`: the request is answered with an errno.
 * - `bypass`: it is carried on as if the translator were not there, as long as nothing was wound.
 * - `restart`: it is answered with an errno, and after so many failures the module gets a fresh
 *   interpreter.
 *
 * An interpreter that is lost (out of memory, crashed) is replaced under every policy. Replacements
 * that follow each other closely wait, twice as long each time: a module that fails at once must
 * not keep the process busy with starting it.
 */

export const policies = ['fail', 'bypass', 'restart'] as const;
export type PolicyName = (typeof policies)[number];

export interface Policy {
  readonly onError: PolicyName;
  /** errno of requests that fail. */
  readonly error: number;
  /** Failures of one interpreter before `restart` replaces it. */
  readonly maxFailures: number;
  /** Seconds to wait before the first replacement that follows another closely. */
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

/** Paces replacements. Times are milliseconds of a monotonic clock. */
export class Backoff {
  private readonly first: number;
  private last = Number.NEGATIVE_INFINITY;
  private wait = 0;

  /** @param seconds the first wait; 0 never waits. */
  constructor(seconds: number) {
    this.first = seconds * 1000;
  }

  /** How long to wait now, in milliseconds, before another replacement. */
  next(now: number): number {
    const longest = Math.max(this.first, LONGEST * 1000);
    // One that has lived longer than any wait has earned an immediate successor.
    if (now - this.last > longest) this.wait = 0;
    else this.wait = this.wait === 0 ? this.first : Math.min(2 * this.wait, longest);
    this.last = now + this.wait;
    return this.wait;
  }
}
