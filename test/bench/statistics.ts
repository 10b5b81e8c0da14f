/**
 * What many rounds say in one number.
 *
 * Rounds of different rows are paired: round 3 of one row ran next to round 3 of the other, under
 * whatever else the machine was doing then. So two rows are compared round by round, and the median
 * of the comparisons counts, not the comparison of the medians.
 */

export interface Estimate {
  readonly median: number;
  /** The lowest and the highest round. */
  readonly low: number;
  readonly high: number;
}

export interface Compared extends Estimate {
  /** The rounds of one of the rows lie so far apart that this may be anything. */
  readonly doubtful: boolean;
}

/** How far apart the rounds of one row may lie, as a factor. */
const SPREAD_MAX = 1.5;

/** At least one value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
}

/** At least one value. */
export const estimate = (values: readonly number[]): Estimate => ({
  median: median(values),
  low: Math.min(...values),
  high: Math.max(...values),
});

/** Whether a row's rounds, which are times, tell nothing about each other. */
export const isJumpy = (rounds: readonly number[]): boolean =>
  Math.max(...rounds) > SPREAD_MAX * Math.min(...rounds);

export type Comparison = (mine: number, other: number) => number;
export const ratio: Comparison = (mine, other) => mine / other;
export const difference: Comparison = (mine, other) => mine - other;

/** Compares two rows round by round. Both have the same rounds, at least one. */
export const compare = (
  mine: readonly number[],
  other: readonly number[],
  by: Comparison,
): Compared => ({
  ...estimate(mine.map((value, round) => by(value, other[round]!))),
  doubtful: isJumpy(mine) || isJumpy(other),
});
