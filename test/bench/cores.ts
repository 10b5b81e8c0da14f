/** Measures whether a mount uses several CPUs: requests of several clients, beside a mount whose server has one CPU. */
import { join } from 'node:path';
import { MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { parseCpuList, readAllowedCpus } from '../../apps/bench/engine/placement.ts';
import type { Bench } from './bench.ts';
import { makeRatioColumn, makeRoundsColumn, runExperiment } from './experiment.ts';
import { UNCACHED } from './glusterfs-parts.ts';
import { startGlossa } from './servers.ts';
import type { Report } from './table.ts';
import { makeTarget, type TargetKind } from './targets.ts';
import { WorkloadClients } from './workload-clients.ts';

const CLIENTS = 4;

/** The measured workloads; neither is answered by the kernel's caches. */
const WORKLOADS = { read: 'randread', stat: 'hit' } as const;
type RequestName = keyof typeof WORKLOADS;
const NAMES = Object.keys(WORKLOADS) as RequestName[];

const TITLES: Readonly<Record<RequestName, string>> = { read: 'reads of 4 KiB', stat: 'stats' };

/** Thousands of requests a second, of all clients. */
type Throughputs = Readonly<Record<RequestName, number>>;

const makeKind = (title: string, cpus?: string): TargetKind => ({
  title,
  async start(bench, name) {
    const settings = { timeouts: UNCACHED, flags: ['--no-passthrough'] };
    const target = makeTarget(await startGlossa(bench, name, [], settings));
    return cpus === undefined ? target : { ...target, cpus };
  },
});

export const measureCores = (bench: Bench): Promise<Report> => {
  const cpus = parseCpuList(readAllowedCpus());
  const count = bench.quick ? 1_000 : 10_000;
  const what = `storage/posix, ${CLIENTS} clients`;
  return runExperiment<'one' | 'all', Throughputs>(bench, {
    what,
    unitText: `thousands a second, median of ${count * CLIENTS} requests in each of`,
    rounds: bench.quick ? 3 : 5,
    targets: {
      one: makeKind('the server on one CPU', String(cpus[0])),
      all: makeKind(`on all ${cpus.length}`),
    },
    places: ['free'],
    first: 'one',
    columns: NAMES.flatMap((name) => [
      makeRoundsColumn<Throughputs>(TITLES[name], (sample) => sample[name]),
      makeRatioColumn<Throughputs>('×', (sample) => sample[name]),
    ]),
    async prepare() {
      if (cpus.length < 2) throw new MeasurementError('there is only one CPU');
      const clients = new WorkloadClients(bench, CLIENTS);
      return async (target, { cpuAssignment, round }) => {
        const throughputs = { read: 0, stat: 0 };
        for (const name of NAMES) {
          const folder = join(target.root, name);
          if (round === 0) await clients.makeTree(cpuAssignment, WORKLOADS[name], folder);
          const times = clients.measure(target, cpuAssignment, WORKLOADS[name], folder, count);
          throughputs[name] = (await times).perSecond / 1e3;
        }
        return throughputs;
      };
    },
    held: NAMES.map((name) => ({
      what: `${what}, ${TITLES[name]}: all CPUs / one`,
      mine: 'all',
      other: 'one',
      pick: (sample) => sample[name],
      bars: { same: null, different: null, free: { limit: 1.6, least: true } },
    })),
    settings: { count, clients: CLIENTS, cpus: cpus.length },
  });
};
