/** Summarizes a recording as a table like strace -c: calls, errors and times by volume and fop. */
import { computeOwnNs, type RecordedHop, type Walk } from '../../runtime/observe/walk.ts';
import { findMaxWidth, formatTable } from '../../terminal/layout.ts';

interface Row {
  readonly volume: string;
  readonly fop: string;
  callCount: number;
  errorCount: number;
  /** Nanoseconds in the volume itself. */
  selfNs: number;
}

const COLUMN_TITLES = [
  '% time',
  'seconds',
  'usecs/call',
  'calls',
  'errors',
  'volume',
  'fop',
] as const;
/** Number of text columns, which are left-aligned. */
const TEXT_COLUMN_COUNT = 2;

/**
 * Adds up walks, which are recorded requests. Times are those in each volume itself; hops without a
 * reply have no times.
 */
export class Summary {
  private readonly rows = new Map<string, Row>();

  /** Adds the hops of a request to the table. */
  add({ root }: Walk): void {
    addHop(root, this.rows);
  }

  /** Formats the table, by descending time in the volume itself. */
  formatLines(): string[] {
    const sortedRows = [...this.rows.values()].sort((a, b) => b.selfNs - a.selfNs);
    const totalNs = sortedRows.reduce((sum, { selfNs }) => sum + selfNs, 0);
    const cells = sortedRows.map((row) => formatCells(row, totalNs));
    const callCount = sortedRows.reduce((sum, row) => sum + row.callCount, 0);
    const errorCount = sortedRows.reduce((sum, row) => sum + row.errorCount, 0);
    const total = formatCells(
      { volume: 'total', fop: '', callCount, errorCount, selfNs: totalNs },
      totalNs,
    );
    const rows = [COLUMN_TITLES, ...cells, total];
    const rules = COLUMN_TITLES.map((_, column) =>
      '-'.repeat(findMaxWidth(rows.map((row) => row[column]!))),
    );
    return formatTable([COLUMN_TITLES, rules, ...cells, rules, total], {
      isRightAligned: (column) => column < COLUMN_TITLES.length - TEXT_COLUMN_COUNT,
      gap: ' ',
    });
  }
}

/** Formats the table of all requests of a recording. */
export function formatSummary(walks: readonly Walk[]): string[] {
  const summary = new Summary();
  for (const walk of walks) summary.add(walk);
  return summary.formatLines();
}

function addHop(hop: RecordedHop, rows: Map<string, Row>): void {
  const { volume, fop } = hop.wind;
  const key = `${volume}\0${fop}`;
  const row = rows.get(key) ?? { volume, fop, callCount: 0, errorCount: 0, selfNs: 0 };
  rows.set(key, row);
  row.callCount += 1;
  row.selfNs += computeOwnNs(hop) ?? 0;
  if (hop.unwind !== null && hop.unwind.opRet < 0) row.errorCount += 1;
  for (const child of hop.below) addHop(child, rows);
}

/** Formats the cells of a row, in the order of `COLUMN_TITLES`. */
function formatCells(
  { volume, fop, callCount, errorCount, selfNs }: Row,
  totalNs: number,
): string[] {
  return [
    (totalNs === 0 ? 0 : (100 * selfNs) / totalNs).toFixed(2),
    (selfNs / 1e9).toFixed(6),
    (callCount === 0 ? 0 : selfNs / 1e3 / callCount).toFixed(1),
    String(callCount),
    errorCount === 0 ? '' : String(errorCount),
    volume,
    fop,
  ];
}
