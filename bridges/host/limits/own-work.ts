/**
 * Bounds the time of work that no request waits for (`OwnWork`): a module's timers and tasks. While requests come, it gets
 * a share of the time at most, by `option background-share`; otherwise all of it.
 *
 * Each call of such work is a short one, or is noted here. After a long one, the guest runs only work for requests until
 * the share is kept, or until no request has come for as long as the call took.
 */
import { readNewestUnique } from '../../../runtime/core/frame.ts';

/** Milliseconds of a call that requests may wait for without more ado. */
const LONG_MS = 20;

export class OwnWork {
  /** The most percent of the time, from 1 to 100. */
  sharePercent: number;
  private readonly now: () => number;
  private restUntilMs = 0;
  /** The time without a request after which the work goes on. */
  private quietMs = 0;
  private newestRequest = 0;
  private newestRequestMs = 0;

  /** @param now a monotonic clock in milliseconds */
  constructor(now: () => number, sharePercent: number) {
    this.now = now;
    this.sharePercent = sharePercent;
  }

  /** Whether the work must rest now. To be asked before each call of it. */
  mustRest(): boolean {
    const nowMs = this.now();
    if (nowMs >= this.restUntilMs) return false;
    const newest = readNewestUnique();
    if (newest !== this.newestRequest) {
      this.newestRequest = newest;
      this.newestRequestMs = nowMs;
    }
    return nowMs - this.newestRequestMs < this.quietMs;
  }

  /**
   * Notes a call of the work that began at `startMs` and has just ended; returns its milliseconds, or 0 if they are few.
   */
  noteCall(startMs: number): number {
    const endMs = this.now();
    const tookMs = endMs - startMs;
    if (tookMs < LONG_MS) return 0;
    if (this.sharePercent >= 100) return tookMs;
    this.restUntilMs = endMs + tookMs * (100 / this.sharePercent - 1);
    this.quietMs = tookMs;
    this.newestRequest = readNewestUnique();
    this.newestRequestMs = Number.NEGATIVE_INFINITY;
    return tookMs;
  }
}
