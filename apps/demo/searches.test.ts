import { describe, expect, it } from 'vitest';
import { expectationOf, planWorkload } from '../bench/engine/searches.ts';
import { namesToAsk, runSearches, summarise, warmUp } from './searches.ts';

const plan = planWorkload({ seed: 3, searches: 500 });

describe('searches', () => {
  it('ask every directory until the file is found, and count no wrong answer', async () => {
    let lookups = 0;
    let checks = 0;
    const outcome = await runSearches(
      plan,
      0,
      (directory, file) => {
        lookups += 1;
        return plan.homes[file] === directory;
      },
      () => {
        checks += 1;
      },
    );
    expect(outcome.wrong).toBe(0);
    expect(lookups).toBe(expectationOf(plan).lookups);
    expect(outcome.times).toHaveLength(500);
    expect(checks).toBeGreaterThan(0);
  });

  it.each([
    ['a file that is nowhere', () => false],
    ['a file that is everywhere', () => true],
  ])('count %s as wrong', async (_, find) => {
    const { wrong } = await runSearches(plan, 0, find, () => {});
    const inFirst = plan.searches.filter((file) => plan.homes[file] === 0).length;
    expect(wrong).toBe(find() ? 500 - inFirst : 500);
  });

  it('look only for the files of their round, after a warm-up with an absent name', async () => {
    const inRounds = planWorkload({ seed: 3, searches: 100, rounds: 4 });
    const asked = [new Set<number>(), new Set<number>()];
    for (const [round, files] of asked.entries()) {
      const { times } = await runSearches(
        inRounds,
        round,
        (_, file) => files.add(file).size > 0,
        () => {},
      );
      expect(times).toHaveLength(25);
    }
    expect([...asked[0]!].filter((file) => asked[1]!.has(file))).toEqual([]);
    const warm = new Set<string>();
    await warmUp(inRounds, (_, file) => warm.add(namesToAsk(inRounds)[file]!).size < 0);
    expect([...warm]).toEqual(['absent.php']);
    expect(inRounds.names).not.toContain('absent.php');
  });

  it('give up when told to', async () => {
    const stop = (): never => {
      throw new Error('enough');
    };
    await expect(runSearches(plan, 0, () => true, stop)).rejects.toThrow('enough');
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
