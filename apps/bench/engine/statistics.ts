/**
 * Computes medians, quantiles and their intervals from rounds.
 *
 * A row is the list of the rounds of one subject: a stack, or a language. Round 3 of one row ran
 * right beside round 3 of the other, under the same load of the machine. Rows are therefore
 * compared round by round: the result is the median of the comparisons, not the comparison of the
 * medians.
 */

/** The median of a row, and its lowest and highest round. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The comparison of two rows, round by round. */
export interface PairedEstimate extends Estimate {
  /** Whether the rounds of one row lie too far apart for a conclusion. */
  readonly doubtful: boolean;
}

/** The largest ratio of a row's highest to its lowest round that still permits a conclusion. */
const SPREAD_RATIO_MAX = 1.5;

const sortAscending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** Returns the median of at least one value. */
export function computeMedian(values: readonly number[]): number {
  const sorted = sortAscending(values);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
}

/** Returns the value below which this fraction of the values lies, interpolated linearly. */
export function computeQuantile(values: readonly number[], fraction: number): number {
  const sorted = sortAscending(values);
  const position = (sorted.length - 1) * fraction;
  const lower = sorted[Math.floor(position)]!;
  return lower + (sorted[Math.ceil(position)]! - lower) * (position % 1);
}

/** Returns the median of at least one value, with the lowest and the highest value. */
export const estimate = (values: readonly number[]): Estimate => ({
  median: computeMedian(values),
  low: Math.min(...values),
  high: Math.max(...values),
});

/** Whether the rounds of a row lie too far apart for a conclusion. */
export const isTooSpread = (rounds: readonly number[]): boolean =>
  Math.max(...rounds) > SPREAD_RATIO_MAX * Math.min(...rounds);

/** Compares a subject's value with the baseline's of the same round. */
export type CompareValues = (value: number, baseline: number) => number;
export const divide: CompareValues = (value, baseline) => value / baseline;
export const subtract: CompareValues = (value, baseline) => value - baseline;

/** Compares two rows round by round. Both must have the same rounds, at least one. */
export const compare = (
  subject: readonly number[],
  baseline: readonly number[],
  compareValues: CompareValues,
): PairedEstimate => ({
  ...estimate(subject.map((value, round) => compareValues(value, baseline[round]!))),
  doubtful: isTooSpread(subject) || isTooSpread(baseline),
});

/** An interval of values, with both ends. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The number of values up to which countLeftOut uses the binomial distribution. For more values, its
 * terms would underflow, so the normal distribution is used.
 */
const EXACT_COUNT_MAX = 500;

/** The number of standard deviations within which 95 % of a normal distribution lie. */
const NORMAL_95 = 1.959964;

/**
 * Returns how many of `count` sorted values the 95 % interval of their median leaves out at each
 * end; -1 if there are too few values. Each value lies below the true median with probability ½,
 * so the number of values below it has a binomial distribution.
 */
function countLeftOut(count: number): number {
  if (count > EXACT_COUNT_MAX) {
    return Math.floor((count - NORMAL_95 * Math.sqrt(count)) / 2) - 1;
  }
  // `term`: probability that `countBelow` values lie below the median; `below`: that fewer do.
  let [term, below, leftOutCount] = [2 ** -count, 0, -1];
  for (let countBelow = 0; 2 * (below + term) <= 0.05; countBelow++) {
    below += term;
    leftOutCount = countBelow;
    term *= (count - countBelow) / (countBelow + 1);
  }
  return leftOutCount;
}

/**
 * Returns the interval that contains the median with at least 95 % confidence, for any distribution
 * of the values (the interval of the sign test); null for fewer than MEDIAN_VALUES_MIN values.
 */
export function computeMedianInterval(values: readonly number[]): Interval | null {
  const leftOutCount = countLeftOut(values.length);
  if (leftOutCount < 0) return null;
  const sorted = sortAscending(values);
  return { low: sorted[leftOutCount]!, high: sorted[sorted.length - 1 - leftOutCount]! };
}

/**
 * The minimum number of values for an interval: with fewer, even the range from the lowest to the
 * highest has less than 95 % confidence.
 */
export const MEDIAN_VALUES_MIN = 6;
