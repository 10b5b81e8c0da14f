import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ticks } from './axis.ts';
import { timeText } from './columns.ts';

it('has ticks at round values', () => {
  expect(ticks(0.88, 1.36)).toEqual([0.9, 1, 1.1, 1.2, 1.3]);
  expect(ticks(5, 150)).toEqual([5, 10, 20, 50, 100]);
  expect(ticks(0.3, 2e6)).toEqual([1, 10, 100, 1000, 10_000, 100_000, 1_000_000]);
});

it('has some that rise, within the axis', () => {
  const ends = fc.tuple(
    fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
    fc.double({ min: 1.05, max: 1e6, noNaN: true }),
  );
  fc.assert(
    fc.property(ends, ([low, factor]) => {
      const found = ticks(low, low * factor);
      expect(found.length).toBeGreaterThanOrEqual(1);
      expect(found.length).toBeLessThanOrEqual(16);
      for (const [i, value] of found.entries()) {
        expect(value).toBeGreaterThanOrEqual(low * (1 - 1e-6));
        expect(value).toBeLessThanOrEqual(low * factor * (1 + 1e-6));
        if (i > 0) expect(value).toBeGreaterThan(found[i - 1]!);
      }
    }),
  );
});

it('shows times with three digits and a unit', () => {
  expect([0.5, 12, 1500, 12_345, 2.5e6, 3e9].map(timeText)).toEqual([
    ...['0.50 ns', '12.0 ns', '1.50 µs', '12.3 µs', '2.50 ms', '3.00 s'],
  ]);
});
