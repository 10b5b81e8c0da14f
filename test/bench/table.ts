/**
 * Reports of a bench part, and their tables for people: rows of rounds, and figures beside their
 * bars.
 */
import {
  formatMissing,
  isMissing,
  type MissingResult,
} from '../../apps/bench/engine/measurement-error.ts';
import {
  formatDigits,
  formatEstimate,
  formatHundredths,
  formatWhole,
} from '../../apps/bench/engine/numbers.ts';
import type { Series } from '../../apps/bench/engine/rounds.ts';
import {
  compare,
  divide,
  estimate,
  isTooSpread,
  type PairedEstimate,
  subtract,
} from '../../apps/bench/engine/statistics.ts';
import { formatTable } from '../../terminal/layout.ts';
import { type Bar, type Figure, judgeFigure, reachesAim, type Unit } from './figures.ts';

/** A row of measurements. */
export interface Row {
  readonly title: string;
  readonly cells: readonly string[];
}

export interface Section {
  readonly title: string;
  /** Heads of the columns; may be empty. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export interface Report {
  readonly sections: readonly Section[];
  readonly figures: readonly Figure[];
  /** All measurements, for programs. */
  readonly raw: unknown;
}

// -- what stands in them -------------------------------------------------------------------------

type Format = (value: number) => string;

/** The median of rounds, the lowest and the highest, and a "?" where they lie far apart. */
export const formatRounds = (rounds: readonly number[], format: Format = formatDigits): string =>
  formatEstimate(estimate(rounds), format) + (isTooSpread(rounds) ? ' ?' : '');

export const formatComparison = (
  { median, doubtful }: PairedEstimate,
  format: Format = formatHundredths,
): string => format(median) + (doubtful ? ' ?' : '');

/** The cells of a row, or the reason why they are missing. */
export const makeRow = <T extends object>(
  title: string,
  measured: T | MissingResult,
  cells: (measured: T) => readonly string[],
): Row => ({ title, cells: isMissing(measured) ? [formatMissing(measured)] : cells(measured) });

/** A figure of compared rounds, or of one row's rounds. */
export function makeFigure<T extends object>(
  what: string,
  [unit, bar]: readonly [Unit, Bar | null],
  measured: T | MissingResult,
  pick: (measured: T) => PairedEstimate | readonly number[],
): Figure {
  if (isMissing(measured)) return { what, unit, bar, value: measured };
  const roundsOrEstimate = pick(measured);
  const value =
    'median' in roundsOrEstimate
      ? roundsOrEstimate
      : { ...estimate(roundsOrEstimate), doubtful: isTooSpread(roundsOrEstimate) };
  return { what, unit, bar, value };
}

/** The series of a target, or the reason why all of them are missing. */
export const findSamples = <N, S>(
  series: Series<N, S> | MissingResult,
  name: N,
): readonly S[] | MissingResult => (isMissing(series) ? series : series.get(name)!);

/** A row of one target's rounds: the median, the lowest and the highest. */
export const makeRoundsRow = <N>(
  title: string,
  series: Series<N, number> | MissingResult,
  name: N,
  format?: Format,
): Row => makeRow(title, findSamples(series, name), (rounds) => [formatRounds(rounds, format)]);

/** The figure of a target, or of its comparison with another one. */
export interface HeldSeries<N, S = number> {
  readonly what: string;
  readonly mine: N;
  /** The target to compare with, round by round: by the ratio for ×, else by the difference. */
  readonly other?: N;
  readonly unit: Unit;
  readonly bar: Bar | null;
  /** The value of a sample; default: the sample, which is a number then. */
  pick?(sample: S): number;
  /** That of the other target's sample; default: the same. */
  pickOther?: ((sample: S) => number) | undefined;
}

