/** Experiments on written and read data, timed by the clients of `glossa bench`. */
import { join } from 'node:path';
import type { WorkloadName } from '../../apps/bench/engine/workloads/index.ts';
import { LARGE_FILE_SIZE } from '../../apps/bench/engine/workloads/workload.ts';
import type { Bench } from './bench.ts';
import { type Experiment, runExperiment } from './experiment.ts';
import { type Held, hold, type Report } from './table.ts';
import { type RequestTimes, WorkloadClients } from './workload-clients.ts';

/** A measured column of a target. */
export interface Amount {
  readonly title: string;
  readonly workload: WorkloadName;
  readonly clients: number;
  /** The shown rate: more is better. */
  rate(measuring: RequestTimes): number;
}

const makeSequential = (title: string, block: number, workload: WorkloadName): Amount => ({
  ...{ title, workload, clients: 1 },
  // Bytes in a microsecond are megabytes in a second.
  rate: ({ mean }) => block / mean / 1e3,
});

/** Sequential amounts in GB/s: of 4 KiB, 128 KiB, and 1 MiB. */
export const amounts = {
  write4k: makeSequential('write', 4096, 'seqwrite-4k'),
  write: makeSequential('write', 128 << 10, 'seqwrite'),
  read: makeSequential('read', 128 << 10, 'seqread'),
  write1m: makeSequential('write', 1 << 20, 'seqwrite-1m'),
  read1m: makeSequential('read', 1 << 20, 'seqread-1m'),
};

/** Random reads by so many clients, in thousands a second: they take turns on the CPUs. */
export const makeRandomReads = (clients: number): Amount => ({
  ...{ title: `${clients} client${clients === 1 ? '' : 's'}`, workload: 'randread', clients },
  rate: ({ perSecond, mean }) => (clients === 1 ? 1e3 / mean : perSecond / 1e3),
});

export interface DataExperiment<N extends string>
  extends Pick<Experiment<N>, 'what' | 'unitText' | 'targets' | 'places'> {
  /** Requests in a round, of all clients together. */
  readonly count: { readonly full: number; readonly quick: number };
  /** Rounds of a full run; default: nine. */
  readonly rounds?: number;
  readonly amounts: readonly Amount[];
  readonly first: N;
  readonly firstTitle: string;
  /** Figures of each amount: a target beside another one, by default the first, with its bars. */
  readonly held: readonly (readonly [mine: N, title: string, bars: Held<N>['bars'], other?: N])[];
}

/** Makes a part of data. The mean of all requests counts, as in the time of a whole file. */
export const makeDataPart =
  <N extends string>({
    count: counts,
    rounds = 9,
    amounts: measuredAmounts,
    firstTitle,
    held,
    ...experiment
  }: DataExperiment<N>) =>
  (bench: Bench): Promise<Report> => {
    const { what, unitText, first } = experiment;
    const count = bench.quick ? counts.quick : counts.full;
    return runExperiment<N>(bench, {
      ...experiment,
      what: `${what}, ${LARGE_FILE_SIZE >> 20} MiB`,
      unitText: `${unitText}, median of ${count} requests in each of`,
      rounds: bench.quick ? 3 : rounds,
      key: measuredAmounts[0]!.title,
      columns: measuredAmounts.flatMap(({ title }) => [
        [title, title],
        [`× ${firstTitle}`, title, 'ratio'],
      ]),
      async prepare() {
        const clientsOf = measuredAmounts.map(({ clients }) => new WorkloadClients(bench, clients));
        const madeFolders = new Set<string>();
        return async (target, { cpuAssignment }) => {
          const sample: Record<string, number> = {};
          for (const [index, { title, workload, clients, rate }] of measuredAmounts.entries()) {
            // The file is the same for all workloads on data.
            const tree = workload === 'hit' ? workload : 'seqread';
            const folder = join(target.root, tree);
            if (!madeFolders.has(folder))
              await clientsOf[index]!.makeTree(cpuAssignment, tree, folder);
            madeFolders.add(folder);
            const own = count / clients;
            const times = clientsOf[index]!.measure(target, cpuAssignment, workload, folder, own);
            sample[title] = rate(await times);
          }
          return sample;
        };
      },
      held: measuredAmounts.flatMap(({ title: key }) =>
        held.map(([mine, title, bars, other = first]) =>
          hold(`${what}, ${key}: ${title}`, [mine, other], bars, { key }),
        ),
      ),
      settings: { count },
    });
  };
