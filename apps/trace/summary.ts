/** Summarizes a recording as a table like strace -c: calls, errors and times by volume and fop. */
import { computeOwnNs, type RecordedHop, type Walk } from '../../runtime/observe/walk.ts';
import { findMaxWidth, formatTable } from '../../terminal/layout.ts';

interface Row {
  readonly volume: string;
  readonly fop: string;
  calls: number;
  errors: number;
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
const TEXT_COLUMNS = 2;

/**
 * Adds up walks, which are recorded requests. Times are those in each volume itself; hops without a
 * reply have none.
 */
export class Summary {
  private readonly rows = new Map<string, Row>();

  add({ root }: Walk): void {
    addHop(root, this.rows);
  }

  formatLines(): string[] {
    const sorted = [...this.rows.values()].sort((a, b) => b.selfNs - a.selfNs);
    const totalNs = sorted.reduce((sum, { selfNs }) => sum + selfNs, 0);
    const cells = sorted.map((row) => formatCells(row, totalNs));
    const calls = sorted.reduce((sum, row) => sum + row.calls, 0);
    const errors = sorted.reduce((sum, row) => sum + row.errors, 0);
    const total = formatCells(
      { volume: 'total', fop: '', calls, errors, selfNs: totalNs },
      totalNs,
    );
    const rows = [COLUMN_TITLES, ...cells, total];
    const rule = COLUMN_TITLES.map((_, column) =>
      '-'.repeat(findMaxWidth(rows.map((row) => row[column]!))),
    );
    return formatTable([COLUMN_TITLES, rule, ...cells, rule, total], {
      isRightAligned: (column) => column < COLUMN_TITLES.length - TEXT_COLUMNS,
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
  const row = rows.get(key) ?? { volume, fop, calls: 0, errors: 0, selfNs: 0 };
  rows.set(key, row);
  row.calls += 1;
  row.selfNs += computeOwnNs(hop) ?? 0;
  if (hop.unwind !== null && hop.unwind.opRet < 0) row.errors += 1;
  for (const child of hop.below) addHop(child, rows);
}

function formatCells({ volume, fop, calls, errors, selfNs }: Row, totalNs: number): string[] {
  return [
    (totalNs === 0 ? 0 : (100 * selfNs) / totalNs).toFixed(2),
    (selfNs / 1e9).toFixed(6),
    (calls === 0 ? 0 : selfNs / 1e3 / calls).toFixed(1),
    String(calls),
    errors === 0 ? '' : String(errors),
    volume,
    fop,
  ];
}
