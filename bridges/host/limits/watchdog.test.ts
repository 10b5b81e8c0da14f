/**
 * The watchdog's promise: a busy loop ends before twice its time limit. The test samples in the
 * worker's place, with a clock of its own; limits.engine.more.test.ts covers the interpreter's
 * part.
 */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { turn } from '../../../runtime/core/turn.ts';
import { InterpreterGate } from './interpreter-gate.ts';
import {
  CONSTANTS,
  COUNT,
  END,
  FORCE,
  HELD,
  IN_HOST,
  INTERRUPT,
  isDue,
  LATEST_MS,
  LOST,
  makeSampling,
  makeSharedWord,
  RUNNING,
  SAMPLES,
  SLOW,
  type Slot,
  sample,
  makeSlot as slotOf,
  watchdog,
} from './watchdog.ts';

const LIMIT = 1000;
/** Error of sums of some thousand numbers. */
const ROUNDING = 1e-6;

const newSlot = (): Slot => slotOf({ word: makeSharedWord(), limitMs: LIMIT, name: 'v' }, true);

/** A kernel that does not report CPU time. */
const untold = (): number => Number.NaN;

const begin = ({ word }: Slot, call: number): void => {
  word[0] = (call * COUNT) | RUNNING;
};

/** Times between two samples: the worker's pause, or less for another engine. */
const pauses = fc.array(fc.double({ min: 1, max: LIMIT / SAMPLES, noNaN: true }), {
  minLength: 1,
  maxLength: 50,
});

/** Milliseconds until a call sees `bit`; it began `sinceSample` after a sample. */
function seenAfter(slot: Slot, bit: number, sinceSample: number, steps: readonly number[]): number {
  let time = -sinceSample;
  for (let at = 0; (slot.word[0]! & bit) === 0; at += 1) {
    const step = steps[at % steps.length]!;
    time += step;
    sample(slot, step, untold);
  }
  return time;
}

const part = fc.double({ min: 0, max: 1, noNaN: true });

describe('a busy loop', () => {
  it.each([
    ['is interrupted', INTERRUPT, 1, 1.25],
    ['that goes on is left by force', FORCE, 1.75, 2],
    ['that never checks its flags is ended', END, 2, 2.25],
  ])('%s within its limits', (_, bit, least, most) => {
    fc.assert(
      fc.property(pauses, part, (steps, phase) => {
        const slot = newSlot();
        begin(slot, 1);
        const time = seenAfter(slot, bit, phase * steps[0]!, steps);
        expect(time).toBeGreaterThan(least * LIMIT - ROUNDING);
        expect(time).toBeLessThan(most * LIMIT + ROUNDING);
      }),
    );
  });

  it('is interrupted once, then forced out once', () => {
    const slot = newSlot();
    begin(slot, 1);
    const set = (): number => {
      const bits = slot.word[0]! & (INTERRUPT | FORCE);
      // The interpreter takes the interrupt.
      Atomics.and(slot.word, 0, ~INTERRUPT);
      return bits;
    };
    const seen = Array.from({ length: 2 * SAMPLES }, () => {
      sample(slot, LIMIT / SAMPLES, untold);
      return set();
    });
    expect(seen.flatMap((bits, at) => (bits & INTERRUPT ? [at] : []))).toEqual([SAMPLES]);
    expect(seen.findIndex((bits) => (bits & FORCE) !== 0)).toBe((SAMPLES * 7) / 4);
  });
});

it('an engine has two words also where memory cannot be shared', () => {
  vi.stubGlobal('SharedArrayBuffer', undefined);
  const word = makeSharedWord();
  vi.unstubAllGlobals();
  expect([...word]).toEqual([0, 0]);
});

it('short calls are not interrupted, however many', () => {
  const slot = newSlot();
  for (let call = 1; call <= 100; call += 1) {
    begin(slot, call);
    expect(sample(slot, LIMIT / SAMPLES, untold)).toBe(true);
    expect(slot.word[0]! & (INTERRUPT | FORCE | SLOW)).toBe(0);
    slot.word[0] = 0;
    expect(sample(slot, LIMIT / SAMPLES, untold)).toBe(false);
  }
});

it('a call that still runs at the second sample is marked slow', () => {
  const slot = newSlot();
  begin(slot, 1);
  const seen = Array.from({ length: 3 }, () => {
    sample(slot, LIMIT / SAMPLES, untold);
    return (slot.word[0]! & SLOW) !== 0;
  });
  expect(seen).toEqual([false, true, true]);
});

it('the CPU time of a call excludes that of other processes, and never becomes negative', () => {
  const slot = newSlot();
  begin(slot, 1);
  sample(slot, 0, untold);
  for (let at = 0; at < 100; at += 1) {
    sample(slot, LIMIT / 4, untold);
    sample(slot, -LIMIT / 2, untold);
  }
  expect(slot.word[0]! & INTERRUPT).toBe(0);
  for (let at = 0; at < 4; at += 1) sample(slot, LIMIT / 4, untold);
  expect(slot.word[0]! & INTERRUPT).toBe(INTERRUPT);
});

it('time spent in functions of the host does not count towards the time limit of a call', () => {
  const slot = newSlot();
  begin(slot, 1);
  slot.word[0]! |= IN_HOST;
  for (let at = 0; at < 100; at += 1) sample(slot, LIMIT / SAMPLES, untold);
  expect(slot.word[0]! & (INTERRUPT | FORCE)).toBe(0);
});

