/**
 * Compares the rounds of two stacks: a ratio, its interval and a verdict. The verdict follows from
 * the interval alone: there is a difference if it excludes 1.
 *
 * The interval contains the median of the ratios with 95 % confidence (statistics.ts), and is at
 * least as wide as the noise between neighbouring rounds, because a slow round is often followed by
 * another. Stacks that ran side by side have the noise of their ratios, as a slow moment affects
 * both. All values are logarithms: twice as long and half as long are equally far from 1.
 */
import { seedRandom } from './random.ts';
import type { Comparison, Round, Verdict } from './schema.ts';
import {
  type Interval,
  MEDIAN_VALUES_MIN,
  median,
  medianInterval,
  quantile,
} from './statistics.ts';

export const CONFIDENCE = 0.95;

/** Fewer rounds have no interval. */
export const ROUNDS_MIN = MEDIAN_VALUES_MIN;

/** A wider interval around 1, as a factor, may hide a large difference: too noisy to conclude. */
export const WIDTH_MAX = 1.3;

/** Number of random comparisons of a stack's rounds with each other. */
const SPLITS = 400;

/** Reads the verdict off the interval of a ratio of times; a lower ratio is faster. */
export function readVerdict({ low, high }: Interval): Verdict {
  if (low > 1) return 'slower';
  if (high < 1) return 'faster';
  return high <= low * WIDTH_MAX ? 'no difference' : 'too noisy to conclude';
}

/**
 * Compares rounds that ran beside each other. Both have the same rounds; every value is above 0.
 * Null for fewer than ROUNDS_MIN. The same values and seed give the same comparison.
 */
export function comparePaired(
  mine: readonly number[],
  other: readonly number[],
  seed: number,
): Comparison | null {
  const ratios = mine.map((value, i) => Math.log(value / other[i]!));
  const interval = medianInterval(ratios);
  if (interval === null) return null;
  return makeComparison(median(ratios), interval, estimateNoise(ratios, seed));
}

/** Compares rounds that did not run beside each other, such as those of two runs. */
export function compareApart(
  mine: readonly number[],
  other: readonly number[],
  seed: number,
): Comparison | null {
  const [a, b] = [mine, other].map((values) => values.map(Math.log)) as [number[], number[]];
  const [intervalA, intervalB] = [medianInterval(a), medianInterval(b)];
  if (intervalA === null || intervalB === null) return null;
  const [centerA, centerB] = [median(a), median(b)];
  const center = centerA - centerB;
  // Independent errors add up as squares.
  const low = center - Math.hypot(centerA - intervalA.low, intervalB.high - centerB);
  const high = center + Math.hypot(intervalA.high - centerA, centerB - intervalB.low);
  return makeComparison(
    center,
    { low, high },
    Math.max(estimateNoise(a, seed), estimateNoise(b, seed)),
  );
}

/**
 * The 95 % quantile of the median difference between neighbouring values, with a random sign for
 * each difference. The values are logarithms of times or of ratios.
 */
function estimateNoise(rounds: readonly number[], seed: number): number {
  const steps = rounds.slice(1).map((value, i) => value - rounds[i]!);
  const random = seedRandom(seed);
  const drawMedian = (): number =>
    Math.abs(median(steps.map((step) => (random() < 0.5 ? step : -step))));
  return quantile(Array.from({ length: SPLITS }, drawMedian), CONFIDENCE);
}

/** Turns logarithms back into a comparison. */
function makeComparison(center: number, interval: Interval, noise: number): Comparison {
  const low = Math.exp(Math.min(interval.low, center - noise));
  const high = Math.exp(Math.max(interval.high, center + noise));
  return {
    ratio: Math.exp(center),
    low,
    high,
    confidence: CONFIDENCE,
    noise: Math.exp(noise),
    verdict: readVerdict({ low, high }),
  };
}

/** Compares two stacks in the rounds that both have; null for fewer than ROUNDS_MIN. */
export function compareRounds(
  mine: readonly Round[],
  other: readonly Round[],
  seed: number,
): Comparison | null {
  const pairs = pairRounds(mine, other).map(([a, b]) => [a.latency.p50, b.latency.p50] as const);
  const positive = pairs.filter(([a, b]) => a > 0 && b > 0);
  return comparePaired(
    positive.map(([a]) => a),
    positive.map(([, b]) => b),
    seed,
  );
}

/** Pairs rounds of equal numbers. A stack lacks some when its mount ended early. */
export function pairRounds<R extends { readonly round: number }>(
  mine: readonly R[],
  other: readonly R[],
): (readonly [mine: R, other: R])[] {
  const others = new Map(other.map((round) => [round.round, round]));
  return mine.flatMap((round) => {
    const partner = others.get(round.round);
    return partner === undefined ? [] : [[round, partner] as const];
  });
}
