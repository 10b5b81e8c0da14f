/** Tests of the bench's tables. */
import { expect, it } from 'vitest';
import { formatWhole } from '../../apps/bench/engine/numbers.ts';
import type { Figure } from './figures.ts';
import { formatFigures, formatRounds, formatSection, makeFigure, makeRow } from './table.ts';

const makeSampleFigure = (changes: Partial<Figure>): Figure => ({
  what: 'mine / other',
  unit: '×',
  bar: { limit: 1.25 },
  value: { median: 1.104, low: 1.05, high: 1.2, doubtful: false },
  ...changes,
});

it('a table of benchmark figures shows the value, the bar and the verdict in each row', () => {
  const text = formatFigures([
    makeSampleFigure({}),
    makeSampleFigure({ what: 'jumpy', value: { median: 2, low: 1, high: 3, doubtful: true } }),
    makeSampleFigure({ what: 'noise', bar: null }),
    makeSampleFigure({ what: 'below', bar: { limit: 1, below: true } }),
    makeSampleFigure({
      what: 'ten more',
      unit: 'µs',
      bar: { limit: 0.2 },
      value: { median: -0.04, low: -0.1, high: 0.3, doubtful: false },
    }),
    makeSampleFigure({ what: 'data', unit: 'GB/s', bar: { limit: 1, least: true } }),
    makeSampleFigure({ what: 'near', bar: { limit: 1.25, aim: 1 } }),
    makeSampleFigure({ what: 'good', bar: { limit: 2, aim: 1.2 } }),
    makeSampleFigure({ what: 'aimed', bar: { aim: 0.9, least: true } }),
    makeSampleFigure({ what: 'apart', bar: { aim: 1 } }),
    makeSampleFigure({ what: 'C', value: { missing: 'gcc is missing' } }),
    makeSampleFigure({ what: 'D', value: { missing: '2 of 3 answers', wrong: true } }),
  ]);
  expect(text.split('\n')).toEqual([
    '                 figure                    bar',
    '  mine / other   1.10 [1.05 – 1.20] ×      ≤ 1.25 ×             met',
    '  jumpy          2.00 [1.00 – 3.00] × ?    ≤ 1.25 ×             missed',
    '  noise          1.10 [1.05 – 1.20] ×                           no bar: noise',
    '  below          1.10 [1.05 – 1.20] ×      < 1.00 ×             missed',
    '  ten more       -0.04 [-0.10 – 0.30] µs   ≤ 0.20 µs            met',
    '  data           1.10 [1.05 – 1.20] GB/s   ≥ 1.00 GB/s          met',
    '  near           1.10 [1.05 – 1.20] ×      ≤ 1.25 ×, aim 1.00   met',
    '  good           1.10 [1.05 – 1.20] ×      ≤ 2.00 ×, aim 1.20   met, the aim too',
    '  aimed          1.10 [1.05 – 1.20] ×      aim ≥ 0.90 ×         the aim',
    '  apart          1.10 [1.05 – 1.20] ×      aim ≤ 1.00 ×         not the aim',
    '  C                                        ≤ 1.25 ×             not measured: gcc is missing',
    '  D                                        ≤ 1.25 ×             wrong: 2 of 3 answers',
  ]);
});

it('a benchmark table shows the reason in the row of a target that was not measured', () => {
  const cells = (rounds: readonly number[]) => [formatRounds(rounds), formatWhole(rounds.length)];
  const text = formatSection({
    title: 'title',
    columns: ['median', 'rounds'],
    rows: [
      makeRow('floor', [8, 10, 9], cells),
      makeRow('mine', [16, 20, 27, 21], cells),
      makeRow('other', { missing: 'it ended' }, cells),
    ],
  });
  expect(text.split('\n')).toEqual([
    'title',
    '          median                 rounds',
    '  floor   9.00 [8.00 – 10.0]     3',
    '  mine    20.5 [16.0 – 27.0] ?   4',
    '  other   not measured: it ended',
  ]);
});

it('a benchmark table in which no target was measured shows the common reason once', () => {
  const rows = ['a', 'b'].map((title) => makeRow(title, { missing: 'no compiler' }, () => []));
  expect(formatSection({ title: 'title', columns: ['median'], rows })).toBe(
    'title\n  not measured: no compiler',
  );
});

it('makeFigure takes median, low and high from the rounds of one row', () => {
  expect(makeFigure('memory', ['MB', { limit: 2 }], [1, 2, 3], (rounds) => rounds)).toEqual({
    what: 'memory',
    unit: 'MB',
    bar: { limit: 2 },
    value: { median: 2, low: 1, high: 3, doubtful: true },
  });
});
