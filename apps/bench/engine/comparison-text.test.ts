/** Sentences about comparisons, checked against their intervals. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAnswer,
  formatComparison,
  formatFactor,
  formatInterval,
  type Ratio,
} from './comparison-text.ts';
import { readVerdict } from './verdict.ts';

const writeText = (low: number, ratio: number, high: number): string =>
  formatComparison('b', 'a', { low, ratio, high });

describe('the text of a comparison', () => {
  it.each([
    [1.06, 1.08, 1.11, 'b is about 8 % slower than a [6 – 11 %]'],
    [0.9, 0.926, 0.943, 'b is about 8 % faster than a [6 – 11 %]'],
    [1.004, 1.012, 1.02, 'b is about 1.2 % slower than a [0.4 – 2.0 %]'],
    [1.000_001, 1.0004, 1.2, 'b is about 0.040 % slower than a [0.001 – 20 %]'],
    [3.9, 4.134, 4.301, 'b takes 4.13 times as long as a [3.90 – 4.30]'],
    [1.000_01, 2.5, 4, 'b takes 2.50 times as long as a [1.0001 – 4.00]'],
    [0.2, 0.25, 0.4, 'b is 4.00 times as fast as a [2.50 – 5.00]'],
    [0.97, 1.02, 1.06, 'b shows no difference to a [3 % faster – 6 % slower]'],
    [1, 1, 1, 'b shows no difference to a [the same – the same]'],
    [0.8, 1.2, 1.4, 'b was too noisy to compare with a [25 % faster – 40 % slower]'],
    [0.8, 1.2, 2.4, 'b was too noisy to compare with a [25 % faster – 2.40 times as long]'],
  ])('for the interval [%d, %d, %d] of a ratio is: %s', (low, ratio, high, text) => {
    expect(writeText(low, ratio, high)).toBe(text);
  });

  it('lists differing verdicts with the number of measurements of each', () => {
    const makeRatio = (low: number, ratio: number, high: number): Ratio => ({ low, ratio, high });
    const [slower, more] = [makeRatio(1.04, 1.05, 1.06), makeRatio(1.1, 1.17, 1.2)];
    expect(formatAnswer('b', 'a', [slower, more])).toBe(
      'b is 5 to 17 % slower than a, in all 2 measurements.',
    );
    expect(
      formatAnswer('b', 'a', [
        slower,
        makeRatio(0.2, 0.25, 0.3),
        makeRatio(2, 3, 4),
        makeRatio(0.99, 1, 1.01),
      ]),
    ).toBe(
      'b takes 1.05 to 3.00 times as long as a (in 2 of 4); it is 4.00 times as fast as a ' +
        '[3.33 – 5.00] (in 1 of 4); it shows no difference to a [1.0 % faster – 1.0 % slower] (in 1 of 4).',
    );
    expect(formatAnswer('b', 'a', [])).toBe('b could not be compared with a.');
  });
});

/** Differences from almost none to a hundredfold. */
const comparisons: fc.Arbitrary<Ratio> = fc
  .array(
    fc.oneof(
      fc.double({ min: -4, max: 4, noNaN: true }),
      fc.double({ min: -1e-3, max: 1e-3, noNaN: true }),
    ),
    {
      minLength: 3,
      maxLength: 3,
    },
  )
  .map((logs) => {
    const [low, ratio, high] = logs.toSorted((a, b) => a - b).map(Math.exp) as [
      number,
      number,
      number,
    ];
    return { low, ratio, high };
  });

describe('for any interval of a ratio', () => {
  /** Groups: the direction, and the interval as printed. */
  const sentence =
    /^b (?:(takes|is) (?:about )?([\d.]+) (?:times as (long|fast) as|% (slower|faster) than) a|shows no difference to a|was too noisy to compare with a) \[(.*)\]$/;

  it('the sentence about a comparison states its direction and its rounded numbers', () => {
    fc.assert(
      fc.property(comparisons, (compared) => {
        const verdict = readVerdict(compared);
        const match = sentence.exec(formatComparison('b', 'a', compared));
        expect(match).not.toBeNull();
        const [text, , middle, times, percent, bracket] = match!;
        const isDifference = verdict === 'slower' || verdict === 'faster';
        expect(middle !== undefined).toBe(isDifference);
        expect(text.includes('no difference')).toBe(verdict === 'no difference');
        expect(text.includes('too noisy')).toBe(verdict === 'too noisy to conclude');
        if (!isDifference) {
          const [from, to] = bracket!.split(' – ');
          expect(from).toMatch(/faster$|as fast$|^the same$/);
          expect(to).toMatch(/slower$|as long$|^the same$/);
          return;
        }
        const isSlower = times === 'long' || percent === 'slower';
        expect(isSlower).toBe(compared.low > 1);
        const [low, high] = bracket!.replace(' %', '').split(' – ').map(Number) as [number, number];
        expect(low).toBeGreaterThan(percent === undefined ? 1 : 0);
        expect(low).toBeLessThanOrEqual(Number(middle));
        expect(high).toBeGreaterThanOrEqual(Number(middle));
      }),
      { numRuns: 2000 },
    );
  });

  it('the rounded interval in a table cell contains the ratio, and contains 1 if the exact interval does', () => {
    fc.assert(
      fc.property(comparisons, (compared) => {
        const cell = `${formatFactor(compared.ratio)} ${formatInterval(compared)}`;
        const [, ratio, low, high] = /^([\d.]+) \[([\d.]+) – ([\d.]+)\]$/.exec(cell)!.map(Number);
        expect(low! > 1).toBe(compared.low > 1);
        expect(high! < 1).toBe(compared.high < 1);
        expect(ratio!).toBeGreaterThanOrEqual(low!);
        expect(ratio!).toBeLessThanOrEqual(high!);
      }),
      { numRuns: 2000 },
    );
  });
});
