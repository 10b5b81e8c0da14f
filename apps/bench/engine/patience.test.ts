import { describe, expect, it } from 'vitest';
import { type Expected, patienceOf, roundPatience } from './patience.ts';

const expected: Expected = {
  seconds: 0.2,
  count: 1,
  everyMs: null,
  lastMs: null,
  isCommand: false,
};
const MINUTE = 60_000;

describe('a round is waited for', () => {
  it('longer than the duration that was asked for', () => {
    expect(roundPatience({ ...expected, seconds: 40 })).toBeGreaterThan(40_000 + MINUTE);
    expect(roundPatience({ ...expected, seconds: 3600 })).toBeGreaterThan(3_600_000);
  });

  it('several times what the last one took, for as many requests', () => {
    const patience = roundPatience({ ...expected, count: 16, lastMs: MINUTE });
    expect(patience).toBeGreaterThan(5 * 16 * MINUTE);
  });

  it('several times what a fixed rate takes', () => {
    const patience = roundPatience({ ...expected, count: 600, everyMs: 1000 });
    expect(patience).toBeGreaterThan(2 * 600_000);
  });

  it('for very long when it is the first of a command, and by what that took from then on', () => {
    const first = roundPatience({ ...expected, isCommand: true });
    expect(first).toBeGreaterThan(30 * MINUTE);
    expect(patienceOf(true)).toBeGreaterThan(30 * MINUTE);
    const next = roundPatience({ ...expected, isCommand: true, lastMs: 40_000 });
    expect(next).toBeGreaterThan(5 * 40_000);
    expect(next).toBeLessThan(first);
  });

  it('no longer than a timer can: one that is set for longer rings at once', () => {
    expect(roundPatience({ ...expected, seconds: 1e9 })).toBe(2 ** 31 - 1);
  });
});
