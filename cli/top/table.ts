/** Formats rates as lines of a terminal; all columns are visible from 80 columns on. */

import { printable } from '../../runtime/volfile/printable.ts';
import { cut, padLeft, padRight } from '../../terminal/layout.ts';
import { age, rate, shortDuration, size } from '../../terminal/quantities.ts';
import type { Size } from '../../terminal/screen.ts';
import { paint } from '../../terminal/terminal.ts';
import type { Rates, View, VolumeRates } from './rates.ts';
import { helpLines, type ScreenState } from './screen-state.ts';

/** A volume, or one fop of it. */
interface Row extends Rates {
  readonly volume: VolumeRates;
  readonly fop: string | null;
}

interface Column {
  readonly head: string;
  readonly width: number;
  cell(row: Row): string;
}

const NONE = '-';

const orNone = (value: number | null, text: (value: number) => string): string =>
  value === null ? NONE : text(value);

const kind = ({ script, type }: VolumeRates): string =>
  script?.language ?? type.slice(type.indexOf('/') + 1);

/** The memory of a module or a cache. */
const memoryOf = ({ script, cache }: VolumeRates): number | null =>
  script?.memoryBytes ?? cache?.memoryBytes ?? null;

const columns: readonly Column[] = [
  { head: 'FOPS/S', width: 6, cell: ({ fopsPerS }) => rate(fopsPerS) },
  { head: 'ERR/S', width: 6, cell: ({ errorsPerS }) => rate(errorsPerS) },
  { head: 'MEDIAN', width: 7, cell: ({ medianUs }) => orNone(medianUs, shortDuration) },
  { head: '99 %', width: 7, cell: ({ p99Us }) => orNone(p99Us, shortDuration) },
  {
    head: 'BUSY',
    width: 5,
    cell: ({ volume, fop }) => (fop === null ? `${volume.inFlight.requests || NONE}` : ''),
  },
  {
    head: 'SINCE',
    width: 5,
    cell: ({ volume, fop }) => (fop === null ? orNone(volume.inFlight.oldestS, age) : ''),
  },
  {
    head: 'HIT',
    width: 4,
    cell: ({ volume, fop }) => (fop === null ? percent(volume.cache?.hitPercent ?? null) : ''),
  },
  {
    head: 'MEM',
    width: 5,
    cell: ({ volume, fop }) => {
      const bytes = memoryOf(volume);
      return fop === null && bytes !== null ? size(bytes) : '';
    },
  },
];

const KIND_WIDTH = 13;
const RIGHT = columns.reduce((sum, { width }) => sum + width + 1, KIND_WIDTH + 1);
/** The smallest usable terminal. */
const LEAST: Size = { columns: RIGHT + 10, rows: 8 };
/** The width of a table without a terminal. */
export const USUAL_WIDTH = 80;

const sortValues: Readonly<Record<ScreenState['sort'], (row: Row) => number>> = {
  graph: () => 0,
  fops: ({ fopsPerS }) => fopsPerS,
  errors: ({ errorsPerS }) => errorsPerS,
  median: ({ medianUs }) => medianUs ?? -1,
  '99 %': ({ p99Us }) => p99Us ?? -1,
  'in flight': ({ volume }) => volume.inFlight.requests,
  memory: ({ volume }) => memoryOf(volume) ?? -1,
};

function rowsOf({ volumes }: View, { byFop, sort }: ScreenState): Row[] {
  const rows = volumes.flatMap((volume): Row[] =>
    byFop ? volume.fops.map((rates) => ({ ...rates, volume })) : [{ ...volume, volume, fop: null }],
  );
  const value = sortValues[sort];
  return rows.sort((a, b) => value(b) - value(a));
}

interface Drawing {
  readonly size: Size;
  readonly colour: boolean;
  /** Seconds since an answer is missing. */
  readonly lateS: number | null;
}