describe('the request to end a turn of the event loop', () => {
  /** Samples until the call has reached a stage. */
  const sampleUntil = (slot: Slot, until: () => boolean): void => {
    for (let at = 0; at < 1000 && !until(); at += 1) sample(slot, LIMIT / SAMPLES, untold);
    expect(until()).toBe(true);
  };
  const marked = (slot: Slot) => () => (slot.word[0]! & END) !== 0;

  it('is made once for each call that runs too long', () => {
    const slot = newSlot();
    begin(slot, 1);
    expect(isDue(slot)).toBe(false);
    sampleUntil(slot, marked(slot));
    expect([isDue(slot), isDue(slot)]).toEqual([true, false]);
  });

  it('is deferred while a host function runs', () => {
    const slot = newSlot();
    begin(slot, 1);
    slot.word[0]! |= HELD;
    sampleUntil(slot, marked(slot));
    expect(isDue(slot)).toBe(false);
    slot.word[0]! &= ~HELD;
    expect(isDue(slot)).toBe(true);
  });

  it('leaves the next call its full time limit', () => {
    const slot = newSlot();
    begin(slot, 1);
    sampleUntil(slot, marked(slot));
    begin(slot, 2);
    sample(slot, LIMIT / SAMPLES, untold);
    expect([slot.stage, isDue(slot), marked(slot)()]).toEqual([0, false, false]);
  });

  it('ignored by the engine marks the interpreter as lost', () => {
    const slot = newSlot();
    begin(slot, 1);
    sampleUntil(slot, () => slot.stage === LOST);
  });

  /** Milliseconds until a call with this share of the CPU is marked lost. */
  const noticedAfter = (slot: Slot, share: number): number => {
    begin(slot, 1);
    let time = 0;
    while (slot.stage !== LOST && time < 100 * LIMIT) {
      time += LIMIT / SAMPLES;
      sample(slot, LIMIT / SAMPLES, () => time * share);
      isDue(slot);
    }
    return time;
  };

  it('ignored by the engine is noticed within a second, or later on a busy CPU', () => {
    const none = { ...newSlot(), isEndable: false };
    for (const slot of [newSlot(), none]) {
      expect(noticedAfter(slot, 0.9)).toBeLessThanOrEqual(2 * LIMIT + 1000);
    }
    expect(noticedAfter(newSlot(), 0.1)).toBeGreaterThanOrEqual(2 * LIMIT + LATEST_MS);
    expect(noticedAfter(newSlot(), Number.NaN)).toBeGreaterThanOrEqual(2 * LIMIT + LATEST_MS);
  });

  it('ignored by the engine is reported at every sample from then on', () => {
    const slot = newSlot();
    begin(slot, 1);
    const reportLost = vi.fn();
    const endTurn = vi.fn(() => expect(marked(slot)()).toBe(true));
    const actions = { cpuMs: untold, endTurn, reportLost };
    const sampleOnce = () => makeSampling(CONSTANTS).sampleAll([slot], LIMIT / SAMPLES, actions);
    const pauses = new Set<number>();
    while (slot.stage < LOST) {
      expect(reportLost).not.toHaveBeenCalled();
      pauses.add(sampleOnce().pauseMs);
    }
    sampleOnce();
    expect(endTurn).toHaveBeenCalledOnce();
    expect(reportLost.mock.calls).toEqual([[slot], [slot]]);
    // The sample that ends the call, and all others.
    expect(pauses).toEqual(new Set([LIMIT / SAMPLES, 1]));
  });

  it('does not mark the interpreter lost while a host function runs', () => {
    const slot = newSlot();
    begin(slot, 1);
    slot.word[0]! |= HELD;
    for (let time = 0; time < 2 * LIMIT + LATEST_MS - LIMIT / SAMPLES; time += LIMIT / SAMPLES) {
      sample(slot, LIMIT / SAMPLES, () => time);
    }
    expect(slot.stage).not.toBe(LOST);
  });

  it('is not made for an interpreter whose turns cannot be ended, which is still marked as lost', () => {
    const slot = { ...newSlot(), isEndable: false };
    begin(slot, 1);
    sampleUntil(slot, () => slot.stage === LOST);
    expect([marked(slot)(), slot.isEndRequested]).toEqual([false, false]);
  });
});

it('the thread of the watchdog is started by the last of the calls that V8 ends, once', () => {
  const { isRunning, start, turnsUntilStart } = watchdog;
  const calls: number[] = [];
  let call = 0;
  Object.assign(watchdog, { isRunning: false, turnsUntilStart: 3, start: () => calls.push(call) });
  const gate = new InterpreterGate({
    ...{ word: makeSharedWord(), limitMs: LIMIT, name: 'v', watchEngine: () => () => {} },
    onAborted: expect.unreachable,
  });
  const run = () => gate.runInOwnTurn(() => (call += 1), Error);
  expect([run(), run(), run(), run(), run()]).toEqual([1, 2, 3, 4, 5]);
  gate.close();
  Object.assign(watchdog, { isRunning, start, turnsUntilStart });
  expect(calls).toEqual([2]);
});

it('a slow call that returns before its end is counted', () => {
  const word = makeSharedWord();
  const gate = new InterpreterGate({
    ...{ word, limitMs: LIMIT, name: 'v', watchEngine: () => () => {} },
    onAborted: expect.unreachable,
  });
  const { slowCallCount } = turn;
  gate.enterGuest();
  Atomics.or(word, 0, SLOW);
  gate.leaveGuest();
  expect([word[0], turn.slowCallCount]).toEqual([0, slowCallCount + 1]);
  gate.close();
});

it('a call in a turn runs where no thread can end it, as in a browser', async () => {
  vi.resetModules();
  const { runEndable, runSharedTurn } = await import('../../../runtime/core/turn.ts');
  vi.resetModules();
  const call = vi.fn();
  expect([runEndable(call), runSharedTurn(call)]).toEqual([true, true]);
  expect(call).toHaveBeenCalledTimes(2);
});
