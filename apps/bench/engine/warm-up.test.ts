import { describe, expect, it } from 'vitest';
import { makeHistogram, recordNs } from './histogram.ts';
import { MeasurementError } from './measurement-error.ts';
import type { Target } from './target.ts';
import { FIRST_REQUESTS, WARM_UP_REQUESTS_MAX, warmUpTarget } from './warm-up.ts';
import type { RequestRange } from './workloads/workload.ts';

/** A target whose request `i` takes so many nanoseconds. */
interface FakeTarget extends Pick<Target, 'measure'> {
  readonly ranges: RequestRange[];
}

function makeTarget(
  takeNs: (i: number) => number,
  { clients = 1, complaintFrom = Number.POSITIVE_INFINITY } = {},
): FakeTarget {
  const ranges: RequestRange[] = [];
  return {
    ranges,
    async measure(round, range, at) {
      ranges.push(range);
      const latency = makeHistogram();
      let ns = 0;
      for (let i = range.from; i < range.from + range.count; i++) {
        if (ns > 1e6 * (range.timeLimitMs ?? Number.POSITIVE_INFINITY)) break;
        ns += takeNs(i);
        for (let client = 0; client < clients; client++) recordNs(latency, takeNs(i));
      }
      const complaint = range.from + range.count > complaintFrom ? 'it is there' : null;
      const answers = { checked: latency.count, wrong: complaint === null ? 0 : 1 };
      const cpu = { serverCpuSeconds: 0, clientCpuSeconds: 0 };
      const sample = { round, at, seconds: ns / 1e9, latency, answers, counts: {}, ...cpu };
      return { sample, complaint };
    },
  };
}

const plan = {
  ...({ workload: 'miss', clients: 1, seconds: 1, rounds: 15, runStartMs: 0 } as const),
  onBlock() {},
};

describe('warmUpTarget', () => {
  it('times the first 10,000 requests apart, and ends once the stack is steady', async () => {
    const target = makeTarget((i) => (i < FIRST_REQUESTS ? 50_000 : i < 25_000 ? 30_000 : 20_000));
    const { first, warmUp, nextRequest, perSecond } = await warmUpTarget(target, plan);
    expect(first.latency.count).toBe(FIRST_REQUESTS);
    expect(first.latency.mean).toBeCloseTo(50_000, -2);
    expect(first.seconds).toBeCloseTo(0.5);
    expect(warmUp.steady).toBe(true);
    expect(warmUp.requests).toBe(nextRequest);
    // Of the last three blocks and the three before, the median is the same after five fast ones.
    expect(nextRequest).toBe(25_000 + 5 * 5000);
    expect(perSecond).toBeCloseTo(50_000, 0);
    expect(target.ranges.map(({ from }) => from)).toEqual(
      target.ranges.map((_, i) => (i === 0 ? 0 : 5000 * (i + 1))),
    );
  });

  it('ends after 100,000 requests with a stack that never becomes steady', async () => {
    const target = makeTarget((i) => 1000 * 1.3 ** Math.floor(i / 5000));
    const { warmUp } = await warmUpTarget(target, plan);
    expect(warmUp.steady).toBe(false);
    expect(warmUp.requests).toBeLessThanOrEqual(WARM_UP_REQUESTS_MAX);
    expect(warmUp.requests).toBeGreaterThan(WARM_UP_REQUESTS_MAX - 5000);
  });

  it('ends after the time of the rounds with a stack that is slow', async () => {
    const target = makeTarget(() => 1e9);
    const { first, warmUp, nextRequest } = await warmUpTarget(target, {
      ...plan,
      workload: 'command',
      seconds: 1e-9,
    });
    expect(first.latency.count).toBe(1);
    expect(nextRequest).toBe(1);
    expect(warmUp.steady).toBe(false);
  });

  it('touches the whole tree of a workload even if that takes longer', async () => {
    const target = makeTarget(() => 1e6);
    const { first, nextRequest } = await warmUpTarget(target, { ...plan, seconds: 1e-9 });
    expect(first.latency.count).toBeLessThan(1000);
    expect(nextRequest).toBe(1000);
  });

  it('makes blocks no longer than a round', async () => {
    const target = makeTarget(() => 1e6);
    await warmUpTarget(target, plan);
    expect(target.ranges[1]!.count).toBe(1000);
  });

  it('shares the requests out among several clients', async () => {
    const target = makeTarget(() => 20_000, { clients: 4 });
    const { first, warmUp } = await warmUpTarget(target, { ...plan, clients: 4 });
    expect(target.ranges[0]!.count).toBe(2500);
    expect(first.latency.count).toBe(FIRST_REQUESTS);
    expect(warmUp.requests).toBe(FIRST_REQUESTS + 6 * 5000);
  });

  it('accepts a stack that is faster than the clock as steady', async () => {
    const { warmUp, perSecond } = await warmUpTarget(
      makeTarget(() => 0),
      plan,
    );
    expect(warmUp.steady).toBe(true);
    expect(Number.isFinite(perSecond)).toBe(true);
  });

  it('ends at the first wrong answer', async () => {
    const target = makeTarget(() => 20_000, { complaintFrom: 12_000 });
    const { complaint, warmUp } = await warmUpTarget(target, plan);
    expect(complaint).toBe('it is there');
    expect(warmUp).toMatchObject({ steady: false, requests: 15_000 });
    expect(target.ranges).toHaveLength(2);
  });

  it('rejects when the server of the mount ends', async () => {
    const target = { measure: () => Promise.reject(new MeasurementError('the server ended')) };
    await expect(warmUpTarget(target, plan)).rejects.toThrow('the server ended');
  });
});
