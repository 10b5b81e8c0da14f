/**
 * Busy polling: tells when waiting awake for the next request is worth a try.
 *
 * With client and server on different CPUs the next request comes within microseconds, and a server
 * that is still awake saves the cost of waking up. On one CPU it can never come while the server
 * keeps that CPU. So a try that fails doubles the number of waits until the next one, and a try that
 * succeeds brings back one for every wait: where busy polling cannot work it costs the 1024th part
 * of its limit per request, and where it works it is found again by itself.
 */

/** Waits from one failing try to the next, at most. */
const INTERVAL_MAX = 1024;

export class BusyPoll {
  /** Microseconds of one try; 0 never tries. */
  readonly limitUs: number;
  private interval = 1;
  private waits = 0;

  constructor(limitUs: number) {
    this.limitUs = limitUs;
  }

  /** Whether to try at this wait. To be asked once per wait. */
  due(): boolean {
    if (this.limitUs === 0) return false;
    if (this.waits > 0) {
      this.waits -= 1;
      return false;
    }
    return true;
  }

  hit(): void {
    this.interval = 1;
  }

  miss(): void {
    this.interval = Math.min(this.interval * 2, INTERVAL_MAX);
    this.waits = this.interval - 1;
  }
}
