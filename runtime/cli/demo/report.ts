/** What the demo prints: what is about to happen, one table, what it means, where to go from there. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  DIRECTORIES,
  FILES,
  HOT_FILES,
  HOT_SEARCHES,
  type WorkloadSize,
} from '../../bench/searches.ts';
import { packageRoot } from '../../sys/paths.ts';
import { wrap } from '../layout.ts';
import { demoStacks, type StackResult } from './served.ts';

/** 54321 → `54 321`; four digits are read without help. */
export const grouped = (n: number): string =>
  n < 10_000 ? String(n) : String(n).replace(/\B(?=(\d{3})+$)/g, ' ');

/** Exactly what scripts may rely on. */
export function jsonReport(
  { seed, searches }: WorkloadSize,
  results: readonly StackResult[],
): string {
  const round = (ms: number): number => Number(ms.toFixed(6));
  const stacks = results.map(({ name, lookups, answered, forwarded, meanMs, p99Ms }) => ({
    name,
    lookups,
    answered,
    forwarded,
    meanMs: round(meanMs),
    p99Ms: round(p99Ms),
  }));
  return JSON.stringify({ seed, searches, stacks }, null, 2);
}

const paragraph = (sentences: readonly string[], width: number): string =>
  wrap(sentences.join(' '), width).join('\n');

export function introduction({ seed, searches }: WorkloadSize, width: number): string {
  const sentences = [
    `${grouped(FILES)} files lie in ${DIRECTORIES} directories.`,
    'A program that wants one looks into dir0, dir1, … until it is found, so most of its lookups',
    'are for names that are not there.',
    `It searches ${grouped(searches)} times, ${HOT_SEARCHES} % of them for ${HOT_FILES} % of the files`,
    `(seed ${seed}).`,
  ];
  return paragraph(sentences, width);
}

export function withoutMount(why: string, width: number): string {
  const sentences = [
    `Nothing can be mounted here: ${why}.`,
    'The same graphs run inside this process instead, without the kernel between.',
  ];
  return paragraph(sentences, width);
}

const HEAD = [
  ['', 'lookups', 'answered by', 'passed to', 'one search', ''],
  ['', 'asked', 'the translator', 'the storage', 'mean', '99 % within'],
];

export function table(stacks: readonly StackResult[]): string {
  const titles = new Map(demoStacks.map(({ name, title }) => [name, title]));
  const rows = stacks.map((stack) => [
    titles.get(stack.name)!,
    grouped(stack.lookups),
    grouped(stack.answered),
    grouped(stack.forwarded),
    `${stack.meanMs.toFixed(3)} ms`,
    `${stack.p99Ms.toFixed(3)} ms`,
  ]);
  const lines = [...HEAD, ...rows];
  const widths = HEAD[0]!.map((_, column) =>
    Math.max(...lines.map((line) => line[column]!.length)),
  );
  return lines
    .map(([title, ...cells]) => {
      const right = cells.map((cell, at) => cell.padStart(widths[at + 1]!));
      return `  ${[title!.padEnd(widths[0]!), ...right].join('   ')}`.trimEnd();
    })
    .join('\n');
}

export function conclusion(stacks: readonly StackResult[], width: number): string {
  const of = (name: StackResult['name']) => stacks.find((stack) => stack.name === name)!;
  const [baseline, native, python] = [of('baseline'), of('typescript'), of('python')];
  const part = Math.round((python.answered / python.lookups) * 100);
  const cost = python.meanMs - native.meanMs;
  const sentences = [
    `The cache answered ${part} % of the lookups itself:`,
    `the storage saw ${grouped(python.forwarded)} instead of ${grouped(baseline.forwarded)}.`,
    cost > 0
      ? `Python instead of TypeScript cost ${cost.toFixed(3)} ms a search.`
      : 'Python took no longer than TypeScript.',
    'The storage here is a folder of this machine, which answers at once;',
    'over a network, each lookup saved is a round trip saved.',
    'Every search found its file, and found it where it is.',
  ];
  return paragraph(sentences, width);
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
  const paths = files.map(([path]) => relative(process.cwd(), join(packageRoot, path)));
  const widest = Math.max(...paths.map((path) => path.length));
  return [
    'These lines of volfiles/python-negative.vol brought Python in; the rest is the same:',
    '',
    '    type features/glupy',
    '    option module-name negative',
    '',
    'Look next at',
    ...files.map(([, what], at) => `    ${paths[at]!.padEnd(widest)}   ${what}`),
  ].join('\n');
}
