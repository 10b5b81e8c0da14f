import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatBar } from './layout.ts';
import { estimateSecondsLeft, formatProgress } from './progress.ts';
import { formatLongDuration } from './quantities.ts';

const progress = { doneCount: 3, totalCount: 12, elapsedSeconds: 60, item: 'miss, python' };

it('a progress line shows the part done and the time left', () => {
  expect(formatProgress(progress, 100)).toBe(
    '█████░░░░░░░░░░░░░░░  25 %  3 min 00 s left  miss, python',
  );
  expect(estimateSecondsLeft(progress)).toBe(180);
});

it('a progress line shows no time left while nothing is done', () => {
  const start = { ...progress, doneCount: 0 };
  expect(formatProgress(start, 100)).toBe('░░░░░░░░░░░░░░░░░░░░   0 %  miss, python');
});

it('a progress line is never wider than the terminal', () => {
  fc.assert(
    fc.property(fc.nat(12), fc.nat(120), (doneCount, width) => {
      const shown = formatProgress({ ...progress, doneCount }, width);
      expect([...shown].length).toBeLessThanOrEqual(width);
    }),
  );
});

it('formatLongDuration writes a duration in at most two units', () => {
  expect([0, 8.4, 59.6, 200, 3600, 3900].map(formatLongDuration)).toEqual([
    ...['0 s', '8 s', '1 min 00 s', '3 min 20 s', '1 h 00 min', '1 h 05 min'],
  ]);
});

it('a progress bar has at least one cell and never exceeds its width', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.integer({ min: 1, max: 50 }),
      (part, width) => {
        const { length } = formatBar(part, width);
        expect(length).toBeGreaterThanOrEqual(1);
        expect(length).toBeLessThanOrEqual(width);
      },
    ),
  );
  expect(formatBar(0.5, 4)).toBe('██');
  expect(formatBar(0.53, 4)).toBe('██▏');
});
