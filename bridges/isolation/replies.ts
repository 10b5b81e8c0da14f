/**
 * The replies to what one request has wound, the latest of them: values from these cross by their
 * places. Both sides keep the same ones without telling each other, because both count the winds in the
 * order in which they go over: each wind lets go of the reply `KEPT` winds before it. So a request that
 * winds without end keeps neither side's memory, and finding where a value came from stays short.
 */
import type { Arg } from '../../runtime/core/fops.ts';

/** A power of two. */
const KEPT = 256;

export interface Part {
  readonly args: readonly Arg[];
  readonly values: readonly unknown[];
}

export class Replies {
  count = 0;
  private readonly kept: (Part | undefined)[] = [];

  /** One wind more: its number, from 0. */
  wind(): number {
    const wind = this.count;
    this.count += 1;
    this.kept[wind & (KEPT - 1)] = undefined;
    return wind;
  }

  /** The reply to a wind; one that comes too late for these is not kept. */
  put(wind: number, reply: Part): void {
    if (wind >= this.first) this.kept[wind & (KEPT - 1)] = reply;
  }

  /** Undefined also for a number that was never given out. */
  get(wind: number): Part | undefined {
    return wind >= this.first && wind < this.count ? this.kept[wind & (KEPT - 1)] : undefined;
  }

  /** The lowest wind whose reply is kept. */
  get first(): number {
    return Math.max(0, this.count - KEPT);
  }
}
