import { describe, expect, it } from 'vitest';
import type { Requests } from '../workloads/workload.ts';
import { type Clock, GoneError, type Pace, runLoop } from './loop.ts';

/** A clock that only requests and waiting move. */
class FakeClock implements Clock {
  time = 0;
  now(): number {
    return this.time;
  }
  waitUntil(time: number): void {
    this.time = Math.max(this.time, time);
  }
}

interface Fake {
  /** Milliseconds that request `i` takes. */
  readonly takes: (i: number) => number;
  readonly status?: (i: number) => number;
}

function run({ takes, status = () => 0 }: Fake, pace: Partial<Pace>) {
  const clock = new FakeClock();
  const asked: number[] = [];
  const requests: Requests = {
    // Getting ready and checking are not part of a request.
    prepare: () => void clock.waitUntil(clock.time + 1),
    ask(i) {
      asked.push(i);
      clock.time += takes(i);
      return status(i);
    },
    check(i, got) {
      clock.time += 1;
      return got === 0 ? null : `request ${i} is wrong`;
    },
    close() {},
  };
  const loop = runLoop(requests, { from: 0, count: 4, everyMs: null, firstMs: 0, ...pace }, clock);
  return { ...loop, ms: [...loop.times].map((ns) => ns / 1e6), asked };
}

describe('closed loop', () => {
  it('times requests and nothing else', () => {
    const { ms, asked, seconds } = run({ takes: (i) => i }, { from: 10 });
    expect(asked).toEqual([10, 11, 12, 13]);
    expect(ms).toEqual([10, 11, 12, 13]);
    // 46 ms of requests, four times getting ready, and three checks before the last answer.
    expect(seconds).toBeCloseTo(0.053, 9);
  });

  it('ends when its time is over, with the requests until then', () => {
    const { ms, asked } = run({ takes: () => 5 }, { from: -9, count: 9, forMs: 8 });
    expect(asked).toEqual([-9, -8]);
    expect(ms).toEqual([5, 5]);
  });

  it('counts wrong answers and tells the first', () => {
    const { wrong, complaint } = run({ takes: () => 1, status: (i) => (i > 1 ? -5 : 0) }, {});
    expect(wrong).toBe(2);
    expect(complaint).toBe('request 2 is wrong');
  });

  it.each([-107, -103])('ends when the mount answers %i', (errno) => {
    expect(() => run({ takes: () => 1, status: () => errno }, {})).toThrow(GoneError);
  });
});

describe('fixed rate', () => {
  it('waits for the time when a request is due', () => {
    const { ms, seconds } = run({ takes: () => 2 }, { everyMs: 10, firstMs: 5 });
    expect(ms).toEqual([2, 2, 2, 2]);
    expect(seconds).toBeCloseTo(0.037, 9);
  });

  it('counts from when a request was due, and not from when it was sent', () => {
    // The second one stalls for 35 ms: those due meanwhile have waited, too.
    const { ms } = run({ takes: (i) => (i === 1 ? 35 : 1) }, { everyMs: 10, count: 6 });
    expect(ms[0]).toBe(2);
    expect(ms[1]).toBe(35);
    expect(ms[2]).toBe(28);
    expect(ms[3]).toBe(21);
    expect(ms[4]).toBe(14);
    expect(ms[5]).toBe(7);
  });
});
