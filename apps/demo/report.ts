/**
 * Formats the demo's output: an introduction, one table, files to read next, and a summary. The tutorial's report shares
 * its numbers, paragraphs, comparisons and tables.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { formatColumns, formatTable, wrapLine } from '../../terminal/layout.ts';
import { describeBusyness } from '../bench/engine/busy-sampler.ts';
import {
  formatBound,
  formatComparison,
  formatFactor,
  formatInterval,
  formatPossibleRange,
  invertRatio,
} from '../bench/engine/comparison-text.ts';
import type { Busyness, Comparison } from '../bench/engine/schema.ts';
import {
  DIRECTORY_COUNT,
  HOT_FILES_PERCENT,
  HOT_SEARCHES_PERCENT,
  type SearchPlan,
} from '../bench/engine/searches.ts';
import { computeMedian } from '../bench/engine/statistics.ts';
import { comparePaired } from '../bench/engine/verdict.ts';
import { BRICK_COUNT } from './away-bricks.ts';
import type { ExperimentSettings, NoMount, SearchTimes } from './experiment.ts';
import {
  computeNearSearchCount,
  type Pass,
  type Passes,
  type StackResult,
  stacks,
} from './stacks.ts';

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
const compareSearches = (
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
function shortenPath(path: string): string {
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

/** Formats the documented JSON for scripts. */
export function formatJsonReport(
  { seed, searchCount: searches }: ExperimentSettings,
  measured: Passes,
  noMount: NoMount | null,
): string {
  const passes = measured.map(({ storage, delayMs, busy, stacks }) => ({
    storage,
    bricks: storage === 'bricks' ? BRICK_COUNT : 0,
    delayMs,
    busy,
    stacks: stacks.map((stack) => {
      const { name, lookups, forwarded } = stack;
      const answered = lookups - forwarded;
      return { name, lookups, answered, forwarded, ...roundTimes(stack, stacks[0]!, seed) };
    }),
  }));
  return JSON.stringify({ seed, searches, inProcess: noMount !== null, passes }, null, 2);
}

/** The storage of both passes in the introduction. */
const DISTANT_TEXTS = {
  near: 'a folder',
  away: 'two bricks: servers of glossa on this machine that share the files',
};
/** The same where neither folders nor bricks can be served. */
const MEMORY_TEXTS = {
  near: 'files in memory',
  away: 'files in memory, too, in place of bricks, which need Linux',
};

/** Formats the text before the measurement: what is searched, and through which stacks. */
export function formatIntroduction(
  { seed, searchCount, delayMs }: ExperimentSettings,
  { names }: SearchPlan,
  noMount: NoMount | null,
  width: number,
): string {
  const { near, away } = noMount?.inMemory ? MEMORY_TEXTS : DISTANT_TEXTS;
  const delaySentence =
    delayMs === 0 ? '' : ` Each request reaches them ${delayMs} ms late, as over a network.`;
  const sentences = [
    'A program that looks for a file in one directory after the other asks most of them in vain.',
    'A cache of absent names answers that without asking the storage.',
    `Here ${groupDigits(names.length)} files lie in ${DIRECTORY_COUNT} directories, and ${HOT_SEARCHES_PERCENT} % of the searches are`,
    `for ${HOT_FILES_PERCENT} % of the files (seed ${seed}). First ${groupDigits(computeNearSearchCount(searchCount))} searches go over ${near}, without a cache`,
    `and with the one in Python. Then ${groupDigits(searchCount)} go over ${away}.${delaySentence} In twenty rounds, these`,
    'stacks take turns:',
  ];
  const rows = stacks.map(({ title, description }) => [title, description] as const);
  return [
    ...(noMount === null ? [] : [formatParagraph([formatNoMount(noMount)], width)]),
    formatParagraph(sentences, width),
    formatColumns(rows, width),
  ].join('\n\n');
}

/** Formats the sentences about what a run without a mount leaves out, and how to get a mount. */
function formatNoMount({ problem }: NoMount): string {
  const consequence = 'without the kernel and its cache';
  return problem === null
    ? `The stacks run in processes of their own, ${consequence}; 'glossa demo' mounts them.`
    : `Nothing can be mounted here: ${problem}. So the stacks run in processes of their own, ` +
        `${consequence}.`;
}

/** Describes the storage of a pass: `two bricks, 1.4 ms away`. */
export const describeStorage = ({ storage, delayMs }: Pick<Pass, 'storage' | 'delayMs'>): string =>
  [storageTitles[storage], ...describeDelay(delayMs)].join(', ');

const storageTitles = { folder: 'a folder here', bricks: 'two bricks', memory: 'memory' } as const;

/** Returns the text of a delay, as a list that is empty without one. */
const describeDelay = (delayMs: number): string[] => (delayMs === 0 ? [] : [`${delayMs} ms away`]);

/**
 * Formats the table: a row for each stack, with both passes; times that are too noisy become `-`.
 */
