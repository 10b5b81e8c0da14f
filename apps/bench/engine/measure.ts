/** One workload at one place: its targets started, measured in rounds beside each other, and ended. */
import { rmSync } from 'node:fs';
import { breakdownOf, type CpuProfile, type Request, type Window } from './breakdown.ts';
import { BusyWatch } from './busy.ts';
import { type Alike, checkCounts } from './counts.ts';
import { merged, summaryOf } from './histogram.ts';
import { NotMeasured } from './missing.ts';
import { cpusOf, type Place, type Placed, placeTitles } from './placement.ts';
import { seeded } from './random.ts';
import { rateMissed } from './rate.ts';
import { compareToFirst, measuredOf, type Sample } from './results.ts';
import { orders } from './rounds.ts';
import type { Measured, Result, Workload } from './schema.ts';
import { type Counted, type Served, Target, type TargetSettings } from './target.ts';
import { type WorkloadName, workloads } from './workloads/index.ts';

/** A stack as it is measured. */
export interface StackPlan {
  readonly name: string;
  readonly counted: Counted | null;
  /** Why a workload cannot be asked of it; null: it can. Without this, all can. */
  unfit?(workload: WorkloadName): string | null;
  /** Why it cannot be started, which was told; null or absent: it can. */
  readonly broken?: string | null;
  /**
   * Starts it, with empty folders for its storage.
   * @param isTrial nothing is measured, and no profile wanted
   * @throws {NotMeasured}
   */
  serve(fresh: boolean, isTrial?: boolean): Promise<Served>;
  /** Starts it with its storage empty, and a profile that is written when it ends. */
  serveProfiled(): Promise<Served>;
  /** What the last one wrote, and removes it; null when it wrote nothing. */
  takeProfile(): CpuProfile | null;
  /** Removes its files. It is not served now. */
  readonly discard: () => void;
}

export interface MeasurePlan extends Omit<TargetSettings, 'at'> {
  readonly stacks: readonly StackPlan[];
  readonly place: Place;
  readonly at: Placed;
  readonly rounds: number;
  /** Stacks that have to pass the same lookups on. */
  readonly alike: Alike;
  /** Whether to find out where the time of a request goes, in another round of each stack. */
  readonly breakdown: boolean;
  /** `performance.now()` at the start of the run. */
  readonly since: number;
  /** Told before a stack's turn. */
  readonly turn: (what: string) => void;
}

/** A stack, what was measured of it so far, and why that is all. */
interface Row {
  readonly name: string;
  readonly target: Target;
  readonly samples: Sample[];
  readonly warnings: string[];
  missing: string | null;
  /** Nothing is to be measured of it, and `missing` says why: that is no failure. */
  readonly unfit: boolean;
  /** Why nothing is measured was told already. */
  readonly isTold: boolean;
  breakdown: Measured['breakdown'];
}

/** Requests of a round: what is kept of one takes eight bytes, and travels between processes. */
const COUNT_MAX = 1_000_000;
/** A step of the warm-up is long enough to tell how fast the slowest stack is. */
const TELLING = 0.3;
const STEPS_MAX = 12;
/** Rounds before those that are profiled: WebAssembly is compiled again as it gets hot. */
const BEFORE_PROFILE = 4;
/** Rounds that are: how far they are apart says how exact the breakdown is. */
const PROFILED = 5;

export interface Measurement {
  readonly workload: Workload;
  /** Something that was to be measured is not there, or not whole. */
  readonly partial: boolean;
  /** What must make the run fail. */
  readonly failures: readonly string[];
  /** What may mislead in all of its results. */
  readonly warnings: readonly string[];
}

/** Measures what there is to be measured; an interruption ends it early. */
export async function measure(plan: MeasurePlan): Promise<Measurement> {
  const busy = new BusyWatch(cpusOf(plan.at));
  // With no server beside them, nobody but others puts the clients off their CPU.
  const alone = new BusyWatch(cpusOf(plan.at));
  const plain = rowOf(
    'the plain directory',
    new Target(plan, { serve: null, counted: null, watches: [busy, alone] }),
  );
  const rows = plan.stacks.map(({ name, counted, serve, unfit, broken = null }) => {
    let fresh = true;
    const first = (): Promise<Served> => {
      const served = serve(fresh);
      fresh = false;
      return served;
    };
    const target = new Target(plan, { serve: first, counted, watches: [busy] });
    return rowOf(name, target, { unfit: unfit?.(plan.workload) ?? null, broken });
  });
  const begun = performance.now();
  let warmUpRounds = 0;
  let seconds = 0;
  const left: string[] = [];
  try {
    for (const row of [plain, ...rows]) await attempt(plan, row, 'start', () => row.target.start());
    const warm = await warmUp(plan, rows, plain);
    warmUpRounds = warm.rounds;
    await takeRounds(plan, rows, plain, warm);
    seconds = (performance.now() - begun) / 1e3;
    left.push(...(await stopAll(rows)));
    if (plan.breakdown) await takeProfiles(plan, rows, warm);
  } finally {
    left.push(...(await stopAll([plain, ...rows])));
    const clean = (): void => rmSync(plan.reference, { recursive: true, force: true });
    left.push(...(await attemptAll([clean, ...plan.stacks.map(({ discard }) => discard)])));
  }
  const seen = busy.busyness();
  const measured = measurementOf(plan, rows, plain, {
    warmUpRounds,
    seconds,
    busy: seen && { ...seen, switches: alone.busyness()?.switches ?? 0 },
  });
  const failures = left.map((text) => `${plan.workload}: ${text}`);
  return { ...measured, failures: [...measured.failures, ...failures] };
}

