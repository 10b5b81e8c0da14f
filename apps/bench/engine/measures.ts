/** Defines the measures of a stack: how to read each from a result, its unit and its text. */
import { formatDuration, formatRate } from '../../../terminal/quantities.ts';
import { formatRatio, formatWhole } from './numbers.ts';
import type { Measurement, Round } from './schema.ts';
import { computeMedian } from './statistics.ts';
import { pairRounds } from './verdict.ts';

/** The kind of a measure's values, which decides their units. */
export type MeasureKind = 'time' | 'size' | 'rate' | 'ratio';

/** Units by kind, with their sizes in base units: nanoseconds, bytes, requests per second. */
export const units: Readonly<Record<MeasureKind, Readonly<Record<string, number>>>> = {
  time: { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 },
  size: { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 },
  rate: { '/s': 1 },
  ratio: {},
};

/** The functions that format a value with its unit, by kind. */
export const formatters: Readonly<Record<MeasureKind, (value: number) => string>> = {
  time: formatDuration,
  size: (bytes) => `${formatWhole(bytes / 1e6)} MB`,
  rate: (perSecond) => `${formatRate(perSecond)}/s`,
  ratio: formatRatio,
};

/** A figure of a stack, such as its median time. */
export interface Measure {
  readonly kind: MeasureKind;
  /** The value over all rounds; null if it was not measured. */
  readValue(measured: Measurement): number | null;
  /** The value of one round; absent for a measure of the whole run only. */
  readRoundValue?(round: Round): number;
}

/** Statistics of the time of a request: one of them alone may hide what another shows. */
export const statisticNames = ['p50', 'mean', 'p90', 'p99', 'p99.9', 'max'] as const;
type StatisticName = (typeof statisticNames)[number];

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

/** Makes an entry for each statistic, with names of this prefix. */
const makeStatistics = <P extends string>(
  prefix: P,
  makeMeasure: (name: StatisticName) => Measure,
): Record<`${P}${StatisticName}`, Measure> =>
  Object.fromEntries(
    statisticNames.map((name) => [`${prefix}${name}`, makeMeasure(name)]),
  ) as Record<`${P}${StatisticName}`, Measure>;

/** Reads the mean time of the first requests, divided by that of the rounds. */
const readFirstRatio = ({ first, latency }: Measurement): number | null =>
  first === undefined || latency.mean === 0 ? null : first.latency.mean / latency.mean;

/** The measures of the first requests of a fresh mount, which belong to no round. */
export const firstMeasures = {
  ...makeStatistics('first-', (name) => ({
    kind: 'time',
    readValue: ({ first }) => first?.latency[name] ?? null,
  })),
  'first-throughput': {
    kind: 'rate',
    readValue: ({ first }) =>
      first === undefined ? null : first.latency.count / Math.max(1e-9, first.seconds),
  },
  'first-ratio': { kind: 'ratio', readValue: readFirstRatio },
} satisfies Record<string, Measure>;

/** The measures of the rounds, in the order of a table's columns. */
export const roundMeasures = {
  ...makeStatistics('', (name) => makeTimeMeasure(({ latency }) => latency[name])),
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

/** All measures. docs/how-it-works/bench.md explains them. */
export const measures = { ...roundMeasures, ...firstMeasures };

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
