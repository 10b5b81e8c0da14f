/**
 * Keeps the latest replies to one request's winds, so that values of them cross by position. Both
 * sides keep the same ones without an agreement, because both count winds in the order in which
 * they cross: each wind drops the reply `MAX_REPLIES` winds before it. That bounds memory and the search
 * for a value.
 */
import type { Arg } from '../../runtime/core/fops.ts';

/** A power of two. */
const MAX_REPLIES = 256;

export interface TypedValues {
  readonly args: readonly Arg[];
  readonly values: readonly unknown[];
}

export class ReplyWindow {
  count = 0;
  private readonly latest: (TypedValues | undefined)[] = [];

  /** Counts a wind; returns its number, from 0. */
  countWind(): number {
    const countWind = this.count;
    this.count += 1;
    this.latest[countWind & (MAX_REPLIES - 1)] = undefined;
    return countWind;
  }

  /** Keeps the reply to a wind, unless it is too old. */
  add(countWind: number, reply: TypedValues): void {
    if (countWind >= this.firstKept) this.latest[countWind & (MAX_REPLIES - 1)] = reply;
  }

  /** Undefined for a dropped or unknown number. */
  get(countWind: number): TypedValues | undefined {
    return countWind >= this.firstKept && countWind < this.count
      ? this.latest[countWind & (MAX_REPLIES - 1)]
      : undefined;
  }

  /** The lowest wind whose reply is kept. */
  get firstKept(): number {
    return Math.max(0, this.count - MAX_REPLIES);
  }
}
