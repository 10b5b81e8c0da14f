/** Writes the demo's output: an introduction, one table, files to read next, and a summary. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { formatColumns } from '../../terminal/layout.ts';
import { boundText, rangeText } from '../bench/engine/comparison-text.ts';
import { DIRECTORIES, HOT_FILES, HOT_SEARCHES, type Workload } from '../bench/engine/searches.ts';
import type { ExperimentSettings } from './experiment.ts';
import {
  ALL_FOUND,
  compareSearches,
  groupDigits,
  makeComparisonWriter,
  roundTimes,
  shortenPath,
  writeBusySentence,
  writeNextFiles,
  writeParagraph,
  writeTable,
  writeTimeCells,
} from './report-text.ts';
import { countNearSearches, type Pass, type Passes, type StackResult, stacks } from './stacks.ts';

/** The documented JSON for scripts. */
export function writeJsonReport({ seed, searches }: ExperimentSettings, measured: Passes): string {
  const passes = measured.map(({ bricks, delayMs, busy, stacks }) => ({
    bricks,
    delayMs,
    busy,
    stacks: stacks.map((stack) => {
      const { name, lookups, forwarded } = stack;
      const answered = lookups - forwarded;
      return { name, lookups, answered, forwarded, ...roundTimes(stack, stacks[0]!, seed) };
    }),
  }));
  return JSON.stringify({ seed, searches, passes }, null, 2);
}

export function writeIntroduction(
  { seed, searches, delayMs }: ExperimentSettings,
  { names }: Workload,
  width: number,
): string {
  const delaySentence =
    delayMs === 0 ? '' : ` Each request reaches them ${delayMs} ms late, as over a network.`;
  const sentences = [
    'A program that looks for a file in one directory after the other asks most of them in vain.',
    'A cache of absent names answers that without asking the storage.',
    `Here ${groupDigits(names.length)} files lie in ${DIRECTORIES} directories, and ${HOT_SEARCHES} % of the searches are`,
    `for ${HOT_FILES} % of the files (seed ${seed}). First ${groupDigits(countNearSearches(searches))} searches go over a folder, without a cache`,
    `and with the one in Python. Then ${groupDigits(searches)} go over two bricks: servers of glossa on this machine that`,
    `share the files.${delaySentence} In twenty rounds, these stacks take turns:`,
  ];
  const rows = stacks.map(({ title, description }) => [title, description] as const);
  return `${writeParagraph(sentences, width)}\n\n${formatColumns(rows, width)}`;
}

/** Describes the storage of a pass. */
export const describeStorage = ({ bricks, delayMs }: Pick<Pass, 'bricks' | 'delayMs'>): string =>
  [bricks === 0 ? 'a folder here' : 'two bricks', ...describeDelay(delayMs)].join(', ');

const describeDelay = (delayMs: number): string[] => (delayMs === 0 ? [] : [`${delayMs} ms away`]);

/** The table with a row for each stack and both passes, without incomparable times. */
export function writePassesTable({ seed }: ExperimentSettings, passes: Passes): string {
  const [, away] = passes;
  const head = [
    ['', 'lookups', 'reached', 'a search', 'two bricks,', ''],
    [
      '',
      'asked',
      'storage',
      'here',
      away.delayMs === 0 ? 'here' : `${away.delayMs} ms away`,
      'faster',
    ],
  ];
  const [here, there] = passes.map(({ stacks }) => {
    const cells = writeTimeCells(stacks, seed);
    return new Map(stacks.map(({ name }, at) => [name, cells[at]!]));
  });
  const rows = stacks.map(({ name, title }, at) => {
    const { lookups, forwarded } = away.stacks[at]!;
    const [time = '-'] = here!.get(name) ?? [];
    return [title, groupDigits(lookups), groupDigits(forwarded), time, ...there!.get(name)!];
  });
  return writeTable([...head, ...rows]);
}

/** The report after the introduction; it ends with the summary. */
export function writeReport(settings: ExperimentSettings, measured: Passes, width: number): string {
  const busy = writeBusySentence(measured.map((pass) => pass.busy));
  return [
    writePassesTable(settings, measured),
    writeParagraph([writeCounts(measured)], width),
    ...(busy === null ? [] : [writeParagraph([busy], width)]),
    writeNextSteps(),
    writeParagraph([writeSummary(settings, measured)], width),
  ].join('\n\n');
}

function writeCounts([, away]: Passes): string {
  const [baseline, , python] = away.stacks as readonly [StackResult, StackResult, StackResult];
  const savedLookups = baseline.forwarded - python.forwarded;
  const percent = Math.round((100 * savedLookups) / baseline.forwarded);
  return (
    'Names that are there the kernel remembers, through every mount. Of the lookups that come to ' +
    `the server, the cache answered ${percent} % itself: the storage saw ` +
    `${groupDigits(python.forwarded)} instead of ${groupDigits(baseline.forwarded)}. ${ALL_FOUND}`
  );
}

/** Smallest factor that counts as a gain of a cache. */
const GAIN_MIN = 1.1;

/** Writes the last sentence: the cache's gain over both storages, and the cost of Python. */
export function writeSummary({ seed }: ExperimentSettings, [near, away]: Passes): string {
  const [none, native, python] = away.stacks as readonly [StackResult, StackResult, StackResult];
  const [noneNear, pythonNear] = near.stacks as readonly StackResult[];
  const over = `Over ${describeStorage(away)}${away.delayMs === 0 ? '' : ', as over a network'}`;
  const writeComparison = makeComparisonWriter(seed);
  return (
    `${writeComparison(`${over}, a search with the cache in Python`, 'one without a cache', python, none)}, and ` +
    `${describePythonCost(python, native, seed)}; over ${describeStorage(near)} ` +
    `${describeFolderGain(pythonNear!, noneNear!, seed)}.`
  );
}

/** The cost of Python; only its upper bound where the interval is too wide for a figure. */
function describePythonCost(python: StackResult, native: StackResult, seed: number): string {
  const other = 'one with the cache in TypeScript';
  const comparison = compareSearches(python, native, seed);
  if (comparison?.verdict !== 'too noisy to conclude') {
    return makeComparisonWriter(seed)('it', other, python, native);
  }
  const bound = boundText(comparison.high);
  const than = bound.endsWith('slower') ? 'than' : 'as';
  return `it is at most ${bound} ${than} ${other}${rangeText([comparison])}`;
}

function describeFolderGain(python: StackResult, none: StackResult, seed: number): string {
  const comparison = compareSearches(python, none, seed);
  const clause = makeComparisonWriter(seed)('it', 'one without a cache', python, none);
  if (comparison === null || 1 / comparison.low >= GAIN_MIN) return clause;
  if (comparison.verdict !== 'too noisy to conclude') return `a cache gains nothing: ${clause}`;
  // The interval is too wide for the cost, but its other end bounds the gain.
  return `a cache gains nothing, or next to it${rangeText([comparison])}`;
}

const MODULE = 'examples/negative/negative.py';

export function writeNextSteps(): string {
  const lines = readFileSync(join(packageRoot, MODULE), 'utf8').trimEnd().split('\n').length;
  const files: readonly (readonly [path: string, what: string])[] = [
    [MODULE, `the cache in Python, ${lines} lines`],
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
    writeNextFiles(files),
  ].join('\n');
}
