/** The tables for people: what was measured, and the figures with their bars. */
import { type Figure, isMissing, reachesAim, type Unit, verdict } from './figures.ts';
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
  const format = formats[unit];
  const sign = bar.least ? '≥' : bar.below ? '<' : '≤';
  const aim = bar.aim === undefined ? '' : `, aim ${format(bar.aim)}`;
  return `${sign} ${format(bar.limit)} ${unit}${aim}`;
}

function figureCells(figure: Figure): string[] {
  const { what, unit, bar, value } = figure;
  if (isMissing(value)) return [what, '', barText(figure), `not measured: ${value.missing}`];
  const doubt = value.doubtful ? ' ?' : '';
  const reached = reachesAim(figure) ? ', the aim too' : '';
  const judged = bar === null ? 'no bar: noise' : verdict(figure) + reached;
  return [what, `${ranged(value, formats[unit])} ${unit}${doubt}`, barText(figure), judged];
}

export const figuresText = (figures: readonly Figure[]): string =>
  align([['', 'figure', 'bar', ''], ...figures.map(figureCells)]);
