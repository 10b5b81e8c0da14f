/**
 * Defines the types of `glossa bench`'s JSON result, and parses it for `bench compare` and `bench
 * report`. The properties are the keys of the JSON, which docs/how-it-works/bench.md explains.
 * Removing a key or changing its meaning needs a new `schemaVersion`; adding a key does not.
 *
 * Times of single requests are in nanoseconds, all others in seconds; sizes are in bytes.
 */
import { Failure } from '../../../terminal/exit.ts';
import type { Placement } from './placement.ts';

/** The version of the JSON that this glossa writes and reads. */
export const SCHEMA_VERSION = 2;

/** All verdicts about a comparison. */
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
  /** Pairs in rising order: `percent` of the requests took at most `nanoseconds`. */
  readonly quantiles: readonly (readonly [percent: number, nanoseconds: number])[];
}

/** The first requests of a fresh mount, before any other. */
export interface FirstRequests {
  /** Their times; `count` is 10,000, or as many as fitted into the time for them. */
  readonly latency: Summary;
  /** The time of all of them. */
  readonly seconds: number;
}

/** The requests before the rounds of a stack. */
export interface WarmUp {
  /** Number of requests of all clients, the first ones included. */
  readonly requests: number;
  readonly seconds: number;
  /** Whether the stack was steady at the end (steadiness.ts). */
  readonly steady: boolean;
}

/** One round of a stack. */
export interface Round {
  /** Number of the round, from 1. Equal rounds of several stacks ran one right after the other. */
  readonly round: number;
  /** Start of the round, in seconds since the start of the run. */
  readonly at: number;
  /** Duration of the round. */
  readonly seconds: number;
  /** Times of the requests. */
  readonly latency: Summary;
  readonly serverCpuSeconds: number;
  readonly clientCpuSeconds: number;
}

/** The comparison of a stack's times with another stack's. */
export interface Comparison {
  /** The stack's median time divided by the other's: above 1, the stack is slower. */
  readonly ratio: number;
  /** Ends of the interval that contains the ratio with the probability `confidence`. */
  readonly low: number;
  readonly high: number;
  /** The probability, 0 to 1. */
  readonly confidence: number;
  /** The largest ratio that chance explains (95 %), at least 1. */
  readonly noise: number;
  readonly verdict: Verdict;
}

/** The results of the rounds of a stack. */
export interface Measurement {
  readonly rounds: readonly Round[];
  /** All rounds together. */
  readonly latency: Distribution;
  /** Requests per second, of all clients together. */
  readonly throughput: number;
  readonly serverCpuSeconds: number;
  readonly clientCpuSeconds: number;
  /** Peak memory of the server; null: unknown. */
  readonly peakMemoryBytes: number | null;
  /** Time until the server was mounted; null: unknown. */
  readonly startSeconds: number | null;
  /** The first requests; results of older versions lack them. */
  readonly first?: FirstRequests;
  /** The warm-up; results of older versions, which measured sooner, lack it. */
  readonly warmUp?: WarmUp;
  /** Counters by name: `lookups passed on`, and for the workload `phpsim`, `lookups`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Numbers of replies that were checked, and that were wrong. */
  readonly answers: { readonly checked: number; readonly wrong: number };
  /** Comparison with the first stack; null for that one, or if either was not measured. */
  readonly toFirst: Comparison | null;
}

/** The result of one stack in a workload. */
export interface StackResult {
  readonly stack: string;
  /** The measured figures; null if nothing was measured, for the reason in `missing`. */
  readonly measured: Measurement | null;
  /** Why nothing was measured, or why the stack ended early. */
  readonly missing: string | null;
  /**
   * Whether the workload does not suit the stack, for the reason in `missing`. This does not fail
   * the run.
   */
  readonly unfit: boolean;
  readonly warnings: readonly string[];
}

/** Other work of the machine during a measurement. */
export interface Busyness {
  /** Share of the measured CPUs' time that other processes used, 0 to 1. */
  readonly others: number;
  /** Share of this time that the host of a virtual machine gave to other machines, 0 to 1. */
  readonly steal: number;
  /** Mean number of other threads that ran or waited for a CPU, on the whole machine. */
  readonly load: number;
}

/** A workload in one placement, with the results of all stacks. */
export interface Workload {
  readonly name: string;
  readonly description: string;
  /** Description of a request: `stat of a name that is absent`. */
  readonly request: string;
  readonly place: Placement;
  /** The CPU of the clients; null if they are not pinned. */
  readonly clientCpu: number | null;
  /** The CPUs of the servers, as the kernel lists them: `0-3,8`. */
  readonly serverCpus: string;
  /** Number of clients. */
  readonly clients: number;
  /** Number of blocks of requests in the longest warm-up. */
  readonly warmUpRounds: number;
  /**
   * The same requests of the same clients in the plain directory, without a server: the time of the
   * clients and the kernel alone. Null: not measured.
   */
  readonly plain: Summary | null;
  /** Other work of the machine in the rounds; null: unknown. */
  readonly busy: Busyness | null;
  /** One result of each stack, in the order of the stacks. */
  readonly results: readonly StackResult[];
}

/** The machine of the run. */
export interface Machine {
  /** Model of the CPU. */
  readonly cpu: string;
  /** Number of CPUs that the bench may use. */
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Version of the kernel. */
  readonly kernel: string;
  /** Load averages at the start of the run, over 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  /** Type of the file system that holds the stacks' files. */
  readonly storage: string;
  /**
   * Microseconds for which an idle CPU of a virtual machine polls for work before it halts: waking a halted one takes
   * 10 µs and more. null: not known, as on other machines; results of older versions lack it.
   */
  readonly idlePollUs?: number | null;
  /** Versions of programs by name; null for a missing program. */
  readonly versions: Readonly<Record<string, string | null>>;
}

/** Name, description and configuration of a stack. */
export interface StackDescription {
  readonly name: string;
  readonly description: string;
  /** Text of the volfile; null if another program mounts the stack, without a volfile. */
  readonly volfile: string | null;
}

/** The result of `glossa bench`, as in its JSON. */
export interface Run {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** The question that the run answers: `How fast is a?` */
  readonly question: string;
  /** The command line, word by word. */
  readonly command: readonly string[];
  /** Start of the run, in ISO 8601. */
  readonly date: string;
  /** Duration of the run. */
  readonly seconds: number;
  readonly seed: number;
  /** Whether the run ended early, or a stack is missing. */
  readonly partial: boolean;
  readonly warnings: readonly string[];
  readonly machine: Machine;
  /** All stacks are compared with the first. */
  readonly stacks: readonly StackDescription[];
  /** Every workload, once per placement. */
  readonly workloads: readonly Workload[];
  /** Flags of `glossa mount` for glossa's stacks. */
  readonly mountFlags: readonly string[];
}

/**
 * Parses a result of `glossa bench`.
 * @param file the name of the file in error messages
 * @throws {Failure} for any other content
 */
export function parseRun(content: string, file: string): Run {
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
    const versionText = JSON.stringify(schemaVersion);
    throw makeError(`schemaVersion is ${versionText}; this glossa reads ${SCHEMA_VERSION}`);
  }
  const names = stacks?.map(({ name }) => name).join('\n');
  const isComplete = workloads?.every(
    ({ results }) => results?.map(({ stack }) => stack).join('\n') === names,
  );
  if (!names || !isComplete || machine === undefined) {
    throw makeError('no result of glossa bench: each workload has one of each stack');
  }
  return parsed as Run;
}
