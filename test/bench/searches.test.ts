/** Tests of the tutorial's experiment on plain folders, with the clients of `glossa bench`. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { NotMeasured } from '../../apps/bench/engine/not-measured.ts';
import { makeBench } from '../support/bench.ts';
import { everywhere, runExperiment } from './experiment.ts';
import { verdict } from './figures.ts';
import { type SearchExperiment, type SearchTimes, searchExperiment, sizeOf } from './searches.ts';
import { sectionText } from './table.ts';
import type { RequestTimes } from './workload-clients.ts';

const size = { rounds: 1, searches: 40, warm: 10 };

const asked = (mean: number, lookups: number | null): RequestTimes => ({
  mean,
  p50: mean,
  p99: 2 * mean,
  perSecond: 1e6 / mean,
  lookups,
});

/** Times of a search with these means, in microseconds. */
const searched = (first: number, again: number, lookups: number | null): SearchTimes => ({
  first: asked(first, lookups),
  again: asked(again, lookups),
});

type Name = 'none' | 'cache' | 'missing';

const searching = (root: (name: string) => string): SearchExperiment<Name> => ({
  what: 'folders',
  size,
  targets: {
    none: { title: 'no cache', start: async (_, name) => ({ pid: null, root: root(name) }) },
    cache: { title: 'a cache', start: async (_, name) => ({ pid: null, root: root(name) }) },
    missing: {
      title: 'something else',
      start: () => Promise.reject(new NotMeasured('it is missing (apt install it)')),
    },
  },
  baseline: 'none',
  told: { none: '7.357' },
  held: [
    {
      what: 'times as fast',
      mine: 'none',
      other: 'cache',
      which: 'again',
      bars: everywhere({ limit: 1e6, least: true }),
    },
    {
      ...{ what: 'beside', mine: 'none', other: 'missing', which: 'first' },
      bars: everywhere({ limit: 1 }),
    },
  ],
});

const folder = mkdtempSync(join(tmpdir(), 'glossa-searches-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('each round searches twice: for new names, then for the same names again', async () => {
  const bench = makeBench(folder);
  const root = (name: string): string => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  const report = await runExperiment(bench, searchExperiment(searching(root)));
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
  expect(report.figures.map(verdict)).toEqual(['missed', 'not measured']);
  expect(sectionText(report.sections[0]!)).toContain('it is missing (apt install it)');
});

it('a row of searches shows means in milliseconds, speed-ups, and lookups that reached the storage', () => {
  const { columns } = searchExperiment(searching(String));
  const none = [searched(7000, 6000, 5), searched(7100, 6100, 5)];
  const cache = [searched(1000, 60, 0.4), searched(1000, 61, 0.6)];
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
  expect(cells('cache', [searched(1, 1, null)], null).slice(2, 4)).toEqual(['', '']);
});

it("a full run makes the tutorial's 10,000 searches", () => {
  expect(sizeOf({ quick: false }, 3)).toMatchObject({ rounds: 3, searches: 10_000 });
});
