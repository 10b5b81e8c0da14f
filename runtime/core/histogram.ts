/**
 * A histogram of latencies: four buckets for each power of two, from 250 ns to nine minutes. The last bucket
 * holds all longer ones.
 */

/** Width of the narrowest buckets, in nanoseconds. */
const UNIT_NS = 250;
export const BUCKETS = 120;
/** Latencies of this many units and more go into the last bucket. */
const UNITS_MAX = 2 ** 31;

export class Histogram {
  count = 0;
  sumNs = 0;
  readonly counts = new Float64Array(BUCKETS);

  add(ns: number): void {
    this.count += 1;
    this.sumNs += ns;
    this.counts[bucketOf(ns)]! += 1;
  }

  merge(other: Histogram): void {
    this.count += other.count;
    this.sumNs += other.sumNs;
    for (let at = 0; at < BUCKETS; at++) this.counts[at]! += other.counts[at]!;
  }
}

export function bucketOf(ns: number): number {
  const exact = ns / UNIT_NS;
  if (exact >= UNITS_MAX) return BUCKETS - 1;
  const units = exact | 0;
  if (units < 4) return Math.max(0, units);
  const power = 31 - Math.clz32(units);
  return (power - 1) * 4 + ((units >> (power - 2)) & 3);
}

/** Lower bound of a bucket in nanoseconds; for `BUCKETS`, the upper bound of the last. */
export function beginOf(bucket: number): number {
  if (bucket < 4) return bucket * UNIT_NS;
  return (4 + (bucket % 4)) * 2 ** (Math.floor(bucket / 4) - 1) * UNIT_NS;
}

/**
 * The latency in nanoseconds below which this part of the replies lies, interpolated within a bucket; null for an
 * empty histogram.
 */
export function quantile(counts: ArrayLike<number>, part: number): number | null {
  let all = 0;
  for (let at = 0; at < counts.length; at++) all += counts[at]!;
  if (all === 0) return null;
  let left = part * all;
  let last = 0;
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at]!;
    if (count === 0) continue;
    last = at;
    if (left <= count) {
      return beginOf(at) + (beginOf(at + 1) - beginOf(at)) * (left / count);
    }
    left -= count;
  }
  return beginOf(last + 1);
}
