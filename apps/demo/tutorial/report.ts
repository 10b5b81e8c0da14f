/**
 * Formats the output of `glossa tutorial`: an introduction, a table that compares the times with
 * those of GlusterFS's translator tutorial of 2012 (*the talk*), and a summary.
 */
import { formatColumns } from '../../../terminal/layout.ts';
import {
  DIRECTORY_COUNT,
  FILE_COUNT,
  HOT_FILES_PERCENT,
  HOT_SEARCHES_PERCENT,
} from '../../bench/engine/searches.ts';
import type { ExperimentSettings, Measurement, SearchTimes } from '../experiment.ts';
import {
  ALL_FOUND_TEXT,
  formatBusyWarning,
  formatFigureTable,
  formatFilesToRead,
  formatMs,
  formatParagraph,
  formatTimeCells,
  groupDigits,
  makeComparisonFormatter,
  roundTimes,
} from '../report.ts';
import type { BrickProgram } from './bricks.ts';
import { stacks, VOLFILE_FOLDER } from './stacks.ts';

/** The settings of a run of the tutorial. */
export interface TutorialSettings extends ExperimentSettings {
  readonly brickProgram: BrickProgram;
}

/** Formats the documented JSON for scripts. */
export function formatJsonReport(settings: TutorialSettings, { busy, times }: Measurement): string {
  const { seed, searchCount: searches, delayMs, brickProgram } = settings;
  const { program, version, reason } = brickProgram;
  const measured = times.map((result, index) => {
    const { name, talkMs } = stacks[index]!;
    const { lookups, forwarded } = result;
    return { name, lookups, sent: forwarded, ...roundTimes(result, times[0]!, seed), talkMs };
  });
  const bricks = { by: program, version, why: reason };
  return JSON.stringify({ seed, searches, delayMs, bricks, busy, stacks: measured }, null, 2);
}

/** Functions that describe the bricks, by program. */
const brickDescriptions: Readonly<Record<BrickProgram['program'], (version: string) => string>> = {
  glusterfs: (version) => `GlusterFS ${version}`,
  glossa: (version) => `glossa ${version}`,
};

/** Formats the text before the measurement: the talk, the bricks, and the stacks. */
export function formatIntroduction(settings: TutorialSettings, width: number): string {
  const { seed, searchCount, delayMs, brickProgram } = settings;
  const distanceText = delayMs === 0 ? '' : `, each request ${delayMs} ms farther away than it is`;
  const sentences = [
    'A program that looks for a file in one directory after the other asks most of them in vain.',
    "GlusterFS's translator tutorial of 2012 writes a cache of absent names for that, puts it into the",
    'stack of a volume on two bricks, and measures it. Here is the same stack over two bricks of',
    `${brickDescriptions[brickProgram.program](brickProgram.version)} on this machine${distanceText}.`,
    ...(brickProgram.reason === null ? [] : [`They are not of GlusterFS: ${brickProgram.reason}.`]),
    `${groupDigits(FILE_COUNT)} files lie in ${DIRECTORY_COUNT} directories, and ${groupDigits(searchCount)} searches ask`,
    `for them, ${HOT_SEARCHES_PERCENT} % of them for ${HOT_FILES_PERCENT} % of the files (seed ${seed}), through:`,
  ];
  const rows = stacks.map(({ title, description }) => [title, description] as const);
  return `${formatParagraph(sentences, width)}\n\n${formatColumns(rows, width)}`;
}

/** Time of a search without a cache in the talk. */
const TALK_BASELINE_MS = stacks[0]!.talkMs!;

/** Percent by which the talk's cache in Python was slower than its native one. */
const TALK_PYTHON_COST_PERCENT = Math.round(100 * (stacks[2]!.talkMs! / stacks[1]!.talkMs! - 1));

/** Formats the table: each stack's times beside the talk's; times that are too noisy become `-`. */
export function formatStacksTable(
  { seed }: TutorialSettings,
  times: readonly SearchTimes[],
): string {
  const head = [
    ['', 'lookups', 'sent to', 'one search', '', 'the talk', ''],
    ['', 'asked', 'the bricks', 'here', 'faster', '(2012)', 'faster'],
  ];
  const cells = formatTimeCells(times, seed);
  const rows = times.map((stackTimes, index) => {
    const { title, talkMs } = stacks[index]!;
    const talkFactor =
      index === 0 || talkMs === null ? '' : `${(TALK_BASELINE_MS / talkMs).toFixed(1)} ×`;
    return [
      title,
      groupDigits(stackTimes.lookups),
      groupDigits(stackTimes.forwarded),
      ...cells[index]!,
      talkMs === null ? '-' : formatMs(talkMs),
      talkFactor,
    ];
  });
  return formatFigureTable([...head, ...rows]);
}

/** Formats the report that follows the introduction and ends with the summary. */
export function formatReport(
  settings: TutorialSettings,
  { busy, times }: Measurement,
  width: number,
): string {
  const [baseline, , python] = times as readonly [SearchTimes, SearchTimes, SearchTimes];
  const countSentences = [
    `With the cache in Python the bricks had ${groupDigits(python.forwarded)} lookups to answer instead of`,
    `${groupDigits(baseline.forwarded)}.`,
    ALL_FOUND_TEXT,
    'Names that are there the kernel remembers, through every mount.',
  ];
  const busySentence = formatBusyWarning([busy]);
  const delayHint =
    settings.delayMs === 0
      ? [
          "The talk's bricks were across a network, behind weak machines: --delay 1.3 puts these as " +
            'far away.',
        ]
      : [];
  return [
    formatStacksTable(settings, times),
    formatParagraph(countSentences, width),
    ...(busySentence === null ? [] : [formatParagraph([busySentence], width)]),
    formatNextSteps(),
    formatParagraph([formatSummary(settings, times), ...delayHint], width),
  ].join('\n\n');
}

/** Formats the last sentence: the cache's gain, and Python's cost, the topic of the talk. */
export function formatSummary({ seed }: TutorialSettings, times: readonly SearchTimes[]): string {
  const [baseline, native, python] = times as readonly [SearchTimes, SearchTimes, SearchTimes];
  const formatComparison = makeComparisonFormatter(seed);
  return (
    `${formatComparison('A search with the cache in Python', 'one without a cache', python, baseline)}, and ` +
    `${formatComparison('it', 'one with the native cache', python, native)}; in the talk it was ${TALK_PYTHON_COST_PERCENT} % ` +
    'slower than that.'
  );
}

/** Formats the list of files to read next. */
export function formatNextSteps(): string {
  const files: readonly (readonly [path: string, description: string])[] = [
    [`${VOLFILE_FOLDER}/README.md`, 'the same by hand'],
    [`${VOLFILE_FOLDER}/original.vol`, 'the stack as the slides print it'],
    [`${VOLFILE_FOLDER}/python.vol`, 'with the two lines that bring Python in'],
    ['examples/negative/negative.py', 'the cache in Python'],
    ['runtime/xlators/features/negative/index.ts', 'the cache in TypeScript'],
  ];
  return formatFilesToRead(files);
}
