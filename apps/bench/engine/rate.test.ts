import { describe, expect, it } from 'vitest';
import { type Reached, rateMissed } from './rate.ts';

const reached: Reached = { rate: 1000, count: 100, requests: 1000, seconds: 1 };

describe('a rate', () => {
  it('is reached when all requests are answered in time', () => {
    expect(rateMissed(reached)).toBeNull();
    expect(rateMissed({ ...reached, seconds: 0.99 })).toBeNull();
  });

  it('is reached when the last answer of a short round comes an interval later', () => {
    const short = { ...reached, rate: 10, count: 2, requests: 2 };
    expect(rateMissed({ ...short, seconds: 0.2 + 0.09 })).toBeNull();
    expect(rateMissed({ ...short, seconds: 0.4 })).toBeCloseTo(5);
  });

  it('is missed when answers come later and later', () => {
    expect(rateMissed({ ...reached, seconds: 1.25 })).toBeCloseTo(800);
  });
});
