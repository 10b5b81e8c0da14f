import { describe, expect, it } from 'vitest';
import type { RequestRange, Requests } from '../workloads/workload.ts';
import { GoneError, runLoop } from './loop.ts';

interface Fake {
  /** Milliseconds that request `i` takes. */
  readonly takes: (i: number) => number;
  readonly status?: (i: number) => number;
}

function run({ takes, status = () => 0 }: Fake, requested: Partial<RequestRange>) {
  /** A clock that only requests advance. */
  let time = 0;
  const asked: number[] = [];
  const requests: Requests = {
    // Preparation and checks take time, too, which must not count.
    prepare: () => void time++,
    ask(i) {
      asked.push(i);
      time += takes(i);
      return status(i);
    },
    check(i, got) {
      time += 1;
      return got === 0 ? null : `request ${i} is wrong`;
    },
    close() {},
  };
  const loop = runLoop(requests, { from: 0, count: 4, ...requested }, () => time);
  return { ...loop, ms: [...loop.times].map((ns) => ns / 1e6), asked };
}

describe('the loop of a client', () => {
  it('times requests without their preparation and checks', () => {
    const { ms, asked, seconds } = run({ takes: (i) => i }, { from: 10 });
    expect(asked).toEqual([10, 11, 12, 13]);
    expect(ms).toEqual([10, 11, 12, 13]);
    // 46 ms of requests, four preparations, and three checks before the last answer.
    expect(seconds).toBeCloseTo(0.053, 9);
  });

  it('ends when its time is over and keeps the requests until then', () => {
    const { ms, asked } = run({ takes: () => 5 }, { from: -9, count: 9, forMs: 8 });
    expect(asked).toEqual([-9, -8]);
    expect(ms).toEqual([5, 5]);
  });

  it('counts wrong answers and reports the first', () => {
    const { wrong, complaint } = run({ takes: () => 1, status: (i) => (i > 1 ? -5 : 0) }, {});
    expect(wrong).toBe(2);
    expect(complaint).toBe('request 2 is wrong');
  });

  it.each([-107, -103])('ends when the mount returns errno %i, as its server is gone', (errno) => {
    expect(() => run({ takes: () => 1, status: () => errno }, {})).toThrow(GoneError);
  });
});
