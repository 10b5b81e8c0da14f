/**
 * Measures whether a mount uses several CPUs: requests of several clients, beside a mount whose server has one CPU. A
 * server in C with a thread for each CPU shows how much the machine can gain, as the clients need CPUs, too.
 */
import { join } from 'node:path';
import { MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { parseCpuList, readAllowedCpus } from '../../apps/bench/engine/placement.ts';
import type { ServedMount } from '../../apps/bench/engine/target.ts';
import type { Bench } from './bench.ts';
import { makeRatioColumn, makeRoundsColumn, runExperiment } from './experiment.ts';
import type { Bar } from './figures.ts';
import { UNCACHED } from './glusterfs-parts.ts';
import { startGlossa, startLibfuse } from './servers.ts';
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

type TargetName = 'one' | 'all' | 'passOne' | 'passAll';
type ServerName = 'glossa' | 'pass';

const servers: Readonly<Record<ServerName, (bench: Bench, name: string) => Promise<ServedMount>>> =
  {
    glossa: (bench, name) =>
      startGlossa(bench, name, [], { timeouts: UNCACHED, flags: ['--no-passthrough'] }),
    pass: (bench, name) =>
      startLibfuse(
        bench,
        name,
        'libfuse',
        UNCACHED,
        String(parseCpuList(readAllowedCpus()).length),
      ),
  };

/** @param cpus of the server; all without */
const makeKind = (title: string, server: ServerName, cpus?: string): TargetKind => ({
  title,
  async start(bench, name) {
    const target = makeTarget(await servers[server](bench, name));
    return cpus === undefined ? target : { ...target, cpus };
  },
});

/** Compares a server on all CPUs with the same one on a single CPU. */
const hold = (what: string, mine: TargetName, other: TargetName, bar: Bar | null) =>
  NAMES.map((name) => ({
    what: `${what}, ${TITLES[name]}: all CPUs / one`,
    ...{ mine, other },
    pick: (sample: Throughputs) => sample[name],
    bars: { same: null, different: null, free: bar },
  }));

export const measureCores = (bench: Bench): Promise<Report> => {
  const cpus = parseCpuList(readAllowedCpus());
  const count = bench.quick ? 1_000 : 10_000;
  const what = `storage/posix, ${CLIENTS} clients`;
  const [oneCpu, all] = [String(cpus[0]), `on all ${cpus.length}`];
  return runExperiment<TargetName, Throughputs>(bench, {
    what,
    unitText: `thousands a second, median of ${count * CLIENTS} requests in each of`,
    rounds: bench.quick ? 3 : 5,
    targets: {
      one: makeKind('glossa on one CPU', 'glossa', oneCpu),
      all: makeKind(all, 'glossa'),
      passOne: makeKind('C on libfuse3, a thread for each CPU, on one', 'pass', oneCpu),
      passAll: makeKind(all, 'pass'),
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
    held: [
      ...hold(what, 'all', 'one', { limit: 1.6, least: true }),
      ...hold('the same in C', 'passAll', 'passOne', null),
    ],
    settings: { count, clients: CLIENTS, cpus: cpus.length },
  });
};
