/** The tables for people: what was measured, and the figures with their bars. */
import { type Figure, isMissing, missingText, reachesAim, type Unit, verdict } from './figures.ts';
import { digits, ranged, times, whole } from './numbers.ts';
import type { Section } from './report.ts';

const formats: Readonly<Record<Unit, (value: number) => string>> = {
  '×': times,
  µs: digits,
  s: digits,
  MB: whole,
  'GB/s': digits,
  fops: whole,
};

/** Columns side by side, each as wide as its widest cell; the last is not filled up. */
export function align(lines: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const line of lines) {
    // A cell with nothing to its right may be as long as it is: a sentence.
    line.slice(0, -1).forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, cell.length);
    });
  }
  return lines
    .map((line) =>
      `  ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('   ')}`.trimEnd(),
    )
    .join('\n');
}

export function sectionText({ title, columns, rows }: Section): string {
  const said = new Set(rows.map(({ cells }) => cells.join()));
  // All of them not measured, for one reason.
  if (said.size === 1) return `${title}\n  ${[...said][0]}`;
  const head = columns.length > 0 ? [['', ...columns]] : [];
  return `${title}\n${align([...head, ...rows.map((row) => [row.title, ...row.cells])])}`;
}

/** What is asked of a figure: `≤ 1.25 ×`, `≤ 2.00 µs, aim 1.00`. */
function barText({ bar, unit }: Figure): string {
  if (bar === null) return '';
  const { limit, aim, least, below } = bar;
  const format = formats[unit];
  const sign = least ? '≥' : below ? '<' : '≤';
  if (limit === undefined) return `aim ${sign} ${format(aim!)} ${unit}`;
  return `${sign} ${format(limit)} ${unit}${aim === undefined ? '' : `, aim ${format(aim)}`}`;
}

function judgement(figure: Figure): string {
  const { bar } = figure;
  if (bar === null) return 'no bar: noise';
  const reached = reachesAim(figure);
  if (bar.limit === undefined) return reached ? 'the aim' : 'not the aim';
  return verdict(figure) + (reached ? ', the aim too' : '');
}

function figureCells(figure: Figure): string[] {
  const { what, unit, value } = figure;
  if (isMissing(value)) return [what, '', barText(figure), missingText(value)];
  const shown = `${ranged(value, formats[unit])} ${unit}${value.doubtful ? ' ?' : ''}`;
  return [what, shown, barText(figure), judgement(figure)];
}

export const figuresText = (figures: readonly Figure[]): string =>
  align([['', 'figure', 'bar', ''], ...figures.map(figureCells)]);
