import { describe, expect, it } from 'vitest';
import type { RequestRange, Requests } from '../workloads/workload.ts';
import { GoneError, runLoop } from './request-loop.ts';

interface FakeRequests {
  /** Milliseconds that request `i` takes. */
  readonly durationMs: (i: number) => number;
  readonly status?: (i: number) => number;
}

async function run(
  { durationMs, status = () => 0 }: FakeRequests,
  requested: Partial<RequestRange>,
) {
  /** A clock that only requests advance. */
  let time = 0;
  const numbers: number[] = [];
  const requests: Requests = {
    // Preparation and checks take time, too, which must not count.
    prepare: () => void time++,
    send(i) {
      numbers.push(i);
      time += durationMs(i);
      return status(i);
    },
    check(i, status) {
      time += 1;
      return status === 0 ? null : `request ${i} is wrong`;
    },
    close() {},
  };
  const loop = await runLoop(requests, { from: 0, count: 4, ...requested }, () => time);
  return { ...loop, ms: [...loop.timesNs].map((ns) => ns / 1e6), asked: numbers };
}

describe('the request loop of a bench client', () => {
  it('times requests without their preparation and checks', async () => {
    const { ms, asked: numbers, seconds } = await run({ durationMs: (i) => i }, { from: 10 });
    expect(numbers).toEqual([10, 11, 12, 13]);
    expect(ms).toEqual([10, 11, 12, 13]);
    // 46 ms of requests, four preparations, and three checks before the last answer.
    expect(seconds).toBeCloseTo(0.053, 9);
  });

  it('ends after its time limit and returns the requests made until then', async () => {
    const { ms, asked: numbers } = await run(
      { durationMs: () => 5 },
      { from: -9, count: 9, timeLimitMs: 8 },
    );
    expect(numbers).toEqual([-9, -8]);
    expect(ms).toEqual([5, 5]);
  });

  it('counts wrong answers and reports the first', async () => {
    const { wrongCount: wrong, complaint } = await run(
      { durationMs: () => 1, status: (i) => (i > 1 ? -5 : 0) },
      {},
    );
    expect(wrong).toBe(2);
    expect(complaint).toBe('request 2 is wrong');
  });

  it.each([-107, -103])('throws GoneError when the mount returns errno %i', async (errno) => {
    const loop = run({ durationMs: () => 1, status: () => errno }, {});
    await expect(loop).rejects.toThrow(GoneError);
  });

  it('awaits the requests that reply later, in their order', async () => {
    const statuses: number[] = [];
    const requests: Requests = {
      send: (i) => new Promise((resolve) => void setImmediate(() => resolve(i))),
      check(_, status) {
        statuses.push(status);
        return null;
      },
      close() {},
    };
    const { timesNs } = await runLoop(requests, { from: 3, count: 3 }, () => performance.now());
    expect(statuses).toEqual([3, 4, 5]);
    expect(timesNs).toHaveLength(3);
  });
});