/** The whole screen; `view` is null before the first answer. */
export function screenLines(
  given: string,
  view: View | null,
  state: ScreenState,
  { size, colour, lateS }: Drawing,
): string[] {
  const { columns: width, rows: height } = size;
  if (width < LEAST.columns || height < LEAST.rows) {
    const least = `${LEAST.columns} columns and ${LEAST.rows} lines`;
    return wrapped(`glossa top needs ${least}; here are ${width} and ${height}. q ends`, size);
  }
  const late = lateS === null ? null : `${given} has not answered for ${lateS} s`;
  if (view === null) return [late ?? `asking ${given} …`];
  const head = headLines(view, width);
  if (late !== null) head[head.length - 1] = paint('error', late, colour);
  if (state.help) return [...head, '', ...helpLines].slice(0, height);
  const rows = rowsOf(view, state);
  const room = height - head.length - 4;
  const skipped = Math.min(state.skipped, Math.max(0, rows.length - room));
  const below = rows.length - skipped - room;
  const lines = [
    ...head,
    '',
    tableHead(state.byFop, width, colour),
    ...rows.slice(skipped, skipped + room).map((row) => rowLine(row, width, colour)),
  ];
  while (lines.length < height - 2) lines.push('');
  return [...lines, stateLine(state, rows.length, below), keysLine(width, colour)];
}

/** A table of all rows, to be printed once. */
export function tableLines(
  view: View,
  state: ScreenState,
  width: number,
  colour: boolean,
): string[] {
  const wide = Math.max(width, LEAST.columns, 80);
  const rows = rowsOf(view, state);
  // The question itself makes the kernel look up the mount's root.
  const idle = view.fopsPerS * view.seconds < 1.5;
  return [
    ...headLines(view, wide),
    ...(idle ? [`no requests in these ${view.seconds.toFixed(1)} s, except by this command`] : []),
    '',
    tableHead(state.byFop, wide, colour),
    ...rows.map((row) => rowLine(row, wide, colour)),
  ];
}

function headLines(view: View, width: number): string[] {
  const { mountpoint, volfile, pid, upS, cpuPercent, memoryBytes, inFlight } = view;
  const right = `pid ${pid}  up ${age(upS)}  cpu ${cpuPercent.toFixed(0)} %  mem ${size(memoryBytes)}`;
  const left = cut(
    printable(mountpoint === undefined ? volfile : `${mountpoint}  ${volfile}`),
    width - right.length - 2,
  );
  const oldest = inFlight.oldestS === null ? '' : `, the oldest for ${age(inFlight.oldestS)}`;
  return [
    `${padRight(left, width - right.length - 2)}  ${right}`,
    `${rate(view.fopsPerS)} fops/s  ${rate(view.errorsPerS)} errors/s  ` +
      `${inFlight.requests} in flight${oldest}`,
    `watched for ${view.seconds.toFixed(1)} s, counting for ${age(view.countedS)}: ` +
      'requests take a little longer while it does',
  ];
}

function tableHead(byFop: boolean, width: number, colour: boolean): string {
  const heads = columns.map(({ head, width: own }) => padLeft(head, own));
  const line = line3('VOLUME', byFop ? 'FOP' : 'TYPE', heads, width);
  return paint('bold', line, colour);
}

function rowLine(row: Row, width: number, colour: boolean): string {
  const { volume, fop } = row;
  const cells = columns.map(({ width: own, cell }) => padLeft(cell(row), own));
  const line = line3(printable(volume.name), printable(fop ?? kind(volume)), cells, width);
  if (fop === null && (volume.inFlight.oldestS ?? 0) >= STUCK_S)
    return paint('error', line, colour);
  return row.fopsPerS === 0 && volume.inFlight.requests === 0 ? paint('dim', line, colour) : line;
}

/** Seconds from which on a waiting request is highlighted. */
const STUCK_S = 5;

function line3(first: string, second: string, cells: readonly string[], width: number): string {
  const room = width - RIGHT;
  const left = `${padRight(cut(first, room), room)} ${padRight(cut(second, KIND_WIDTH), KIND_WIDTH)}`;
  return [left, ...cells].join(' ').trimEnd();
}

function stateLine({ sort }: ScreenState, rows: number, below: number): string {
  const order = sort === 'graph' ? 'in the order of the graph' : `by ${sort}`;
  const more = below > 0 ? `, ${below} more below` : '';
  return `${rows} ${rows === 1 ? 'row' : 'rows'} ${order}${more}`;
}

function keysLine(width: number, colour: boolean): string {
  const text = 'q end  s sort  f fops  h help';
  return paint('dim', cut(text, width), colour);
}

function wrapped(text: string, { columns: width, rows }: Size): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width));
  return lines.slice(0, rows);
}

const percent = (value: number | null): string => (value === null ? '' : `${value.toFixed(0)}%`);
