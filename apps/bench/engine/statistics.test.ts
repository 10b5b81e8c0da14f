import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedRandom } from './random.ts';
import {
  compare,
  computeMedian,
  computeMedianInterval,
  computeQuantile,
  divide,
  estimate,
  isTooSpread,
  subtract,
} from './statistics.ts';

const rounds = fc.array(fc.double({ min: 0.1, max: 1000, noNaN: true }), { minLength: 1 });

describe('the median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(computeMedian([3])).toBe(3);
    expect(computeMedian([9, 1, 5])).toBe(5);
    expect(computeMedian([10, 1, 9, 2])).toBe(5.5);
  });

  it('has as many values above as below', () => {
    fc.assert(
      fc.property(rounds, (values) => {
        const middle = computeMedian(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(below).toBeLessThanOrEqual(values.length / 2);
        expect(above).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});

it('an estimate consists of the median, the lowest and the highest round', () => {
  expect(estimate([4, 2, 9])).toEqual({ median: 4, low: 2, high: 9 });
});

describe('compare', () => {
  it('computes the ratio of each pair of rounds, and then their median', () => {
    // A machine that became slower after the first round: the medians alone would say 2.2 / 2.
    const mine = [1.1, 2.2, 4.4];
    const other = [1, 2, 4];
    const { median: middle, low, high } = compare(mine, other, divide);
    for (const value of [middle, low, high]) expect(value).toBeCloseTo(1.1);
    expect(compare([5, 7, 9], [4, 7, 6], subtract)).toMatchObject({ median: 1, low: 0, high: 3 });
  });

  it('marks the result as doubtful if the rounds of either stack are far apart', () => {
    expect(compare([10, 15], [10, 10], divide).doubtful).toBe(false);
    expect(compare([10, 16], [10, 10], divide).doubtful).toBe(true);
    expect(compare([10, 10], [16, 10], divide).doubtful).toBe(true);
  });

  it('gives the ratio 1 for equal rounds', () => {
    fc.assert(
      fc.property(rounds, (values) => {
        const same = compare(values, values, divide);
        expect(same).toEqual({ median: 1, low: 1, high: 1, doubtful: isTooSpread(values) });
      }),
    );
  });
});

describe('computeQuantile', () => {
  it('interpolates between neighbours', () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((part) => computeQuantile([40, 10, 30, 20], part))).toEqual([
      10, 17.5, 25, 37, 40,
    ]);
  });

  it('returns the median for the quantile 0.5', () => {
    fc.assert(
      fc.property(rounds, (values) => {
        expect(computeQuantile(values, 0.5)).toBeCloseTo(computeMedian(values), 6);
      }),
    );
  });
});

describe('the confidence interval of a median', () => {
  it('leaves out as many values at each end as published tables do, and needs six values', () => {
    const outside = [5, 6, 8, 9, 12, 15, 20, 100, 501, 2000].map((count) => {
      const interval = computeMedianInterval(Array.from({ length: count }, (_, i) => i));
      return interval === null ? null : [interval.low, count - 1 - interval.high];
    });
    // From published tables of the sign test.
    expect(outside).toEqual([
      null,
      ...[0, 0, 1, 2, 3, 5, 39, 227, 955].map((value) => [value, value]),
    ]);
  });

  it('lies within the values, contains their median, and is mirrored if the values are negated', () => {
    const enough = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 6 });
    fc.assert(
      fc.property(enough, (values) => {
        const { low, high } = computeMedianInterval(values)!;
        expect(low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(high).toBeLessThanOrEqual(Math.max(...values));
        expect(low).toBeLessThanOrEqual(computeMedian(values));
        expect(high).toBeGreaterThanOrEqual(computeMedian(values));
        const negated = computeMedianInterval(values.map((value) => -value))!;
        expect([-negated.high + 0, -negated.low + 0]).toEqual([low + 0, high + 0]);
      }),
      { numRuns: 50 },
    );
  });

  it('contains the median of the distribution in 95 of 100 samples', () => {
    const random = seedRandom(5);
    const drawSkewed = (): number => (1 - random()) ** -2;
    const hits = Array.from({ length: 400 }, () => {
      const { low, high } = computeMedianInterval(Array.from({ length: 15 }, drawSkewed))!;
      return low <= 4 && 4 <= high;
    });
    expect(hits.filter(Boolean).length).toBeGreaterThanOrEqual(0.95 * hits.length - 8);
  });
});
