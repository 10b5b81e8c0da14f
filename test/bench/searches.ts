/**
 * The tutorial's experiment (apps/bench/engine/searches.ts): searches for names in ten directories
 * through a mount that knows none of them yet (`first`), and the same searches again.
 */
import { join } from 'node:path';
import { formatDigits } from '../../apps/bench/engine/numbers.ts';
import type { Placement } from '../../apps/bench/engine/placement.ts';
import { computeMedian } from '../../apps/bench/engine/statistics.ts';
import type { Bench } from './bench.ts';
import {
  type Bars,
  type Column,
  type Experiment,
  type MeasureTarget,
  makeMedianColumn,
  makeRatioColumn,
  makeRoundsColumn,
} from './experiment.ts';
import type { TargetKind } from './targets.ts';
import { type RequestTimes, WorkloadClients } from './workload-clients.ts';

/** Searches that come for the first time, and the same ones after all of them. */
export interface SearchTimes {
  readonly first: RequestTimes;
  readonly again: RequestTimes;
}
export type SearchPass = keyof SearchTimes;

export interface Size {
  readonly rounds: number;
  readonly searches: number;
  /** Searches of each target before the first round, until its code is compiled. */
  readonly warm: number;
}

/** Chooses the size of a run; a full one is the tutorial's. */
export const chooseSize = ({ quick }: Pick<Bench, 'quick'>, rounds: number): Size =>
  quick ? { rounds: 2, searches: 1000, warm: 500 } : { rounds, searches: 10_000, warm: 2000 };

/** Prepares searches, each sample in a new directory. */
export async function prepareSearches(
  bench: Bench,
  { searches, warm }: Size,
): Promise<MeasureTarget<SearchTimes>> {
  const workloads = new WorkloadClients(bench);
  return async (target, { placement, round, cpuAssignment }) => {
    const directory = join(target.root, `searches-${placement}-${round}`);
    await workloads.makeTree(cpuAssignment, 'phpsim', directory);
    const count = round === 0 ? warm : searches;
    const search = (): Promise<RequestTimes> =>
      workloads.measure(target, cpuAssignment, 'phpsim', directory, count);
    return { first: await search(), again: await search() };
  };
}

export interface HeldSearch<N extends string> {
  readonly what: string;
  readonly mine: N;
  readonly other: N;
  readonly which: SearchPass;
  readonly bars: Bars;
}

export interface SearchExperiment<N extends string> {
  readonly what: string;
  readonly size: Size;
  readonly targets: Readonly<Record<N, TargetKind>>;
  /** The CPU placements; by default unpinned. */
  readonly places?: readonly Placement[];
  /** The slow row, as reference. */
  readonly baseline: N;
  /** The tutorial's own figures of a row, in milliseconds. */
  readonly tutorialTimes?: Readonly<Partial<Record<N, string>>>;
  readonly held: readonly HeldSearch<N>[];
  /** For programs. */
  readonly settings?: object;
}

/** Makes an experiment on the mean search of each round, as the tutorial prints it. */
export function makeSearchExperiment<N extends string>({
  what,
  size,
  targets,
  baseline,
  tutorialTimes,
  held,
  settings,
  places = ['free'],
}: SearchExperiment<N>): Experiment<N, SearchTimes> {
  const tutorialColumn: Column<SearchTimes> = {
    title: 'the tutorial',
    cell: (_, __, name) => tutorialTimes?.[name as N] ?? '',
  };
  return {
    what: `${what}: ${size.searches} searches`,
    unitText: 'ms, mean search, median of',
    rounds: size.rounds,
    targets,
    places,
    first: baseline,
    prepare: (bench) => prepareSearches(bench, size),
    columns: [
      makeMeanColumn('first'),
      makeMedianColumn('99 %', ({ first }) => toMilliseconds(first.p99), formatMilliseconds),
      ...makeSavedColumns('first'),
      makeMeanColumn('again'),
      ...makeSavedColumns('again'),
      ...(tutorialTimes === undefined ? [] : [tutorialColumn]),
    ],
    held: held.map(({ which, ...comparison }) => ({
      ...comparison,
      pick: (times) => times[which].mean,
    })),
    settings: { ...size, ...settings },
  };
}

const toMilliseconds = (us: number): number => us / 1000;

/** Formats milliseconds as the tutorial does. */
const formatMilliseconds = (ms: number): string => ms.toFixed(3);

const makeMeanColumn = (which: SearchPass): Column<SearchTimes> =>
  makeRoundsColumn(which, (times) => toMilliseconds(times[which].mean), formatMilliseconds);

/** Makes the columns of the speed-up and of the lookups that reach the storage. */
const makeSavedColumns = (which: SearchPass): Column<SearchTimes>[] => [
  makeRatioColumn('× faster', (times) => 1 / times[which].mean, formatDigits),
  {
    title: 'lookups',
    cell(mine) {
      const counts = mine.map((times) => times[which].lookups);
      return counts.includes(null) ? '' : formatDigits(computeMedian(counts as number[]));
    },
  },
];
