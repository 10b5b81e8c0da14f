/**
 * Types and reads the JSON result of `glossa bench`; docs/how-it-works/bench.md explains its keys.
 * Removing a key or changing its meaning needs a new `schemaVersion`; adding a key does not.
 *
 * Times of single requests are in nanoseconds, all others in seconds; sizes are in bytes.
 */
import { Failure } from '../../../terminal/exit.ts';
import type { Placement } from './placement.ts';

export const SCHEMA_VERSION = 2;

export const verdicts = ['faster', 'slower', 'no difference', 'too noisy to conclude'] as const;
export type Verdict = (typeof verdicts)[number];

/** Summary of the requests of a round; nanoseconds. */
export interface Summary {
  /** Number of requests. */
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly stddev: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly 'p99.9': number;
  readonly max: number;
}

/** Summary of all rounds, with quantiles for a picture. */
export interface Distribution extends Summary {
  /** The share of requests that took no longer, in percent. Both rise. */
  readonly quantiles: readonly (readonly [percent: number, nanoseconds: number])[];
}

export interface Round {
  /** From 1. Rounds of equal numbers ran next to each other. */
  readonly round: number;
  /** Seconds since the start of the run. */
  readonly at: number;
  readonly seconds: number;
  readonly latency: Summary;
  readonly serverCpuSeconds: number;
  readonly clientCpuSeconds: number;
}

export interface Comparison {
  /** The stack's median over the other's: above 1 it takes longer. */
  readonly ratio: number;
  /** Ends of the interval that contains the ratio with `confidence`. */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  /** The largest ratio that chance explains (95 %), at least 1. */
  readonly noise: number;
  readonly verdict: Verdict;
}

export interface Measured {
  readonly rounds: readonly Round[];
  /** All rounds together. */
  readonly latency: Distribution;
  /** Requests per second, of all clients together. */
  readonly throughput: number;
  readonly serverCpuSeconds: number;
  readonly clientCpuSeconds: number;
  readonly peakMemoryBytes: number | null;
  readonly startSeconds: number | null;
  /** Counters by name: `lookups passed on`, and `lookups` of `phpsim`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly answers: { readonly checked: number; readonly wrong: number };
  /** Null for the first stack, and where either stack was not measured. */
  readonly toFirst: Comparison | null;
}

export interface Result {
  readonly stack: string;
  /** Null: nothing was measured; `missing` has the reason. */
  readonly measured: Measured | null;
  /** Why nothing was measured, or why the stack ended early. */
  readonly missing: string | null;
  /** The workload does not fit the stack, for the reason in `missing`: no failure. */
  readonly unfit: boolean;
  readonly warnings: readonly string[];
}

/** Other work of the machine during a measurement. */
export interface Busyness {
  /** Share of the time of the used CPUs that other processes had, 0 to 1. */
  readonly others: number;
  /** Share that the host of a virtual machine took. */
  readonly steal: number;
  /** Mean number of other threads that ran or waited, on all CPUs. */
  readonly load: number;
}

export interface Workload {
  readonly name: string;
  readonly description: string;
  /** Description of a request: `stat of a name that is absent`. */
  readonly request: string;
  readonly place: Placement;
  /** The CPU of the clients; null: any. */
  readonly clientCpu: number | null;
  /** The CPUs of the servers, as the kernel lists them: `0-3,8`. */
  readonly serverCpus: string;
  readonly clients: number;
  readonly warmUpRounds: number;
  /**
   * The same requests of the same clients in the plain directory, without a server: the time of the
   * clients and the kernel alone. Null: not measured.
   */
  readonly plain: Summary | null;
  /** Other work of the machine in the rounds; null: unknown. */
  readonly busy: Busyness | null;
  /** One of each stack, in the order of the stacks. */
  readonly results: readonly Result[];
}

export interface Machine {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly load: readonly number[];
  readonly storage: string;
  /** Versions of programs by name; null for a missing program. */
  readonly versions: Readonly<Record<string, string | null>>;
}

export interface MeasuredStack {
  readonly name: string;
  readonly description: string;
  /** Null: the stack is no mount of glossa. */
  readonly volfile: string | null;
}

export interface Run {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly question: string;
  /** The command line, word by word. */
  readonly command: readonly string[];
  /** Start of the run, in ISO 8601. */
  readonly date: string;
  readonly seconds: number;
  readonly seed: number;
  /** The run ended early, or a stack is missing. */
  readonly partial: boolean;
  readonly warnings: readonly string[];
  readonly machine: Machine;
  /** All are compared with the first. */
  readonly stacks: readonly MeasuredStack[];
  /** Each workload once for every placement. */
  readonly workloads: readonly Workload[];
  /** Flags of `glossa mount` for glossa's stacks. */
  readonly mountFlags: readonly string[];
}

/** Parses a result of `glossa bench`. @throws {Failure} for any other content */
export function readRun(content: string, file: string): Run {
  const makeError = (reason: string): Failure => new Failure(`${file}: ${reason}`);
  let parsed: Partial<Run> | null;
  try {
    parsed = JSON.parse(content);
  } catch (error) {
    throw makeError(`not JSON: ${(error as Error).message}`);
  }
  const { schemaVersion, stacks, workloads, machine } = parsed ?? {};
  if (schemaVersion === undefined) {
    throw makeError('no result of glossa bench: it has no schemaVersion');
  }
  if (schemaVersion !== SCHEMA_VERSION) {
    const other = JSON.stringify(schemaVersion);
    throw makeError(`schemaVersion is ${other}; this glossa reads ${SCHEMA_VERSION}`);
  }
  const names = stacks?.map(({ name }) => name).join('\n');
  const isWhole = workloads?.every(
    ({ results }) => results?.map(({ stack }) => stack).join('\n') === names,
  );
  if (!names || !isWhole || machine === undefined) {
    throw makeError('no result of glossa bench: each workload has one of each stack');
  }
  return parsed as Run;
}
