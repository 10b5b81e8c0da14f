/**
 * Computes medians, quantiles and their intervals from rounds.
 *
 * Rounds of different rows are paired: round 3 of one row ran next to round 3 of the other, under
 * the same load of the machine. Rows are therefore compared round by round: the result is the
 * median of the comparisons, not the comparison of the medians.
 */
export interface Estimate {
  readonly median: number;
  /** The lowest and the highest round. */
  readonly low: number;
  readonly high: number;
}

export interface PairedEstimate extends Estimate {
  /** The rounds of one row lie too far apart for a conclusion. */
  readonly doubtful: boolean;
}

/** Largest spread of the rounds of one row, as a factor. */
const SPREAD_MAX = 1.5;

const sortAscending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** The median of at least one value. */
export function median(values: readonly number[]): number {
  const sorted = sortAscending(values);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
}

/** The value below which `part` (0 … 1) of the values lie, between neighbours by proportion. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = sortAscending(values);
  const at = (sorted.length - 1) * part;
  const lower = sorted[Math.floor(at)]!;
  return lower + (sorted[Math.ceil(at)]! - lower) * (at % 1);
}

/** The median of at least one value, with the lowest and the highest. */
export const estimate = (values: readonly number[]): Estimate => ({
  median: median(values),
  low: Math.min(...values),
  high: Math.max(...values),
});

/** Whether the times of a row lie too far apart for a conclusion. */
export const isTooSpread = (rounds: readonly number[]): boolean =>
  Math.max(...rounds) > SPREAD_MAX * Math.min(...rounds);

export type Comparison = (mine: number, other: number) => number;
export const ratio: Comparison = (mine, other) => mine / other;
export const difference: Comparison = (mine, other) => mine - other;

/** Compares two rows round by round. Both have the same rounds, at least one. */
export const compare = (
  mine: readonly number[],
  other: readonly number[],
  comparison: Comparison,
): PairedEstimate => ({
  ...estimate(mine.map((value, round) => comparison(value, other[round]!))),
  doubtful: isTooSpread(mine) || isTooSpread(other),
});

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** For more values, the normal distribution replaces the binomial one, whose terms underflow. */
const EXACT_MAX = 500;

/** The quantile of the normal distribution that leaves 5 % outside, half of it on each side. */
const NORMAL_95 = 1.959964;

/**
 * Returns the number of `count` values that may lie below a 95 % interval of their median. For any
 * distribution, its median is above each drawn value with probability ½, so the count follows the
 * binomial distribution; -1 when there are too few values.
 */
function countOutside(count: number): number {
  if (count > EXACT_MAX) {
    return Math.floor((count - NORMAL_95 * Math.sqrt(count)) / 2) - 1;
  }
  let [term, below, outside] = [2 ** -count, 0, -1];
  for (let at = 0; 2 * (below + term) <= 0.05; at++) {
    below += term;
    outside = at;
    term *= (count - at) / (at + 1);
  }
  return outside;
}

/**
 * The interval that contains the median with at least 95 % confidence, for any distribution of the
 * values (the interval of the sign test); null for fewer than MEDIAN_VALUES_MIN.
 */
export function medianInterval(values: readonly number[]): Interval | null {
  const outside = countOutside(values.length);
  if (outside < 0) return null;
  const sorted = sortAscending(values);
  return { low: sorted[outside]!, high: sorted[sorted.length - 1 - outside]! };
}

/** Fewer values have no 95 % interval, even from the lowest to the highest. */
export const MEDIAN_VALUES_MIN = 6;
