/** What the tutorial prints: what is about to happen, one table beside the talk's, and what it means. */
import { DIRECTORIES, FILES, HOT_FILES, HOT_SEARCHES } from '../../bench/searches.ts';
import {
  ALL_FOUND,
  aligned,
  disturbanceOf,
  fasterText,
  grouped,
  lookNext,
  msText,
  paragraph,
  timesOf,
} from '../demo/words.ts';
import { columns } from '../layout.ts';
import type { Maker } from './bricks.ts';
import { FOLDER, type StackResult, stacks } from './stacks.ts';

export interface TutorialSettings {
  readonly seed: number;
  readonly searches: number;
  /** How much farther away the bricks are than they are. */
  readonly delayMs: number;
  readonly maker: Maker;
}

type Results = readonly StackResult[];

/** Exactly what scripts may rely on. */
export function jsonReport(settings: TutorialSettings, results: Results): string {
  const { seed, searches, delayMs, maker } = settings;
  const { by, version, why } = maker;
  const measured = results.map((result, at) => {
    const { name, lookups, forwarded } = result;
    return { name, lookups, sent: forwarded, ...timesOf(result), talkMs: stacks[at]!.talkMs };
  });
  const busy = disturbanceOf(results);
  const bricks = { by, version, why };
  return JSON.stringify({ seed, searches, delayMs, bricks, busy, stacks: measured }, null, 2);
}

/** By whose they are. */
const bricksOf: Readonly<Record<Maker['by'], (version: string) => string>> = {
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
    `${grouped(FILES)} files lie in ${DIRECTORIES} directories, and ${grouped(searches)} searches ask`,
    `for them, ${HOT_SEARCHES} % of them for ${HOT_FILES} % of the files (seed ${seed}), through:`,
  ];
  const rows = stacks.map(({ title, what }) => [title, what] as const);
  return `${paragraph(sentences, width)}\n\n${columns(rows, width)}`;
}

const TALK = stacks[0]!.talkMs!;

/** A row a stack, beside the talk's; how much faster it is here only where that can be said. */
export function table(results: Results): string {
  const isQuiet = disturbanceOf(results) === null;
  const here = (...cells: [string, string]): string[] => (isQuiet ? cells : cells.slice(0, 1));
  const head = [
    ['', 'lookups', 'sent to', ...here('one search', ''), 'the talk', ''],
    ['', 'asked', 'the bricks', ...here('here', 'faster'), '(2012)', 'faster'],
  ];
  const base = results[0]!.meanMs;
  const rows = results.map(({ lookups, forwarded, meanMs }, at) => {
    const { title, talkMs } = stacks[at]!;
    const times = (ms: number, before: number): string =>
      at === 0 ? '' : `${fasterText(before, ms)} ×`;
    const talk = talkMs === null ? ['-', ''] : [msText(talkMs), times(talkMs, TALK)];
    const counts = [grouped(lookups), grouped(forwarded)];
    return [title, ...counts, ...here(msText(meanMs), times(meanMs, base)), ...talk];
  });
  return aligned([...head, ...rows]);
}

const percent = (part: number): string => `${Math.round(part * 100)} %`;

/** How much of what the native cache saves the one in Python takes back. */
const lost = (before: number, native: number, python: number): number =>
  (python - native) / (before - native);

export function conclusion(settings: TutorialSettings, results: Results, width: number): string {
  const [baseline, , python] = results as readonly [StackResult, StackResult, StackResult];
  const counted = [
    `With the cache in Python the bricks had ${grouped(python.forwarded)} lookups to answer instead of`,
    `${grouped(baseline.forwarded)}.`,
    ALL_FOUND,
    'Of names that are there the kernel asked once.',
  ];
  const why = disturbanceOf(results);
  const timed =
    why === null
      ? timedText(settings, results)
      : `No times are compared: ${why}. Run it again when nothing else runs.`;
  return [counted, [timed]].map((it) => paragraph(it, width)).join('\n\n');
}

function timedText({ delayMs }: TutorialSettings, results: Results): string {
  const [baseline, native, python, kernel] = results.map(({ meanMs }) => meanMs) as [
    number,
    number,
    number,
    number,
  ];
  const [, talkNative, talkPython] = stacks.map(({ talkMs }) => talkMs) as [number, number, number];
  const theirs = percent(lost(TALK, talkNative, talkPython));
  const sentences = [
    costText(lost(baseline, native, python), native < baseline, theirs),
    `With what Python tells the kernel a search took ${msText(kernel)}: a name that the kernel`,
    'remembers costs no request at all.',
    delayMs === 0
      ? "The talk's bricks were across a network, behind weak machines: --delay 1.3 puts these as far away."
      : '',
  ];
  return sentences.filter((text) => text !== '').join(' ');
}

/** What the script cost, of what the cache saved: that is what the talk is about. */
function costText(part: number, isSaving: boolean, theirs: string): string {
  if (!isSaving) return 'The cache saved no time here: these bricks answer as quickly as it does.';
  if (part <= 0)
    return `The cache in Python saved as much as the native one; in the talk it lost ${theirs}.`;
  return `Of the time that the native cache saved, the one in Python lost ${percent(part)}; in the talk ${theirs}.`;
}

export function nextSteps(): string {
  const files: readonly (readonly [path: string, what: string])[] = [
    [`${FOLDER}/README.md`, 'the same by hand'],
    [`${FOLDER}/original.vol`, 'the stack as the slides print it'],
    [`${FOLDER}/python.vol`, 'with the two lines that bring Python in'],
    ['examples/negative/negative.py', 'the cache in Python'],
    ['runtime/xlators/features/negative/index.ts', 'the cache in TypeScript'],
  ];
  return lookNext(files);
}
