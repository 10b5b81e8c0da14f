/**
 * The result of `glossa bench` as a file: what its keys are, and the types that they have here.
 * docs/how-it-works/bench.md explains them to people. A key that goes, or means something else, is a new
 * `schemaVersion`; a key that is added is none.
 *
 * Times of single requests are in nanoseconds, all others in seconds; sizes are in bytes.
 */
import { places } from './placement.ts';
import {
  amount,
  byName,
  flag,
  later,
  list,
  nullable,
  type Of,
  oneOf,
  pair,
  record,
  ShapeError,
  text,
  whole,
} from './shape.ts';

export const SCHEMA_VERSION = 1;

export const verdicts = ['faster', 'slower', 'no difference', 'too noisy to conclude'] as const;
export type Verdict = (typeof verdicts)[number];

const summaryFields = {
  /** Requests. */
  count: whole,
  min: amount,
  mean: amount,
  stddev: amount,
  p50: amount,
  p90: amount,
  p99: amount,
  'p99.9': amount,
  max: amount,
};
const summary = record(summaryFields);
/** What a histogram says about the requests of a round; nanoseconds. */
export type Summary = Of<typeof summary>;

const distribution = record({
  ...summaryFields,
  /** [percent, nanoseconds]: how many of a hundred requests took no longer. Both rise. */
  quantiles: list(pair(amount, amount)),
});
/** The same about all rounds, fine enough to be drawn. */
export type Distribution = Of<typeof distribution>;

const round = record({
  /** From 1. Rounds of the same number, of all stacks, stand beside each other in time. */
  round: whole,
  /** Since the start of the run. */
  at: amount,
  seconds: amount,
  latency: summary,
  serverCpuSeconds: amount,
  clientCpuSeconds: amount,
});
export type Round = Of<typeof round>;

const comparison = record({
  /** The stack's median over the other's: above 1 it takes longer. */
  ratio: amount,
  /** Where the ratio lies, with this confidence. */
  low: amount,
  high: amount,
  confidence: amount,
  /** The largest ratio that chance explains (95 %), at least 1. */
  noise: amount,
  verdict: oneOf(verdicts),
});
export type Comparison = Of<typeof comparison>;

const measured = record({
  rounds: list(round),
  latency: distribution,
  /** Requests per second, of all clients together. */
  throughput: amount,
  serverCpuSeconds: amount,
  clientCpuSeconds: amount,
  peakMemoryBytes: nullable(amount),
  startSeconds: nullable(amount),
  /** What was counted besides, by name: `lookups passed on`, and of `phpsim` `lookups`. */
  counts: byName(amount),
  answers: record({ checked: whole, wrong: whole }),
  throughputOverTime: list(record({ at: amount, perSecond: amount })),
  /** Null for the first stack, and where one of the two was not measured. */
  toFirst: nullable(comparison),
  /**
   * Where the time of one request goes, in the order of its way, with what each may be off by with 95 %
   * confidence (null: nobody knows); a part of 0 was in no sample, and is less than that. All
   * together they are the mean of a request. Empty: nobody asked, or a warning says why.
   */
  breakdown: list(
    record({ part: text, nanoseconds: amount, error: later(nullable(amount), null) }),
  ),
});
export type Measured = Of<typeof measured>;

const result = record({
  stack: text,
  /** Null: nothing was measured, and `missing` says why. */
  measured: nullable(measured),
  /** Why there is nothing, or why it ended early. */
  missing: nullable(text),
  /** The workload cannot be asked of it, and `missing` says why: that is no failure. */
  unfit: later(flag, false),
  warnings: list(text),
});
export type Result = Of<typeof result>;

const busyness = record({
  /** Of the time of the CPUs that were measured on, 0 to 1: had by other processes. */
  others: amount,
  /** The same: taken by the host of a virtual machine. */
  steal: amount,
  /** Other threads that ran or waited for a CPU at a time, on all CPUs. */
  load: amount,
  /** Involuntary context switches of those that measure, per second of their CPU time. */
  switches: amount,
});
/** What else the machine did while something was measured, and only then. */
export type Busyness = Of<typeof busyness>;

