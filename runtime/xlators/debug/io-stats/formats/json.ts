/**
 * Formats statistics as GlusterFS's JSON: two objects, the whole and the interval, one key per line. Latencies
 * are in microseconds, as their names say.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`, `io_stats_dump_global_to_json_logfp`. Its
 * counts of upcalls and of the queues of io-threads are left out: there are none here.
 */
import { type Counters, FOPS, type FopCount, logNames } from '../counters.ts';
import type { Report } from './dump.ts';

const KB = 1024;
const MB = KB * KB;
/** GlusterFS omits the last size class. */
const SIZES = 31;

function sizeName(power: number): string {
  const size = 2 ** power;
  if (size >= MB) return `${size / MB}mb`;
  return size >= KB ? `${size / KB}kb` : `${size}b`;
}

/** A key without the prefix, and the text of its number. */
type Row = readonly [key: string, number: string];

const count = (key: string, number: number): Row => [key, String(number)];
const share = (key: string, number: number, digits = 2): Row => [key, number.toFixed(digits)];

const averageUs = ({ total, timed }: FopCount): number => (timed === 0 ? 0 : total / timed / 1000);

/** Seconds of a set of counters; never 0, since rates divide by it. */
const secondsOf = ({ since }: Counters, now: number): number => Math.max(1, now - since) / 1000;

function sizeRows({ read, written }: Counters, perSecond: number | null): Row[] {
  const row = (key: string, number: number): Row =>
    perSecond === null ? count(key, number) : share(`${key}_per_sec`, number / perSecond);
  return Array.from({ length: SIZES }, (_, power) => [
    row(`read_${sizeName(power)}`, read.blocks[power]!),
    row(`write_${sizeName(power)}`, written.blocks[power]!),
  ]).flat();
}

function fopRows(counters: Counters, perSecond: number | null): Row[] {
  const called = new Map(counters.called().map((fop) => [fop.number, fop]));
  const rows: Row[] = [];
  let sum = 0;
  let weighted = 0;
  let hits = 0;
  for (let number = 0; number < FOPS; number++) {
    const fop = called.get(number);
    const key = `fop.${logNames.get(number)!.toLowerCase()}`;
    const calls = fop?.hits ?? 0;
    const average = fop === undefined ? 0 : averageUs(fop);
    const isTimed = fop !== undefined && fop.timed > 0;
    rows.push(
      perSecond === null
        ? count(`${key}.count`, calls)
        : share(`${key}.per_sec`, calls / perSecond),
      share(`${key}.latency_ave_usec`, average),
      share(`${key}.latency_min_usec`, isTimed ? fop.min / 1000 : 0),
      share(`${key}.latency_max_usec`, isTimed ? fop.max / 1000 : 0),
    );
    sum += average;
    weighted += average * calls;
    hits += calls;
  }
  const ofAll = hits === 0 ? 0 : weighted / hits;
  if (hits > 0) rows.push(share('fop.weighted_latency_ave_usec_nozerofill', ofAll, 4));
  rows.push(
    share('fop.weighted_latency_ave_usec', ofAll, 4),
    count('fop.weighted_fop_count', hits),
    share('fop.unweighted_latency_ave_usec', sum / FOPS, 4),
  );
  return rows;
}

const object = (prefix: string, rows: readonly Row[]): string =>
  `{\n${rows.map(([key, number]) => `${JSON.stringify(`${prefix}.${key}`)}: ${number}`).join(',\n')}\n}`;

export function jsonReport({ id, past, interval, now, fds }: Report): string {
  const prefix = `gluster.${id.replaceAll('/', '_')}`;
  const seconds = secondsOf(interval, now);
  const aggregate = [
    ...sizeRows(past, null),
    count('fds.open_count', fds.open),
    count('fds.max_open_count', fds.max),
    ...fopRows(past, null),
    count('uptime', Math.floor((now - past.since) / 1000)),
    count('bytes_read', past.read.bytes),
    count('bytes_written', past.written.bytes),
  ];
  const last = [
    ...sizeRows(interval, seconds),
    ...fopRows(interval, seconds),
    share('sample_interval_sec', (now - interval.since) / 1000),
    share('bytes_read_per_sec', interval.read.bytes / seconds),
    share('bytes_written_per_sec', interval.written.bytes / seconds),
  ];
  return `${object(`${prefix}.aggr`, aggregate)}\n${object(`${prefix}.inter`, last)}`;
}
