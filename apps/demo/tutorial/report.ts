/** Writes the tutorial's output: an introduction, one table beside the talk's, and its meaning. */

import { formatColumns } from '../../../terminal/layout.ts';
import { DIRECTORIES, FILES, HOT_FILES, HOT_SEARCHES } from '../../bench/engine/searches.ts';
import type { ExperimentSettings, Measurement, SearchTimes } from '../experiment.ts';
import {
  ALL_FOUND,
  formatMs,
  groupDigits,
  makeComparisonWriter,
  roundTimes,
  writeBusySentence,
  writeNextFiles,
  writeParagraph,
  writeTable,
  writeTimeCells,
} from '../report-text.ts';
import type { BrickProgram } from './bricks.ts';
import { FOLDER, stacks } from './stacks.ts';

export interface TutorialSettings extends ExperimentSettings {
  readonly maker: BrickProgram;
}

/** The documented JSON for scripts. */
export function jsonReport(
  settings: TutorialSettings,
  { busy, times: searched }: Measurement,
): string {
  const { seed, searches, delayMs, maker } = settings;
  const { by, version, why } = maker;
  const measured = searched.map((result, at) => {
    const { name, talkMs } = stacks[at]!;
    const { lookups, forwarded } = result;
    return { name, lookups, sent: forwarded, ...roundTimes(result, searched[0]!, seed), talkMs };
  });
  const bricks = { by, version, why };
  return JSON.stringify({ seed, searches, delayMs, bricks, busy, stacks: measured }, null, 2);
}

/** Descriptions of the bricks, by program. */
const bricksOf: Readonly<Record<BrickProgram['by'], (version: string) => string>> = {
  glusterfs: (version) => `GlusterFS ${version}`,
  glossa: (version) => `glossa ${version}`,
};

export function introduction(settings: TutorialSettings, width: number): string {
  const { seed, searches, delayMs, maker } = settings;
  const away = delayMs === 0 ? '' : `, each request ${delayMs} ms farther away than it is`;
  const sentences = [
    'A program that looks for a file in one directory after the other asks most of them in vain.',
    "GlusterFS's translator tutorial of 2012 writes a cache of absent names for that, puts it into the",
    'stack of a volume on two bricks, and measures it. Here is the same stack over two bricks of',
    `${bricksOf[maker.by](maker.version)} on this machine${away}.`,
    ...(maker.why === null ? [] : [`They are not of GlusterFS: ${maker.why}.`]),
    `${groupDigits(FILES)} files lie in ${DIRECTORIES} directories, and ${groupDigits(searches)} searches ask`,
    `for them, ${HOT_SEARCHES} % of them for ${HOT_FILES} % of the files (seed ${seed}), through:`,
  ];
  const rows = stacks.map(({ title, what }) => [title, what] as const);
  return `${writeParagraph(sentences, width)}\n\n${formatColumns(rows, width)}`;
}

const TALK = stacks[0]!.talkMs!;

/** Percent by which the talk's cache in Python was slower than its native one. */
const TALK_LOSS = Math.round(100 * (stacks[2]!.talkMs! / stacks[1]!.talkMs! - 1));

/** The table with a row for each stack beside the talk's, without incomparable times. */
export function table({ seed }: TutorialSettings, searched: readonly SearchTimes[]): string {
  const head = [
    ['', 'lookups', 'sent to', 'one search', '', 'the talk', ''],
    ['', 'asked', 'the bricks', 'here', 'faster', '(2012)', 'faster'],
  ];
  const cells = writeTimeCells(searched, seed);
  const rows = searched.map((mine, at) => {
    const { title, talkMs } = stacks[at]!;
    const times = at === 0 || talkMs === null ? '' : `${(TALK / talkMs).toFixed(1)} ×`;
    return [
      ...[title, groupDigits(mine.lookups), groupDigits(mine.forwarded)],
      ...cells[at]!,
      ...[talkMs === null ? '-' : formatMs(talkMs), times],
    ];
  });
  return writeTable([...head, ...rows]);
}

/** The report after the introduction; it ends with the summary. */
export function reportText(
  settings: TutorialSettings,
  { busy, times: searched }: Measurement,
  width: number,
): string {
  const [baseline, , python] = searched as readonly [SearchTimes, SearchTimes, SearchTimes];
  const counted = [
    `With the cache in Python the bricks had ${groupDigits(python.forwarded)} lookups to answer instead of`,
    `${groupDigits(baseline.forwarded)}.`,
    ALL_FOUND,
    'Names that are there the kernel remembers, through every mount.',
  ];
  const disturbed = writeBusySentence([busy]);
  const far =
    settings.delayMs === 0
      ? [
          "The talk's bricks were across a network, behind weak machines: --delay 1.3 puts these as " +
            'far away.',
        ]
      : [];
  return [
    table(settings, searched),
    writeParagraph(counted, width),
    ...(disturbed === null ? [] : [writeParagraph([disturbed], width)]),
    nextSteps(),
    writeParagraph([summarySentence(settings, searched), ...far], width),
  ].join('\n\n');
}

/** Writes the last sentence: the cache's gain and the script's cost, the subject of the talk. */
export function summarySentence(
  { seed }: TutorialSettings,
  searched: readonly SearchTimes[],
): string {
  const [baseline, native, python] = searched as readonly [SearchTimes, SearchTimes, SearchTimes];
  const said = makeComparisonWriter(seed);
  return (
    `${said('A search with the cache in Python', 'one without a cache', python, baseline)}, and ` +
    `${said('it', 'one with the native cache', python, native)}; in the talk it was ${TALK_LOSS} % ` +
    'slower than that.'
  );
}

export function nextSteps(): string {
  const files: readonly (readonly [path: string, what: string])[] = [
    [`${FOLDER}/README.md`, 'the same by hand'],
    [`${FOLDER}/original.vol`, 'the stack as the slides print it'],
    [`${FOLDER}/python.vol`, 'with the two lines that bring Python in'],
    ['examples/negative/negative.py', 'the cache in Python'],
    ['runtime/xlators/features/negative/index.ts', 'the cache in TypeScript'],
  ];
  return writeNextFiles(files);
}
