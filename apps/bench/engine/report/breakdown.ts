/** Where the time of a request goes, as a table of texts for reports without pictures. */
import { digits } from '../numbers.ts';
import type { Measured, Workload } from '../schema.ts';
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

type Part = Measured['breakdown'][number];

/** `12.3 ± 0.4`; `< 0.1` of a part that no sample has seen; nothing where there is no such part. */
function cellOf(part: Part | undefined, of: number): string {
  if (part === undefined) return '';
  const { nanoseconds, error } = part;
  if (error === null) return digits(nanoseconds / of);
  if (nanoseconds === 0) return `< ${digits(error / of)}`;
  return `${digits(nanoseconds / of)} ± ${digits(error / of)}`;
}

/** Of the stacks that have one; null when nobody looked. */
export function breakdownOf({ results }: Workload): BreakdownTable | null {
  const found = results.flatMap(({ stack, measured }) =>
    measured === null || measured.breakdown.length === 0
      ? []
      : [{ stack, by: new Map(measured.breakdown.map((it) => [it.part, it])) }],
  );
  if (found.length === 0) return null;
  const parts = [...new Set(found.flatMap(({ by }) => [...by.keys()]))];
  const totals = found.map(({ by }) =>
    [...by.values()].reduce((sum, { nanoseconds }) => sum + nanoseconds, 0),
  );
  const { name: unit, of } = timeUnit(Math.min(...totals));
  const rows = found.map(({ stack, by }, at) => ({
    stack,
    nanoseconds: parts.map((part) => by.get(part)?.nanoseconds ?? 0),
    cells: parts.map((part) => cellOf(by.get(part), of)),
    total: totals[at]!,
  }));
  return { unit, parts, rows };
}
