/** Sums up the rounds of each stack, and compares them with the rounds of the first stack. */
import type { RecordableHistogram } from 'node:perf_hooks';
import { mergeHistograms, readDistribution, summarize } from './histogram.ts';
import type { Measurement, Run, StackResult } from './schema.ts';
import { compareRounds, ROUNDS_MIN } from './verdict.ts';

/** A round of one stack. */
export interface RoundSample {
  /** Number of the round, from 1. */
  readonly round: number;
  /** Start of the round, in seconds since the start of the run. */
  readonly at: number;
  /** Duration of the round. */
  readonly seconds: number;
  /** Times of all requests in nanoseconds; at least one request. */
  readonly latency: RecordableHistogram;
  readonly serverCpuSeconds: number;
  readonly clientCpuSeconds: number;
  /** Numbers of replies that were checked, and that were wrong. */
  readonly answers: Measurement['answers'];
  /** Counters of this round, by name. */
  readonly counts: Measurement['counts'];
}

/** Figures of a stack that are not per round. */
export type StackTotals = Pick<
  Measurement,
  'peakMemoryBytes' | 'startSeconds' | 'first' | 'warmUp'
>;

/**
 * Sums up the rounds of a stack; null without rounds. `toFirst`, the comparison with the first
 * stack, is null until `compareToFirst` sets it.
 */
export function sumUpRounds(
  samples: readonly RoundSample[],
  totals: StackTotals,
): Measurement | null {
  if (samples.length === 0) return null;
  const sum = (readValue: (sample: RoundSample) => number): number =>
    samples.reduce((total, sample) => total + readValue(sample), 0);
  const latency = readDistribution(mergeHistograms(samples.map((sample) => sample.latency)));
  return {
    rounds: samples.map(({ counts: _, answers: __, ...round }) => ({
      ...round,
      latency: summarize(round.latency),
    })),
    latency,
    throughput: latency.count / sum(({ seconds }) => seconds),
    serverCpuSeconds: sum((sample) => sample.serverCpuSeconds),
    clientCpuSeconds: sum((sample) => sample.clientCpuSeconds),
    counts: sumCounts(samples),
    answers: {
      checked: sum(({ answers }) => answers.checked),
      wrong: sum(({ answers }) => answers.wrong),
    },
    toFirst: null,
    ...totals,
  };
}

/** Adds up the counters of several rounds or clients. */
export function sumCounts(samples: readonly Pick<RoundSample, 'counts'>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { counts } of samples) {
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

/**
 * Compares each stack's result with the first stack's. Adds a warning if there are too few rounds,
 * or if they are too noisy.
 */
export function compareToFirst(results: readonly StackResult[], seed: Run['seed']): StackResult[] {
  const baseline = results[0]?.measured;
  return results.map((result, i) => {
    const { measured, warnings } = result;
    if (i === 0 || !measured || !baseline) return result;
    const toFirst = compareRounds(measured.rounds, baseline.rounds, seed);
    if (toFirst === null) {
      const warning = `not compared: a comparison needs at least ${ROUNDS_MIN} rounds`;
      return { ...result, warnings: [...warnings, warning] };
    }
    const noiseWarnings = toFirst.verdict === 'too noisy to conclude' ? [TOO_NOISY_WARNING] : [];
    return {
      ...result,
      measured: { ...measured, toFirst },
      warnings: [...warnings, ...noiseWarnings],
    };
  });
}

const TOO_NOISY_WARNING =
  'too noisy to conclude: the rounds lie too far apart; measure more rounds on a quieter machine';
