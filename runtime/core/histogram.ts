/**
 * Counts latencies in a histogram with four buckets for each power of two, from 250 ns to nine minutes. The last
 * bucket also has all longer latencies.
 */

/** Width of the narrowest buckets, in nanoseconds. */
const UNIT_NS = 250;
/** Number of buckets. */
export const BUCKET_COUNT = 120;
/** Latencies of this many units and more go into the last bucket. */
const UNITS_MAX = 2 ** 31;

export class Histogram {
  count = 0;
  sumNs = 0;
  /** The number of latencies in each bucket. */
  readonly counts = new Float64Array(BUCKET_COUNT);

  add(ns: number): void {
    this.count += 1;
    this.sumNs += ns;
    this.counts[findBucket(ns)]! += 1;
  }

  merge(other: Histogram): void {
    this.count += other.count;
    this.sumNs += other.sumNs;
    for (let at = 0; at < BUCKET_COUNT; at++) this.counts[at]! += other.counts[at]!;
  }
}

/** Returns the index of the bucket for a latency. */
export function findBucket(ns: number): number {
  const exact = ns / UNIT_NS;
  if (exact >= UNITS_MAX) return BUCKET_COUNT - 1;
  const units = exact | 0;
  if (units < 4) return Math.max(0, units);
  const power = 31 - Math.clz32(units);
  // The two bits below the highest one select among the four buckets of this power of two.
  return (power - 1) * 4 + ((units >> (power - 2)) & 3);
}

/** Computes the lower bound of a bucket in nanoseconds; for `BUCKET_COUNT`, the upper bound of the last. */
export function computeBucketStart(bucket: number): number {
  if (bucket < 4) return bucket * UNIT_NS;
  return (4 + (bucket % 4)) * 2 ** (Math.floor(bucket / 4) - 1) * UNIT_NS;
}

/**
 * Computes the latency in nanoseconds below which a fraction (0 to 1) of the counted latencies lies, interpolated
 * within a bucket; null for an empty histogram.
 */
export function computeQuantile(counts: ArrayLike<number>, fraction: number): number | null {
  let total = 0;
  for (let at = 0; at < counts.length; at++) total += counts[at]!;
  if (total === 0) return null;
  let remaining = fraction * total;
  let last = 0;
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at]!;
    if (count === 0) continue;
    last = at;
    if (remaining <= count) {
      return (
        computeBucketStart(at) +
        (computeBucketStart(at + 1) - computeBucketStart(at)) * (remaining / count)
      );
    }
    remaining -= count;
  }
  return computeBucketStart(last + 1);
}
