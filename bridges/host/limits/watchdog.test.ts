/**
 * What the time limit promises of a busy loop: it has ended before twice the limit has passed. The
 * worker's looks are made here, with a clock of the test's; that the interpreter ends by the bits is
 * the matter of limits.engine.more.test.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  COUNT,
  END,
  FORCE,
  HELD,
  IN_HOST,
  INTERRUPT,
  isDue,
  LATEST_MS,
  LOOKS,
  LOST,
  look,
  newWord,
  RUNNING,
  SLOW,
  type Slot,
  newSlot as slotOf,
} from './watchdog.ts';

const LIMIT = 1000;
/** Of sums of some thousand numbers. */
const ROUNDING = 1e-6;

const newSlot = (): Slot => slotOf({ word: newWord(), limit: LIMIT, name: 'v' }, true);

/** A machine whose kernel does not tell who had its CPU. */
const untold = (): number => Number.NaN;

const begin = ({ word }: Slot, call: number): void => {
  word[0] = (call * COUNT) | RUNNING;
};

/** Times between two looks: what the worker pauses, or less, for another engine's sake. */
const pauses = fc.array(fc.double({ min: 1, max: LIMIT / LOOKS, noNaN: true }), {
  minLength: 1,
  maxLength: 50,
});

/** How long a call has run when it sees `bit`; it began `sinceLook` after a look. */
function seenAfter(slot: Slot, bit: number, sinceLook: number, steps: readonly number[]): number {
  let time = -sinceLook;
  for (let at = 0; (slot.word[0]! & bit) === 0; at += 1) {
    const step = steps[at % steps.length]!;
    time += step;
    look(slot, step, untold);
  }
  return time;
}

const part = fc.double({ min: 0, max: 1, noNaN: true });

describe('a busy loop', () => {
  it.each([
    ['is interrupted', INTERRUPT, 1, 1.25],
    ['that goes on is left by force', FORCE, 1.75, 2],
    ['that does not look is ended', END, 2, 2.25],
  ])('%s, within its limits', (_, bit, least, most) => {
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

  it('is interrupted once, and once left by force', () => {
    const slot = newSlot();
    begin(slot, 1);
    const set = (): number => {
      const bits = slot.word[0]! & (INTERRUPT | FORCE);
      // The interpreter takes the interrupt.
      Atomics.and(slot.word, 0, ~INTERRUPT);
      return bits;
    };
    const seen = Array.from({ length: 2 * LOOKS }, () => {
      look(slot, LIMIT / LOOKS, untold);
      return set();
    });
    expect(seen.flatMap((bits, at) => (bits & INTERRUPT ? [at] : []))).toEqual([LOOKS]);
    expect(seen.findIndex((bits) => (bits & FORCE) !== 0)).toBe((LOOKS * 7) / 4);
  });
});

it('calls that come and go are left alone, however many', () => {
  const slot = newSlot();
  for (let call = 1; call <= 100; call += 1) {
    begin(slot, call);
    expect(look(slot, LIMIT / LOOKS, untold)).toBe(true);
    expect(slot.word[0]! & (INTERRUPT | FORCE | SLOW)).toBe(0);
    slot.word[0] = 0;
    expect(look(slot, LIMIT / LOOKS, untold)).toBe(false);
  }
});

it('a call that is seen twice is slow', () => {
  const slot = newSlot();
  begin(slot, 1);
  const seen = Array.from({ length: 3 }, () => {
    look(slot, LIMIT / LOOKS, untold);
    return (slot.word[0]! & SLOW) !== 0;
  });
  expect(seen).toEqual([false, true, true]);
});

it('what others have had of the CPU is taken back, and no more than was counted', () => {
  const slot = newSlot();
  begin(slot, 1);
  look(slot, 0, untold);
  for (let at = 0; at < 100; at += 1) {
    look(slot, LIMIT / 4, untold);
    look(slot, -LIMIT / 2, untold);
  }
  expect(slot.word[0]! & INTERRUPT).toBe(0);
  for (let at = 0; at < 4; at += 1) look(slot, LIMIT / 4, untold);
  expect(slot.word[0]! & INTERRUPT).toBe(INTERRUPT);
});

it('the time of the host counts for nothing', () => {
  const slot = newSlot();
  begin(slot, 1);
  slot.word[0]! |= IN_HOST;
  for (let at = 0; at < 100; at += 1) look(slot, LIMIT / LOOKS, untold);
  expect(slot.word[0]! & (INTERRUPT | FORCE)).toBe(0);
});

describe('the end of a turn', () => {
  /** Looks until the call has come to a stage. */
  const lookUntil = (slot: Slot, until: () => boolean): void => {
    for (let at = 0; at < 1000 && !until(); at += 1) look(slot, LIMIT / LOOKS, untold);
    expect(until()).toBe(true);
  };
  const marked = (slot: Slot) => () => (slot.word[0]! & END) !== 0;

  it('is told once', () => {
    const slot = newSlot();
    begin(slot, 1);
    expect(isDue(slot)).toBe(false);
    lookUntil(slot, marked(slot));
    expect([isDue(slot), isDue(slot)]).toEqual([true, false]);
  });

  it('waits for what the host does', () => {
    const slot = newSlot();
    begin(slot, 1);
    slot.word[0]! |= HELD;
    lookUntil(slot, marked(slot));
    expect(isDue(slot)).toBe(false);
    slot.word[0]! &= ~HELD;
    expect(isDue(slot)).toBe(true);
  });

  it('is of one call: the next has all its time', () => {
    const slot = newSlot();
    begin(slot, 1);
    lookUntil(slot, marked(slot));
    begin(slot, 2);
    look(slot, LIMIT / LOOKS, untold);
    expect([slot.stage, isDue(slot), marked(slot)()]).toEqual([0, false, false]);
  });

  it('that does not come is noticed', () => {
    const slot = newSlot();
    begin(slot, 1);
    lookUntil(slot, () => slot.stage === LOST);
  });

  /** Milliseconds until it is noticed, of a call that has so much of the CPU. */
  const noticedAfter = (slot: Slot, share: number): number => {
    begin(slot, 1);
    let time = 0;
    while (slot.stage !== LOST && time < 100 * LIMIT) {
      time += LIMIT / LOOKS;
      look(slot, LIMIT / LOOKS, () => time * share);
      isDue(slot);
    }
    return time;
  };

  it('that does not come is noticed within a second, and later where others have the CPU', () => {
    const none = { ...newSlot(), endable: false };
    for (const slot of [newSlot(), none]) {
      expect(noticedAfter(slot, 0.9)).toBeLessThanOrEqual(2 * LIMIT + 1000);
    }
    expect(noticedAfter(newSlot(), 0.1)).toBeGreaterThanOrEqual(2 * LIMIT + LATEST_MS);
    expect(noticedAfter(newSlot(), Number.NaN)).toBeGreaterThanOrEqual(2 * LIMIT + LATEST_MS);
  });

  it('is waited for while the host is in the middle of something', () => {
    const slot = newSlot();
    begin(slot, 1);
    slot.word[0]! |= HELD;
    for (let time = 0; time < 2 * LIMIT + LATEST_MS - LIMIT / LOOKS; time += LIMIT / LOOKS) {
      look(slot, LIMIT / LOOKS, () => time);
    }
    expect(slot.stage).not.toBe(LOST);
  });

  it('is not asked for where turns have none, and missed all the same', () => {
    const slot = { ...newSlot(), endable: false };
    begin(slot, 1);
    lookUntil(slot, () => slot.stage === LOST);
    expect([marked(slot)(), slot.told]).toEqual([false, false]);
  });
});