const workload = record({
  name: text,
  description: text,
  /** What a request is: `stat of a name that is absent`. */
  request: text,
  place: oneOf(places),
  /** The CPU of the clients; null: any. */
  clientCpu: nullable(whole),
  /** The CPUs of the servers, as the kernel lists them: `0-3,8`. */
  serverCpus: text,
  clients: whole,
  /** Requests per second that are asked for; null: each client asks as soon as it has its answer. */
  rate: nullable(amount),
  cache: oneOf(['warm', 'cold']),
  warmUpRounds: whole,
  /**
   * The same requests of the same clients at the plain directory, with no server between: what the
   * load generator and the kernel take by themselves. Null: it was not measured.
   */
  plain: nullable(summary),
  /** What else the machine did in the rounds; null: nobody looked. */
  busy: later(nullable(busyness), null),
  /** One of each stack, in the order of the stacks. */
  results: list(result),
});
export type Workload = Of<typeof workload>;

const machine = record({
  cpu: text,
  cpus: whole,
  memoryBytes: amount,
  kernel: text,
  load: list(amount),
  storage: text,
  /** Of programs, by name; null where one is missing. */
  versions: byName(nullable(text)),
});
export type Machine = Of<typeof machine>;

const stack = record({
  name: text,
  description: text,
  /** Null: no mount of glossa. */
  volfile: nullable(text),
});
export type MeasuredStack = Of<typeof stack>;

const micro = record({
  /** What was measured, as the subject of a sentence. */
  what: text,
  /** The parts of a breakdown that it is the least of. */
  parts: list(text),
  /** The stack that it is about; null: all. */
  stack: nullable(text),
  nanoseconds: amount,
});
/** A part of a request's way by itself, measured without a mount. */
export type Micro = Of<typeof micro>;

const run = record({
  schemaVersion: oneOf([SCHEMA_VERSION]),
  question: text,
  /** The command line, word by word. */
  command: list(text),
  /** When it began, as ISO 8601 has it. */
  date: text,
  seconds: amount,
  seed: whole,
  /** It ended early: not all that was asked for was measured. */
  partial: flag,
  warnings: list(text),
  machine,
  /** The others are compared to the first. */
  stacks: list(stack),
  /** Each workload once for every place. */
  workloads: list(workload),
  /** How glossa's stacks were mounted, as `glossa mount` has it; null: nobody wrote it down. */
  mountFlags: later(nullable(list(text)), null),
  /** What a breakdown is checked by; empty where there is none. */
  micro: later(list(micro), []),
});
export type Run = Of<typeof run>;

/** A file that is no result of a run. The message names the file, the key and what it must be. */
export class RunError extends Error {
  readonly code = 'GLOSSA_RUN';

  constructor(file: string, message: string) {
    super(`${file}: ${message}`);
    this.name = 'RunError';
  }
}

/** @throws {RunError} */
export function readRun(content: string, file: string): Run {
  const given = parse(content, file);
  const { schemaVersion } = (given ?? {}) as { readonly schemaVersion?: unknown };
  if (schemaVersion === undefined) {
    throw new RunError(file, 'no result of glossa bench: it has no schemaVersion');
  }
  if (schemaVersion !== SCHEMA_VERSION) {
    const other = JSON.stringify(schemaVersion);
    throw new RunError(file, `schemaVersion is ${other}; this glossa reads ${SCHEMA_VERSION}`);
  }
  try {
    const read = run(given, '');
    checkStacks(read);
    return read;
  } catch (error) {
    if (error instanceof ShapeError) throw new RunError(file, error.message);
    throw error;
  }
}

function parse(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new RunError(file, `not JSON: ${(error as Error).message}`);
  }
}

/** Every workload has a result of every stack, in one order. @throws {ShapeError} */
function checkStacks({ stacks, workloads }: Run): void {
  if (stacks.length === 0) throw new ShapeError('stacks', 'a list of at least one', stacks);
  const names = stacks.map(({ name }) => name);
  for (const [i, { results }] of workloads.entries()) {
    const found = results.map((it) => it.stack);
    if (found.join('\n') === names.join('\n')) continue;
    const at = `workloads[${i}].results`;
    throw new ShapeError(at, `of the stacks ${names.join(', ')}, in this order`, found);
  }
}
