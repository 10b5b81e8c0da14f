import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  makeHistogram,
  mergeHistograms,
  readDistribution,
  recordNs,
  summarize,
} from './histogram.ts';

const times = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 300 });

function recordAll(values: readonly number[]) {
  const histogram = makeHistogram();
  for (const value of values) recordNs(histogram, value);
  return histogram;
}

describe('a histogram', () => {
  it('gives percentiles that are right to three digits', () => {
    fc.assert(
      fc.property(times, (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const { count, p50, p90 } = summarize(recordAll(values));
        expect(count).toBe(values.length);
        for (const [part, percentile] of [
          [0.5, p50],
          [0.9, p90],
        ] as const) {
          // With few values, a percentile may be either of two neighbours.
          const rank = part * sorted.length;
          const low = sorted[Math.max(0, Math.floor(rank) - 1)]!;
          const high = sorted[Math.ceil(rank) - 1]!;
          expect(percentile).toBeGreaterThanOrEqual(low / 1.002);
          expect(percentile).toBeLessThanOrEqual(high * 1.002);
        }
      }),
    );
  });

  it('counts times that are shorter or longer than its range', () => {
    expect(summarize(recordAll([0.2, 1e15])).count).toBe(2);
  });

  it('distinguishes requests that take minutes from those that take half an hour', () => {
    const { p50, max } = summarize(recordAll([90e9, 90e9, 1800e9]));
    expect(p50 / 90e9).toBeCloseTo(1, 2);
    expect(max / 1800e9).toBeCloseTo(1, 2);
  });

  it('merged from the histograms of parts equals the histogram of all times', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        const parts = summarize(mergeHistograms([recordAll(a), recordAll(b)]));
        const { stddev: _, ...whole } = summarize(recordAll([...a, ...b]));
        expect(parts).toMatchObject(whole);
      }),
    );
  });

  it('has times that never decrease from 0 to 100 percent', () => {
    fc.assert(
      fc.property(times, (values) => {
        const { quantiles } = readDistribution(recordAll(values));
        expect(quantiles[0]![0]).toBe(0);
        expect(quantiles.at(-1)![0]).toBe(100);
        const decreases = quantiles.slice(1).filter(([percent, value], i) => {
          const [percentBefore, valueBefore] = quantiles[i]!;
          // The lowest is exact, the others in three digits.
          return percent <= percentBefore || value * 1.002 < valueBefore;
        });
        expect(decreases).toEqual([]);
      }),
    );
  });
});
