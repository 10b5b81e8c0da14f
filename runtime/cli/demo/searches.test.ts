import { describe, expect, it } from 'vitest';
import { expectationOf, planWorkload } from '../../bench/searches.ts';
import { runSearches, summarise } from './searches.ts';

const plan = planWorkload({ seed: 3, searches: 500 });

describe('searches', () => {
  it('ask every directory until the file is found, and count no wrong answer', async () => {
    let lookups = 0;
    const progress: number[] = [];
    const outcome = await runSearches(
      plan,
      (directory, file) => {
        lookups += 1;
        return plan.homes[file] === directory;
      },
      (done) => progress.push(done),
    );
    expect(outcome.wrong).toBe(0);
    expect(lookups).toBe(expectationOf(plan).lookups);
    expect(progress.at(-1)).toBe(500);
  });

  it.each([
    ['a file that is nowhere', () => false],
    ['a file that is everywhere', () => true],
  ])('count %s as wrong', async (_, find) => {
    const { wrong } = await runSearches(plan, find, () => {});
    const inFirst = plan.searches.filter((file) => plan.homes[file] === 0).length;
    expect(wrong).toBe(find() ? 500 - inFirst : 500);
  });

  it('give up when told to', async () => {
    const stop = (): never => {
      throw new Error('enough');
    };
    await expect(runSearches(plan, () => true, stop)).rejects.toThrow('enough');
  });
});

describe('the summary of times', () => {
  it('has the mean, and the time that 99 of 100 do not exceed', () => {
    const times = Float64Array.from({ length: 200 }, (_, at) => 200 - at);
    expect(summarise(times)).toEqual({ meanMs: 100.5, p99Ms: 198 });
  });

  it('of a single time is that time', () => {
    expect(summarise(Float64Array.of(3))).toEqual({ meanMs: 3, p99Ms: 3 });
  });
});
