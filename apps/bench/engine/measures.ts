/** The measures of a stack: for each, its place in a result, its unit and its text. */
import { formatDuration, formatRate } from '../../../terminal/quantities.ts';
import { whole } from './numbers.ts';
import type { Measured, Round } from './schema.ts';
import { median } from './statistics.ts';
import { pairRounds } from './verdict.ts';

export type Kind = 'time' | 'size' | 'rate';

/** Units of each kind, in its base unit: nanoseconds, bytes, requests a second. */
export const units: Readonly<Record<Kind, Readonly<Record<string, number>>>> = {
  time: { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 },
  size: { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 },
  rate: { '/s': 1 },
};

/** Formats a value of a kind for people. */
export const formats: Readonly<Record<Kind, (value: number) => string>> = {
  time: formatDuration,
  size: (bytes) => `${whole(bytes / 1e6)} MB`,
  rate: (perSecond) => `${formatRate(perSecond)}/s`,
};

export interface Measure {
  readonly kind: Kind;
  /** Null: it was not measured. */
  of(measured: Measured): number | null;
  /** The measure of one round; absent where only the whole has it. */
  ofRound?(round: Round): number;
}

/** Figures of one round, and of all rounds together. */
type Common = Pick<Round, 'latency' | 'serverCpuSeconds' | 'clientCpuSeconds'>;

const both = (of: (it: Common) => number): Measure => ({ kind: 'time', of, ofRound: of });

/** Nanoseconds per request. */
const each = (seconds: number, { latency }: Common): number =>
  (1e9 * seconds) / Math.max(1, latency.count);

/** In the order of a table's columns. docs/how-it-works/bench.md explains them. */
export const measures = {
  p50: both(({ latency }) => latency.p50),
  mean: both(({ latency }) => latency.mean),
  p90: both(({ latency }) => latency.p90),
  p99: both(({ latency }) => latency.p99),
  'p99.9': both(({ latency }) => latency['p99.9']),
  max: both(({ latency }) => latency.max),
  throughput: {
    kind: 'rate',
    of: (measured) => measured.throughput,
    ofRound: (round) => round.latency.count / Math.max(1e-9, round.seconds),
  },
  'server-cpu': both((it) => each(it.serverCpuSeconds, it)),
  'client-cpu': both((it) => each(it.clientCpuSeconds, it)),
  memory: { kind: 'size', of: (measured) => measured.peakMemoryBytes },
  start: {
    kind: 'time',
    of: ({ startSeconds }) => (startSeconds === null ? null : startSeconds * 1e9),
  },
} satisfies Record<string, Measure>;

export type MeasureName = keyof typeof measures;
export const measureNames = Object.keys(measures) as MeasureName[];

/** The ratio of two stacks, by rounds where these have the measure; null if it is no number. */
export function ratioOf(name: MeasureName, mine: Measured, other: Measured): number | null {
  const { of, ofRound }: Measure = measures[name];
  const pairs =
    ofRound === undefined
      ? [[of(mine), of(other)] as const]
      : pairRounds(mine.rounds, other.rounds).map(([a, b]) => [ofRound(a), ofRound(b)] as const);
  const ratios = pairs
    .map(([a, b]) => (a ?? Number.NaN) / (b ?? Number.NaN))
    .filter(Number.isFinite);
  return ratios.length === 0 ? null : median(ratios);
}
