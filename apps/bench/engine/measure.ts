/** Measures a workload in a placement: starts the stacks, measures them in rounds, ends them. */
import { rmSync } from 'node:fs';
import { BusySampler } from './busy.ts';
import { mergeHistograms, summaryOf } from './histogram.ts';
import { checkCounts } from './lookup-counts.ts';
import { NotMeasured } from './not-measured.ts';
import { cpusOf, type Placement, workloadTitle } from './placement.ts';
import { seeded } from './random.ts';
import { compareToFirst, type RoundSample, sumUpRounds } from './results.ts';
import { orders } from './rounds.ts';
import type { Result, Workload } from './schema.ts';
import { type LookupCounter, type ServedMount, Target, type TargetSettings } from './target.ts';
import { type WorkloadName, workloads } from './workloads/index.ts';

/** A stack to be measured. */
export interface StackPlan {
  readonly name: string;
  readonly counted: LookupCounter | null;
  /** Returns why a workload does not fit this stack, or null; absent: all workloads fit. */
  unfit?(workload: WorkloadName): string | null;
  /** Why the stack does not start, as the trial has reported; null or absent: it starts. */
  readonly broken?: string | null;
  /** Starts the stack with empty storage. @throws {NotMeasured} */
  serve(): Promise<ServedMount>;
  /** Removes the files of the stack, which is not served now. */
  readonly discard: () => void;
}

export interface MeasurePlan extends TargetSettings {
  readonly stacks: readonly StackPlan[];
  readonly place: Placement;
  readonly rounds: number;
  /** Stacks that must pass on equal numbers of lookups. */
  readonly alike: readonly string[];
  /** `performance.now()` at the start of the run. */
  readonly since: number;
  /** Called before a stack's turn. */
  readonly turn: (what: string) => void;
}

/** A stack with its rounds so far, and the reason if it has ended. */
interface Row {
  readonly name: string;
  readonly target: Target;
  readonly samples: RoundSample[];
  readonly warnings: string[];
  missing: string | null;
  /** The workload does not fit the stack, for the reason in `missing`: no failure. */
  readonly unfit: boolean;
  /** The trial has already reported `missing`. */
  readonly isReported: boolean;
}

/** Most requests of a round: each time takes eight bytes and is sent between processes. */
const COUNT_MAX = 1_000_000;
/** Shortest step of the warm-up, in seconds, that yields the pace of the slowest stack. */
const PACE = 0.3;
const STEPS_MAX = 12;

export interface Measurement {
  readonly workload: Workload;
  /** A stack is missing or has too few rounds. */
  readonly partial: boolean;
  /** Reasons for which the run fails. */
  readonly failures: readonly string[];
  /** Warnings about all results of the workload. */
  readonly warnings: readonly string[];
}

/** Measures all stacks that fit; an interruption keeps the rounds so far. */
export async function measure(plan: MeasurePlan): Promise<Measurement> {
  const busy = new BusySampler(cpusOf(plan.at));
  const way = { serve: null, counted: null, watch: busy };
  const plain = rowOf('the plain directory', new Target(plan, way), null, null);
  const rows = plan.stacks.map(({ name, counted, serve, unfit, broken = null }) =>
    rowOf(
      name,
      new Target(plan, { serve, counted, watch: busy }),
      unfit?.(plan.workload) ?? null,
      broken,
    ),
  );
  const all = [plain, ...rows];
  let warmUpRounds = 0;
  const left: string[] = [];
  try {
    for (const row of all) await attempt(plan, row, 'start', () => row.target.start());
    const warm = await warmUp(plan, rows, plain);
    warmUpRounds = warm.rounds;
    for (const [i, order] of orders(rows, plan.rounds, seeded(plan.seed)).entries()) {
      for (const row of [plain, ...order]) await takeRound(plan, row, i + 1, warm);
      // All stacks have ended.
      if (rows.every(({ missing }) => missing !== null)) break;
    }
  } finally {
    for (const { target } of all) await collectError(left, () => target.stop());
    for (const { discard } of plan.stacks) await collectError(left, discard);
    await collectError(left, () => rmSync(plan.reference, { recursive: true, force: true }));
  }
  const { workload: name, place, at, clients, command, seed } = plan;
  const kind = workloads[name];
  checkCounts(plan.alike, plan.rounds, rows);
  const failures = [...failuresOf(name, all), ...left.map((it) => `${name}: ${it}`)];
  const workload: Workload = {
    name,
    description: kind.description,
    request: command === null ? kind.request : command.words.join(' '),
    place,
    clientCpu: at.client,
    serverCpus: at.servers,
    clients,
    warmUpRounds,
    plain:
      plain.samples.length === 0
        ? null
        : summaryOf(mergeHistograms(plain.samples.map(({ latency }) => latency))),
    busy: busy.busyness(),
    results: compareToFirst(rows.map(resultOf), seed),
  };
  const partial = all.some(({ missing, unfit }) => missing !== null && !unfit);
  const warnings =
    plain.missing === null
      ? []
      : [`${workloadTitle({ name, place })}: the plain directory ended early: ${plain.missing}`];
  return { workload, partial, failures, warnings };
}

