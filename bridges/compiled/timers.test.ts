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
});
