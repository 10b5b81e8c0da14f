/** Defines the measures of a stack: how to read each from a result, its unit and its text. */
import { formatDuration, formatRate } from '../../../terminal/quantities.ts';
import { formatWhole } from './numbers.ts';
import type { Measurement, Round } from './schema.ts';
import { computeMedian } from './statistics.ts';
import { pairRounds } from './verdict.ts';

/** The kind of a measure's values, which decides their units. */
export type MeasureKind = 'time' | 'size' | 'rate';

/** Units by kind, with their sizes in base units: nanoseconds, bytes, requests per second. */
export const units: Readonly<Record<MeasureKind, Readonly<Record<string, number>>>> = {
  time: { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 },
  size: { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 },
  rate: { '/s': 1 },
};

/** The functions that format a value with its unit, by kind. */
export const formatters: Readonly<Record<MeasureKind, (value: number) => string>> = {
  time: formatDuration,
  size: (bytes) => `${formatWhole(bytes / 1e6)} MB`,
  rate: (perSecond) => `${formatRate(perSecond)}/s`,
};

/** A figure of a stack, such as its median time. */
export interface Measure {
  readonly kind: MeasureKind;
  /** The value over all rounds; null if it was not measured. */
  readValue(measured: Measurement): number | null;
  /** The value of one round; absent for a measure of the whole run only. */
  readRoundValue?(round: Round): number;
}

/** The figures that one round and the sum of all rounds have in common. */
type RoundFigures = Pick<Round, 'latency' | 'serverCpuSeconds' | 'clientCpuSeconds'>;

/** Makes a measure in nanoseconds, read in the same way from a round and from all rounds. */
const makeTimeMeasure = (readValue: (figures: RoundFigures) => number): Measure => ({
  kind: 'time',
  readValue,
  readRoundValue: readValue,
});

/** Divides CPU seconds by the number of requests; returns nanoseconds. */
const computeNsPerRequest = (seconds: number, { latency }: RoundFigures): number =>
  (1e9 * seconds) / Math.max(1, latency.count);

/** All measures, in the order of a table's columns. docs/how-it-works/bench.md explains them. */
export const measures = {
  p50: makeTimeMeasure(({ latency }) => latency.p50),
  mean: makeTimeMeasure(({ latency }) => latency.mean),
  p90: makeTimeMeasure(({ latency }) => latency.p90),
  p99: makeTimeMeasure(({ latency }) => latency.p99),
  'p99.9': makeTimeMeasure(({ latency }) => latency['p99.9']),
  max: makeTimeMeasure(({ latency }) => latency.max),
  throughput: {
    kind: 'rate',
    readValue: (measured) => measured.throughput,
    readRoundValue: (round) => round.latency.count / Math.max(1e-9, round.seconds),
  },
  'server-cpu': makeTimeMeasure((figures) =>
    computeNsPerRequest(figures.serverCpuSeconds, figures),
  ),
  'client-cpu': makeTimeMeasure((figures) =>
    computeNsPerRequest(figures.clientCpuSeconds, figures),
  ),
  memory: { kind: 'size', readValue: (measured) => measured.peakMemoryBytes },
  start: {
    kind: 'time',
    readValue: ({ startSeconds }) => (startSeconds === null ? null : startSeconds * 1e9),
  },
} satisfies Record<string, Measure>;

export type MeasureName = keyof typeof measures;
export const measureNames = Object.keys(measures) as MeasureName[];

/**
 * Returns the median of the rounds' ratios of two stacks, or the ratio of the totals for a measure
 * without rounds; null if no ratio is finite.
 */
export function computeMedianRatio(
  name: MeasureName,
  subject: Measurement,
  baseline: Measurement,
): number | null {
  const { readValue, readRoundValue }: Measure = measures[name];
  const pairs =
    readRoundValue === undefined
      ? [[readValue(subject), readValue(baseline)] as const]
      : pairRounds(subject.rounds, baseline.rounds).map(
          ([a, b]) => [readRoundValue(a), readRoundValue(b)] as const,
        );
  const ratios = pairs
    .map(([a, b]) => (a ?? Number.NaN) / (b ?? Number.NaN))
    .filter(Number.isFinite);
  return ratios.length === 0 ? null : computeMedian(ratios);
}
