import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bootstrap,
  compare,
  difference,
  estimate,
  isJumpy,
  median,
  quantile,
  ratio,
} from './statistics.ts';

const rounds = fc.array(fc.double({ min: 0.1, max: 1000, noNaN: true }), { minLength: 1 });

describe('median', () => {
  it('is the middle one, or lies between the two in the middle', () => {
    expect(median([3])).toBe(3);
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 1, 9, 2])).toBe(5.5);
  });

  it('has as many values above as below', () => {
    fc.assert(
      fc.property(rounds, (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(below).toBeLessThanOrEqual(values.length / 2);
        expect(above).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});

it('an estimate tells the lowest and the highest round', () => {
  expect(estimate([4, 2, 9])).toEqual({ median: 4, low: 2, high: 9 });
});

describe('compare', () => {
  it('pairs the rounds before it takes the median', () => {
    // A machine that became slower after the first round: the medians alone would say 2.2 / 2.
    const mine = [1.1, 2.2, 4.4];
    const other = [1, 2, 4];
    const { median: middle, low, high } = compare(mine, other, ratio);
    for (const value of [middle, low, high]) expect(value).toBeCloseTo(1.1);
    expect(compare([5, 7, 9], [4, 7, 6], difference)).toMatchObject({ median: 1, low: 0, high: 3 });
  });

  it('doubts rounds of either row that are far apart', () => {
    expect(compare([10, 15], [10, 10], ratio).doubtful).toBe(false);
    expect(compare([10, 16], [10, 10], ratio).doubtful).toBe(true);
    expect(compare([10, 10], [16, 10], ratio).doubtful).toBe(true);
  });

  it('finds no difference of a row to itself', () => {
    fc.assert(
      fc.property(rounds, (values) => {
        const same = compare(values, values, ratio);
        expect(same).toEqual({ median: 1, low: 1, high: 1, doubtful: isJumpy(values) });
      }),
    );
  });
});

describe('quantile', () => {
  it('lies between neighbours by proportion', () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((part) => quantile([40, 10, 30, 20], part))).toEqual([
      10, 17.5, 25, 37, 40,
    ]);
  });

  it('agrees with the median', () => {
    fc.assert(
      fc.property(rounds, (values) => {
        expect(quantile(values, 0.5)).toBeCloseTo(median(values), 6);
      }),
    );
  });
});

describe('bootstrap', () => {
  const settings = { confidence: 0.95, seed: 1 };
  const first = ([value]: readonly number[]): number => value!;

  it('stays within the values, and holds their median', () => {
    fc.assert(
      fc.property(rounds, (values) => {
        const { low, high } = bootstrap([values], first, settings);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(high).toBeLessThanOrEqual(Math.max(...values));
        expect(low).toBeLessThanOrEqual(high);
      }),
      { numRuns: 20 },
    );
  });

  it('draws from each list on its own', () => {
    const drawn = bootstrap(
      [
        [10, 10],
        [1, 3],
      ],
      ([a, b]) => a! - b!,
      settings,
    );
    expect(drawn).toEqual({ low: 7, high: 9 });
  });

  it('is narrower with less confidence, and the same for the same seed', () => {
    const values = Array.from({ length: 30 }, (_, i) => i);
    const wide = bootstrap([values], first, settings);
    const narrow = bootstrap([values], first, { confidence: 0.5, seed: 1 });
    expect(narrow.high - narrow.low).toBeLessThan(wide.high - wide.low);
    expect(bootstrap([values], first, settings)).toEqual(wide);
  });
});
