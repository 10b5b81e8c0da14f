/** Tests of the bench's tables. */
import { expect, it } from 'vitest';
import type { MissingResult } from '../../apps/bench/engine/measurement-error.ts';
import { formatWhole } from '../../apps/bench/engine/numbers.ts';
import type { Figure } from './figures.ts';
import {
  formatFigures,
  formatSection,
  hold,
  reportSeries,
  type Sample,
  type Table,
} from './table.ts';

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

const table: Table<'floor' | 'mine' | 'other'> = {
  what: 'title',
  unitText: 'µs',
  titles: { floor: 'floor', mine: 'mine', other: 'other' },
  first: 'floor',
  columns: [
    ['rounds', 'value'],
    ['median', 'value', 'median', formatWhole],
    ['×', 'value', 'ratio'],
    ['× faster', 'value', 'speedUp'],
    ['more', 'value', 'difference'],
    ['lookups', 'lookups', 'median'],
  ],
  held: [
    hold('mine', ['mine'], '≤ 20', { unit: 'MB' }),
    hold('more', ['mine', 'floor'], null, { unit: 'ms' }),
    hold('ratio', ['mine', 'floor'], '< 2, aim 1'),
    hold('lookups / µs', ['floor', 'floor'], 'aim ≥ 3', { key: 'lookups', otherKey: 'value' }),
  ],
};

it('a benchmark table shows the rounds of each row, its comparison with the first row, or the reason', () => {
  const floor = [8, 10, 9].map((value) => ({ value, lookups: 4 }));
  const mine = [16, 20, 27].map((value) => ({ value }));
  const { sections, figures } = reportSeries<'floor' | 'mine' | 'other'>(
    table,
    new Map<'floor' | 'mine' | 'other', readonly Sample[] | MissingResult>([
      ['floor', floor],
      ['mine', mine],
      ['other', { missing: 'it ended' }],
    ]),
  );
  expect(formatSection(sections[0]!).split('\n')).toEqual([
    'title: µs',
    '          rounds                 median   ×        × faster   more     lookups',
    '  floor   9.00 [8.00 – 10.0]     9        1.00     1.00       0.00     4.00',
    '  mine    20.0 [16.0 – 27.0] ?   20       2.00 ?   0.50 ?     10.0 ?',
    '  other   not measured: it ended',
  ]);
  expect(figures).toEqual([
    {
      ...{ what: 'mine', unit: 'MB', bar: { limit: 20 } },
      value: { median: 20, low: 16, high: 27, doubtful: true },
    },
    {
      ...{ what: 'more', unit: 'ms', bar: null },
      value: { median: 10, low: 8, high: 18, doubtful: true },
    },
    {
      ...{ what: 'ratio', unit: '×', bar: { limit: 2, below: true, aim: 1 } },
      value: { median: 2, low: 2, high: 3, doubtful: true },
    },
    {
      ...{ what: 'lookups / µs', unit: '×', bar: { aim: 3, least: true } },
      value: { median: 4 / 9, low: 0.4, high: 0.5, doubtful: false },
    },
  ]);
});

it('a benchmark table in which no target was measured shows the common reason once', () => {
  const missing = { missing: 'no compiler' };
  const series = new Map((['floor', 'mine', 'other'] as const).map((n) => [n, missing]));
  expect(formatSection(reportSeries(table, series).sections[0]!)).toBe(
    'title: µs\n  not measured: no compiler',
  );
});
