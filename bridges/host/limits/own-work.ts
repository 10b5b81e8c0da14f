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
  /** The length of the last call of the work that may run freely; 0 if it was short. */
  private lastLongMs = 0;
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

  /** Returns the milliseconds of the last call if it was a long one, else 0; and 0 the next time. */
  takeLastLongMs(): number {
    const { lastLongMs } = this;
    this.lastLongMs = 0;
    return lastLongMs;
  }

  /** Notes a call of the work that began at `startMs` and has just ended. */
  noteCall(startMs: number): void {
    const endMs = this.now();
    const tookMs = endMs - startMs;
    this.lastLongMs = tookMs < LONG_MS ? 0 : tookMs;
    if (this.lastLongMs === 0 || this.sharePercent >= 100) return;
    this.restUntilMs = endMs + tookMs * (100 / this.sharePercent - 1);
    this.quietMs = tookMs;
    this.newestRequest = readNewestUnique();
    this.newestRequestMs = Number.NEGATIVE_INFINITY;
  }
}
