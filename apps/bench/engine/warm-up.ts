/**
 * Warms a stack up: sends the first requests of a fresh mount, which are a figure of their own, and
 * then blocks of requests until the stack is steady (steadiness.ts), or a bound is reached. measure.ts
 * calls it for each stack before the first round.
 */

import { summarize } from './histogram.ts';
import type { FirstRequests, WarmUp } from './schema.ts';
import { BLOCK_REQUESTS, isSteady } from './steadiness.ts';
import type { RoundResult, Target, TargetSettings } from './target.ts';
import { workloads } from './workloads/index.ts';

/** Number of requests that count as a fresh mount's first ones. */
export const FIRST_REQUESTS = 10_000;
/** Maximum number of requests of a warm-up, the first ones included. */
export const WARM_UP_REQUESTS_MAX = 100_000;
/** The share of a warm-up's time that the first requests may take. */
const FIRST_SHARE = 0.5;

/** The settings of a warm-up. */
export interface WarmUpPlan extends Pick<TargetSettings, 'workload' | 'clients' | 'seconds'> {
  /** Number of rounds that follow. A warm-up takes as long as all of them at most. */
  readonly rounds: number;
  readonly runStartMs: number;
  /** Called before each block. */
  readonly onBlock: () => void;
}

/** The result of a warm-up. */
export interface WarmUpResult {
  readonly first: FirstRequests;
  readonly warmUp: WarmUp;
  /** Number of the next request of each client. */
  readonly nextRequest: number;
  /** Requests of each client in a second, in the last block. */
  readonly perSecond: number;
  /** The complaint about the first wrong answer, which ends the warm-up; null without one. */
  readonly complaint: string | null;
}

/** Warms a started target up. @throws {MeasurementError} */
export async function warmUpTarget(
  target: Pick<Target, 'measure'>,
  { workload, clients, seconds, rounds, runStartMs, onBlock }: WarmUpPlan,
): Promise<WarmUpResult> {
  const startMs = performance.now();
  const endMs = startMs + 1e3 * seconds * rounds;
  const perClient = (count: number): number => Math.max(1, Math.round(count / clients));
  const countMax = perClient(WARM_UP_REQUESTS_MAX);
  let from = 0;
  let perSecond = 0;
  let complaint: string | null = null;
  /** Sends each client's next requests, and computes what they took. */
  const send = async (count: number, timeLimitMs?: number): Promise<RoundResult['sample']> => {
    onBlock();
    const range = { from, count, ...(timeLimitMs !== undefined && { timeLimitMs }) };
    const { sample, complaint: answer } = await target.measure(0, range, runStartMs);
    complaint ??= answer;
    // A client that was slower than its time limit has sent fewer; its numbers are left out.
    from += timeLimitMs === undefined ? count : Math.ceil(sample.latency.count / clients);
    perSecond = sample.latency.count / clients / Math.max(sample.seconds, 1e-6);
    return sample;
  };
  const firstSample = await send(perClient(FIRST_REQUESTS), FIRST_SHARE * (endMs - startMs));
  const first = { latency: summarize(firstSample.latency), seconds: firstSample.seconds };
  // Touches the whole tree once, so that caches are full before round 1.
  const untouched = workloads[workload].warmUpRequests - from;
  if (complaint === null && untouched > 0) await send(untouched);
  const times: number[] = [];
  let steady = false;
  while (complaint === null && !steady) {
    const count = Math.min(perClient(BLOCK_REQUESTS), Math.max(1, Math.round(seconds * perSecond)));
    if (from + count > countMax || performance.now() > endMs) break;
    times.push((await send(count)).latency.mean);
    steady = isSteady(times);
  }
  const requests = from * clients;
  const warmUp = { requests, seconds: (performance.now() - startMs) / 1e3, steady };
  return { first, warmUp, nextRequest: from, perSecond, complaint };
}
