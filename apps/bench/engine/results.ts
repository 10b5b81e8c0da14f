/** From what was measured in each round to what stands in a result. Pure. */
import type { RecordableHistogram } from 'node:perf_hooks';
import { distributionOf, merged, summaryOf } from './histogram.ts';
import { relative } from './numbers.ts';
import type { Comparison, Measured, Result, Run } from './schema.ts';
import { compareRounds, ROUNDS_MIN } from './verdict.ts';

/** A round of one stack. */
export interface Sample {
  /** From 1. */
  readonly round: number;
  /** Since the start of the run. */
  readonly at: number;
  readonly seconds: number;
  /** Of every request; nanoseconds, at least one. */
  readonly latency: RecordableHistogram;
  readonly serverCpuSeconds: number;
  readonly clientCpuSeconds: number;
  readonly answers: Measured['answers'];
  /** What was counted in this round, by name. */
  readonly counts: Measured['counts'];
}

/** What is known of a stack besides its rounds. */
export type About = Pick<Measured, 'peakMemoryBytes' | 'startSeconds' | 'breakdown'>;

/** Null without a round. The comparison to the first stack is left to `compareToFirst`. */
export function measuredOf(samples: readonly Sample[], about: About): Measured | null {
  if (samples.length === 0) return null;
  const sum = (of: (sample: Sample) => number): number =>
    samples.reduce((all, sample) => all + of(sample), 0);
  const latency = distributionOf(merged(samples.map((it) => it.latency)));
  return {
    rounds: samples.map(({ counts: _, answers: __, ...round }) => ({
      ...round,
      latency: summaryOf(round.latency),
    })),
    latency,
    throughput: latency.count / sum(({ seconds }) => seconds),
    serverCpuSeconds: sum((it) => it.serverCpuSeconds),
    clientCpuSeconds: sum((it) => it.clientCpuSeconds),
    counts: summedCounts(samples),
    answers: {
      checked: sum(({ answers }) => answers.checked),
      wrong: sum(({ answers }) => answers.wrong),
    },
    throughputOverTime: samples.map(({ at, seconds, latency: { count } }) => ({
      at: at + seconds / 2,
      perSecond: count / seconds,
    })),
    toFirst: null,
    ...about,
  };
}

function summedCounts(samples: readonly Sample[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { counts } of samples) {
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

/**
 * The results of a workload, each compared to the first; why nothing can be said is a warning, and so
 * is what two numbers seem to contradict each other by.
 */
export function compareToFirst(results: readonly Result[], seed: Run['seed']): Result[] {
  const first = results[0]?.measured;
  return results.map((result, i) => {
    const { measured, warnings } = result;
    if (i === 0 || !measured || !first) return result;
    const toFirst = compareRounds(measured.rounds, first.rounds, seed);
    if (toFirst === null) {
      const few = `not compared: of fewer than ${ROUNDS_MIN} rounds, nothing can be said`;
      return { ...result, warnings: [...warnings, few] };
    }
    const said = [
      ...(toFirst.verdict === 'too noisy to conclude' ? [TOO_NOISY] : []),
      ...pooledWarning(measured.latency.p50 / first.latency.p50, toFirst),
    ];
    return { ...result, measured: { ...measured, toFirst }, warnings: [...warnings, ...said] };
  });
}

const TOO_NOISY =
  'too noisy to conclude: the rounds lie too far apart: measure more of them, on a quieter machine';

/** Farther from each other, as a factor, the two are not what rounding leaves. */
const POOLED_APART = 1.02;
/** The same where both say which of the two is faster. */
const POOLED_FAR_APART = 1.1;

/** Where the medians of all requests say something else than the rounds, one beside the other. */
function pooledWarning(pooled: number, { ratio }: Comparison): string[] {
  const contradicts = (pooled - 1) * (ratio - 1) < 0;
  const apart = Math.abs(Math.log(pooled / ratio));
  if (!(contradicts ? apart > Math.log(POOLED_APART) : apart > Math.log(POOLED_FAR_APART)))
    return [];
  return [
    `its p50 is ${relative(pooled)} times that of the first stack, and the ratio is ` +
      `${relative(ratio)}: p50 is the median of all requests of all rounds together, the ratio that ` +
      'of the rounds, each compared with the one beside it; they part where rounds differ much ' +
      'from each other, and then the ratio is what counts',
  ];
}
