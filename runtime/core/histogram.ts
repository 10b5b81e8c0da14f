/**
 * Counts latencies in a histogram with four buckets for each power of two, from 250 ns to nine minutes. The last
 * bucket also has all longer latencies.
 */

/** Width of the narrowest buckets, in nanoseconds. */
const UNIT_NS = 250;
/** The number of buckets. */
export const BUCKET_COUNT = 120;
/** Latencies of this many units and more go into the last bucket. */
const UNITS_MAX = 2 ** 31;

/** A histogram of latencies. */
export class Histogram {
  /** The number and the sum of all latencies. */
  count = 0;
  sumNs = 0;
  /** The number of latencies in each bucket. */
  readonly counts = new Float64Array(BUCKET_COUNT);

  add(latencyNs: number): void {
    this.count += 1;
    this.sumNs += latencyNs;
    this.counts[findBucket(latencyNs)]! += 1;
  }

  /** Adds the latencies of another histogram. */
  merge(other: Histogram): void {
    this.count += other.count;
    this.sumNs += other.sumNs;
    for (let i = 0; i < BUCKET_COUNT; i++) this.counts[i]! += other.counts[i]!;
  }
}

/** Returns the index of the bucket for a latency. */
export function findBucket(latencyNs: number): number {
  const exactUnits = latencyNs / UNIT_NS;
  if (exactUnits >= UNITS_MAX) return BUCKET_COUNT - 1;
  const units = exactUnits | 0;
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
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  if (total === 0) return null;
  let remaining = fraction * total;
  let lastBucket = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket]!;
    if (count === 0) continue;
    lastBucket = bucket;
    if (remaining <= count) {
      const startNs = computeBucketStart(bucket);
      return startNs + (computeBucketStart(bucket + 1) - startNs) * (remaining / count);
    }
    remaining -= count;
  }
  return computeBucketStart(lastBucket + 1);
}
