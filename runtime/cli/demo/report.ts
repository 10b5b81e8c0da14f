/** What the demo prints when it is done: one table, what it means, and where to go from there. */

import { demoStacks, type StackResult } from './served.ts';
import { DIRECTORIES, FILES, HOT_FILES, HOT_SEARCHES, type WorkloadSize } from './workload.ts';

/** 54321 → `54 321`. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ' ');

/** Exactly what scripts may rely on. */
export function jsonReport(
  { seed, searches }: WorkloadSize,
  stacks: readonly StackResult[],
): string {
  const round = (ms: number): number => Number(ms.toFixed(6));
  const rows = stacks.map(({ name, lookups, answered, forwarded, meanMs, p99Ms }) => ({
    name,
    lookups,
    answered,
    forwarded,
    meanMs: round(meanMs),
    p99Ms: round(p99Ms),
  }));
  return JSON.stringify({ seed, searches, stacks: rows }, null, 2);
}

export function introduction({ seed, searches }: WorkloadSize): string {
  return [
    `${grouped(FILES)} files lie in ${DIRECTORIES} directories. A program that wants one looks into`,
    `dir0, dir1, … until it is found: ${grouped(searches)} searches, ${HOT_SEARCHES} % of them for ${HOT_FILES} % of the`,
    `files (seed ${seed}). Most of its lookups are for names that are not there.`,
  ].join('\n');
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
  const widths = lines[0]!.map((_, column) =>
    Math.max(...lines.map((line) => line[column]!.length)),
  );
  return lines
    .map(([title, ...cells]) => {
      const right = cells.map((cell, at) => cell.padStart(widths[at + 1]!));
      return `  ${[title!.padEnd(widths[0]!), ...right].join('   ')}`.trimEnd();
    })
    .join('\n');
}

export function conclusion(stacks: readonly StackResult[]): string {
  const of = (name: StackResult['name']) => stacks.find((stack) => stack.name === name)!;
  const [baseline, native, python] = [of('baseline'), of('typescript'), of('python')];
  const part = Math.round((python.answered / python.lookups) * 100);
  return [
    `The cache answered ${part} % of the lookups itself, so the storage saw ${grouped(python.forwarded)} instead of`,
    `${grouped(baseline.forwarded)}. A search through the Python one took ${compared(python.meanMs, native.meanMs)} through the TypeScript`,
    'one. Here the storage is a folder of this machine, which answers at once; over a network,',
    'each lookup saved is a round trip saved. Every search found its file, and only there.',
  ].join('\n');
}

/** `as long as`, `12 % longer than`. */
function compared(one: number, other: number): string {
  const percent = Math.round((one / other - 1) * 100);
  if (percent === 0) return 'as long as';
  return `${Math.abs(percent)} % ${percent > 0 ? 'longer' : 'less'} than`;
}

export function nextSteps(): string {
  return `These lines of volfiles/python-negative.vol brought Python in; the rest is the same stack:

    type features/glupy
    option module-name negative

Look next at
    examples/negative/negative.py                  the cache in Python, 38 lines
    runtime/xlators/features/negative/index.ts     the cache in TypeScript
    volfiles/python-negative.vol                   the stack around it
    README.md                                      a translator of your own in two minutes`;
}
