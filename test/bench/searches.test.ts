/** Tests of the tutorial's experiment on plain folders, with the clients of `glossa bench`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { makeBench } from '../support/bench.ts';
import { makeFolder } from '../support/folder.ts';
import { runExperiment } from './experiment.ts';
import { judgeFigure } from './figures.ts';
import { chooseSize, makeSearchSample, prepareSearches, searchColumns } from './searches.ts';
import { formatSection, hold, reportSeries } from './table.ts';
import type { RequestTimes } from './workload-clients.ts';

const size = { rounds: 1, searches: 40, warm: 10 };

const makeTimes = (mean: number, lookups?: number): RequestTimes => ({
  ...{ mean, p50: mean, p99: 2 * mean, 'p99.9': 3 * mean, perSecond: 1e6 / mean, each: mean },
  ...(lookups !== undefined && { lookups }),
});

const folder = makeFolder();

it('each round of the search benchmark looks up new names, and then the same names again', async () => {
  const bench = makeBench(folder);
  const makeKind = (title: string) => ({
    title,
    async start(_: unknown, name: string) {
      mkdirSync(join(folder, name));
      return { pid: null, root: join(folder, name) };
    },
  });
  const report = await runExperiment(bench, {
    what: 'folders',
    unitText: 'ms, median of',
    rounds: 1,
    targets: {
      none: makeKind('no cache'),
      cache: makeKind('a cache'),
      missing: {
        title: 'something else',
        start: () => Promise.reject(new MeasurementError('it is missing (apt install it)')),
      },
    },
    places: ['free'],
    first: 'none',
    key: 'first',
    prepare: async () => prepareSearches(bench, size, makeSearchSample),
    columns: searchColumns,
    held: [
      hold('times as fast', ['none', 'cache'], '≥ 1000000', { key: 'again' }),
      hold('beside', ['none', 'missing'], '≤ 1'),
    ],
  });
  await bench.cleanup.run((message) => expect(message).toBe(''));
  const { places } = report.raw as {
    places: { free: Record<string, Record<string, number>[]> };
  };
  expect(places.free.none).toHaveLength(1);
  for (const sample of places.free.cache!) {
    expect(sample).not.toHaveProperty('first lookups');
    expect(sample.first).toBeGreaterThan(0);
    expect(sample.again).toBeGreaterThan(0);
  }
  expect(report.figures.map(judgeFigure)).toEqual(['missed', 'not measured']);
  expect(formatSection(report.sections[0]!)).toContain('it is missing (apt install it)');
});

it('a row of the search benchmark shows mean times in ms, speed-ups, and lookups that reached the storage', () => {
  const makeSamples = (...times: readonly (readonly [number, number, number?])[]) =>
    times.map(([first, again, lookups]) =>
      makeSearchSample({ first: makeTimes(first, lookups), again: makeTimes(again, lookups) }),
    );
  const series = new Map([
    ['none', makeSamples([7000, 6000, 5], [7100, 6100, 5])],
    ['cache', makeSamples([1000, 60, 0.4], [1000, 61, 0.6])],
    ['uncounted', makeSamples([1000, 60])],
  ] as const);
  const titles = { none: '', cache: '', uncounted: '' };
  const { sections } = reportSeries(
    {
      ...{ what: '', unitText: '', titles, first: 'none' },
      columns: searchColumns,
      held: [],
      key: 'first',
    },
    series,
  );
  expect(sections[0]!.columns).toEqual([
    ...['first', '99 %', '× faster', 'lookups', 'again', '× faster', 'lookups'],
  ]);
  const [none, cache, uncounted] = sections[0]!.rows.map(({ cells }) => cells);
  expect(cache).toEqual([
    ...['1.000 [1.000 – 1.000]', '2.000', '7.05', '0.50'],
    ...['0.060 [0.060 – 0.061]', '100', '0.50'],
  ]);
  expect(none!.slice(5)).toEqual(['1.00', '5.00']);
  expect(uncounted![3]).toBe('');
});

it("a full run of the search benchmark makes the tutorial's 10,000 searches", () => {
  expect(chooseSize({ quick: false }, 3)).toMatchObject({ rounds: 3, searches: 10_000 });
});
