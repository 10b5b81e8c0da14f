/** What can be compared of stacks: each measure, where it stands in a result, and its unit. */
import type { Measured, Round } from './schema.ts';
import { median } from './statistics.ts';
import { pairRounds } from './verdict.ts';

export type Kind = 'time' | 'size' | 'rate';

/** What the units of a kind are, counted in the one that values have: nanoseconds, bytes. */
export const units: Readonly<Record<Kind, Readonly<Record<string, number>>>> = {
  time: { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 },
  size: { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 },
  rate: { '/s': 1 },
};

export interface Measure {
  readonly kind: Kind;
  readonly help: string;
  /** Null: it was not measured. */
  of(measured: Measured): number | null;
  /** Of a round, where a round has it. */
  ofRound?(round: Round): number;
}

type LatencyName = 'mean' | 'p50' | 'p90' | 'p99' | 'p99.9' | 'max';

const latency = (name: LatencyName, help: string): Measure => ({
  kind: 'time',
  help,
  of: (measured) => measured.latency[name],
  ofRound: (round) => round.latency[name],
});

const cpu = (name: 'serverCpuSeconds' | 'clientCpuSeconds', help: string): Measure => ({
  kind: 'time',
  help,
  of: (measured) => (1e9 * measured[name]) / Math.max(1, measured.latency.count),
  ofRound: (round) => (1e9 * round[name]) / Math.max(1, round.latency.count),
});

export const measures = {
  mean: latency('mean', 'the mean time of a request'),
  p50: latency('p50', 'the median: half of the requests take no longer'),
  p90: latency('p90', '90 of 100 requests take no longer'),
  p99: latency('p99', '99 of 100 requests take no longer'),
  'p99.9': latency('p99.9', '999 of 1000 requests take no longer'),
  max: latency('max', 'the longest request'),
  throughput: {
    kind: 'rate',
    help: 'requests per second, of all clients together',
    of: (measured) => measured.throughput,
    ofRound: (round) => round.latency.count / Math.max(1e-9, round.seconds),
  },
  'server-cpu': cpu('serverCpuSeconds', "the server's CPU time for a request"),
  'client-cpu': cpu(
    'clientCpuSeconds',
    "the clients' CPU time for a request, the kernel's with it",
  ),
  memory: {
    kind: 'size',
    help: 'the most memory that the server had',
    of: (measured) => measured.peakMemoryBytes,
  },
  start: {
    kind: 'time',
    help: 'from the start of the server until the mount answers',
    of: ({ startSeconds }) => (startSeconds === null ? null : startSeconds * 1e9),
  },
} satisfies Record<string, Measure>;

export type MeasureName = keyof typeof measures;
export const measureNames = Object.keys(measures) as MeasureName[];

/** The one over the other, round by round where rounds have it; null where that is no number. */
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
