/** Formats the reports of demo and tutorial: numbers, paragraphs, comparisons and tables. */
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { formatTable, wrapLine } from '../../terminal/layout.ts';
import { describeBusyness } from '../bench/engine/busy-sampler.ts';
import {
  formatComparison,
  formatFactor,
  formatInterval,
  invertRatio,
} from '../bench/engine/comparison-text.ts';
import type { Busyness, Comparison } from '../bench/engine/schema.ts';
import { computeMedian } from '../bench/engine/statistics.ts';
import { comparePaired } from '../bench/engine/verdict.ts';
import type { SearchTimes } from './experiment.ts';

/** Groups the digits of a number: `54 321`; numbers of four digits stay ungrouped. */
export const groupDigits = (value: number): string =>
  value < 10_000 ? String(value) : String(value).replace(/\B(?=(\d{3})+$)/g, ' ');

/** Formats milliseconds with three decimals: `1.286 ms`. */
export const formatMs = (ms: number): string => `${ms.toFixed(3)} ms`;

/** Joins sentences to a paragraph of lines of this width. */
export const formatParagraph = (sentences: readonly string[], width: number): string =>
  wrapLine(sentences.join(' '), width).join('\n');

/** Formats rows of equal length as a table: the first column left, all others right. */
export const formatFigureTable = (rows: readonly (readonly string[])[]): string =>
  formatTable(rows, { isRightAligned: (column) => column > 0, indent: '  ' }).join('\n');

/**
 * Compares a stack's rounds with another's.
 * @param seed of the random draws that estimate the noise
 * @returns null without rounds
 */
export const compareSearches = (
  subject: SearchTimes,
  baseline: SearchTimes,
  seed: number,
): Comparison | null => comparePaired(subject.roundsMs, baseline.roundsMs, seed);

/** Returns a function that formats the comparison of two stacks, by name and times, as a clause. */
export const makeComparisonFormatter =
  (seed: number) =>
  (subject: string, other: string, subjectTimes: SearchTimes, otherTimes: SearchTimes): string => {
    const comparison = compareSearches(subjectTimes, otherTimes, seed);
    return comparison === null
      ? `${subject} could not be compared with ${other}`
      : formatComparison(subject, other, comparison);
  };

/** Makes a stack's times for JSON: rounded to nanoseconds, and compared with the first stack's. */
export const roundTimes = (times: SearchTimes, first: SearchTimes, seed: number) => ({
  meanMs: roundMs(times.meanMs),
  p99Ms: roundMs(times.p99Ms),
  roundsMs: times.roundsMs.map(roundMs),
  toFirst: times === first ? null : compareSearches(times, first, seed),
});

/** Rounds milliseconds to whole nanoseconds. */
const roundMs = (ms: number): number => Number(ms.toFixed(6));

/** Formats a cell: a stack's speed relative to the first stack, `4.03 × [3.90 – 4.20]`. */
function formatSpeedupCell(comparison: Comparison | null): string {
  if (comparison === null) return '';
  if (comparison.verdict === 'too noisy to conclude') return 'too noisy';
  if (comparison.verdict === 'no difference') return comparison.verdict;
  const speedup = invertRatio(comparison);
  return `${formatFactor(speedup.ratio)} × ${formatInterval(speedup)}`;
}

/**
 * Formats two cells for each stack: the time of a search in the median round, and the speed
 * relative to the first stack. A time too noisy for the comparison becomes `-`; the first stack's
 * does if all others are too noisy.
 */
export function formatTimeCells(
  times: readonly SearchTimes[],
  seed: number,
): (readonly [time: string, faster: string])[] {
  const comparisons = times.map((stackTimes, index) =>
    index === 0 ? null : compareSearches(stackTimes, times[0]!, seed),
  );
  const isNoisy = (comparison: Comparison | null): boolean =>
    comparison?.verdict === 'too noisy to conclude';
  const areAllNoisy = comparisons.slice(1).every(isNoisy);
  return times.map(({ roundsMs }, index) => {
    const isHidden = index === 0 ? areAllNoisy : isNoisy(comparisons[index]!);
    return [
      isHidden ? '-' : formatMs(computeMedian(roundsMs)),
      formatSpeedupCell(comparisons[index]!),
    ];
  });
}

/** Formats the warning about the busiest time of the run; null if the machine was quiet. */
export function formatBusyWarning(busynesses: readonly (Busyness | null)[]): string | null {
  // The measurement with the largest share of other work comes first.
  const sentence = busynesses
    .flatMap((busy) => busy ?? [])
    .sort((a, b) => b.others + b.steal - a.others - a.steal)
    .map((busy) => describeBusyness(busy, availableParallelism()))
    .find((text) => text !== null);
  if (sentence === undefined) return null;
  return (
    `${sentence[0]!.toUpperCase()}${sentence.slice(1)}. Times are longer then than on a quiet machine; the ` +
    'stacks took turns, so the comparisons hold.'
  );
}

/** The result of the bench's check of replies; a wrong reply would have ended the run. */
export const ALL_FOUND_TEXT =
  'Every search found its file in the right directory, through every stack.';

/**
 * Shortens the path of a file of the package: relative if the file is below the working directory.
 */
export function shortenPath(path: string): string {
  const absolute = join(packageRoot, path);
  const relativePath = relative(process.cwd(), absolute);
  return relativePath.startsWith('..') ? absolute : relativePath;
}

/** Formats the list of files of the package that a reader may read next. */
export function formatFilesToRead(
  files: readonly (readonly [path: string, description: string])[],
): string {
  const rows = files.map(([path, description]) => [shortenPath(path), description]);
  const lines = formatTable(rows, { indent: '    ', gap: '   ' });
  return ['Look next at', ...lines].join('\n');
}