const stopAll = (rows: readonly Row[]): Promise<string[]> =>
  attemptAll(rows.map((row) => () => row.target.stop()));

/** Does all of them, whichever of them fail; in words, what went wrong. */
async function attemptAll(acts: readonly (() => Promise<void> | void)[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const act of acts) {
    try {
      await act();
    } catch (error) {
      wrong.push((error as Error).message);
    }
  }
  return wrong;
}

const rowOf = (name: string, target: Target, { unfit, broken }: Without = CAN): Row => ({
  name,
  target,
  samples: [],
  warnings: [],
  missing: unfit ?? broken,
  unfit: unfit !== null,
  isTold: broken !== null,
  breakdown: [],
});

/** Why nothing can be measured of a stack; null: it can. */
interface Without {
  readonly unfit: string | null;
  readonly broken: string | null;
}
const CAN: Without = { unfit: null, broken: null };

/** Does it unless the row has ended; what cannot be measured ends the row. */
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
    else if (error instanceof NotMeasured) row.missing = await row.target.why(error);
    else if (isSystemError(error)) row.missing = error.message;
    else throw error;
  }
}

/** Of a call of node:fs and the like: the disk is full, or there are too many open files. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;

interface Warm {
  /** Number of the next request, and how many there are in a round; of each client. */
  readonly from: number;
  readonly count: number;
  readonly rounds: number;
}

/**
 * Gets all warm with the same requests, more and more of them, until it is known how many fill a
 * round of the slowest stack.
 */
async function warmUp(plan: MeasurePlan, rows: readonly Row[], plain: Row): Promise<Warm> {
  let from = 0;
  let rounds = 0;
  const step = async (count: number): Promise<number> => {
    let slowest = 0;
    for (const row of [plain, ...rows]) {
      await attempt(plan, row, 'warm-up', async () => {
        const { sample, complaint } = await row.target.take(0, from, count, plan.since);
        if (row !== plain) slowest = Math.max(slowest, sample.seconds);
        if (complaint !== null) row.missing = `wrong answer: ${complaint}`;
      });
    }
    from += count;
    rounds++;
    return slowest;
  };
  const { rate, clients, seconds } = plan;
  /** What can be learnt is known then, and no round is the one in which it was. */
  const warm = async (count: number): Promise<Warm> => {
    const left = workloads[plan.workload].once - from;
    if (left > 0 && !plan.cold) await step(left);
    return { from, count, rounds };
  };
  if (rate !== null) {
    const count = Math.max(1, Math.round((rate * seconds) / clients));
    await step(Math.min(count, COUNT_MAX));
    return warm(Math.min(count, COUNT_MAX));
  }
  let count = 1;
  for (;;) {
    const slowest = await step(count);
    const filled = (count * seconds) / Math.max(slowest, 1e-6);
    const next = Math.min(COUNT_MAX, Math.max(1, Math.round(filled)));
    if (slowest >= seconds * TELLING || next <= count || rounds >= STEPS_MAX || slowest === 0) {
      return warm(next);
    }
    count = Math.min(next, 16 * count);
  }
}

async function takeRounds(
  plan: MeasurePlan,
  rows: readonly Row[],
  plain: Row,
  warm: Warm,
): Promise<void> {
  const order = orders(rows, plan.rounds, seeded(plan.seed));
  for (const [i, turns] of order.entries()) {
    for (const row of [plain, ...turns]) {
      await attempt(plan, row, `round ${i + 1} of ${plan.rounds}`, async () => {
        const from = warm.from + i * warm.count;
        const { sample, complaint } = await row.target.take(i + 1, from, warm.count, plan.since);
        row.samples.push(sample);
        if (complaint !== null) row.missing = `wrong answer: ${complaint}`;
      });
    }
    // There is nobody left to be measured.
    if (rows.every(({ missing }) => missing !== null)) return;
  }
}

