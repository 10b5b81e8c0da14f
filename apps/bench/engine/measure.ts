/**
 * Measures one workload in one placement (assignment of CPUs): starts the stacks, warms them up,
 * measures them in rounds, and ends them. run.ts calls it for each workload and placement.
 */
import { rmSync } from 'node:fs';
import { BusySampler } from './busy-sampler.ts';
import { mergeHistograms, summarize } from './histogram.ts';
import { checkCounts } from './lookup-counts.ts';
import { MeasurementError } from './measurement-error.ts';
import { formatCpuList, formatWorkloadTitle, type Placement } from './placement.ts';
import { seedRandom } from './random.ts';
import { compareToFirst, type RoundSample, sumUpRounds } from './results.ts';
import { orderRounds } from './rounds.ts';
import type { StackResult, Workload } from './schema.ts';
import { type LookupCounter, type ServedMount, Target, type TargetSettings } from './target.ts';
import { type WorkloadName, workloads } from './workloads/index.ts';

/** A stack to be measured. */
export interface StackPlan {
  readonly name: string;
  /** Counts the lookups that reach the storage; null if the stack cannot count them. */
  readonly lookupCounter: LookupCounter | null;
  /** Returns why a workload does not fit this stack, or null. If absent, all workloads fit. */
  findUnfitReason?(workload: WorkloadName): string | null;
  /** Why the stack does not start, as the trial has reported; null or absent: it starts. */
  readonly startFailure?: string | null;
  /** Starts the stack with empty storage. @throws {MeasurementError} */
  serve(): Promise<ServedMount>;
  /** Removes the files of the stack, after its server has stopped. */
  readonly discard: () => void;
}

/** The stacks, the workload and the settings of one measurement. */
export interface MeasurePlan extends TargetSettings {
  readonly stacks: readonly StackPlan[];
  readonly placement: Placement;
  /** Number of rounds after the warm-up. */
  readonly rounds: number;
  /** Names of the stacks that must pass equal numbers of lookups on to the storage. */
  readonly sameLookupStacks: readonly string[];
  /** `performance.now()` at the start of the run. */
  readonly runStartMs: number;
  /** Called before each step of a stack (start, warm-up, round), with its name and the step. */
  readonly onStep: (activity: string) => void;
}

/** A stack, or the plain directory, with its rounds so far: a row of the result's table. */
interface MeasuredRow {
  readonly name: string;
  readonly target: Target;
  readonly samples: RoundSample[];
  readonly warnings: string[];
  /** Why no further rounds are measured, even if some were; null while it goes on. */
  endReason: string | null;
  /**
   * Whether the workload does not suit the stack, for the reason in `endReason`. This does not fail
   * the run.
   */
  readonly isUnfit: boolean;
  /** Whether the trial has already reported `endReason`. */
  readonly isReported: boolean;
}

/** Maximum number of requests in a round: clients send the bench eight bytes for each. */
const ROUND_REQUESTS_MAX = 1_000_000;
/**
 * The share of a round's duration that the last step of the warm-up takes at least: its time shows
 * how many requests fill a round of the slowest stack.
 */
const WARM_UP_SHARE = 0.3;
/** Maximum number of steps in a warm-up. */
const WARM_UP_STEPS_MAX = 12;

/** The results of one measurement, and its effects on the whole run. */
export interface WorkloadMeasurement {
  readonly workload: Workload;
  /** Whether a stack is missing or has too few rounds. */
  readonly partial: boolean;
  /** Reasons for which the run fails. */
  readonly failures: readonly string[];
  /** Warnings about all results of the workload. */
  readonly warnings: readonly string[];
}

