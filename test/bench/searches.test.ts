/** Tests of the tutorial's experiment on plain folders, with the clients of `glossa bench`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { makeBench } from '../support/bench.ts';
import { makeFolder } from '../support/folder.ts';
import { makeBarsEverywhere, runExperiment } from './experiment.ts';
import { judgeFigure } from './figures.ts';
import {
  chooseSize,
  makeSearchExperiment,
  type SearchExperiment,
  type SearchTimes,
} from './searches.ts';
import { formatSection } from './table.ts';
import type { RequestTimes } from './workload-clients.ts';

const size = { rounds: 1, searches: 40, warm: 10 };

const makeRequestTimes = (mean: number, lookups: number | null): RequestTimes => ({
  mean,
  p50: mean,
  p99: 2 * mean,
  perSecond: 1e6 / mean,
  lookups,
});

/** Times of a search with these means, in microseconds. */
const makeSearchTimes = (first: number, again: number, lookups: number | null): SearchTimes => ({
  first: makeRequestTimes(first, lookups),
  again: makeRequestTimes(again, lookups),
});

type Name = 'none' | 'cache' | 'missing';

const makeSettings = (root: (name: string) => string): SearchExperiment<Name> => ({
  what: 'folders',
  size,
  targets: {
    none: { title: 'no cache', start: async (_, name) => ({ pid: null, root: root(name) }) },
    cache: { title: 'a cache', start: async (_, name) => ({ pid: null, root: root(name) }) },
    missing: {
      title: 'something else',
      start: () => Promise.reject(new MeasurementError('it is missing (apt install it)')),
    },
  },
  baseline: 'none',
  tutorialTimes: { none: '7.357' },
  held: [
    {
      what: 'times as fast',
      mine: 'none',
      other: 'cache',
      which: 'again',
      bars: makeBarsEverywhere({ limit: 1e6, least: true }),
    },
    {
      ...{ what: 'beside', mine: 'none', other: 'missing', which: 'first' },
      bars: makeBarsEverywhere({ limit: 1 }),
    },
  ],
});

const folder = makeFolder();

it('each round of the search benchmark looks up new names, and then the same names again', async () => {
  const bench = makeBench(folder);
  const root = (name: string): string => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  const report = await runExperiment(bench, makeSearchExperiment(makeSettings(root)));
  await bench.cleanup.run((message) => expect(message).toBe(''));
  expect(report.sections.map(({ title }) => title)).toEqual([
    'folders: 40 searches, unpinned: ms, mean search, median of 1 rounds [lowest – highest]',
  ]);
  const { places } = report.raw as { places: { free: Record<Name, SearchTimes[]> } };
  expect(places.free.none).toHaveLength(1);
  for (const { first, again } of places.free.cache) {
    expect(first).toMatchObject({ lookups: null });
    expect(first.mean).toBeGreaterThan(0);
    expect(again.mean).toBeGreaterThan(0);
  }
  expect(report.figures.map(judgeFigure)).toEqual(['missed', 'not measured']);
  expect(formatSection(report.sections[0]!)).toContain('it is missing (apt install it)');
});

it('a row of the search benchmark shows mean times in ms, speed-ups, and lookups that reached the storage', () => {
  const { columns } = makeSearchExperiment(makeSettings(String));
  const none = [makeSearchTimes(7000, 6000, 5), makeSearchTimes(7100, 6100, 5)];
  const cache = [makeSearchTimes(1000, 60, 0.4), makeSearchTimes(1000, 61, 0.6)];
  const cells = (name: Name, mine: readonly SearchTimes[], first: readonly SearchTimes[] | null) =>
    columns.map(({ cell }) => cell(mine, first, name));
  expect(columns.map(({ title }) => title)).toEqual([
    ...['first', '99 %', '× faster', 'lookups', 'again', '× faster', 'lookups', 'the tutorial'],
  ]);
  expect(cells('cache', cache, none)).toEqual([
    ...['1.000 [1.000 – 1.000]', '2.000', '7.05', '0.50'],
    ...['0.060 [0.060 – 0.061]', '100', '0.50', ''],
  ]);
  expect(cells('none', none, none).slice(5)).toEqual(['1.00', '5.00', '7.357']);
  expect(cells('cache', [makeSearchTimes(1, 1, null)], null).slice(2, 4)).toEqual(['', '']);
});

it("a full run of the search benchmark makes the tutorial's 10,000 searches", () => {
  expect(chooseSize({ quick: false }, 3)).toMatchObject({ rounds: 3, searches: 10_000 });
});
