/** Defines the measures of a stack: how to read each from a result, its unit and its text. */

import { formatSuggestion } from '../../../runtime/core/nearest.ts';
import { UsageError } from '../../../terminal/exit.ts';
import { formatDuration, formatRate } from '../../../terminal/quantities.ts';
import { formatRatio, formatWhole } from './numbers.ts';
import { formatWorkloadTitle } from './placement.ts';
import type { Measurement, Round, Run, Workload } from './schema.ts';
import { computeMedian } from './statistics.ts';
import { pairRounds } from './verdict.ts';

/** The functions that compare a measured value with the bound of a condition, by operator. */
const operators = {
  '>': (value: number, bound: number) => value > bound,
  '>=': (value: number, bound: number) => value >= bound,
  '<': (value: number, bound: number) => value < bound,
  '<=': (value: number, bound: number) => value <= bound,
} as const;

/** A parsed condition of `--fail-if`. */
export interface Condition {
  /** The condition as the user wrote it, for messages. */
  readonly text: string;
  readonly stack: string;
  /** The stack to divide by; null: the condition is about the measure itself. */
  readonly divisor: string | null;
  readonly measure: MeasureName;
  readonly operator: keyof typeof operators;
  /** A ratio, or a value in the base unit of the measure's kind: see `units`. */
  readonly bound: number;
}

/** Matches a condition. Groups: stack, second stack, measure, operator, number, unit. */
const CONDITION_PATTERN =
  /^([^\s/<>]+)(?:\s*\/\s*([^\s/<>]+))?\s+([\w.-]+)\s*([<>]=?)\s*(\d*\.?\d+)\s*(\S*)$/;

/**
 * Parses and checks the conditions of `--fail-if`, with which CI fails a run:
 * `python/typescript p50 > 1.2`, `python p99 > 2 ms`. A ratio has no unit; a time or a size must
 * have one. A condition fails the run if it holds in any workload that suits its stacks.
 */
export function parseCondition(condition: string, stacks: readonly string[]): Condition {
  const text = condition.trim();
  const makeInvalidError = (reason: string): UsageError =>
    new UsageError(`--fail-if '${text}': ${reason}`);
  const match = CONDITION_PATTERN.exec(text);
  if (match === null)
    throw makeInvalidError('it is STACK MEASURE > NUMBER UNIT, or STACK/STACK MEASURE > NUMBER');
  const [, stack, divisor = null, measure, operator, number, unit] = match as unknown as [
    ...[string, string, string | undefined, MeasureName, Condition['operator'], string, string],
  ];
  const failIfUnknown = (role: string, name: string, validNames: readonly string[]): void => {
    if (validNames.includes(name)) return;
    const guess = formatSuggestion(name, validNames) || `; there are ${validNames.join(', ')}`;
    throw makeInvalidError(`no ${role} is called '${name}'${guess}`);
  };
  failIfUnknown('stack', stack, stacks);
  if (divisor !== null) failIfUnknown('stack', divisor, stacks);
  failIfUnknown('measure', measure, measureNames);
  const { kind } = measures[measure];
  const isRatio = divisor !== null || kind === 'ratio';
  if (isRatio && unit !== '') throw makeInvalidError(`a ratio has no unit, found '${unit}'`);
  const hasNoUnit = isRatio || (unit === '' && kind === 'rate');
  if (!hasNoUnit) failIfUnknown(`unit of a ${kind}`, unit, Object.keys(units[kind]));
  const bound = Number(number) * (hasNoUnit ? 1 : units[kind][unit]!);
  return { text, stack, divisor, measure, operator, bound };
}

/**
 * Lists a failure for each workload in which the condition holds or its measure is missing. Skips
 * workloads that do not suit the condition's stacks; if all are skipped, that is a failure, too.
 */
export function findFailures(condition: Condition, { workloads }: Run): string[] {
  const { text, stack, divisor, measure, operator, bound } = condition;
  const fittingWorkloads = workloads.filter(
    ({ results }) =>
      !results.some((result) => result.unfit && [stack, divisor].includes(result.stack)),
  );
  if (fittingWorkloads.length === 0) return [`${text}: the run: nothing was measured`];
  const format = divisor === null ? formatters[measures[measure].kind] : formatRatio;
  return fittingWorkloads.flatMap((workload) => {
    const value = readValue(condition, workload);
    if (value !== null && !operators[operator](value, bound)) return [];
    const outcome = value === null ? 'nothing was measured' : `it is ${format(value)}`;
    return [`${text}: ${formatWorkloadTitle(workload)}: ${outcome}`];
  });
}

/** Reads the value that a condition compares with its bound; null if it was not measured. */
function readValue({ stack, divisor, measure }: Condition, { results }: Workload): number | null {
  const findMeasurement = (name: string) =>
    results.find((result) => result.stack === name)?.measured ?? null;
  const measured = findMeasurement(stack);
  if (measured === null || divisor === null)
    return measured && measures[measure].readValue(measured);
  const baseline = findMeasurement(divisor);
  return baseline === null ? null : computeMedianRatio(measure, measured, baseline);
}

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
