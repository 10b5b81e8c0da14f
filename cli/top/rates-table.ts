/** Formats the rates of `glossa top` as a screen or a table; 80 terminal columns suffice. */

import { makePrintable } from '../../runtime/volfile/printable-text.ts';
import { cutToWidth, padLeft, padRight } from '../../terminal/layout.ts';
import {
  formatAge,
  formatRate,
  formatShortDuration,
  formatSize,
} from '../../terminal/quantities.ts';
import type { Size } from '../../terminal/screen.ts';
import { paint } from '../../terminal/terminal.ts';
import type { Rates, ServerRates, VolumeRates } from './rates.ts';
import { helpLines, type ScreenState } from './screen-state.ts';

/** A row of the table: a volume, or one of its fops. */
interface Row extends Rates {
  readonly volume: VolumeRates;
  readonly fop: string | null;
}

/** A column of the table, behind the names of volumes and fops. */
interface Column {
  readonly head: string;
  /** In terminal columns. */
  readonly width: number;
  formatCell(row: Row): string;
}

/** Stands for a time or number that is missing. */
const NO_VALUE = '-';

const formatOrNone = (value: number | null, format: (value: number) => string): string =>
  value === null ? NO_VALUE : format(value);

/** Returns the language of a volume's module, or the volume's type without its category. */
const findVolumeKind = ({ script, type }: VolumeRates): string =>
  script?.language ?? type.slice(type.indexOf('/') + 1);

/** Returns the memory of a volume's module or cache in bytes; null for a volume with neither. */
const findMemoryBytes = ({ script, cache }: VolumeRates): number | null =>
  script?.memoryBytes ?? cache?.memoryBytes ?? null;

const columns: readonly Column[] = [
  { head: 'FOPS/S', width: 6, formatCell: ({ fopsPerS }) => formatRate(fopsPerS) },
  { head: 'ERR/S', width: 6, formatCell: ({ errorsPerS }) => formatRate(errorsPerS) },
  {
    head: 'MEDIAN',
    width: 7,
    formatCell: ({ medianUs }) => formatOrNone(medianUs, formatShortDuration),
  },
  { head: '99 %', width: 7, formatCell: ({ p99Us }) => formatOrNone(p99Us, formatShortDuration) },
  {
    head: 'BUSY',
    width: 5,
    formatCell: ({ volume, fop }) =>
      fop === null ? `${volume.inFlight.requests || NO_VALUE}` : '',
  },
  {
    head: 'SINCE',
    width: 5,
    formatCell: ({ volume, fop }) =>
      fop === null ? formatOrNone(volume.inFlight.oldestS, formatAge) : '',
  },
  {
    head: 'HIT',
    width: 4,
    formatCell: ({ volume, fop }) =>
      fop === null ? formatPercent(volume.cache?.hitPercent ?? null) : '',
  },
  {
    head: 'MEM',
    width: 5,
    formatCell: ({ volume, fop }) => {
      const bytes = findMemoryBytes(volume);
      return fop === null && bytes !== null ? formatSize(bytes) : '';
    },
  },
];

/** The width of the column with the type or the fop. */
const KIND_WIDTH = 13;
/** The width of all columns but the first, with a space before each. */
const RIGHT_WIDTH = columns.reduce((sum, { width }) => sum + width + 1, KIND_WIDTH + 1);
/** The smallest terminal that the screen fits into, with 10 columns for the names of volumes. */
const MIN_SIZE: Size = { columns: RIGHT_WIDTH + 10, rows: 8 };
/** The width of a table that is not printed on a terminal. */
export const DEFAULT_WIDTH = 80;

/** Reads the value of a row by which each order sorts; missing times come last. */
const sortValueReaders: Readonly<Record<ScreenState['sortOrder'], (row: Row) => number>> = {
  graph: () => 0,
  fops: ({ fopsPerS }) => fopsPerS,
  errors: ({ errorsPerS }) => errorsPerS,
  median: ({ medianUs }) => medianUs ?? -1,
  '99 %': ({ p99Us }) => p99Us ?? -1,
  'in flight': ({ volume }) => volume.inFlight.requests,
  memory: ({ volume }) => findMemoryBytes(volume) ?? -1,
};

/** Makes the rows in the chosen order: of each volume, or of each fop of the volumes. */
function makeRows({ volumes }: ServerRates, { hasFopRows, sortOrder }: ScreenState): Row[] {
  const rows = volumes.flatMap((volume): Row[] =>
    hasFopRows
      ? volume.fops.map((rates) => ({ ...rates, volume }))
      : [{ ...volume, volume, fop: null }],
  );
  const readSortValue = sortValueReaders[sortOrder];
  return rows.sort((a, b) => readSortValue(b) - readSortValue(a));
}

/** The properties of the screen, and of the last answer. */
interface ScreenSettings {
  readonly size: Size;
  readonly colour: boolean;
  /** The seconds for which an answer is missing; null if none is late. */
  readonly lateS: number | null;
}