export function formatPassesTable({ seed }: ExperimentSettings, passes: Passes): string {
  const [, away] = passes;
  const head = [
    ['', 'lookups', 'reached', 'a search', `${storageTitles[away.storage]},`, ''],
    [
      '',
      'asked',
      'storage',
      'here',
      away.delayMs === 0 ? 'here' : `${away.delayMs} ms away`,
      'faster',
    ],
  ];
  const [nearCells, awayCells] = passes.map(({ stacks }) => {
    const cells = formatTimeCells(stacks, seed);
    return new Map(stacks.map(({ name }, index) => [name, cells[index]!]));
  });
  const rows = stacks.map(({ name, title }, index) => {
    const { lookups, forwarded } = away.stacks[index]!;
    const [time = '-'] = nearCells!.get(name) ?? [];
    return [title, groupDigits(lookups), groupDigits(forwarded), time, ...awayCells!.get(name)!];
  });
  return formatFigureTable([...head, ...rows]);
}

/** Formats the report that follows the introduction and ends with the summary. */
export function formatReport(
  settings: ExperimentSettings,
  measured: Passes,
  noMount: NoMount | null,
  width: number,
): string {
  const busy = formatBusyWarning(measured.map((pass) => pass.busy));
  return [
    formatPassesTable(settings, measured),
    formatParagraph([formatSavedLookups(measured, noMount)], width),
    ...(busy === null ? [] : [formatParagraph([busy], width)]),
    formatNextSteps(),
    formatParagraph([formatSummary(settings, measured)], width),
  ].join('\n\n');
}

/** Formats the sentences about the lookups that the cache in Python kept from the bricks. */
function formatSavedLookups([, away]: Passes, noMount: NoMount | null): string {
  const [baseline, , python] = away.stacks as readonly [StackResult, StackResult, StackResult];
  const savedLookups = baseline.forwarded - python.forwarded;
  const percent = Math.round((100 * savedLookups) / baseline.forwarded);
  const scope =
    noMount === null
      ? 'Names that are there the kernel remembers, through every mount. Of the lookups that come to the server'
      : 'Without a kernel, names that are there are looked up each time, too. Of all lookups';
  return (
    `${scope}, the cache answered ${percent} % itself: the storage saw ` +
    `${groupDigits(python.forwarded)} instead of ${groupDigits(baseline.forwarded)}. ${ALL_FOUND_TEXT}`
  );
}

/** Smallest factor by which a cache must speed searches up to count as a gain. */
const GAIN_FACTOR_MIN = 1.1;

/** Formats the last sentence: the cache's gain over both storages, and the cost of Python. */
export function formatSummary({ seed }: ExperimentSettings, [near, away]: Passes): string {
  const [uncached, native, python] = away.stacks as readonly [
    StackResult,
    StackResult,
    StackResult,
  ];
  const [uncachedNear, pythonNear] = near.stacks as readonly StackResult[];
  const storageText = `Over ${describeStorage(away)}${away.delayMs === 0 ? '' : ', as over a network'}`;
  const formatComparison = makeComparisonFormatter(seed);
  return (
    `${formatComparison(`${storageText}, a search with the cache in Python`, 'one without a cache', python, uncached)}, and ` +
    `${describePythonCost(python, native, seed)}; over ${describeStorage(near)} ` +
    `${describeFolderGain(pythonNear!, uncachedNear!, seed)}.`
  );
}

/**
 * Describes the cost of Python; only its upper bound if the interval is too wide for a figure.
 */
function describePythonCost(python: StackResult, native: StackResult, seed: number): string {
  const other = 'one with the cache in TypeScript';
  const comparison = compareSearches(python, native, seed);
  if (comparison?.verdict !== 'too noisy to conclude') {
    return makeComparisonFormatter(seed)('it', other, python, native);
  }
  const bound = formatBound(comparison.high);
  const conjunction = bound.endsWith('slower') ? 'than' : 'as';
  return `it is at most ${bound} ${conjunction} ${other}${formatPossibleRange([comparison])}`;
}

/** Describes the gain of the cache over the folder, where it is small or absent. */
function describeFolderGain(python: StackResult, uncached: StackResult, seed: number): string {
  const comparison = compareSearches(python, uncached, seed);
  const clause = makeComparisonFormatter(seed)('it', 'one without a cache', python, uncached);
  if (comparison === null || 1 / comparison.low >= GAIN_FACTOR_MIN) return clause;
  if (comparison.verdict !== 'too noisy to conclude') return `a cache gains nothing: ${clause}`;
  // The interval is too wide to state the cost, but its low end shows a gain below GAIN_MIN.
  return `a cache gains nothing, or next to it${formatPossibleRange([comparison])}`;
}

/** Path of the cache in Python, within the package. */
const MODULE_PATH = 'examples/negative/negative.py';

/** Formats the lines that brought Python in, and the files to read next. */
export function formatNextSteps(): string {
  const lineCount = readFileSync(join(packageRoot, MODULE_PATH), 'utf8')
    .trimEnd()
    .split('\n').length;
  const files: readonly (readonly [path: string, description: string])[] = [
    [MODULE_PATH, `the cache in Python, ${lineCount} lines`],
    ['runtime/xlators/features/negative/index.ts', 'the cache in TypeScript'],
    ['volfiles/python-negative.vol', 'the stack around it'],
    ['volfiles/negative.vol', 'the one with the cache in TypeScript'],
    ['volfiles/posix.vol', 'the one without a cache'],
    ['README.md', 'a translator of your own'],
  ];
  return [
    `These lines of ${shortenPath('volfiles/python-negative.vol')} brought Python in:`,
    '',
    '    type features/glupy',
    '    option module-name negative',
    '',
    formatFilesToRead(files),
  ].join('\n');
}