/** Makes the figure of series. */
export function holdSeries<N, S>(
  series: Series<N, S> | MissingResult,
  { what, mine, other, unit, bar, pick = Number, pickOther = pick }: HeldSeries<N, S>,
): Figure {
  const ours = findSamples(series, mine);
  if (other === undefined)
    return makeFigure(what, [unit, bar], ours, (rounds) => rounds.map((sample) => pick(sample)));
  const theirs = findSamples(series, other);
  const pair = isMissing(ours) ? ours : isMissing(theirs) ? theirs : { ours, theirs };
  return makeFigure(what, [unit, bar], pair, (rounds) =>
    compare(
      rounds.ours.map((sample) => pick(sample)),
      rounds.theirs.map((sample) => pickOther(sample)),
      unit === '×' ? divide : subtract,
    ),
  );
}

/** The report of series of numbers: a row and its title for each target, and the figures. */
export const reportSeries = <N extends string>(
  series: Series<N, number> | MissingResult,
  rows: {
    readonly title: string;
    /** Heads of the columns; default: none. */
    readonly columns?: readonly string[];
    readonly titles: Readonly<Record<N, string>>;
    readonly format?: Format;
    readonly held: readonly HeldSeries<N>[];
  },
): Report => ({
  sections: [
    {
      title: rows.title,
      columns: rows.columns ?? [],
      rows: (Object.keys(rows.titles) as N[]).map((name) =>
        makeRoundsRow(rows.titles[name], series, name, rows.format),
      ),
    },
  ],
  figures: rows.held.map((held) => holdSeries(series, held)),
  raw: listSeries(series),
});

/** Series as an object, for programs. */
export const listSeries = <N extends string, S>(
  series: Series<N, S> | MissingResult,
): MissingResult | Readonly<Record<string, readonly S[] | MissingResult>> =>
  isMissing(series) ? series : Object.fromEntries(series);

// -- as text -------------------------------------------------------------------------------------

const formats: Readonly<Record<Unit, Format>> = {
  '×': formatHundredths,
  µs: formatDigits,
  ms: formatDigits,
  s: formatDigits,
  KiB: formatHundredths,
  MB: formatWhole,
  'GB/s': formatDigits,
  fops: formatWhole,
};

const alignRows = (rows: readonly (readonly string[])[]): string =>
  formatTable(rows, { indent: '  ', gap: '   ' }).join('\n');

export function formatSection({ title, columns, rows }: Section): string {
  const cellTexts = new Set(rows.map(({ cells }) => cells.join()));
  // All rows have the same reason.
  if (cellTexts.size === 1) return `${title}\n  ${[...cellTexts][0]}`;
  const head = columns.length > 0 ? [['', ...columns]] : [];
  return `${title}\n${alignRows([...head, ...rows.map((row) => [row.title, ...row.cells])])}`;
}

/** The text of a bar: `≤ 1.25 ×`, `≤ 2.00 µs, aim 1.00`. */
function formatBar({ bar, unit }: Figure): string {
  if (bar === null) return '';
  const { limit, aim, least, below } = bar;
  const format = formats[unit];
  const sign = least ? '≥' : below ? '<' : '≤';
  if (limit === undefined) return `aim ${sign} ${format(aim!)} ${unit}`;
  return `${sign} ${format(limit)} ${unit}${aim === undefined ? '' : `, aim ${format(aim)}`}`;
}

function describeVerdict(figure: Figure): string {
  const { bar } = figure;
  if (bar === null) return 'no bar: noise';
  const reached = reachesAim(figure);
  if (bar.limit === undefined) return reached ? 'the aim' : 'not the aim';
  const busy = figure.isNoisy ? ', on a busy machine' : '';
  return judgeFigure(figure) + (reached ? ', the aim too' : '') + busy;
}

/** Formats a figure's name, value, bar and verdict. */
export function formatFigureCells(
  figure: Figure,
): [what: string, value: string, bar: string, verdict: string] {
  const { what, unit, value } = figure;
  if (isMissing(value)) return [what, '', formatBar(figure), formatMissing(value)];
  const valueText = `${formatEstimate(value, formats[unit])} ${unit}${value.doubtful ? ' ?' : ''}`;
  return [what, valueText, formatBar(figure), describeVerdict(figure)];
}

export const formatFigures = (figures: readonly Figure[]): string =>
  alignRows([['', 'figure', 'bar', ''], ...figures.map(formatFigureCells)]);
