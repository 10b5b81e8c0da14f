/** The experiment on plain folders, with the load generator as the bench compiles it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { NotMeasured } from '../../../runtime/bench/missing.ts';
import { benchIn, describeCompiled } from '../../support/bench.ts';
import { runExperiment } from '../experiment.ts';
import { verdict } from '../figures.ts';
import { sectionText } from '../table.ts';
import { type Searched, type Searching, searchExperiment, sizeOf } from './searches.ts';

const size = { rounds: 2, names: 20, searches: 40, warm: 10 };

/** Of a search whose mean takes so many microseconds. */
const searched = (first: number, again: number, lookups: number | null): Searched => ({
  first: { mean: first, p99: 2 * first, lookups },
  again: { mean: again, p99: 2 * again, lookups },
});

type Name = 'none' | 'cache' | 'missing';

const searching = (root: (name: string) => string): Searching<Name> => ({
  what: 'folders',
  size,
  targets: {
    none: { title: 'no cache', start: async (_, name) => ({ pid: null, root: root(name) }) },
    cache: {
      title: 'a cache',
      async start(_, name) {
        let asked = 0;
        const lookups = async () => {
          asked += 100;
          return asked;
        };
        return { pid: null, root: root(name), lookups };
      },
    },
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
      bar: { limit: 1000, least: true },
    },
    { what: 'beside', mine: 'none', other: 'missing', which: 'first', bar: { limit: 1 } },
  ],
});

describeCompiled('searches', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-searches-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are made twice in each round, once for what is new, and their lookups counted', async () => {
    const root = (name: string): string => {
      mkdirSync(join(folder, name));
      return join(folder, name);
    };
    const report = await runExperiment(benchIn(folder), searchExperiment(searching(root)));
    expect(report.sections.map(({ title }) => title)).toEqual([
      'folders: 40 searches of 20 names, unpinned: ms, mean search, median of 2 rounds [lowest – highest]',
    ]);
    const { places } = report.raw as { places: { free: Record<Name, Searched[]> } };
    expect(places.free.none).toHaveLength(2);
    for (const { first, again } of places.free.cache) {
      expect(first).toMatchObject({ lookups: 100 / 40 });
      expect(again).toMatchObject({ lookups: 100 / 40 });
      expect(first.mean).toBeGreaterThan(0);
    }
    expect(places.free.none[0]!.first.lookups).toBeNull();
    expect(report.figures.map(verdict)).toEqual(['missed', 'not measured']);
    expect(sectionText(report.sections[0]!)).toContain('it is missing (apt install it)');
  });
});

it('a row tells means in milliseconds, how much faster they are, and what reached the storage', () => {
  const { columns, row } = searchExperiment(searching(String));
  const none = [searched(7000, 6000, 5), searched(7100, 6100, 5)];
  const cache = [searched(1000, 60, 0.4), searched(1000, 61, 0.6)];
  const cells = (title: string, mine: readonly Searched[]) =>
    Object.fromEntries(row(title, mine, none).cells.map((cell, at) => [columns[at]!, cell]));
  expect(row('a cache', cache, none).cells).toEqual([
    ...['1.000 [1.000 – 1.000]', '2.000', '7.05', '0.50'],
    ...['0.060 [0.060 – 0.061]', '100', '0.50', ''],
  ]);
  expect(cells('no cache', none)).toMatchObject({ 'the tutorial': '7.357', '× faster': '1.00' });
  expect(row('a cache', [searched(1, 1, null)], { missing: 'x' }).cells[2]).toBe('');
});

it("a full run is the tutorial's, and a quick one has as many searches for each name", () => {
  const full = sizeOf({ ...benchIn('/'), quick: false }, 3);
  expect(full).toMatchObject({ rounds: 3, names: 1000, searches: 10_000 });
  const quick = sizeOf(benchIn('/'), 3);
  expect(quick.searches / quick.names).toBe(full.searches / full.names);
});