/** More rounds of each stack alone, with a profile of its server, which makes them slower. */
async function takeProfiles(plan: MeasurePlan, rows: readonly Row[], warm: Warm): Promise<void> {
  for (const [i, row] of rows.entries()) {
    const stack = plan.stacks[i]!;
    const target = new Target(plan, {
      serve: () => stack.serveProfiled(),
      counted: null,
      watches: [],
    });
    const windows: Window[] = [];
    await attempt(plan, row, 'profile', async () => {
      try {
        await target.start();
        for (let round = 0; round < BEFORE_PROFILE + PROFILED; round++) {
          const window = await takeWindow(plan, target, round, warm.count);
          if (round >= BEFORE_PROFILE) windows.push(window);
        }
      } finally {
        await target.stop();
      }
    });
    const profile = stack.takeProfile();
    if (windows.length < PROFILED || profile === null || row.samples.length === 0) continue;
    const found = breakdownOf(profile, windows, requestOf(row.samples));
    if ('parts' in found) row.breakdown = found.parts;
    else row.warnings.push(`there is no breakdown: ${found.refused}`);
  }
}

/** A round while the profile is taken. @throws {NotMeasured} */
async function takeWindow(
  { since }: MeasurePlan,
  target: Target,
  round: number,
  count: number,
): Promise<Window> {
  const from = microseconds();
  const { sample, complaint } = await target.take(0, round * count, count, since);
  if (complaint !== null) {
    throw new NotMeasured(`with the profile: wrong answer: ${complaint}`);
  }
  const { count: requests, mean } = summaryOf(sample.latency);
  return { from, to: microseconds(), requests, cpu: 1e6 * sample.serverCpuSeconds, mean };
}

/** In all rounds. */
function requestOf(samples: readonly Sample[]): Request {
  const { count, mean } = summaryOf(merged(samples.map(({ latency }) => latency)));
  const cpuSeconds = samples.reduce((sum, { serverCpuSeconds }) => sum + serverCpuSeconds, 0);
  return { mean, cpu: (1e9 * cpuSeconds) / count };
}

const microseconds = (): number => Number(process.hrtime.bigint() / 1000n);

/** What was seen besides the requests. */
interface Around {
  readonly warmUpRounds: number;
  readonly seconds: number;
  readonly busy: Workload['busy'];
}

function measurementOf(
  plan: MeasurePlan,
  rows: readonly Row[],
  plain: Row,
  { warmUpRounds, seconds, busy }: Around,
): Measurement {
  const { workload: name, place, at, clients, rate, cold, seed } = plan;
  const kind = workloads[name];
  if (rate !== null) for (const row of rows) warnOfRate(rate, clients, row, plain);
  const counts = checkCounts({ ...plan, seconds }, rows);
  const failures = [...failuresOf(name, [plain, ...rows]), ...counts];
  const results = rows.map(
    ({ name: stack, samples, missing, unfit, warnings, target, breakdown }): Result => ({
      stack,
      measured: measuredOf(samples, {
        peakMemoryBytes: target.peakMemoryBytes,
        startSeconds: target.startSeconds,
        breakdown,
      }),
      missing: samples.length === 0 ? (missing ?? 'interrupted') : missing,
      unfit,
      warnings,
    }),
  );
  const workload: Workload = {
    name,
    description: kind.description,
    request: plan.command === null ? kind.request : plan.command.words.join(' '),
    place,
    clientCpu: at.client,
    serverCpus: at.servers,
    clients,
    rate,
    cache: cold ? 'cold' : 'warm',
    warmUpRounds,
    plain:
      plain.samples.length === 0
        ? null
        : summaryOf(merged(plain.samples.map(({ latency }) => latency))),
    busy,
    results: compareToFirst(results, seed),
  };
  const partial = [plain, ...rows].some(({ missing, unfit }) => missing !== null && !unfit);
  const warnings =
    plain.missing === null
      ? []
      : [`${name}, ${placeTitles[place]}: the plain directory ended early: ${plain.missing}`];
  return { workload, partial, failures, warnings };
}

function warnOfRate(rate: number, clients: number, row: Row, plain: Row): void {
  const missed = missedBy(row, rate, clients);
  if (missed === null) return;
  const text = `the rate was not reached: ${missed.toPrecision(3)} of ${rate} requests a second`;
  const neither = missedBy(plain, rate, clients) !== null;
  row.warnings.push(neither ? `${text}; nor was it at the plain directory` : text);
}

function missedBy({ samples }: Row, rate: number, clients: number): number | null {
  if (samples.length === 0) return null;
  const requests = samples.reduce((sum, { latency }) => sum + latency.count, 0);
  const seconds = samples.reduce((sum, sample) => sum + sample.seconds, 0);
  return rateMissed({ rate, requests, seconds, count: requests / samples.length / clients });
}

const failuresOf = (workload: string, rows: readonly Row[]): string[] =>
  rows.flatMap(({ name, missing, unfit, isTold }) =>
    missing === null || unfit || isTold || missing === 'interrupted'
      ? []
      : [`${workload}, ${name}: ${missing}`],
  );
