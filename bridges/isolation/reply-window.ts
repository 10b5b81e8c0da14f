/**
 * Keeps the latest replies to one request's winds. A value that came in such a reply is sent back
 * as its position (wind and index) instead of its bytes. Both threads keep the same replies, as
 * both count winds in the same order: each wind drops the reply `MAX_REPLIES` winds before it.
 */
import type { Arg } from '../../runtime/core/fops.ts';

/** The number of kept replies, a power of two: it limits memory and the search for a value. */
const MAX_REPLIES = 256;

/** The values of a request's arguments or of a reply, with their declarations. */
export interface TypedValues {
  readonly args: readonly Arg[];
  readonly values: readonly unknown[];
}

/** The kept replies of one request. */
export class ReplyWindow {
  windCount = 0;
  /** Replies by the wind's number modulo MAX_REPLIES. */
  private readonly keptReplies: (TypedValues | undefined)[] = [];

  /** Counts a wind; returns its number, from 0. */
  countWind(): number {
    const wind = this.windCount;
    this.windCount += 1;
    this.keptReplies[wind & (MAX_REPLIES - 1)] = undefined;
    return wind;
  }

  /** Keeps the reply to a wind, unless it is too old. */
  add(wind: number, reply: TypedValues): void {
    if (wind >= this.firstKeptWind) this.keptReplies[wind & (MAX_REPLIES - 1)] = reply;
  }

  /** Returns the reply to a wind; undefined if it is dropped, unknown or not received. */
  find(wind: number): TypedValues | undefined {
    return wind >= this.firstKeptWind && wind < this.windCount
      ? this.keptReplies[wind & (MAX_REPLIES - 1)]
      : undefined;
  }

  /** The lowest wind whose reply is kept. */
  get firstKeptWind(): number {
    return Math.max(0, this.windCount - MAX_REPLIES);
  }
}
