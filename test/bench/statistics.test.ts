import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, difference, estimate, isJumpy, median, ratio } from './statistics.ts';

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
