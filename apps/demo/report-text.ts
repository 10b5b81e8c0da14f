/** Texts of the report of demo and tutorial: numbers, paragraphs, comparisons and tables. */
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { table, wrap } from '../../terminal/layout.ts';
import { busyText } from '../bench/engine/busy.ts';
import { comparedText, factorText, intervalText, invert } from '../bench/engine/comparison-text.ts';
import type { Busyness, Comparison } from '../bench/engine/schema.ts';
import { median } from '../bench/engine/statistics.ts';
import { comparePaired } from '../bench/engine/verdict.ts';
import type { Searched } from './experiment.ts';

/** 54321 → `54 321`; four digits are read without help. */
export const grouped = (n: number): string =>
  n < 10_000 ? String(n) : String(n).replace(/\B(?=(\d{3})+$)/g, ' ');

export const msText = (ms: number): string => `${ms.toFixed(3)} ms`;

export const paragraph = (sentences: readonly string[], width: number): string =>
  wrap(sentences.join(' '), width).join('\n');

/** Rows of as many cells each: the first to the left, all others to the right. */
export const figuresTable = (rows: readonly (readonly string[])[]): string =>
  table(rows, { right: (column) => column > 0, indent: '  ' }).join('\n');

/** A stack's rounds beside those of another. */
export const comparedWith = (mine: Searched, other: Searched, seed: number): Comparison | null =>
  comparePaired(mine.roundsMs, other.roundsMs, seed);

/** Writes what a search through a stack is beside one through another. */
export const sayingFor =
  (seed: number) =>
  (subject: string, other: string, mine: Searched, theirs: Searched): string => {
    const compared = comparedWith(mine, theirs, seed);
    return compared === null
      ? `${subject} could not be compared with ${other}`
      : comparedText(subject, other, compared);
  };

/** What scripts get of a stack's times: enough digits for anybody. */
export const timesOf = (mine: Searched, first: Searched, seed: number) => ({
  meanMs: rounded(mine.meanMs),
  p99Ms: rounded(mine.p99Ms),
  roundsMs: mine.roundsMs.map(rounded),
  toFirst: mine === first ? null : comparedWith(mine, first, seed),
});

const rounded = (ms: number): number => Number(ms.toFixed(6));

/** A table cell for a stack's speed relative to the first stack: `4.03 × [3.90 – 4.20]`. */
function fasterCell(comparison: Comparison | null): string {
  if (comparison === null) return '';
  if (comparison.verdict === 'too noisy to conclude') return 'too noisy';
  if (comparison.verdict === 'no difference') return comparison.verdict;
  const faster = invert(comparison);
  return `${factorText(faster.ratio)} × ${intervalText(faster)}`;
}

/**
 * Of each stack, a search in the median round, and how many times as fast it is as the first. A time that
 * is not to be compared is left out; that of the first, where no other is to be compared with it.
 */
export function timeCells(
  searched: readonly Searched[],
  seed: number,
): (readonly [time: string, faster: string])[] {
  const compared = searched.map((it, at) =>
    at === 0 ? null : comparedWith(it, searched[0]!, seed),
  );
  const isNoisy = (it: Comparison | null): boolean => it?.verdict === 'too noisy to conclude';
  const noneCompares = compared.slice(1).every(isNoisy);
  return searched.map(({ roundsMs }, at) => {
    const hidden = at === 0 ? noneCompares : isNoisy(compared[at]!);
    return [hidden ? '-' : msText(median(roundsMs)), fasterCell(compared[at]!)];
  });
}

/** A sentence where the machine was busy with something else; null where it was quiet. */
export function disturbance(busynesses: readonly (Busyness | null)[]): string | null {
  const found = busynesses
    .flatMap((busy) => busy ?? [])
    .sort((a, b) => b.others + b.steal - a.others - a.steal)
    .map((busy) => busyText(busy, availableParallelism()))
    .find((text) => text !== null);
  if (found === undefined) return null;
  return (
    `${found[0]!.toUpperCase()}${found.slice(1)}. Times are longer then than on a quiet machine; the ` +
    'mounts took turns, so what is compared holds.'
  );
}

/** Where every search found what it asked for, which is checked. */
export const ALL_FOUND = 'Every search found its file where it is, whatever it went through.';

/** A file of the package, as it can be copied: from where the user is, or from the root. */
export function pathText(path: string): string {
  const absolute = join(packageRoot, path);
  const below = relative(process.cwd(), absolute);
  return below.startsWith('..') ? absolute : below;
}

/** Lists the files of the package to read next. */
export function lookNext(files: readonly (readonly [path: string, what: string])[]): string {
  const rows = files.map(([path, what]) => [pathText(path), what]);
  const lines = table(rows, { indent: '    ', gap: '   ' });
  return ['Look next at', ...lines].join('\n');
}
