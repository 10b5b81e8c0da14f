/** A simulated bench run whose request times are drawn from a seed, for tests of reports. */
import { makeHistogram, recordNs, summarize } from '../../apps/bench/engine/histogram.ts';
import type { Placement } from '../../apps/bench/engine/placement.ts';
import { type Random, seedRandom } from '../../apps/bench/engine/random.ts';
import { compareToFirst, type RoundSample, sumUpRounds } from '../../apps/bench/engine/results.ts';
import {
  type Run,
  SCHEMA_VERSION,
  type StackResult,
  type Workload,
} from '../../apps/bench/engine/schema.ts';

const gaussian = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const REQUESTS = 500;

interface WorkloadSettings {
  readonly name: string;
  readonly placement: Placement;
  /** Nanoseconds of the median request of each stack; null: not measured. */
  readonly medians: readonly (number | null)[];
  readonly rounds: number;
}

export const stackNames = ['typescript', 'python', 'javascript'] as const;

function sample(median: number, round: number, position: number, random: Random): RoundSample {
  const latency = makeHistogram();
  const roundMedian = median * (1 + 0.01 * gaussian(random));
  let seconds = 0;
  for (let i = 0; i < REQUESTS; i++) {
    const tail = random() < 0.02 ? 3 + 10 * random() : 1;
    const time = roundMedian * Math.exp(0.12 * gaussian(random)) * tail;
    recordNs(latency, time);
    seconds += time / 1e9;
  }
  return {
    round,
    at: 3 * round + position,
    seconds,
    latency,
    serverCpuSeconds: 0.6 * seconds,
    clientCpuSeconds: 0.3 * seconds,
    answers: { checked: REQUESTS, wrong: 0 },
    counts: { 'lookups passed on': 10, lookups: 12 },
  };
}

function simulateWorkload(
  { name, placement: place, medians, rounds }: WorkloadSettings,
  seed: number,
) {
  const random = seedRandom(seed);
  const results: StackResult[] = medians.map((median, i) => {
    const stack = stackNames[i]!;
    if (median === null)
      return { stack, measured: null, missing: 'it ended', unfit: false, warnings: [] };
    const samples = Array.from({ length: rounds }, (_, round) =>
      sample(median, round + 1, i, random),
    );
    // A source of its own: the rounds do not depend on it.
    const first = sample(1.4 * median, 0, i, seedRandom(i + 1));
    const about = {
      first: { latency: summarize(first.latency), seconds: first.seconds },
      warmUp: { requests: 40_000, seconds: 0.8, steady: true },
      peakMemoryBytes: (i + 1) * 60e6,
      startSeconds: 0.2 + i,
    };
    return {
      stack,
      measured: sumUpRounds(samples, about),
      missing: null,
      unfit: false,
      warnings: [],
    };
  });
  return {
    name,
    description: 'Looks for a name that is absent, again and again.',
    request: 'stat of an absent name',
    place,
    clientCpu: place === 'free' ? null : 1,
    serverCpus: place === 'same' ? '1' : '0',
    clients: 1,
    warmUpRounds: 1,
    plain: place === 'free' ? null : summarize(sample(1100, 0, 0, random).latency),
    busy: { others: 0.01, steal: 0, load: 0.2 },
    results: compareToFirst(results, seed),
  } satisfies Workload;
}

export const simulatedWorkloads: readonly WorkloadSettings[] = [
  {
    ...{ name: 'miss', placement: 'same', rounds: 9 },
    medians: [8200, 9600, 10900],
  },
  { name: 'miss', placement: 'different', medians: [24_100, 25_300, 24_200], rounds: 9 },
  { name: 'readdir', placement: 'same', medians: [310_000, 280_000, null], rounds: 9 },
];

/** Simulates a run of the bench; equal arguments give equal runs. */
export const simulateRun = (
  over: Partial<Run> = {},
  workloads: readonly WorkloadSettings[] = simulatedWorkloads,
): Run => ({
  schemaVersion: SCHEMA_VERSION,
  question: 'What does a cache of absent names cost in Python & JavaScript?',
  command: ['glossa', 'bench', '--translator', 'negative', '--in', 'typescript,python,javascript'],
  date: '2026-05-04T10:00:00.000Z',
  seconds: 84,
  seed: 7,
  partial: false,
  warnings: [],
  machine: {
    cpu: 'A <CPU> of 3 GHz',
    cpus: 2,
    memoryBytes: 8e9,
    kernel: '6.12.0',
    load: [0.1, 0.2, 0.3],
    storage: 'tmpfs',
    idlePollUs: 0,
    versions: { glossa: '0.1.0', Node: 'v20.20.0', GlusterFS: null },
  },
  stacks: stackNames.map((name) => ({
    name,
    description: `The cache, written in ${name}.`,
    volfile: `volume posix\n  type storage/posix\nend-volume\n# ${name}\n`,
  })),
  workloads: workloads.map((one, i) => simulateWorkload(one, i + 1)),
  mountFlags: ['--entry-timeout=0', '--attribute-timeout=1', '--negative-timeout=0'],
  ...over,
});

/** Removes what results of older versions lack. */
export const withoutWarmUp = (run: Run): Run => ({
  ...run,
  workloads: run.workloads.map((workload) => ({
    ...workload,
    results: workload.results.map((result) => {
      if (result.measured === null) return result;
      const { first: _, warmUp: __, ...measured } = result.measured;
      return { ...result, measured };
    }),
  })),
});
