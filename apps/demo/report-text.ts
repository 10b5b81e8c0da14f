/** Formats the reports of demo and tutorial: numbers, paragraphs, comparisons and tables. */
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { formatTable, wrap } from '../../terminal/layout.ts';
import { describeBusyness } from '../bench/engine/busy.ts';
import {
  comparisonText,
  factorText,
  intervalText,
  invert,
} from '../bench/engine/comparison-text.ts';
import type { Busyness, Comparison } from '../bench/engine/schema.ts';
import { median } from '../bench/engine/statistics.ts';
import { comparePaired } from '../bench/engine/verdict.ts';
import type { SearchTimes } from './experiment.ts';

/** 54321 → `54 321`; numbers of four digits stay ungrouped. */
export const groupDigits = (n: number): string =>
  n < 10_000 ? String(n) : String(n).replace(/\B(?=(\d{3})+$)/g, ' ');

export const formatMs = (ms: number): string => `${ms.toFixed(3)} ms`;

export const writeParagraph = (sentences: readonly string[], width: number): string =>
  wrap(sentences.join(' '), width).join('\n');

/** A table of rows of equal length: the first column left, all others right. */
export const writeTable = (rows: readonly (readonly string[])[]): string =>
  formatTable(rows, { isRightAligned: (column) => column > 0, indent: '  ' }).join('\n');

/** Compares the rounds of two stacks. */
export const compareSearches = (
  mine: SearchTimes,
  other: SearchTimes,
  seed: number,
): Comparison | null => comparePaired(mine.roundsMs, other.roundsMs, seed);

/** Returns a function that writes the comparison of two stacks as a clause. */
export const makeComparisonWriter =
  (seed: number) =>
  (subject: string, other: string, mine: SearchTimes, theirs: SearchTimes): string => {
    const comparison = compareSearches(mine, theirs, seed);
    return comparison === null
      ? `${subject} could not be compared with ${other}`
      : comparisonText(subject, other, comparison);
  };

/** The times of a stack for JSON, rounded to nanoseconds. */
export const roundTimes = (mine: SearchTimes, first: SearchTimes, seed: number) => ({
  meanMs: roundMs(mine.meanMs),
  p99Ms: roundMs(mine.p99Ms),
  roundsMs: mine.roundsMs.map(roundMs),
  toFirst: mine === first ? null : compareSearches(mine, first, seed),
});

const roundMs = (ms: number): number => Number(ms.toFixed(6));

/** A table cell for a stack's speed relative to the first stack: `4.03 × [3.90 – 4.20]`. */
function writeFasterCell(comparison: Comparison | null): string {
  if (comparison === null) return '';
  if (comparison.verdict === 'too noisy to conclude') return 'too noisy';
  if (comparison.verdict === 'no difference') return comparison.verdict;
  const faster = invert(comparison);
  return `${factorText(faster.ratio)} × ${intervalText(faster)}`;
}

/**
 * Cells for each stack: the time of a search in the median round, and its speed relative to the
 * first. Times that cannot be compared are omitted; the first stack's, if no other can be compared
 * with it.
 */
export function writeTimeCells(
  times: readonly SearchTimes[],
  seed: number,
): (readonly [time: string, faster: string])[] {
  const comparisons = times.map((it, at) =>
    at === 0 ? null : compareSearches(it, times[0]!, seed),
  );
  const isNoisy = (it: Comparison | null): boolean => it?.verdict === 'too noisy to conclude';
  const areAllNoisy = comparisons.slice(1).every(isNoisy);
  return times.map(({ roundsMs }, at) => {
    const isHidden = at === 0 ? areAllNoisy : isNoisy(comparisons[at]!);
    return [isHidden ? '-' : formatMs(median(roundsMs)), writeFasterCell(comparisons[at]!)];
  });
}

/** The warning that the machine was busy; null where it was quiet. */
export function writeBusySentence(busynesses: readonly (Busyness | null)[]): string | null {
  const sentence = busynesses
    .flatMap((busy) => busy ?? [])
    .sort((a, b) => b.others + b.steal - a.others - a.steal)
    .map((busy) => describeBusyness(busy, availableParallelism()))
    .find((text) => text !== null);
  if (sentence === undefined) return null;
  return (
    `${sentence[0]!.toUpperCase()}${sentence.slice(1)}. Times are longer then than on a quiet machine; the ` +
    'mounts took turns, so the comparisons hold.'
  );
}

/** The sentence that all answers were right, which the engine has checked. */
export const ALL_FOUND = 'Every search found its file in the right directory, through every stack.';

/** The path of a file of the package: relative to the working directory below it, else absolute. */
export function shortenPath(path: string): string {
  const absolute = join(packageRoot, path);
  const relativePath = relative(process.cwd(), absolute);
  return relativePath.startsWith('..') ? absolute : relativePath;
}

/** Lists the files of the package to read next. */
export function writeNextFiles(files: readonly (readonly [path: string, what: string])[]): string {
  const rows = files.map(([path, description]) => [shortenPath(path), description]);
  const lines = formatTable(rows, { indent: '    ', gap: '   ' });
  return ['Look next at', ...lines].join('\n');
}
