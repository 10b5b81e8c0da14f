/**
 * Keeps the latest replies to one request's winds, so that values of them cross by position. Both
 * sides keep the same ones without an agreement, because both count winds in the order in which
 * they cross: each wind drops the reply `KEPT` winds before it. That bounds memory and the search
 * for a value.
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

  /** Counts a wind; returns its number, from 0. */
  wind(): number {
    const wind = this.count;
    this.count += 1;
    this.kept[wind & (KEPT - 1)] = undefined;
    return wind;
  }

  /** Keeps the reply to a wind, unless it is too old. */
  put(wind: number, reply: Part): void {
    if (wind >= this.first) this.kept[wind & (KEPT - 1)] = reply;
  }

  /** Undefined for a dropped or unknown number. */
  get(wind: number): Part | undefined {
    return wind >= this.first && wind < this.count ? this.kept[wind & (KEPT - 1)] : undefined;
  }

  /** The lowest wind whose reply is kept. */
  get first(): number {
    return Math.max(0, this.count - KEPT);
  }
}
