/**
 * Formats comparisons as sentences: `python is about 8 % slower than typescript [6 – 11 %]`. All
 * reports call it, so that their sentences agree with the intervals. Numbers are rounded so that
 * they never contradict the verdict.
 */
import type { Comparison, Verdict } from './schema.ts';
import type { Interval } from './statistics.ts';
import { readVerdict } from './verdict.ts';

/** The parts of a comparison that its text contains. */
export type Ratio = Pick<Comparison, 'ratio' | 'low' | 'high'>;

/** Differences from this factor on are written as a factor, smaller ones as a percentage. */
const FACTOR_MIN = 2;

/** Formats a ratio with three significant digits; only a ratio of exactly 1 becomes `1.00`. */
export function formatFactor(value: number): string {
  const text =
    value < 0.1 ? value.toPrecision(3) : value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
  if (text !== '1.00' || value === 1) return text;
  const precise = value.toFixed(4);
  return precise !== '1.0000' ? precise : value > 1 ? '1.0001' : '0.9999';
}

/** Formats an interval of ratios: `[1.12 – 1.16]`. */
export const formatInterval = ({ low, high }: Interval): string =>
  `[${formatFactor(low)} – ${formatFactor(high)}]`;

/**
 * Formats fractions as percentages, never as 0. Percentages below 10 get as many decimals as the
 * smallest of all needs, at most three.
 */
function formatPercents(fractions: readonly number[]): string[] {
  const lowestPercent = 100 * Math.min(...fractions);
  // A first digit of 1 gets a second digit: 1.9 and 0.19, but 2 and 0.2. From 1.95 on, 2 is shown.
  const decimals =
    lowestPercent >= 1.95 ? 0 : lowestPercent >= 0.195 ? 1 : lowestPercent >= 0.0195 ? 2 : 3;
  return fractions.map((fraction) =>
    Math.max(100 * fraction, 10 ** -decimals).toFixed(fraction < 0.1 ? decimals : 0),
  );
}

/** The words after a percentage, and the words before and after a factor. */
const differenceWords = {
  slower: { percentWords: 'slower than', factorWords: ['takes', 'times as long as'] },
  faster: { percentWords: 'faster than', factorWords: ['is', 'times as fast as'] },
} as const;

/** Formats the smallest and largest of some values: `1.04 to 1.18`, or `1.04` if all are equal. */
function formatSpan(texts: readonly string[], values: readonly number[]): string {
  const lowest = texts[values.indexOf(Math.min(...values))]!;
  const highest = texts[values.indexOf(Math.max(...values))]!;
  return lowest === highest ? lowest : `${lowest} to ${highest}`;
}

/**
 * Formats `is about 8 % slower than typescript [6 – 11 %]`.
 * @param comparisons at least one, all with this verdict; several are shown without an interval
 */
function formatDifference(
  verdict: 'slower' | 'faster',
  other: string,
  comparisons: readonly Ratio[],
): string {
  const { percentWords, factorWords } = differenceWords[verdict];
  const oriented = verdict === 'slower' ? comparisons : comparisons.map(invertRatio);
  const ratios = oriented.map(({ ratio }) => ratio);
  const intervalEnds = oriented.length > 1 ? [] : oriented.flatMap(({ low, high }) => [low, high]);
  const values = [...ratios, ...intervalEnds];
  const isFactor = Math.max(...ratios) >= FACTOR_MIN;
  const texts = isFactor
    ? values.map(formatFactor)
    : formatPercents(values.map((value) => value - 1));
  const spanText = formatSpan(texts, ratios);
  const rangeText = texts.slice(ratios.length).join(' – ');
  const bracket = rangeText === '' ? '' : ` [${rangeText}${isFactor ? '' : ' %'}]`;
  if (isFactor) return `${factorWords[0]} ${spanText} ${factorWords[1]} ${other}${bracket}`;
  return `is ${oriented.length > 1 ? '' : 'about '}${spanText} % ${percentWords} ${other}${bracket}`;
}

/** Exchanges the two compared stacks. */
export const invertRatio = ({ ratio, low, high }: Ratio): Ratio => ({
  ratio: 1 / ratio,
  low: 1 / high,
  high: 1 / low,
});

/** Describes one end of an interval: `6 % slower`, `2.10 times as long`. */
export function formatBound(bound: number): string {
  if (bound === 1) return 'the same';
  const times = Math.max(bound, 1 / bound);
  if (times >= FACTOR_MIN) return `${formatFactor(times)} times as ${bound < 1 ? 'fast' : 'long'}`;
  const [percent] = formatPercents([times - 1]);
  return `${percent} % ${bound < 1 ? 'faster' : 'slower'}`;
}

/**
 * Formats ` [3 % faster – 6 % slower]`: the range in which an undetected difference would lie.
 * Returns '' for several comparisons.
 */
export function formatPossibleRange(comparisons: readonly Ratio[]): string {
  if (comparisons.length > 1) return '';
  const [{ low, high }] = comparisons as [Ratio];
  return ` [${formatBound(low)} – ${formatBound(high)}]`;
}

/** The functions that format the clause about the comparisons with a verdict, by verdict. */
const clauseFormatters: Readonly<
  Record<Verdict, (other: string, comparisons: readonly Ratio[]) => string>
> = {
  slower: (other, comparisons) => formatDifference('slower', other, comparisons),
  faster: (other, comparisons) => formatDifference('faster', other, comparisons),
  'no difference': (other, comparisons) =>
    `shows no difference to ${other}${formatPossibleRange(comparisons)}`,
  'too noisy to conclude': (other, comparisons) =>
    `was too noisy to compare with ${other}${formatPossibleRange(comparisons)}`,
};

/** Formats one comparison: `python is about 8 % slower than typescript [6 – 11 %]`. */
export const formatComparison = (subject: string, other: string, compared: Ratio): string =>
  `${subject} ${clauseFormatters[readVerdict(compared)](other, [compared])}`;

/**
 * Formats a sentence about all comparisons of a stack with another: a clause for each verdict, with
 * the number of its comparisons.
 */
export function formatAnswer(
  subject: string,
  other: string,
  comparisons: readonly Ratio[],
): string {
  if (comparisons.length === 0) return `${subject} could not be compared with ${other}.`;
  const groups = (Object.keys(clauseFormatters) as Verdict[])
    .map((verdict) => ({
      verdict,
      members: comparisons.filter((comparison) => readVerdict(comparison) === verdict),
    }))
    .filter(({ members }) => members.length > 0);
  const clauses = groups.map(({ verdict, members }) => clauseFormatters[verdict](other, members));
  if (clauses.length === 1) {
    const countText = comparisons.length === 1 ? '' : `, in all ${comparisons.length} measurements`;
    return `${subject} ${clauses[0]}${countText}.`;
  }
  const countedClauses = clauses.map(
    (clause, i) => `${clause} (in ${groups[i]!.members.length} of ${comparisons.length})`,
  );
  return `${subject} ${countedClauses.join('; it ')}.`;
}
