/** Experiments on written and read data, timed by the clients of `glossa bench`. */
import { join } from 'node:path';
import type { Placement } from '../../apps/bench/engine/placement.ts';
import { LARGE_FILE_SIZE } from '../../apps/bench/engine/workloads/workload.ts';
import type { Bench } from './bench.ts';
import { type Bars, makeRatioColumn, makeRoundsColumn, runExperiment } from './experiment.ts';
import type { Report } from './table.ts';
import type { TargetKind } from './targets.ts';
import { type RequestTimes, WorkloadClients } from './workload-clients.ts';

/** A measured column of a target. */
export interface Amount {
  readonly title: string;
  readonly workload:
    | 'seqwrite'
    | 'seqread'
    | 'seqwrite-4k'
    | 'seqwrite-1m'
    | 'seqread-1m'
    | 'randread';
  readonly clients: number;
  /** The shown rate: more is better. */
  rate(measuring: RequestTimes): number;
}

export interface DataExperiment<N extends string, K extends string> {
  readonly what: string;
  /** The unit. */
  readonly unitText: string;
  /** Requests in a round, of all clients together. */
  readonly count: number;
  /** Rounds of a full run; default: nine. */
  readonly rounds?: number;
  readonly amounts: Readonly<Record<K, Amount>>;
  /** Compared targets with their bars; `column` is the first one's heading. */
  readonly references: readonly { other: N; title: string; column: string; bars: Bars }[];
  /** The target under comparison, by a short name. */
  readonly mine: { name: N; title: string };
  /** More targets that are compared with the first one beside. */
  readonly moreComparisons?: readonly { mine: { name: N; title: string }; bars: Bars }[];
  readonly targets: Readonly<Record<N, TargetKind>>;
  readonly places?: readonly Placement[];
}

/** The mean of all requests counts, as in the time of a whole file. */
export function runDataExperiment<N extends string, K extends string>(
  bench: Bench,
  {
    what,
    unitText,
    count,
    rounds = 9,
    amounts,
    references,
    mine,
    moreComparisons = [],
    targets,
    places,
  }: DataExperiment<N, K>,
): Promise<Report> {
  type Amounts = Readonly<Record<K, number>>;
  const keys = Object.keys(amounts) as K[];
  const first = references[0]!;
  return runExperiment<N, Amounts>(bench, {
    what: `${what}, ${LARGE_FILE_SIZE >> 20} MiB`,
    unitText: `${unitText}, median of ${count} requests in each of`,
    rounds: bench.quick ? 3 : rounds,
    targets,
    ...(places === undefined ? {} : { places }),
    first: first.other,
    columns: keys.flatMap((key) => [
      makeRoundsColumn<Amounts>(amounts[key].title, (sample) => sample[key]),
      makeRatioColumn<Amounts>(`× ${first.column}`, (sample) => sample[key]),
    ]),
    async prepare() {
      const workloads = new Map(
        keys.map((key) => [key, new WorkloadClients(bench, amounts[key].clients)] as const),
      );
      const madeFolders = new Set<string>();
      return async (target, { cpuAssignment }) => {
        const folder = join(target.root, 'data');
        // The file is the same for all of these workloads.
        if (!madeFolders.has(folder))
          await workloads.get(keys[0]!)!.makeTree(cpuAssignment, 'seqread', folder);
        madeFolders.add(folder);
        const sample = {} as Record<K, number>;
        for (const key of keys) {
          const { workload, clients, rate } = amounts[key];
          const measuring = workloads
            .get(key)!
            .measure(target, cpuAssignment, workload, folder, count / clients);
          sample[key] = rate(await measuring);
        }
        return sample;
      };
    },
    held: keys.flatMap((key) =>
      [
        ...references.map((reference) => ({ ...reference, mine })),
        ...moreComparisons.map((reference) => ({ ...first, ...reference })),
      ].map(({ mine: { name, title: mineTitle }, other, title, bars }) => ({
        what: `${what}, ${amounts[key].title}: ${mineTitle} / ${title}`,
        mine: name,
        other,
        pick: (sample: Amounts) => sample[key],
        bars,
      })),
    ),
    settings: { count },
  });
}

/** Bytes in a microsecond are megabytes in a second. */
export const makeGigabyteRate =
  (block: number) =>
  ({ mean }: RequestTimes): number =>
    block / mean / 1e3;
