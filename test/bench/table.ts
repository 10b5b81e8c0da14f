/**
 * Makes the report of a table: a row of rounds for each target, and figures beside their bars. Formats both for people.
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
import { type Placement, placementTitles } from '../../apps/bench/engine/placement.ts';
import type { Series } from '../../apps/bench/engine/rounds.ts';
import {
  compare,
  computeMedian,
  divide,
  estimate,
  isTooSpread,
  type PairedEstimate,
  subtract,
} from '../../apps/bench/engine/statistics.ts';
import { formatTable } from '../../terminal/layout.ts';
import {
  type BarText,
  type Figure,
  judgeFigure,
  parseBar,
  reachesAim,
  type Unit,
} from './figures.ts';

/** Values of one round by name; a value that was not measured is absent. */
export type Sample = Readonly<Record<string, number>>;

type Format = (value: number) => string;

const formatPaired = ({ median, doubtful }: PairedEstimate, format: Format): string =>
  format(median) + (doubtful ? ' ?' : '');

/** The texts that a column can show of a row's rounds, and of the first row's. */
const shows = {
  /** The median of rounds, the lowest and the highest, and a "?" where they lie far apart. */
  rounds: (mine, _, format = formatDigits) =>
    formatEstimate(estimate(mine), format) + (isTooSpread(mine) ? ' ?' : ''),
  median: (mine, _, format = formatDigits) => format(computeMedian(mine)),
  ratio: (mine, first, format = formatHundredths) =>
    formatPaired(compare(mine, first, divide), format),
  speedUp: (mine, first, format = formatDigits) =>
    formatPaired(compare(first, mine, divide), format),
  difference: (mine, first, format = formatDigits) =>
    formatPaired(compare(mine, first, subtract), format),
} as const satisfies Record<
  string,
  (mine: readonly number[], first: readonly number[], format?: Format) => string
>;

/** A column: its head, the shown value of each sample, and what is shown of the rounds; default: `rounds`. */
export type Column = readonly [
  title: string,
  key: string,
  show?: keyof typeof shows,
  format?: Format,
];

/** A figure: the value of a row, or its comparison with another row, round by round. */
export interface Held<N extends string> {
  readonly what: string;
  readonly mine: N;
  readonly other: N | undefined;
  /** One bar, or those on the same CPU and on different ones: unpinned, the figure then has none. */
  readonly bars: BarText | readonly [same: BarText, different: BarText];
  /** The compared value; default: the table's. */
  readonly key?: string;
  /** That of the other row; default: the same. */
  readonly otherKey?: string;
  /** Default: ×, the ratio; of others, the difference. */
  readonly unit?: Unit;
}

/** Makes a figure of a table. @param other absent: the figure is the value of `mine` */
export const hold = <N extends string>(
  what: string,
  [mine, other]: readonly [mine: N, other?: N],
  bars: Held<N>['bars'],
  more: Pick<Held<N>, 'key' | 'otherKey' | 'unit'> = {},
): Held<N> => ({ what, mine, other, bars, ...more });

/** A report's rows, columns and figures, before they are measured. */
export interface Table<N extends string> {
  readonly what: string;
  /** The unit, and the content of a cell. */
  readonly unitText: string;
  /** The title of each row. */
  readonly titles: Readonly<Record<N, string>>;
  /** The row that columns compare with. */
  readonly first?: N;
  /** The value that figures compare; default: `value`. */
  readonly key?: string;
  /** Default: the rounds of `value`, without a head. */
  readonly columns?: readonly Column[];
  readonly held: readonly Held<N>[];
}

export interface Section {
  readonly title: string;
  /** Heads of the columns. */
  readonly columns: readonly string[];
  readonly rows: readonly { readonly title: string; readonly cells: readonly string[] }[];
}

export interface Report {
  readonly sections: readonly Section[];
  readonly figures: readonly Figure[];
  /** All measurements, for programs. */
  readonly raw: unknown;
}

/** The series of a placement, or of none; a number is a sample with that value alone. */
export type Measured<N extends string> = Series<N, Sample | number> | MissingResult;

/** Joins the reports of the measurements of a part. */
export const joinReports = (reports: readonly Report[]): Report => ({
  sections: reports.flatMap(({ sections }) => sections),
  figures: reports.flatMap(({ figures }) => figures),
  raw: reports.map(({ raw }) => raw),
});

type Values = readonly number[] | MissingResult;

function findValues<N extends string>(measured: Measured<N>, name: N, key: string): Values {
  const samples = isMissing(measured) ? measured : measured.get(name)!;
  if (isMissing(samples)) return samples;
  return samples.map((sample) => (typeof sample === 'number' ? sample : sample[key]!));
}

/** The median of values, or of their comparison with others; their reason where some are missing. */
function compareValues(mine: Values, other: Values | null, unit: Unit): Figure['value'] {
  if (isMissing(mine)) return mine;
  if (other === null) return { ...estimate(mine), doubtful: isTooSpread(mine) };
  return isMissing(other) ? other : compare(mine, other, unit === '×' ? divide : subtract);
}

/** Makes the report of a table. @param measured at each placement; `''`: without one */
export function makeReport<N extends string>(
  { what, unitText, titles, first, key = 'value', columns = [['', key]], held }: Table<N>,
  measured: ReadonlyMap<Placement | '', Measured<N>>,
  raw: object = {},
): Report {
  const suffix = (place: Placement | ''): string =>
    place === '' ? '' : `, ${placementTitles[place]}`;
  const formatCell = (series: Measured<N>, name: N, [, value, show = 'rounds', format]: Column) => {
    const mine = findValues(series, name, value);
    const base = findValues(series, first ?? name, value);
    const isCompared = show !== 'rounds' && show !== 'median';
    // A lookup is not counted everywhere.
    if (isMissing(mine) || mine.includes(undefined as never)) return '';
    if (isCompared && isMissing(base)) return '';
    return shows[show](mine, isMissing(base) ? [] : base, format);
  };
  const sections = [...measured].map(([place, series]) => ({
    title: `${what}${suffix(place)}: ${unitText}`,
    columns: columns.map(([title]) => title),
    rows: (Object.keys(titles) as N[]).map((name) => {
      const values = findValues(series, name, key);
      const cells = isMissing(values)
        ? [formatMissing(values)]
        : columns.map((column) => formatCell(series, name, column));
      return { title: titles[name], cells };
    }),
  }));
  const figures = held.flatMap(({ mine, other, bars, unit = '×', ...row }) =>
    [...measured].map(([place, series]): Figure => {
      const { key: ownKey = key, otherKey = ownKey } = row;
      const theirs = other === undefined ? null : findValues(series, other, otherKey);
      const bar =
        bars === null || typeof bars === 'string'
          ? bars
          : place === 'free'
            ? null
            : bars[place === 'different' ? 1 : 0];
      const value = compareValues(findValues(series, mine, ownKey), theirs, unit);
      return { what: row.what + suffix(place), unit, bar: parseBar(bar), value };
    }),
  );
  const places = [...measured].map(([place, series]) => [
    place,
    isMissing(series) ? series : Object.fromEntries(series),
  ]);
  return { sections, figures, raw: { ...raw, places: Object.fromEntries(places) } };
}

/** Makes the report of series without a placement. */
export const reportSeries = <N extends string>(
  table: Table<N>,
  series: Measured<N>,
  raw?: object,
): Report => makeReport(table, new Map([['' as const, series]]), raw);

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
  if (rows.length > 1 && cellTexts.size === 1) return `${title}\n  ${[...cellTexts][0]}`;
  const head = columns.some((text) => text !== '') ? [['', ...columns]] : [];
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
