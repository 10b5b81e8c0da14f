/**
 * Compares the rounds of two stacks: a ratio, its interval and a verdict. Stacks differ if the
 * interval excludes 1.
 *
 * The interval contains the median of the ratios with 95 % confidence (statistics.ts). It is at
 * least as wide as the noise between neighbouring rounds, as slow rounds often come in groups.
 * The interval is computed from logarithms, so that twice as long and half as long are equally far
 * from 1.
 */
import { seedRandom } from './random.ts';
import type { Comparison, Round, Verdict } from './schema.ts';
import {
  computeMedian,
  computeMedianInterval,
  computeQuantile,
  type Interval,
  MEDIAN_VALUES_MIN,
} from './statistics.ts';

/** The probability with which an interval contains the true ratio. */
export const CONFIDENCE = 0.95;

/** The minimum number of rounds for an interval. */
export const ROUNDS_MIN = MEDIAN_VALUES_MIN;

/** A comparison is too noisy if its interval contains 1 and is wider than this factor. */
export const WIDTH_FACTOR_MAX = 1.3;

/** Number of draws of random signs from which the noise is estimated. */
const NOISE_DRAWS = 400;

/** Reads the verdict off the interval of a ratio of times; a lower ratio is faster. */
export function readVerdict({ low, high }: Interval): Verdict {
  if (low > 1) return 'slower';
  if (high < 1) return 'faster';
  return high <= low * WIDTH_FACTOR_MAX ? 'no difference' : 'too noisy to conclude';
}

/**
 * Compares rounds that ran side by side: `subject[i]` and `baseline[i]` are times of one round,
 * above 0. Returns null for fewer than ROUNDS_MIN rounds. The same values and seed give the same
 * comparison.
 */
export function comparePaired(
  subject: readonly number[],
  baseline: readonly number[],
  seed: number,
): Comparison | null {
  const ratios = subject.map((value, i) => Math.log(value / baseline[i]!));
  const interval = computeMedianInterval(ratios);
  if (interval === null) return null;
  return makeComparison(computeMedian(ratios), interval, estimateNoise(ratios, seed));
}

/** Compares rounds that did not run side by side, such as those of two runs; null for too few. */
export function compareUnpaired(
  subject: readonly number[],
  baseline: readonly number[],
  seed: number,
): Comparison | null {
  const [logsA, logsB] = [subject.map(Math.log), baseline.map(Math.log)];
  const [intervalA, intervalB] = [computeMedianInterval(logsA), computeMedianInterval(logsB)];
  if (intervalA === null || intervalB === null) return null;
  const [centerA, centerB] = [computeMedian(logsA), computeMedian(logsB)];
  const center = centerA - centerB;
  // Independent errors add up as squares.
  const low = center - Math.hypot(centerA - intervalA.low, intervalB.high - centerB);
  const high = center + Math.hypot(intervalA.high - centerA, centerB - intervalB.low);
  return makeComparison(
    center,
    { low, high },
    Math.max(estimateNoise(logsA, seed), estimateNoise(logsB, seed)),
  );
}

/**
 * Estimates how far the median of these values may lie from the truth by chance. It gives the
 * differences between neighbouring values random signs, takes their median, and repeats that; the
 * noise is the 95 % quantile of the medians. The values are logarithms of times or of ratios.
 */
function estimateNoise(values: readonly number[], seed: number): number {
  const differences = values.slice(1).map((value, i) => value - values[i]!);
  const random = seedRandom(seed);
  const drawMedian = (): number =>
    Math.abs(computeMedian(differences.map((value) => (random() < 0.5 ? value : -value))));
  return computeQuantile(Array.from({ length: NOISE_DRAWS }, drawMedian), CONFIDENCE);
}

/** Makes a comparison from logarithms, with an interval at least as wide as the noise. */
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

/** Compares two stacks in the rounds that both have; null if these are fewer than ROUNDS_MIN. */
export function compareRounds(
  subject: readonly Round[],
  baseline: readonly Round[],
  seed: number,
): Comparison | null {
  const pairs = pairRounds(subject, baseline).map(
    ([a, b]) => [a.latency.p50, b.latency.p50] as const,
  );
  const comparablePairs = pairs.filter(([a, b]) => a > 0 && b > 0);
  return comparePaired(
    comparablePairs.map(([a]) => a),
    comparablePairs.map(([, b]) => b),
    seed,
  );
}

/** Pairs rounds of equal numbers. A stack lacks some if its mount ended early. */
export function pairRounds<R extends { readonly round: number }>(
  subject: readonly R[],
  baseline: readonly R[],
): (readonly [subject: R, baseline: R])[] {
  const baselineByNumber = new Map(baseline.map((round) => [round.round, round]));
  return subject.flatMap((round) => {
    const partner = baselineByNumber.get(round.round);
    return partner === undefined ? [] : [[round, partner] as const];
  });
}
