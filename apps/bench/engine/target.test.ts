import { describe, expect, it } from 'vitest';
import { patienceOf, roundPatience } from './target.ts';

const MINUTE = 60_000;

describe('a round is waited for', () => {
  it('longer than the duration that was asked for', () => {
    expect(roundPatience(40, 1, null, false)).toBeGreaterThan(40_000 + MINUTE);
    expect(roundPatience(3600, 1, null, false)).toBeGreaterThan(3_600_000);
  });

  it('several times what the last one took, for as many requests', () => {
    expect(roundPatience(0.2, 16, MINUTE, false)).toBeGreaterThan(5 * 16 * MINUTE);
  });

  it('for very long when it is the first of a command, and by what that took from then on', () => {
    const first = roundPatience(0.2, 1, null, true);
    expect(first).toBeGreaterThan(30 * MINUTE);
    expect(patienceOf(true)).toBeGreaterThan(30 * MINUTE);
    const next = roundPatience(0.2, 1, 40_000, true);
    expect(next).toBeGreaterThan(5 * 40_000);
    expect(next).toBeLessThan(first);
  });

  it('no longer than a timer can: one that is set for longer rings at once', () => {
    expect(roundPatience(1e9, 1, null, false)).toBe(2 ** 31 - 1);
  });
});
