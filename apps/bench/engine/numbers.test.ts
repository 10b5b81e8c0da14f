import { expect, it } from 'vitest';
import { formatDigits, formatEstimate, formatHundredths, formatRatio } from './numbers.ts';

it('formatDigits shows three significant digits, at most two after the point', () => {
  expect([0.423, 8.314, 42.42, 108.4, -0.04].map(formatDigits)).toEqual([
    ...['0.42', '8.31', '42.4', '108', '-0.04'],
  ]);
});

it('formatRatio shows three significant digits of small ratios, too', () => {
  expect([0.04389, 0.9, 1.174, 12.34, 480.2].map(formatRatio)).toEqual([
    ...['0.0439', '0.90', '1.17', '12.3', '480'],
  ]);
});

it('formatEstimate shows a median with its interval', () => {
  expect(formatEstimate({ median: 2, low: 1, high: 3 }, formatHundredths)).toBe(
    '2.00 [1.00 – 3.00]',
  );
});
