/** How the demo and the tutorial write numbers, paragraphs and tables. */
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { busyText } from '../../bench/busy.ts';
import type { Busyness } from '../../bench/schema.ts';
import { packageRoot } from '../../sys/paths.ts';
import { wrap } from '../layout.ts';
import type { Searched } from './served.ts';

/** 54321 → `54 321`; four digits are read without help. */
export const grouped = (n: number): string =>
  n < 10_000 ? String(n) : String(n).replace(/\B(?=(\d{3})+$)/g, ' ');

export const msText = (ms: number): string => `${ms.toFixed(3)} ms`;

/** How many times as fast the second is. */
export const fasterText = (before: number, after: number): string => (before / after).toFixed(1);

export const paragraph = (sentences: readonly string[], width: number): string =>
  wrap(sentences.join(' '), width).join('\n');

/** Rows of as many cells each: the first to the left, all others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => {
      const [title, ...cells] = row.map((cell, at) =>
        at === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[at]!),
      );
      return `  ${[title, ...cells].join('  ')}`.trimEnd();
    })
    .join('\n');
}

/** What scripts get of a stack's times: enough digits for anybody. */
export const timesOf = ({ meanMs, p99Ms, busy }: Searched) => ({
  meanMs: rounded(meanMs),
  p99Ms: rounded(p99Ms),
  busy,
});

const rounded = (ms: number): number => Number(ms.toFixed(6));

/** Why times cannot be compared, of the stack that it was worst for; null when they can. */
export function disturbanceOf(
  stacks: readonly { readonly busy: Busyness | null }[],
): string | null {
  const found = stacks
    .flatMap(({ busy }) => busy ?? [])
    .sort((a, b) => b.others + b.steal - a.others - a.steal)
    .map((busy) => busyText(busy, availableParallelism()));
  return found.find((text) => text !== null) ?? null;
}

/** Where every search found what it asked for, which is checked. */
export const ALL_FOUND = 'Every search found its file where it is, whatever it went through.';

/** Where to go from there: files of the package, as seen from where the user is. */
export function lookNext(files: readonly (readonly [path: string, what: string])[]): string {
  const paths = files.map(([path]) => relative(process.cwd(), join(packageRoot, path)));
  const widest = Math.max(...paths.map((path) => path.length));
  const lines = files.map(([, what], at) => `    ${paths[at]!.padEnd(widest)}   ${what}`);
  return ['Look next at', ...lines].join('\n');
}
