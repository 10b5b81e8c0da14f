import { describe, expect, it } from 'vitest';
import { checkCounts } from './counts.ts';
import { PASSED_ON } from './target.ts';

const none: Readonly<Record<string, number>> = {};

/** A stack by the lookups that it passed on in each round; null: nothing counts them. */
const row = (name: string, ...passed: (number | null)[]) => ({
  name,
  samples: passed.map((count) => ({ counts: count === null ? none : { [PASSED_ON]: count } })),
  warnings: [] as string[],
});

/** Warnings of each of the rows, of which python and c are alike. */
const check = (...rows: ReturnType<typeof row>[]): string[][] => {
  checkCounts(['python', 'c'], 2, rows);
  return rows.map(({ warnings }) => warnings);
};

describe('lookups that were passed on', () => {
  it('are the same in sum: nothing is said', () => {
    expect(check(row('python', 5, 5), row('c', 6, 4))).toEqual([[], []]);
  });

  it('are others: that stands beside the stack', () => {
    const [python, c] = check(row('python', 5, 5), row('c', 5, 6));
    expect(python).toEqual([]);
    expect(c).toEqual([expect.stringMatching(/^11 lookups were passed on, by python 10: one of/)]);
  });

  it('need not be those of stacks that are something else, wherever they stand', () => {
    const rows = [row('none', 9, 9), row('python', 5, 5), row('c', 5, 5), row('libfuse', 1, 1)];
    expect(check(...rows).flat()).toEqual([]);
    expect(check(row('none', 9, 9), row('python', 5, 5), row('c', 5, 6)).flat()).toHaveLength(1);
  });

  it('are compared where all rounds were counted, and nowhere else', () => {
    expect(check(row('python', 5, 5), row('c', 7), row('c', null, null)).flat()).toEqual([]);
  });
});
