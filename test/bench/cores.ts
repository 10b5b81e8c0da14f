/**
 * Measures whether a mount uses several CPUs: requests of several clients, beside a mount whose server has one CPU. A
 * server in C with a thread for each CPU shows how much the machine can gain, as the clients need CPUs, too.
 */
import { MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { parseCpuList, readAllowedCpus } from '../../apps/bench/engine/placement.ts';
import { type Amount, makeDataPart } from './data.ts';
import { startLibfuse, UNCACHED } from './servers.ts';
import { makeGlossa, makeKind, type TargetKind } from './targets.ts';

const CLIENTS = 4;
const COUNT = { full: 10_000 * CLIENTS, quick: 1_000 * CLIENTS };

/** Thousands of requests a second; the kernel's caches answer none. */
const makeAmount = (title: string, workload: 'randread' | 'hit'): Amount => ({
  ...{ title, workload, clients: CLIENTS },
  rate: ({ perSecond }) => perSecond / 1e3,
});

const cpus = parseCpuList(readAllowedCpus());
const flags = ['--no-passthrough'];
const all = makeGlossa(`on all ${cpus.length}`, [], { timeouts: UNCACHED, flags });
const passAll = makeKind(all.title, (bench, name) =>
  startLibfuse(bench, name, 'libfuse', UNCACHED, String(cpus.length)),
);

/** Pins the server of a kind to one CPU. */
const pinKind = ({ start }: TargetKind, title: string): TargetKind => ({
  title,
  async start(bench, name) {
    if (cpus.length < 2) throw new MeasurementError('there is only one CPU');
    return { ...(await start(bench, name)), cpus: String(cpus[0]) };
  },
});

export const measureCores = makeDataPart({
  what: `storage/posix, ${CLIENTS} clients`,
  unitText: 'thousands a second',
  ...{ count: COUNT, rounds: 5, places: ['free'], first: 'one', firstTitle: 'one' },
  amounts: [makeAmount('reads of 4 KiB', 'randread'), makeAmount('stats', 'hit')],
  targets: {
    one: pinKind(all, 'glossa on one CPU'),
    all,
    passOne: pinKind(passAll, 'C on libfuse3, a thread for each CPU, on one'),
    passAll,
  },
  held: [
    ['all', 'all CPUs / one', '≥ 1.6'],
    ['passAll', 'all CPUs / one, in C', null, 'passOne'],
  ],
});
