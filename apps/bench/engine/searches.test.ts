import { describe, expect, it } from 'vitest';
import { expectSearches } from '../../../test/support/searches.ts';
import { DIRECTORY_COUNT, FILE_COUNT, findRoundRange, planSearches } from './searches.ts';

describe('the plan of searches', () => {
  const plan = planSearches({ seed: 1, searchCount: 10_000 });

  it('has equal searches for equal seeds, and other searches for another seed', () => {
    expect(planSearches({ seed: 1, searchCount: 10_000 })).toEqual(plan);
    expect(planSearches({ seed: 2, searchCount: 10_000 }).searches).not.toEqual(plan.searches);
  });

  it('spreads files with different names evenly over the directories', () => {
    const counts = new Array<number>(DIRECTORY_COUNT).fill(0);
    for (const home of plan.directories) counts[home] = counts[home]! + 1;
    expect(counts).toEqual(new Array(DIRECTORY_COUNT).fill(FILE_COUNT / DIRECTORY_COUNT));
    expect(new Set(plan.names).size).toBe(FILE_COUNT);
  });

  it('directs four fifths of the searches at a tenth of the files', () => {
    const times = new Map<number, number>();
    for (const file of plan.searches) times.set(file, (times.get(file) ?? 0) + 1);
    const most = [...times.values()].sort((a, b) => b - a).slice(0, FILE_COUNT / 10);
    const share = most.reduce((sum, n) => sum + n, 0) / plan.searches.length;
    expect(share).toBeGreaterThan(0.78);
    expect(share).toBeLessThan(0.82);
  });

  it('searches for different files in each round, and mostly for a tenth of them', () => {
    const inRounds = planSearches({ seed: 1, searchCount: 1234, fileCount: 500, roundCount: 10 });
    const rounds = Array.from({ length: 10 }, (_, round) => {
      const { from, to } = findRoundRange(inRounds, round);
      return inRounds.searches.subarray(from, to);
    });
    expect(rounds.flatMap((round) => [...round])).toEqual([...inRounds.searches]);
    const files = rounds.map((round) => new Set(round));
    expect(files.reduce((sum, { size }) => sum + size, 0)).toBe(new Set(inRounds.searches).size);
    for (const round of rounds) {
      expect(Math.abs(round.length - 123.4)).toBeLessThan(1);
      const times = [...new Set(round)].map(
        (file) => round.filter((other) => other === file).length,
      );
      const most = times.sort((a, b) => b - a).slice(0, 5);
      expect(most.reduce((sum, n) => sum + n, 0) / round.length).toBeGreaterThan(0.65);
    }
  });

  it('needs about 5.5 lookups per search, of which a cache can save three quarters', () => {
    const { lookups, unavoidable } = expectSearches(plan);
    expect(lookups).toBeGreaterThan(50_000);
    expect(lookups).toBeLessThan(60_000);
    expect(unavoidable).toBeGreaterThan(13_000);
    expect(unavoidable).toBeLessThan(15_500);
  });
});
