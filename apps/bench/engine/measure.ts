/**
 * Measures one workload in one placement (assignment of CPUs): starts the stacks, warms them up,
 * measures them in rounds, and ends them. run.ts calls it for each workload and placement.
 */
import { rmSync } from 'node:fs';
import { BusySampler } from './busy-sampler.ts';
import { mergeHistograms, summarize } from './histogram.ts';
import { MeasurementError } from './measurement-error.ts';
import { formatDigits } from './numbers.ts';
import { formatCpuList, formatWorkloadTitle, type Placement } from './placement.ts';
import { seedRandom } from './random.ts';
import { compareToFirst, type RoundSample, sumUpRounds } from './results.ts';
import { orderRounds } from './rounds.ts';
import type { StackResult, WarmUp, Workload } from './schema.ts';
import {
  type LookupCounter,
  PASSED_ON_COUNTER,
  type ServedStack,
  Target,
  type TargetSettings,
} from './target.ts';
import { type WarmUpResult, warmUpTarget } from './warm-up.ts';
import { type WorkloadName, workloads } from './workloads/index.ts';

/** A stack with the counters of its rounds. */
interface CountedRow {
  readonly name: string;
  readonly samples: readonly Pick<RoundSample, 'counts'>[];
  /** The warm-up, of which only the length matters. */
  readonly warmUpResult: Pick<WarmUpResult, 'nextRequest'> | null;
  /** Receives the warnings of `checkCounts`, too. */
  readonly warnings: string[];
}

/**
 * Checks that variants of one translator in several languages passed equal numbers of lookups on
 * to the storage: if not, their caches behave differently.
 *
 * Adds a warning to each row whose number of lookups differs from the first row's. Skips rows
 * without a counter, those that ended before the last round, and those whose warm-up was too short to
 * fill a cache: in the rounds, these pass on what others have passed on before.
 * @param sameLookupStacks names of the stacks whose numbers must be equal
 * @param roundCount the number of rounds of a complete measurement
 * @param fillRequests the number of a client's requests that fill a cache
 */
export function checkCounts(
  sameLookupStacks: readonly string[],
  roundCount: number,
  fillRequests: number,
  rows: readonly CountedRow[],
): void {
  const [first, ...otherRows] = rows.filter(
    ({ name, samples, warmUpResult }) =>
      sameLookupStacks.includes(name) &&
      samples.length === roundCount &&
      (warmUpResult?.nextRequest ?? 0) >= fillRequests &&
      samples[0]?.counts[PASSED_ON_COUNTER] !== undefined,
  );
  for (const row of otherRows) {
    const [count, expected] = [countPassedOn(row), countPassedOn(first!)];
    if (count === expected) continue;
    row.warnings.push(
      `${count} lookups were passed on, by ${first!.name} ${expected}: one of them has another answer, ` +
        'unless names were forgotten by the clock, or several clients changed them by turns',
    );
  }
}

/** Counts the lookups that a stack passed on in all rounds. */
const countPassedOn = ({ samples }: CountedRow): number =>
  samples.reduce((sum, { counts }) => sum + (counts[PASSED_ON_COUNTER] ?? 0), 0);

/** A stack to be measured. */
export interface StackPlan<S extends ServedStack = ServedStack> {
  readonly name: string;
  /** Counts the lookups that reach the storage; null if the stack cannot count them. */
  readonly lookupCounter: LookupCounter | null;
  /** Returns why a workload does not fit this stack, or null. If absent, all workloads fit. */
  findUnfitReason?(workload: WorkloadName): string | null;
  /** Why the stack does not start, as the trial has reported; null or absent: it starts. */
  readonly startFailure?: string | null;
  /** Starts the stack with empty storage. @throws {MeasurementError} */
  serve(): Promise<S>;
  /** Removes the files of the stack, after its server has stopped. */
  readonly discard: () => void;
}

