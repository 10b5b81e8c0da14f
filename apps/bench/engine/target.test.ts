import { describe, expect, it } from 'vitest';
import { computeRoundTimeoutMs, findBaseTimeoutMs } from './target.ts';

const MINUTE = 60_000;

describe('the time limit of a round', () => {
  it('is longer than the requested duration', () => {
    expect(computeRoundTimeoutMs(40, 1, null, false)).toBeGreaterThan(40_000 + MINUTE);
    expect(computeRoundTimeoutMs(3600, 1, null, false)).toBeGreaterThan(3_600_000);
  });

  it('is several times as long as the same requests took in the last round', () => {
    expect(computeRoundTimeoutMs(0.2, 16, MINUTE, false)).toBeGreaterThan(5 * 16 * MINUTE);
  });

  it('is above half an hour for the first run of a command, and then follows the duration of that run', () => {
    const first = computeRoundTimeoutMs(0.2, 1, null, true);
    expect(first).toBeGreaterThan(30 * MINUTE);
    expect(findBaseTimeoutMs(true)).toBeGreaterThan(30 * MINUTE);
    const next = computeRoundTimeoutMs(0.2, 1, 40_000, true);
    expect(next).toBeGreaterThan(5 * 40_000);
    expect(next).toBeLessThan(first);
  });

  it('is at most the longest timer of Node', () => {
    expect(computeRoundTimeoutMs(1e9, 1, null, false)).toBe(2 ** 31 - 1);
  });
});