/** Measures all stacks that suit the workload; an interruption keeps the rounds so far. */
export async function measure(plan: MeasurePlan): Promise<WorkloadMeasurement> {
  const busySampler = new BusySampler(formatCpuList(plan.cpus));
  const plainAccess = { serve: null, lookupCounter: null, busySampler };
  const plainRow = makeRow('the plain directory', new Target(plan, plainAccess), null, null);
  const rows = plan.stacks.map(
    ({ name, lookupCounter, serve, findUnfitReason, startFailure = null }) =>
      makeRow(
        name,
        new Target(plan, { serve, lookupCounter, busySampler }),
        findUnfitReason?.(plan.workload) ?? null,
        startFailure,
      ),
  );
  const allRows = [plainRow, ...rows];
  let warmUpRounds = 0;
  const cleanupErrors: string[] = [];
  try {
    for (const row of allRows) await attempt(plan, row, 'start', () => row.target.start());
    const warmUpResult = await warmUp(plan, rows, plainRow);
    warmUpRounds = warmUpResult.stepCount;
    for (const [i, order] of orderRounds(rows, plan.rounds, seedRandom(plan.seed)).entries()) {
      for (const row of [plainRow, ...order]) await measureRound(plan, row, i + 1, warmUpResult);
      if (rows.every(({ endReason }) => endReason !== null)) break;
    }
  } finally {
    for (const { target } of allRows) await runAndCollectError(cleanupErrors, () => target.stop());
    for (const { discard } of plan.stacks) await runAndCollectError(cleanupErrors, discard);
    await runAndCollectError(cleanupErrors, () =>
      rmSync(plan.plainFolder, { recursive: true, force: true }),
    );
  }
  const { workload: name, placement, cpus, clients, command, seed } = plan;
  const kind = workloads[name];
  checkCounts(plan.sameLookupStacks, plan.rounds, rows);
  const failures = [
    ...listFailures(name, allRows),
    ...cleanupErrors.map((error) => `${name}: ${error}`),
  ];
  const workload: Workload = {
    name,
    description: kind.description,
    request: command === null ? kind.request : command.words.join(' '),
    place: placement,
    clientCpu: cpus.client,
    serverCpus: cpus.servers,
    clients,
    warmUpRounds,
    plain:
      plainRow.samples.length === 0
        ? null
        : summarize(mergeHistograms(plainRow.samples.map(({ latency }) => latency))),
    busy: busySampler.computeBusyness(),
    results: compareToFirst(rows.map(makeResult), seed),
  };
  const partial = allRows.some(({ endReason, isUnfit }) => endReason !== null && !isUnfit);
  const warnings =
    plainRow.endReason === null
      ? []
      : [
          `${formatWorkloadTitle({ name, place: placement })}: the plain directory ended early: ${plainRow.endReason}`,
        ];
  return { workload, partial, failures, warnings };
}

/** Runs `action`, and adds the message of its error to `messages`. */
async function runAndCollectError(
  messages: string[],
  action: () => Promise<void> | void,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    messages.push((error as Error).message);
  }
}

/** Makes a row without rounds. With a reason, it has ended before it starts. */
const makeRow = (
  name: string,
  target: Target,
  unfitReason: string | null,
  startFailure: string | null,
): MeasuredRow => ({
  ...{ name, target, samples: [], warnings: [], endReason: unfitReason ?? startFailure },
  ...{ isUnfit: unfitReason !== null, isReported: startFailure !== null },
});

/**
 * Runs `action` unless the row has ended. MeasurementError, an interruption or a failed system call ends
 * the row; other errors are thrown.
 */
async function attempt(
  plan: MeasurePlan,
  row: MeasuredRow,
  activity: string,
  action: () => Promise<void>,
): Promise<void> {
  if (row.endReason !== null) return;
  if (plan.signal.aborted) {
    row.endReason = 'interrupted';
    return;
  }
  plan.onStep(`${row.name}, ${activity}`);
  try {
    await action();
  } catch (error) {
    if (plan.signal.aborted) row.endReason = 'interrupted';
    else if (error instanceof MeasurementError)
      row.endReason = await row.target.explainError(error);
    else if (isSystemError(error)) row.endReason = error.message;
    else throw error;
  }
}

