/** The columns of a table of results, for every kind of report. */
import { factorText, intervalText } from '../comparison-text.ts';
import { missingText } from '../missing.ts';
import { digits, whole } from '../numbers.ts';
import type { Measured, Result, Workload } from '../schema.ts';
import { verdictOf } from '../verdict.ts';

/** A unit to show values in. */
export interface Shown {
  readonly name: string;
  readonly of: number;
}

const timeUnits: readonly Shown[] = [
  { name: 'ns', of: 1 },
  { name: 'µs', of: 1e3 },
  { name: 'ms', of: 1e6 },
  { name: 's', of: 1e9 },
];

/** In which a time of that many nanoseconds has one to three digits before the point. */
export const timeUnit = (nanoseconds: number): Shown =>
  timeUnits.findLast(({ of }) => nanoseconds >= of) ?? timeUnits[0]!;

/** `12.3 µs`. */
export function timeText(nanoseconds: number): string {
  const { name, of } = timeUnit(nanoseconds);
  return `${digits(nanoseconds / of)} ${name}`;
}

/** One for a whole table: of the shortest median, so that columns can be read down. */
export function tableUnit({ results }: Workload): Shown {
  const medians = results.flatMap(({ measured }) =>
    measured === null ? [] : measured.latency.p50,
  );
  return timeUnit(medians.length === 0 ? 1e3 : Math.min(...medians));
}

export interface Column {
  readonly title: string;
  /** It says what came out, and comes first. */
  readonly answers?: true;
  cell(measured: Measured): string;
}

/** `1.14 [1.12 – 1.16]`; the first stack is 1. */
export const ratioText = ({ toFirst }: Measured): string =>
  toFirst === null ? '' : `${factorText(toFirst.ratio)} ${intervalText(toFirst)}`;

/** A column is left out where no stack has anything to show. */
export function columnsOf(workload: Workload): Column[] {
  const { name: unit, of } = tableUnit(workload);
  const time = (nanoseconds: number): string => digits(nanoseconds / of);
  const perRequest = (seconds: number, { latency }: Measured): string =>
    time((1e9 * seconds) / Math.max(1, latency.count));
  const first = workload.results[0]?.stack ?? '';
  const counted = [
    ...new Set(workload.results.flatMap(({ measured }) => Object.keys(measured?.counts ?? {}))),
  ];
  const all: readonly Column[] = [
    { title: `p50 ${unit}`, answers: true, cell: ({ latency }) => time(latency.p50) },
    { title: `× ${first}`, answers: true, cell: ratioText },
    {
      title: '',
      answers: true,
      cell: ({ toFirst }) => (toFirst === null ? '' : verdictOf(toFirst)),
    },
    { title: `mean ${unit}`, cell: ({ latency }) => time(latency.mean) },
    { title: 'p90', cell: ({ latency }) => time(latency.p90) },
    { title: 'p99', cell: ({ latency }) => time(latency.p99) },
    { title: 'p99.9', cell: ({ latency }) => time(latency['p99.9']) },
    { title: 'max', cell: ({ latency }) => time(latency.max) },
    { title: 'per s', cell: ({ throughput }) => whole(throughput) },
    { title: `server CPU ${unit}`, cell: (it) => perRequest(it.serverCpuSeconds, it) },
    { title: `client CPU ${unit}`, cell: (it) => perRequest(it.clientCpuSeconds, it) },
    {
      title: 'memory MB',
      cell: ({ peakMemoryBytes: bytes }) => optional(bytes, 1e6, whole),
    },
    { title: 'start s', cell: ({ startSeconds }) => optional(startSeconds, 1, digits) },
    ...counted.map((title) => ({
      title: `${title} / request`,
      cell: ({ counts, latency }: Measured) =>
        optional(counts[title] ?? null, Math.max(1, latency.count), digits),
    })),
  ];
  const measured = workload.results.flatMap((it) => it.measured ?? []);
  return all.filter(({ cell }) => measured.some((it) => cell(it) !== ''));
}

const optional = (value: number | null, unit: number, format: (it: number) => string): string =>
  value === null ? '' : format(value / unit);

/** What stands in place of cells, or beside them: that a stack is missing, or ended early. */
export function noteOf({ missing, measured }: Result): string | null {
  if (missing === null) return null;
  return measured === null ? missingText({ missing }) : `ended early: ${missing}`;
}
