/** The tables for people: what was measured, and the figures with their bars. */
import { isMissing, missingText } from '../../runtime/bench/missing.ts';
import { digits, ranged, times, whole } from '../../runtime/bench/numbers.ts';
import { align } from '../../runtime/bench/report/align.ts';
import { type Figure, reachesAim, type Unit, verdict } from './figures.ts';
import type { Section } from './report.ts';

const formats: Readonly<Record<Unit, (value: number) => string>> = {
  '×': times,
  µs: digits,
  s: digits,
  MB: whole,
  'GB/s': digits,
  fops: whole,
};

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
