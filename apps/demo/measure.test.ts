import { describe, expect, it } from 'vitest';
import { summarise } from './measure.ts';

describe('the summary of times', () => {
  it('has the mean, and the time that 99 of 100 do not exceed', () => {
    const times = Float64Array.from({ length: 200 }, (_, at) => 200 - at);
    expect(summarise(times)).toEqual({ meanMs: 100.5, p99Ms: 198 });
  });

  it('a percentile of one time is that time', () => {
    expect(summarise(Float64Array.of(3))).toEqual({ meanMs: 3, p99Ms: 3 });
  });
});