/** Formats the whole screen; `rates` is null before the first answer. */
export function formatScreen(
  operand: string,
  rates: ServerRates | null,
  state: ScreenState,
  { size, colour, lateS }: ScreenSettings,
): string[] {
  const { columns: width, rows: height } = size;
  if (width < MIN_SIZE.columns || height < MIN_SIZE.rows) {
    const minimum = `${MIN_SIZE.columns} columns and ${MIN_SIZE.rows} lines`;
    return wrapText(`glossa top needs ${minimum}; here are ${width} and ${height}. q ends`, size);
  }
  const lateText = lateS === null ? null : `${operand} has not answered for ${lateS} s`;
  if (rates === null) return [lateText ?? `asking ${operand} …`];
  const head = formatHead(rates, width);
  if (lateText !== null) head[head.length - 1] = paint('error', lateText, colour);
  if (state.isHelpShown) return [...head, '', ...helpLines].slice(0, height);
  const rows = makeRows(rates, state);
  // Four lines are a blank one, the table's head, the number of rows, and the keys.
  const visibleCount = height - head.length - 4;
  const skippedCount = Math.min(state.scrolledRowCount, Math.max(0, rows.length - visibleCount));
  const countBelow = rows.length - skippedCount - visibleCount;
  const lines = [
    ...head,
    '',
    formatTableHead(state.hasFopRows, width, colour),
    ...rows
      .slice(skippedCount, skippedCount + visibleCount)
      .map((row) => formatRatesRow(row, width, colour)),
  ];
  // The last two lines are the number of rows and the keys.
  while (lines.length < height - 2) lines.push('');
  return [...lines, formatRowCount(state, rows.length, countBelow), formatKeys(width, colour)];
}

/** Formats a table of all rows, to be printed once. */
export function formatRatesTable(
  rates: ServerRates,
  state: ScreenState,
  width: number,
  colour: boolean,
): string[] {
  const tableWidth = Math.max(width, MIN_SIZE.columns, DEFAULT_WIDTH);
  const rows = makeRows(rates, state);
  // This command itself causes one request: the kernel looks up the mount's root for it.
  const isIdle = rates.fopsPerS * rates.seconds < 1.5;
  return [
    ...formatHead(rates, tableWidth),
    ...(isIdle
      ? [`no requests in these ${rates.seconds.toFixed(1)} s, except by this command`]
      : []),
    '',
    formatTableHead(state.hasFopRows, tableWidth, colour),
    ...rows.map((row) => formatRatesRow(row, tableWidth, colour)),
  ];
}

/** Formats the lines about the whole server, above the table. */
function formatHead(rates: ServerRates, width: number): string[] {
  const { mountpoint, volfile, pid, upS, cpuPercent, memoryBytes, inFlight } = rates;
  const rightText = `pid ${pid}  up ${formatAge(upS)}  cpu ${cpuPercent.toFixed(0)} %  mem ${formatSize(memoryBytes)}`;
  const leftWidth = width - rightText.length - 2;
  const leftText = cutToWidth(
    makePrintable(mountpoint === undefined ? volfile : `${mountpoint}  ${volfile}`),
    leftWidth,
  );
  const oldestText =
    inFlight.oldestS === null ? '' : `, the oldest for ${formatAge(inFlight.oldestS)}`;
  return [
    `${padRight(leftText, leftWidth)}  ${rightText}`,
    `${formatRate(rates.fopsPerS)} fops/s  ${formatRate(rates.errorsPerS)} errors/s  ` +
      `${inFlight.requests} in flight${oldestText}`,
    `watched for ${rates.seconds.toFixed(1)} s, counting for ${formatAge(rates.countedS)}: ` +
      'requests take a little longer while it does',
  ];
}

function formatTableHead(hasFopRows: boolean, width: number, colour: boolean): string {
  const heads = columns.map(({ head, width: columnWidth }) => padLeft(head, columnWidth));
  const line = formatRow('VOLUME', hasFopRows ? 'FOP' : 'TYPE', heads, width);
  return paint('bold', line, colour);
}

function formatRatesRow(row: Row, width: number, colour: boolean): string {
  const { volume, fop } = row;
  const cells = columns.map(({ width: columnWidth, formatCell }) =>
    padLeft(formatCell(row), columnWidth),
  );
  const line = formatRow(
    makePrintable(volume.name),
    makePrintable(fop ?? findVolumeKind(volume)),
    cells,
    width,
  );
  if (fop === null && (volume.inFlight.oldestS ?? 0) >= STUCK_AFTER_S)
    return paint('error', line, colour);
  return row.fopsPerS === 0 && volume.inFlight.requests === 0 ? paint('dim', line, colour) : line;
}

/** The seconds of waiting after which a request highlights the row of its volume. */
const STUCK_AFTER_S = 5;

/** Joins the columns of a row, or of the table's head, to a line of this width. */
function formatRow(
  volumeText: string,
  kindText: string,
  cells: readonly string[],
  width: number,
): string {
  const volumeWidth = width - RIGHT_WIDTH;
  const leftText = `${padRight(cutToWidth(volumeText, volumeWidth), volumeWidth)} ${padRight(cutToWidth(kindText, KIND_WIDTH), KIND_WIDTH)}`;
  return [leftText, ...cells].join(' ').trimEnd();
}

function formatRowCount({ sortOrder }: ScreenState, rowCount: number, countBelow: number): string {
  const order = sortOrder === 'graph' ? 'in the order of the graph' : `by ${sortOrder}`;
  const moreText = countBelow > 0 ? `, ${countBelow} more below` : '';
  return `${rowCount} ${rowCount === 1 ? 'row' : 'rows'} ${order}${moreText}`;
}

function formatKeys(width: number, colour: boolean): string {
  const text = 'q end  s sort  f fops  h help';
  return paint('dim', cutToWidth(text, width), colour);
}

/** Breaks a text at the width of the screen. */
function wrapText(text: string, { columns: width, rows }: Size): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length; start += width) {
    lines.push(text.slice(start, start + width));
  }
  return lines.slice(0, rows);
}

const formatPercent = (value: number | null): string =>
  value === null ? '' : `${value.toFixed(0)}%`;
