/** Where the time of a request goes, as a table of texts for reports without pictures. */
import { digits } from '../numbers.ts';
import type { Workload } from '../schema.ts';
import { timeUnit } from './columns.ts';

export interface BreakdownTable {
  /** Of the cells. */
  readonly unit: string;
  /** In the order of a request's way. */
  readonly parts: readonly string[];
  readonly rows: readonly {
    readonly stack: string;
    /** One of each part. */
    readonly nanoseconds: readonly number[];
    readonly cells: readonly string[];
    readonly total: number;
  }[];
}

/** Of the stacks that have one; null when nobody looked. */
export function breakdownOf({ results }: Workload): BreakdownTable | null {
  const found = results.flatMap(({ stack, measured }) =>
    measured === null || measured.breakdown.length === 0
      ? []
      : [{ stack, times: new Map(measured.breakdown.map((it) => [it.part, it.nanoseconds])) }],
  );
  if (found.length === 0) return null;
  const parts = [...new Set(found.flatMap(({ times }) => [...times.keys()]))];
  const totals = found.map(({ times }) => [...times.values()].reduce((sum, it) => sum + it, 0));
  const { name: unit, of } = timeUnit(Math.min(...totals));
  const rows = found.map(({ stack, times }, at) => {
    const nanoseconds = parts.map((part) => times.get(part) ?? 0);
    const cells = nanoseconds.map((it) => digits(it / of));
    return { stack, nanoseconds, cells, total: totals[at]! };
  });
  return { unit, parts, rows };
}
