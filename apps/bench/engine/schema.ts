/**
 * The result of `glossa bench` as a file: what its keys are, and the types that they have here.
 * docs/how-it-works/bench.md explains them to people. A key that goes, or means something else, is a new
 * `schemaVersion`; a key that is added is none.
 *
 * Times of single requests are in nanoseconds, all others in seconds; sizes are in bytes.
 */
import { Failure } from '../../../terminal/exit.ts';
import type { Placement } from './placement.ts';

export const SCHEMA_VERSION = 2;

export const verdicts = ['faster', 'slower', 'no difference', 'too noisy to conclude'] as const;
export type Verdict = (typeof verdicts)[number];

/** What a histogram says about the requests of a round; nanoseconds. */
export interface Summary {
  /** Requests. */
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

/** The same about all rounds, fine enough to be drawn. */
export interface Distribution extends Summary {
  /** The share of requests that took no longer, in percent. Both rise. */
  readonly quantiles: readonly (readonly [percent: number, nanoseconds: number])[];
}

export interface Round {
  /** From 1. Rounds of the same number, of all stacks, stand beside each other in time. */
  readonly round: number;
  /** Since the start of the run. */
  readonly at: number;
  readonly seconds: number;
  readonly latency: Summary;
  readonly serverCpuSeconds: number;
  readonly clientCpuSeconds: number;
}

export interface Comparison {
  /** The stack's median over the other's: above 1 it takes longer. */
  readonly ratio: number;
  /** Where the ratio lies, with this confidence. */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  /** The largest ratio that chance explains (95 %), at least 1. */
  readonly noise: number;
  readonly verdict: Verdict;
}

export interface Measured {
  readonly rounds: readonly Round[];
  /** Of all rounds together. */
  readonly latency: Distribution;
  /** Requests per second, of all clients together. */
  readonly throughput: number;
  readonly serverCpuSeconds: number;
  readonly clientCpuSeconds: number;
  readonly peakMemoryBytes: number | null;
  readonly startSeconds: number | null;
  /** What was counted besides, by name: `lookups passed on`, and of `phpsim` `lookups`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly answers: { readonly checked: number; readonly wrong: number };
  /** Null for the first stack, and where one of the two was not measured. */
  readonly toFirst: Comparison | null;
}

export interface Result {
  readonly stack: string;
  /** Null: nothing was measured, and `missing` says why. */
  readonly measured: Measured | null;
  /** Why there is nothing, or why it ended early. */
  readonly missing: string | null;
  /** The workload cannot be asked of it, and `missing` says why: that is no failure. */
  readonly unfit: boolean;
  readonly warnings: readonly string[];
}

/** Other work of the machine during a measurement. */
export interface Busyness {
  /** Of the time of the CPUs that were measured on, 0 to 1: had by other processes. */
  readonly others: number;
  /** The same: taken by the host of a virtual machine. */
  readonly steal: number;
  /** Other threads that ran or waited for a CPU at a time, on all CPUs. */
  readonly load: number;
}

export interface Workload {
  readonly name: string;
  readonly description: string;
  /** What a request is: `stat of a name that is absent`. */
  readonly request: string;
  readonly place: Placement;
  /** The CPU of the clients; null: any. */
  readonly clientCpu: number | null;
  /** The CPUs of the servers, as the kernel lists them: `0-3,8`. */
  readonly serverCpus: string;
  readonly clients: number;
  readonly warmUpRounds: number;
  /**
   * The same requests of the same clients at the plain directory, with no server between: what the
   * load generator and the kernel take by themselves. Null: it was not measured.
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
  /** Of programs, by name; null where one is missing. */
  readonly versions: Readonly<Record<string, string | null>>;
}

export interface MeasuredStack {
  readonly name: string;
  readonly description: string;
  /** Null: no mount of glossa. */
  readonly volfile: string | null;
}

export interface Run {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly question: string;
  /** The command line, word by word. */
  readonly command: readonly string[];
  /** When it began, as ISO 8601 has it. */
  readonly date: string;
  readonly seconds: number;
  readonly seed: number;
  /** It ended early: not all that was asked for was measured. */
  readonly partial: boolean;
  readonly warnings: readonly string[];
  readonly machine: Machine;
  /** The others are compared to the first. */
  readonly stacks: readonly MeasuredStack[];
  /** Each workload once for every place. */
  readonly workloads: readonly Workload[];
  /** Flags of `glossa mount` for glossa's stacks. */
  readonly mountFlags: readonly string[];
}

/** Reads what `glossa bench` has written. @throws {Failure} for anything else */
export function readRun(content: string, file: string): Run {
  const wrong = (why: string): Failure => new Failure(`${file}: ${why}`);
  let given: Partial<Run> | null;
  try {
    given = JSON.parse(content);
  } catch (error) {
    throw wrong(`not JSON: ${(error as Error).message}`);
  }
  const { schemaVersion, stacks, workloads, machine } = given ?? {};
  if (schemaVersion === undefined) {
    throw wrong('no result of glossa bench: it has no schemaVersion');
  }
  if (schemaVersion !== SCHEMA_VERSION) {
    const other = JSON.stringify(schemaVersion);
    throw wrong(`schemaVersion is ${other}; this glossa reads ${SCHEMA_VERSION}`);
  }
  const names = stacks?.map(({ name }) => name).join('\n');
  const isWhole = workloads?.every(
    ({ results }) => results?.map(({ stack }) => stack).join('\n') === names,
  );
  if (!names || !isWhole || machine === undefined) {
    throw wrong('no result of glossa bench: each workload has one of each stack');
  }
  return given as Run;
}
