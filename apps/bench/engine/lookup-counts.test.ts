import { describe, expect, it } from 'vitest';
import { checkCounts } from './lookup-counts.ts';
import { PASSED_ON } from './target.ts';

const none: Readonly<Record<string, number>> = {};

/** A stack with the lookups that it passed on in each round; null: uncounted. */
const row = (name: string, ...passed: (number | null)[]) => ({
  name,
  samples: passed.map((count) => ({ counts: count === null ? none : { [PASSED_ON]: count } })),
  warnings: [] as string[],
});

/** Warnings of each row, where python and c are alike. */
const check = (...rows: ReturnType<typeof row>[]): string[][] => {
  checkCounts(['python', 'c'], 2, rows);
  return rows.map(({ warnings }) => warnings);
};

describe('lookups that stacks pass on', () => {
  it('equal sums give no warning', () => {
    expect(check(row('python', 5, 5), row('c', 6, 4))).toEqual([[], []]);
  });

  it('another sum gives a warning at that stack', () => {
    const [python, c] = check(row('python', 5, 5), row('c', 5, 6));
    expect(python).toEqual([]);
    expect(c).toEqual([expect.stringMatching(/^11 lookups were passed on, by python 10: one of/)]);
  });

  it('stacks without the translator are not compared, at any position', () => {
    const rows = [row('none', 9, 9), row('python', 5, 5), row('c', 5, 5), row('libfuse', 1, 1)];
    expect(check(...rows).flat()).toEqual([]);
    expect(check(row('none', 9, 9), row('python', 5, 5), row('c', 5, 6)).flat()).toHaveLength(1);
  });

  it('stacks with uncounted rounds are not compared', () => {
    expect(check(row('python', 5, 5), row('c', 7), row('c', null, null)).flat()).toEqual([]);
  });
});