/** Runs `act` and adds the message of its error to `wrong`. */
async function collectError(wrong: string[], act: () => Promise<void> | void): Promise<void> {
  try {
    await act();
  } catch (error) {
    wrong.push((error as Error).message);
  }
}

const rowOf = (name: string, target: Target, unfit: string | null, broken: string | null): Row => ({
  ...{ name, target, samples: [], warnings: [], missing: unfit ?? broken },
  ...{ unfit: unfit !== null, isReported: broken !== null },
});

/** Runs `act` unless the row has ended; NotMeasured ends the row. */
async function attempt(
  plan: MeasurePlan,
  row: Row,
  what: string,
  act: () => Promise<void>,
): Promise<void> {
  if (row.missing !== null) return;
  if (plan.signal.aborted) {
    row.missing = 'interrupted';
    return;
  }
  plan.turn(`${row.name}, ${what}`);
  try {
    await act();
  } catch (error) {
    if (plan.signal.aborted) row.missing = 'interrupted';
    else if (error instanceof NotMeasured) row.missing = await row.target.explain(error);
    else if (isSystemError(error)) row.missing = error.message;
    else throw error;
  }
}

/** Whether an error comes from a system call, e.g. for a full disk or too many open files. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;

interface Warm {
  /** Number of the next request, and requests in a round, per client. */
  readonly from: number;
  readonly count: number;
  readonly rounds: number;
}

/**
 * Warms up all stacks with equal requests, more in each step, until the number is known that fills
 * a round of the slowest stack.
 */
async function warmUp(plan: MeasurePlan, rows: readonly Row[], plain: Row): Promise<Warm> {
  let from = 0;
  let rounds = 0;
  const step = async (count: number): Promise<number> => {
    let slowest = 0;
    for (const row of [plain, ...rows]) {
      await attempt(plan, row, 'warm-up', async () => {
        const { sample, complaint } = await row.target.measure(0, { from, count }, plan.since);
        if (row !== plain) slowest = Math.max(slowest, sample.seconds);
        if (complaint !== null) row.missing = `wrong answer: ${complaint}`;
      });
    }
    from += count;
    rounds++;
    return slowest;
  };
  const { seconds } = plan;
  let count = 1;
  for (;;) {
    const slowest = await step(count);
    const filled = (count * seconds) / Math.max(slowest, 1e-6);
    const next = Math.min(COUNT_MAX, Math.max(1, Math.round(filled)));
    if (slowest >= seconds * PACE || next <= count || rounds >= STEPS_MAX || slowest === 0) {
      // Caches are filled before the first round that counts.
      const left = workloads[plan.workload].once - from;
      if (left > 0) await step(left);
      return { from, count: next, rounds };
    }
    count = Math.min(next, 16 * count);
  }
}

const takeRound = (
  plan: MeasurePlan,
  row: Row,
  round: number,
  { from, count }: Warm,
): Promise<void> =>
  attempt(plan, row, `round ${round} of ${plan.rounds}`, async () => {
    const requested = { from: from + (round - 1) * count, count };
    const { sample, complaint } = await row.target.measure(round, requested, plan.since);
    row.samples.push(sample);
    if (complaint !== null) row.missing = `wrong answer: ${complaint}`;
  });

const resultOf = ({ name: stack, samples, missing, unfit, warnings, target }: Row): Result => {
  const { peakMemoryBytes, startSeconds } = target;
  return {
    stack,
    measured: sumUpRounds(samples, { peakMemoryBytes, startSeconds }),
    missing: samples.length === 0 ? (missing ?? 'interrupted') : missing,
    unfit,
    warnings,
  };
};

const failuresOf = (workload: string, rows: readonly Row[]): string[] =>
  rows.flatMap(({ name, missing, unfit, isReported }) =>
    missing === null || unfit || isReported || missing === 'interrupted'
      ? []
      : [`${workload}, ${name}: ${missing}`],
  );
