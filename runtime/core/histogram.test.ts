import { expect, it } from 'vitest';
import {
  BUCKET_COUNT,
  computeBucketStart,
  computeQuantile,
  findBucket,
  Histogram,
} from './histogram.ts';

it('the buckets of a histogram have no gaps, and end at most a quarter above their start', () => {
  for (let at = 0; at < BUCKET_COUNT; at++) {
    expect(computeBucketStart(at + 1)).toBeGreaterThan(computeBucketStart(at));
    expect([
      findBucket(computeBucketStart(at)),
      findBucket(computeBucketStart(at + 1) - 1),
    ]).toEqual([at, at]);
    if (at >= 4)
      expect(computeBucketStart(at + 1) / computeBucketStart(at)).toBeLessThanOrEqual(1.25);
  }
});

it.each([-1, 0, 0.5])(
  'a time of %d ns goes into the first bucket, and very long times into the last',
  (ns) => {
    expect(findBucket(ns)).toBe(0);
    expect([1e13, Number.POSITIVE_INFINITY].map(findBucket)).toEqual([
      BUCKET_COUNT - 1,
      BUCKET_COUNT - 1,
    ]);
  },
);

it('computeQuantile is exact to a quarter, and returns null for an empty histogram', () => {
  const histogram = new Histogram();
  for (let us = 1; us <= 1000; us++) histogram.add(us * 1000);
  expect(histogram).toMatchObject({ count: 1000, sumNs: 500_500_000 });
  for (const part of [0.1, 0.5, 0.99, 1]) {
    const found = computeQuantile(histogram.counts, part)! / 1e6;
    expect(Math.abs(found - part) / part).toBeLessThan(0.25);
  }
  expect(computeQuantile(new Histogram().counts, 0.5)).toBeNull();
});
