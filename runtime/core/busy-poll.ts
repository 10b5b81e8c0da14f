/**
 * Decides at which waits the server polls busily for the next request instead of sleeping.
 *
 * If client and server run on different CPUs, the next request comes within microseconds, and busy polling saves a
 * wake-up. On a shared CPU it is useless, as the client cannot run meanwhile. So each miss doubles the number of waits
 * until the next try (up to 1024), and a hit resets it to 1.
 */

/** The most waits between two tries. */
const MAX_WAITS_PER_TRY = 1024;

/** Decides for one kind of wait. */
export class BusyPoll {
  /** Microseconds of one try; 0 disables busy polling. */
  readonly limitUs: number;
  /** The number of waits per try. */
  private waitsPerTry = 1;
  /** The number of waits to skip before the next try. */
  private waitsToSkip = 0;

  constructor(limitUs: number) {
    this.limitUs = limitUs;
  }

  /** Whether to poll at this wait. The caller must call it once per wait. */
  shouldPoll(): boolean {
    if (this.limitUs === 0) return false;
    if (this.waitsToSkip > 0) {
      this.waitsToSkip -= 1;
      return false;
    }
    return true;
  }

  /** Records that a request came during a try. */
  noteHit(): void {
    this.waitsPerTry = 1;
  }

  /** Records that no request came during a try. */
  noteMiss(): void {
    this.waitsPerTry = Math.min(this.waitsPerTry * 2, MAX_WAITS_PER_TRY);
    this.waitsToSkip = this.waitsPerTry - 1;
  }
}
