/**
 * What many rounds say in one number.
 *
 * Rounds of different rows are paired: round 3 of one row ran next to round 3 of the other, under
 * whatever else the machine was doing then. So two rows are compared round by round, and the median
 * of the comparisons counts, not the comparison of the medians.
 */
import { below, type Random, seeded } from './random.ts';

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

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** At least one value. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
}

/** The value below which `part` (0 … 1) of the values lie, between neighbours by proportion. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = ascending(values);
  const at = (sorted.length - 1) * part;
  const lower = sorted[Math.floor(at)]!;
  return lower + (sorted[Math.ceil(at)]! - lower) * (at % 1);
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

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How often a sample is drawn again: enough for the interval's second digit to stay. */
const DRAWS = 2000;

/**
 * Where a median lies: the middle part, as large as `confidence`, of the medians of samples that
 * are drawn again from the values, with repetition (the percentile bootstrap). `of` computes from
 * one drawn median of each list; lists are drawn from one by one.
 */
export function bootstrap(
  lists: readonly (readonly number[])[],
  of: (medians: readonly number[]) => number,
  { confidence, seed }: { readonly confidence: number; readonly seed: number },
): Interval {
  const random = seeded(seed);
  const drawn = Array.from({ length: DRAWS }, () =>
    of(lists.map((values) => median(resample(values, random)))),
  );
  const outside = (1 - confidence) / 2;
  return { low: quantile(drawn, outside), high: quantile(drawn, 1 - outside) };
}

const resample = (values: readonly number[], random: Random): number[] =>
  values.map(() => values[below(random, values.length)]!);
