/** What the demo prints: what is about to happen, one table, what it means, where to go from there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIRECTORIES, FILES, HOT_FILES, HOT_SEARCHES } from '../../bench/searches.ts';
import { packageRoot } from '../../sys/paths.ts';
import { columns } from '../layout.ts';
import { type Measured, type Pass, type StackResult, stacksFor } from './served.ts';
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
} from './words.ts';

export interface DemoSettings {
  readonly seed: number;
  readonly searches: number;
  /** How much farther away the bricks of the second pass are than they are. */
  readonly delayMs: number;
}

/** Exactly what scripts may rely on. */
export function jsonReport({ seed, searches }: DemoSettings, measured: Measured): string {
  const { mounted } = measured;
  const passes = measured.passes.map(({ bricks, delayMs, stacks }) => ({
    bricks,
    delayMs,
    stacks: stacks.map((stack) => {
      const { name, lookups, answered, forwarded } = stack;
      return { name, lookups, answered, forwarded, ...timesOf(stack) };
    }),
  }));
  const report = { seed, searches, mounted, busy: disturbance(measured), passes };
  return JSON.stringify(report, null, 2);
}

/** Why the times cannot be compared, of the stack that it was worst for; null when they can. */
export const disturbance = ({ passes }: Measured): string | null =>
  disturbanceOf(passes.flatMap(({ stacks }) => stacks));

export function introduction(
  { seed, searches, delayMs }: DemoSettings,
  mounted: boolean,
  width: number,
): string {
  const late =
    delayMs === 0 ? '' : `, and which get each request ${delayMs} ms late, as over a network`;
  const sentences = [
    'A program that looks for a file in one directory after the other asks most of them in vain.',
    'A cache of absent names answers that without asking the storage.',
    `Here ${grouped(FILES)} files lie in ${DIRECTORIES} directories, and ${grouped(searches)}`,
    `searches ask for them, ${HOT_SEARCHES} % of them for ${HOT_FILES} % of the files`,
    `(seed ${seed}), first over a folder, then over two bricks: servers of glossa on this machine, between`,
    `which the files are distributed${late}. They go through:`,
  ];
  const stacks = stacksFor(mounted).map(({ title, what }) => [title, what] as const);
  return `${paragraph(sentences, width)}\n\n${columns(stacks, width)}`;
}

export function withoutMount(why: string, width: number): string {
  const sentences = [
    `Nothing can be mounted here: ${why}.`,
    'The same graphs run inside this process instead, without the kernel between.',
  ];
  return paragraph(sentences, width);
}

/** Where the storage of a pass is. */
export const whereText = ({ bricks, delayMs }: Pick<Pass, 'bricks' | 'delayMs'>): string =>
  [bricks === 0 ? 'a folder here' : 'two bricks', ...awayOf(delayMs)].join(', ');

const awayOf = (delayMs: number): string[] => (delayMs === 0 ? [] : [`${delayMs} ms away`]);

const faster = (before: StackResult, after: StackResult): string =>
  fasterText(before.meanMs, after.meanMs);

/** A row a stack, with both passes; how much faster it is only where that can be said. */
export function table(measured: Measured): string {
  const [near, away] = measured.passes;
  const isQuiet = disturbance(measured) === null;
  const gains = isQuiet ? ['faster'] : [];
  const [first, second] =
    away.delayMs === 0 ? ['the same,', 'two bricks'] : ['two bricks,', `${away.delayMs} ms away`];
  const head = [
    ['', 'lookups', 'that reached', 'one search,', first, ...gains.map(() => '')],
    ['', 'asked', 'the storage', whereText(near), second, ...gains],
  ];
  const [base] = away.stacks;
  const rows = stacksFor(measured.mounted).map(({ title }, at) => {
    const [here, there] = [near.stacks[at]!, away.stacks[at]!];
    const times = [msText(here.meanMs), msText(there.meanMs)];
    const gain = isQuiet ? [at === 0 ? '' : `${faster(base!, there)} ×`] : [];
    return [title, grouped(there.lookups), grouped(there.forwarded), ...times, ...gain];
  });
  return aligned([...head, ...rows]);
}

/** A cache that makes a search faster by less gains nothing to speak of. */
const WORTH = 1.25;

export function conclusion(measured: Measured, width: number): string {
  const [near, away] = measured.passes;
  const [baseline, , python] = away.stacks as readonly [StackResult, StackResult, StackResult];
  const part = Math.round((python.answered / python.lookups) * 100);
  const counted = [
    `The cache answered ${part} % of the lookups itself: the storage saw`,
    `${grouped(python.forwarded)} instead of ${grouped(baseline.forwarded)}.`,
    ALL_FOUND,
  ];
  const why = disturbance(measured);
  const timed =
    why === null
      ? [nearText(near), awayText(away)]
      : [`No times are compared: ${why}. Run the demo again when nothing else runs.`];
  return [counted, ...timed.map((text) => [text])].map((it) => paragraph(it, width)).join('\n\n');
}

function nearText({ stacks }: Pass): string {
  const [baseline, , python, kernel] = stacks as readonly StackResult[];
  const spared =
    kernel === undefined
      ? ''
      : ' Only the kernel can spare that: with a name that Python has told it to remember, it asks ' +
        'nobody.';
  if (baseline!.meanMs < WORTH * python!.meanMs) {
    return (
      'Over a folder here a cache gains nothing: the folder answers as quickly as the cache, and ' +
      `the time goes into the way from the kernel to the server and back.${spared}`
    );
  }
  return `Even over a folder here a search is ${faster(baseline!, python!)} times as fast.`;
}

function awayText(pass: Pass): string {
  const [baseline, native, python] = pass.stacks as readonly StackResult[];
  const cost = python!.meanMs - native!.meanMs;
  const beside =
    cost > 0
      ? `${msText(cost)} more than with the one in TypeScript`
      : 'no more than with the one in TypeScript';
  return (
    `Over ${whereText(pass)}${pass.delayMs === 0 ? '' : ', as over a network'}, each lookup that is spared is a wait ` +
    `that is spared: with the cache in Python a search took ${msText(python!.meanMs)} instead of ` +
    `${msText(baseline!.meanMs)}, ${beside}.`
  );
}

const MODULE = 'examples/negative/negative.py';

export function nextSteps(): string {
  const lines = readFileSync(join(packageRoot, MODULE), 'utf8').trimEnd().split('\n').length;
  const files: readonly (readonly [path: string, what: string])[] = [
    [MODULE, `the cache in Python, ${lines} lines`],
    ['runtime/xlators/features/negative/index.ts', 'the cache in TypeScript'],
    ['volfiles/python-negative.vol', 'the stack around it'],
    ['README.md', 'a translator of your own'],
  ];
  return [
    'These lines of volfiles/python-negative.vol brought Python in:',
    '',
    '    type features/glupy',
    '    option module-name negative',
    '',
    lookNext(files),
  ].join('\n');
}
