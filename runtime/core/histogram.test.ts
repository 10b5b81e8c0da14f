import { expect, it } from 'vitest';
import { BUCKETS, beginOf, bucketOf, Histogram, quantile } from './histogram.ts';

it('buckets have no gaps, and end at most a quarter above their start', () => {
  for (let at = 0; at < BUCKETS; at++) {
    expect(beginOf(at + 1)).toBeGreaterThan(beginOf(at));
    expect([bucketOf(beginOf(at)), bucketOf(beginOf(at + 1) - 1)]).toEqual([at, at]);
    if (at >= 4) expect(beginOf(at + 1) / beginOf(at)).toBeLessThanOrEqual(1.25);
  }
});

it.each([-1, 0, 0.5])(
  '%d ns goes into the first bucket, and very long times into the last',
  (ns) => {
    expect(bucketOf(ns)).toBe(0);
    expect([1e13, Number.POSITIVE_INFINITY].map(bucketOf)).toEqual([BUCKETS - 1, BUCKETS - 1]);
  },
);

it('quantile is exact to a quarter, and null for an empty histogram', () => {
  const histogram = new Histogram();
  for (let us = 1; us <= 1000; us++) histogram.add(us * 1000);
  expect(histogram).toMatchObject({ count: 1000, sumNs: 500_500_000 });
  for (const part of [0.1, 0.5, 0.99, 1]) {
    const found = quantile(histogram.counts, part)! / 1e6;
    expect(Math.abs(found - part) / part).toBeLessThan(0.25);
  }
  expect(quantile(new Histogram().counts, 0.5)).toBeNull();
});
