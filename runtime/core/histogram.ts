/**
 * The times that replies took, sorted into buckets: four for each power of two, so that one is at most a
 * quarter wider than it begins. From a quarter of a microsecond up to nine minutes; what is longer is
 * in the last.
 */

/** Nanoseconds that the narrowest buckets are wide. */
const UNIT_NS = 250;
export const BUCKETS = 120;
/** Whole numbers are below this; what is longer is in the last bucket. */
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

/** Where a bucket begins, in nanoseconds; of the one behind the last, where that ends. */
export function beginOf(bucket: number): number {
  if (bucket < 4) return bucket * UNIT_NS;
  return (4 + (bucket % 4)) * 2 ** (Math.floor(bucket / 4) - 1) * UNIT_NS;
}

/**
 * The latency that this part of the replies stayed below, in nanoseconds, as if those of a bucket were
 * spread evenly in it; null without any.
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
