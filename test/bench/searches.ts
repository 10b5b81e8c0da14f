/**
 * The tutorial's experiment (apps/bench/engine/searches.ts): searches for names in ten directories
 * through a mount that knows none of them yet (`first`), and the same searches again.
 */
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { type Experiment, type MeasureTarget, runExperiment } from './experiment.ts';
import type { Column, Report } from './table.ts';
import { type RequestTimes, WorkloadClients } from './workload-clients.ts';

/** Milliseconds of searches that come for the first time, and of the same ones after all of them. */
export type SearchPass = 'first' | 'again';

export interface Size {
  readonly rounds: number;
  readonly searches: number;
  /** Searches of each target before the first round, until its code is compiled. */
  readonly warm: number;
}

/** Chooses the size of a run; a full one is the tutorial's. */
export const chooseSize = ({ quick }: Pick<Bench, 'quick'>, rounds: number): Size =>
  quick ? { rounds: 2, searches: 1000, warm: 500 } : { rounds, searches: 10_000, warm: 2000 };

/** Prepares searches, each sample in a new directory. @param makeSample of both passes */
export function prepareSearches(
  bench: Bench,
  { searches, warm }: Size,
  makeSample: (
    times: Readonly<Record<SearchPass, RequestTimes>>,
  ) => Readonly<Record<string, number>>,
): MeasureTarget {
  const workloads = new WorkloadClients(bench);
  return async (target, { placement, round, cpuAssignment }) => {
    const directory = join(target.root, `searches-${placement}-${round}`);
    await workloads.makeTree(cpuAssignment, 'phpsim', directory);
    const count = round === 0 ? warm : searches;
    const search = (): Promise<RequestTimes> =>
      workloads.measure(target, cpuAssignment, 'phpsim', directory, count);
    return makeSample({ first: await search(), again: await search() });
  };
}

const toMilliseconds = (us: number): number => us / 1000;

/** Formats milliseconds as the tutorial does. */
const formatMilliseconds = (ms: number): string => ms.toFixed(3);

/** The columns of a pass: the speed-up, and the lookups that reach the storage. */
const makeSavedColumns = (pass: SearchPass): Column[] => [
  ['× faster', pass, 'speedUp'],
  ['lookups', `${pass} lookups`, 'median'],
];

export const searchColumns: readonly Column[] = [
  ['first', 'first', 'rounds', formatMilliseconds],
  ['99 %', 'first 99 %', 'median', formatMilliseconds],
  ...makeSavedColumns('first'),
  ['again', 'again', 'rounds', formatMilliseconds],
  ...makeSavedColumns('again'),
];

/** Makes the sample of a row. */
export const makeSearchSample = ({
  first,
  again,
}: Readonly<Record<SearchPass, RequestTimes>>): Readonly<Record<string, number>> => ({
  first: toMilliseconds(first.mean),
  again: toMilliseconds(again.mean),
  'first 99 %': toMilliseconds(first.p99),
  ...(first.lookups !== undefined && { 'first lookups': first.lookups }),
  ...(again.lookups !== undefined && { 'again lookups': again.lookups }),
});

/** Makes a part on the mean search of each round, as the tutorial prints it. The baseline is the slow row. */
export const makeSearchPart =
  <N extends string>(
    rounds: number,
    { what, ...experiment }: Pick<Experiment<N>, 'what' | 'targets' | 'places' | 'held' | 'first'>,
  ) =>
  (bench: Bench): Promise<Report> => {
    const size = chooseSize(bench, rounds);
    return runExperiment<N>(bench, {
      places: ['free'],
      ...experiment,
      what: `${what}: ${size.searches} searches`,
      unitText: 'ms, mean search, median of',
      rounds: size.rounds,
      key: 'first',
      prepare: async () => prepareSearches(bench, size, makeSearchSample),
      columns: searchColumns,
      settings: size,
    });
  };
