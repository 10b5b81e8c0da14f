/**
 * Whether two stacks differ, and whether that can be said at all.
 *
 * There is a difference when three things hold. The ratio's interval excludes 1; the ratio is
 * farther from 1 than what a stack shows when it is compared with itself; and every stretch of the
 * run says the same. The last two guard against noise that the interval does not see: rounds follow
 * each other in time, and a stack that is slow in one is likely to be so in the next, which the
 * bootstrap takes for as much evidence as if it had come up anew. Where there is no difference, but
 * the interval is so wide that a large one may hide in it, or only the stretches speak against a
 * large one, nothing can be said. Nor can it where the machine was busy with something else
 * (busy.ts), whatever the rounds say.
 *
 * All is computed with logarithms: twice as long and half as long are equally far from 1.
 */
import { seeded } from './random.ts';
import type { Comparison, Round, Verdict } from './schema.ts';
import { bootstrap, type Interval, median, quantile } from './statistics.ts';

export const CONFIDENCE = 0.95;

/**
 * Parts of a run, one after the other. Fewer of them all say the same by chance too often, when
 * there is no difference: 2 × ½⁵ > 5 %.
 */
export const STRETCHES = 6;

/** One for each stretch. */
export const ROUNDS_MIN = STRETCHES;

/** An interval whose ends are farther apart, as a factor, may hide what anybody would care for. */
const WIDTH_MAX = 1.3;

/** A difference, as a factor, that nobody calls none because a stretch of the run did not show it. */
export const LARGE = 1.1;

/** How often the rounds of a stack are compared with each other. */
const SPLITS = 400;

/** A comparison of times, where less is better. */
export interface Judged extends Comparison {
  /** Why nothing can be said; null where something is. */
  readonly doubt: string | null;
}

/**
 * Compares stacks round by round. Both have the same rounds, at least one; every value is above 0.
 * The same values and seed give the same answer.
 * @param busy why the rounds cannot be believed
 */
export function judgePaired(
  mine: readonly number[],
  other: readonly number[],
  seed: number,
  busy: string | null = null,
): Judged {
  const ratios = mine.map((value, i) => Math.log(value / other[i]!));
  const interval = bootstrap([ratios], ([drawn]) => drawn!, { confidence: CONFIDENCE, seed });
  const noise = Math.max(noiseOf(mine, seed), noiseOf(other, seed));
  return judge({
    center: median(ratios),
    ...interval,
    noise,
    throughout: isOneSided(stretchesOf(ratios)),
    rounds: mine.length,
    busy,
  });
}

/** Compares rounds that did not run beside each other, such as those of two runs. */
export function judgeApart(
  mine: readonly number[],
  other: readonly number[],
  seed: number,
  busy: string | null = null,
): Judged {
  const logs = [mine, other].map((values) => values.map(Math.log));
  const between = ([a, b]: readonly number[]): number => a! - b!;
  const interval = bootstrap(logs, between, { confidence: CONFIDENCE, seed });
  const noise = Math.max(noiseOf(mine, seed), noiseOf(other, seed));
  const [first, second] = logs.map(stretchesOf);
  return judge({
    center: between(logs.map(median)),
    ...interval,
    noise,
    throughout: isOneSided(first!.map((value, i) => value - second![i]!)),
    rounds: Math.min(mine.length, other.length),
    busy,
  });
}

/**
 * How far from 1, as a logarithm, the ratio of a stack to itself gets by chance. Neighbouring
 * rounds are taken for two stacks that are the same, and which is which is left to chance: of the
 * ratios that come of it, all but the most extreme 5 % stay within.
 */
function noiseOf(rounds: readonly number[], seed: number): number {
  if (rounds.length < 2) return 0;
  const steps = rounds.slice(1).map((value, i) => Math.log(value / rounds[i]!));
  const random = seeded(seed);
  const split = (): number =>
    Math.abs(median(steps.map((step) => (random() < 0.5 ? step : -step))));
  return quantile(Array.from({ length: SPLITS }, split), CONFIDENCE);
}

/** The median of each stretch; stretches are as long as each other, but for a round. */
function stretchesOf(rounds: readonly number[]): number[] {
  const edges = Array.from({ length: STRETCHES + 1 }, (_, i) =>
    Math.round((i * rounds.length) / STRETCHES),
  );
  return edges.slice(1).flatMap((end, i) => {
    const stretch = rounds.slice(edges[i], end);
    return stretch.length === 0 ? [] : [median(stretch)];
  });
}

const isOneSided = (stretches: readonly number[]): boolean =>
  stretches.every((it) => it > 0) || stretches.every((it) => it < 0);

/** Logarithms. */
interface Found extends Interval {
  readonly center: number;
  readonly noise: number;
  /** Every stretch of the run says that the same stack is slower. */
  readonly throughout: boolean;
  readonly rounds: number;
  /** Why nothing that was measured can be believed; null: nothing speaks against it. */
  readonly busy: string | null;
}

function judge({ center, low, high, noise, throughout, rounds, busy }: Found): Judged {
  const stands = (low > 0 || high < 0) && Math.abs(center) > noise;
  const differs = stands && throughout;
  const isLarge = stands && Math.abs(center) > Math.log(LARGE);
  const doubt =
    busy ?? (rounds < ROUNDS_MIN ? tooFew(rounds) : doubtOf(differs, isLarge, high - low));
  return {
    ratio: Math.exp(center),
    low: Math.exp(low),
    high: Math.exp(high),
    confidence: CONFIDENCE,
    noise: Math.exp(noise),
    verdict: doubt !== null ? 'too noisy to conclude' : verdictOf(differs, center),
    doubt,
  };
}

const tooFew = (rounds: number): string =>
  `${rounds} rounds are too few, ${ROUNDS_MIN} are the least`;

/** @param isLarge what speaks against a difference is that it did not show throughout */
function doubtOf(differs: boolean, isLarge: boolean, width: number): string | null {
  if (differs) return null;
  if (isLarge) return 'the difference did not show throughout the run: measure more rounds of it';
  if (width <= Math.log(WIDTH_MAX)) return null;
  return 'the rounds lie too far apart: measure more of them, on a quieter machine';
}

const verdictOf = (differs: boolean, center: number): Verdict => {
  if (!differs) return 'no difference';
  return center < 0 ? 'faster' : 'slower';
};

/** Of two stacks in the rounds that both have; null when there is none. */
export function compareRounds(
  mine: readonly Round[],
  other: readonly Round[],
  seed: number,
  busy: string | null = null,
): Judged | null {
  const pairs = pairRounds(mine, other).map(([a, b]) => [a.latency.p50, b.latency.p50] as const);
  const positive = pairs.filter(([a, b]) => a > 0 && b > 0);
  if (positive.length === 0) return null;
  return judgePaired(
    positive.map(([a]) => a),
    positive.map(([, b]) => b),
    seed,
    busy,
  );
}

/** Rounds of the same number. A stack may lack some, when its mount ended early. */
export function pairRounds<R extends { readonly round: number }>(
  mine: readonly R[],
  other: readonly R[],
): (readonly [mine: R, other: R])[] {
  const others = new Map(other.map((it) => [it.round, it]));
  return mine.flatMap((it) => {
    const beside = others.get(it.round);
    return beside === undefined ? [] : [[it, beside] as const];
  });
}