/** Whether an error comes from a system call, e.g. for a full disk or too many open files. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;

/** The requests with which the rounds begin, and the length of the warm-up. */
interface WarmUpResult {
  /** Number of the first request of round 1. */
  readonly from: number;
  /** Requests of each client in a round. */
  readonly count: number;
  /** Warm-up steps that were made. */
  readonly stepCount: number;
}

/**
 * Warms up all stacks with equal requests, more in each step, until it knows how many requests fill
 * a round of the slowest stack.
 */
async function warmUp(
  plan: MeasurePlan,
  rows: readonly MeasuredRow[],
  plainRow: MeasuredRow,
): Promise<WarmUpResult> {
  let from = 0;
  let stepCount = 0;
  /** Sends `count` requests to each stack; returns the slowest stack's seconds. */
  const runStep = async (count: number): Promise<number> => {
    let slowestSeconds = 0;
    for (const row of [plainRow, ...rows]) {
      await attempt(plan, row, 'warm-up', async () => {
        const { sample, complaint } = await row.target.measure(0, { from, count }, plan.runStartMs);
        if (row !== plainRow) slowestSeconds = Math.max(slowestSeconds, sample.seconds);
        if (complaint !== null) row.endReason = `wrong answer: ${complaint}`;
      });
    }
    from += count;
    stepCount++;
    return slowestSeconds;
  };
  const { seconds } = plan;
  let count = 1;
  for (;;) {
    const slowestSeconds = await runStep(count);
    const countPerRound = (count * seconds) / Math.max(slowestSeconds, 1e-6);
    const nextCount = Math.min(ROUND_REQUESTS_MAX, Math.max(1, Math.round(countPerRound)));
    if (
      slowestSeconds >= seconds * WARM_UP_SHARE ||
      nextCount <= count ||
      stepCount >= WARM_UP_STEPS_MAX ||
      slowestSeconds === 0
    ) {
      // Also touches the whole tree once, so that caches are full before round 1.
      const requestsLeft = workloads[plan.workload].warmUpRequests - from;
      if (requestsLeft > 0) await runStep(requestsLeft);
      return { from, count: nextCount, stepCount };
    }
    // A short step gives a bad estimate, so the next one is at most 16 times as long.
    count = Math.min(nextCount, 16 * count);
  }
}

/** Measures one round of a row. @param round from 1 */
const measureRound = (
  plan: MeasurePlan,
  row: MeasuredRow,
  round: number,
  { from, count }: WarmUpResult,
): Promise<void> =>
  attempt(plan, row, `round ${round} of ${plan.rounds}`, async () => {
    const range = { from: from + (round - 1) * count, count };
    const { sample, complaint } = await row.target.measure(round, range, plan.runStartMs);
    row.samples.push(sample);
    if (complaint !== null) row.endReason = `wrong answer: ${complaint}`;
  });

/** Makes the result of a row, not yet compared with the first stack. */
const makeResult = ({
  name: stack,
  samples,
  endReason,
  isUnfit,
  warnings,
  target,
}: MeasuredRow): StackResult => {
  const { peakMemoryBytes, startSeconds } = target;
  return {
    stack,
    measured: sumUpRounds(samples, { peakMemoryBytes, startSeconds }),
    missing: samples.length === 0 ? (endReason ?? 'interrupted') : endReason,
    unfit: isUnfit,
    warnings,
  };
};

/** Lists the rows that have failed, without interrupted, unfit and already reported ones. */
const listFailures = (workload: string, rows: readonly MeasuredRow[]): string[] =>
  rows.flatMap(({ name, endReason, isUnfit, isReported }) =>
    endReason === null || isUnfit || isReported || endReason === 'interrupted'
      ? []
      : [`${workload}, ${name}: ${endReason}`],
  );