/** The stacks, the workload and the settings of one measurement. */
export interface MeasurePlan extends TargetSettings {
  readonly stacks: readonly StackPlan[];
  readonly placement: Placement;
  /** Number of rounds after the warm-up. */
  readonly rounds: number;
  /** Whether the stacks run without a mount; the plain directory, a folder, is then left out. */
  readonly inProcess: boolean;
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
  /** The first requests and the warm-up; null before their end. */
  warmUpResult: WarmUpResult | null;
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
  const plainRow = makeRow(
    'the plain directory',
    new Target(plan, plainAccess),
    plan.inProcess ? 'the stacks are not mounted' : null,
    null,
  );
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
    const roundsStart = await warmUpRows(plan, rows, plainRow);
    warmUpRounds = roundsStart.blockCount;
    for (const [i, order] of orderRounds(rows, plan.rounds, seedRandom(plan.seed)).entries()) {
      for (const row of [plainRow, ...order]) await measureRound(plan, row, i + 1, roundsStart);
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
  const { warmUpRequests, cycleRequests = warmUpRequests } = kind;
  checkCounts(plan.sameLookupStacks, plan.rounds, cycleRequests, rows);
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
    plainRow.endReason === null || plainRow.isUnfit
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
  warmUpResult: null,
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
interface RoundsStart {
  /** Number of the first request of round 1. */
  readonly from: number;
  /** Requests of each client in a round. */
  readonly count: number;
  /** Blocks of the longest warm-up. */
  readonly blockCount: number;
}

/**
 * Warms up each row. All rows then have the same requests in a round: as many as fill a round of the
 * slowest stack.
 */
async function warmUpRows(
  plan: MeasurePlan,
  rows: readonly MeasuredRow[],
  plainRow: MeasuredRow,
): Promise<RoundsStart> {
  let [from, blockCount] = [0, 0];
  let slowestPerSecond = Number.POSITIVE_INFINITY;
  for (const row of [plainRow, ...rows]) {
    let blocks = 0;
    const onBlock = (): void => {
      plan.onStep(`${row.name}, warm-up`);
      blocks++;
    };
    await attempt(plan, row, 'first requests', async () => {
      const result = await warmUpTarget(row.target, { ...plan, onBlock });
      row.warmUpResult = result;
      if (result.complaint !== null) row.endReason = `wrong answer: ${result.complaint}`;
      from = Math.max(from, result.nextRequest);
      if (row !== plainRow) slowestPerSecond = Math.min(slowestPerSecond, result.perSecond);
    });
    blockCount = Math.max(blockCount, blocks);
  }
  const count = Math.round(Math.min(ROUND_REQUESTS_MAX, plan.seconds * slowestPerSecond));
  return { from, count: Math.max(1, count), blockCount };
}

/** Measures one round of a row. @param round from 1 */
const measureRound = (
  plan: MeasurePlan,
  row: MeasuredRow,
  round: number,
  { from, count }: RoundsStart,
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
  warmUpResult,
}: MeasuredRow): StackResult => {
  const { peakMemoryBytes, startSeconds } = target;
  // A row with rounds has been warmed up.
  const { first, warmUp } = warmUpResult ?? {};
  const totals = { peakMemoryBytes, startSeconds, ...(first && warmUp && { first, warmUp }) };
  return {
    stack,
    measured: sumUpRounds(samples, totals),
    missing: samples.length === 0 ? (endReason ?? 'interrupted') : endReason,
    unfit: isUnfit,
    warnings: warmUp?.steady === false ? [...warnings, describeUnsteady(warmUp)] : warnings,
  };
};

/** Formats the warning about a warm-up that reached its bound. */
const describeUnsteady = ({ requests, seconds }: WarmUp): string =>
  `not steady after ${requests} request${requests === 1 ? '' : 's'} in ${formatDigits(seconds)} s, so ` +
  'the rounds may contain some of the warm-up; a higher --duration or --rounds allows more time';

/** Lists the rows that have failed, without interrupted, unfit and already reported ones. */
const listFailures = (workload: string, rows: readonly MeasuredRow[]): string[] =>
  rows.flatMap(({ name, endReason, isUnfit, isReported }) =>
    endReason === null || isUnfit || isReported || endReason === 'interrupted'
      ? []
      : [`${workload}, ${name}: ${endReason}`],
  );
