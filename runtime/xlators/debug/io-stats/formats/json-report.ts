/**
 * Formats statistics as GlusterFS's JSON: two objects, for the time since the start and for the interval, one key per
 * line. Latencies are in microseconds, as their keys say.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`, `io_stats_dump_global_to_json_logfp`. Its
 * counts of upcalls and of the queues of io-threads are left out: glossa does not count them.
 */
import { type Counters, FOP_NUMBER_LIMIT, type FopStats, logNames } from '../counters.ts';
import type { Report } from './statedump.ts';

const KB = 1024;
const MB = KB * KB;
/** GlusterFS omits the last size class. */
const LISTED_SIZE_CLASSES = 31;

/** Makes the label of a size class in keys, such as `4kb`. */
function makeSizeLabel(sizeClass: number): string {
  const size = 2 ** sizeClass;
  if (size >= MB) return `${size / MB}mb`;
  return size >= KB ? `${size / KB}kb` : `${size}b`;
}

/** A key without the volume's prefix, and its number as text. */
type Row = readonly [key: string, number: string];

const makeCountRow = (key: string, number: number): Row => [key, String(number)];
const makeDecimalRow = (key: string, number: number, digits = 2): Row => [
  key,
  number.toFixed(digits),
];

const computeAverageUs = ({ totalNs, timedCount }: FopStats): number =>
  timedCount === 0 ? 0 : totalNs / timedCount / 1000;

/** Seconds since the start of the counters; never 0, since rates divide by it. */
const computeElapsedSeconds = ({ startedAtMs }: Counters, nowMs: number): number =>
  Math.max(1, nowMs - startedAtMs) / 1000;

/**
 * Makes rows of calls by size.
 * @param rateSeconds divides the counts, for rates; null for the counts themselves
 */
function makeSizeRows({ read, written }: Counters, rateSeconds: number | null): Row[] {
  const makeRow = (key: string, number: number): Row =>
    rateSeconds === null
      ? makeCountRow(key, number)
      : makeDecimalRow(`${key}_per_sec`, number / rateSeconds);
  return Array.from({ length: LISTED_SIZE_CLASSES }, (_, sizeClass) => [
    makeRow(`read_${makeSizeLabel(sizeClass)}`, read.callsBySize[sizeClass]!),
    makeRow(`write_${makeSizeLabel(sizeClass)}`, written.callsBySize[sizeClass]!),
  ]).flat();
}

/** Makes rows of calls and latencies by fop; `rateSeconds` as in `makeSizeRows`. */
function makeFopRows(counters: Counters, rateSeconds: number | null): Row[] {
  const calledFops = new Map(counters.listCalledFops().map((fop) => [fop.number, fop]));
  const rows: Row[] = [];
  let sumOfAverages = 0;
  let weightedSum = 0;
  let totalHits = 0;
  for (let number = 0; number < FOP_NUMBER_LIMIT; number++) {
    const fop = calledFops.get(number);
    const key = `fop.${logNames.get(number)!.toLowerCase()}`;
    const calls = fop?.hits ?? 0;
    const averageUs = fop === undefined ? 0 : computeAverageUs(fop);
    const isTimed = fop !== undefined && fop.timedCount > 0;
    rows.push(
      rateSeconds === null
        ? makeCountRow(`${key}.count`, calls)
        : makeDecimalRow(`${key}.per_sec`, calls / rateSeconds),
      makeDecimalRow(`${key}.latency_ave_usec`, averageUs),
      makeDecimalRow(`${key}.latency_min_usec`, isTimed ? fop.minNs / 1000 : 0),
      makeDecimalRow(`${key}.latency_max_usec`, isTimed ? fop.maxNs / 1000 : 0),
    );
    sumOfAverages += averageUs;
    weightedSum += averageUs * calls;
    totalHits += calls;
  }
  const weightedAverage = totalHits === 0 ? 0 : weightedSum / totalHits;
  if (totalHits > 0)
    rows.push(makeDecimalRow('fop.weighted_latency_ave_usec_nozerofill', weightedAverage, 4));
  rows.push(
    makeDecimalRow('fop.weighted_latency_ave_usec', weightedAverage, 4),
    makeCountRow('fop.weighted_fop_count', totalHits),
    makeDecimalRow('fop.unweighted_latency_ave_usec', sumOfAverages / FOP_NUMBER_LIMIT, 4),
  );
  return rows;
}

/** Formats a JSON object with one key per line. */
const formatObject = (prefix: string, rows: readonly Row[]): string =>
  `{\n${rows.map(([key, number]) => `${JSON.stringify(`${prefix}.${key}`)}: ${number}`).join(',\n')}\n}`;

/** Formats both objects; rates are per second of the interval. */
export function formatJsonReport({ id, total, interval, nowMs, fds }: Report): string {
  const prefix = `gluster.${id.replaceAll('/', '_')}`;
  const seconds = computeElapsedSeconds(interval, nowMs);
  const aggregateRows = [
    ...makeSizeRows(total, null),
    makeCountRow('fds.open_count', fds.open),
    makeCountRow('fds.max_open_count', fds.max),
    ...makeFopRows(total, null),
    makeCountRow('uptime', Math.floor((nowMs - total.startedAtMs) / 1000)),
    makeCountRow('bytes_read', total.read.bytes),
    makeCountRow('bytes_written', total.written.bytes),
  ];
  const intervalRows = [
    ...makeSizeRows(interval, seconds),
    ...makeFopRows(interval, seconds),
    makeDecimalRow('sample_interval_sec', (nowMs - interval.startedAtMs) / 1000),
    makeDecimalRow('bytes_read_per_sec', interval.read.bytes / seconds),
    makeDecimalRow('bytes_written_per_sec', interval.written.bytes / seconds),
  ];
  return `${formatObject(`${prefix}.aggr`, aggregateRows)}\n${formatObject(`${prefix}.inter`, intervalRows)}`;
}
