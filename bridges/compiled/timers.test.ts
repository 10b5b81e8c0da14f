import { describe, expect, it } from 'vitest';
import { FakeContext } from '../../test/support/core.ts';
import { Timers } from './timers.ts';

function make() {
  const context = new FakeContext();
  const rung: number[] = [];
  let cancel = (): void => {};
  const timers: Timers = new Timers({
    now: () => context.now() * 1000,
    setTimer(ms) {
      cancel();
      cancel = context.after(ms, () => timers.fireDue((id) => void rung.push(id)));
    },
  });
  return { context, rung, timers };
}

describe('timers of a native module', () => {
  it('fire once each, in the order of their times', () => {
    const { context, rung, timers } = make();
    timers.start(1, 20, false);
    timers.start(2, 10, false);
    timers.start(3, 0, false);
    context.advance(9);
    expect(rung).toEqual([3]);
    context.advance(20);
    expect([rung, timers.count]).toEqual([[3, 2, 1], 0]);
  });

  it('repeat until they are stopped', () => {
    const { context, rung, timers } = make();
    timers.start(1, 10, true);
    context.advance(35);
    expect(rung).toEqual([1, 1, 1]);
    timers.stop(1);
    context.advance(100);
    expect(rung).toHaveLength(3);
  });

  it('with a zero interval do not starve other timers', () => {
    const { context, rung, timers } = make();
    timers.start(1, 0, true);
    timers.start(2, 5, false);
    context.advance(5);
    expect(rung).toContain(2);
  });

  it('due together leave the loop after 10 ms, and the rest fires at the next alarm', () => {
    let micros = 0;
    const alarms: number[] = [];
    const timers = new Timers({ now: () => micros, setTimer: (ms) => void alarms.push(ms) });
    for (let id = 1; id <= 10; id += 1) timers.start(id, 1, false);
    micros = 5000;
    const rung: number[] = [];
    const fire = (id: number): void => {
      rung.push(id);
      micros += 4000;
    };
    timers.fireDue(fire);
    expect(rung).toEqual([1, 2, 3]);
    expect(alarms.at(-1)).toBe(0);
    timers.fireDue(fire);
    expect(rung).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
