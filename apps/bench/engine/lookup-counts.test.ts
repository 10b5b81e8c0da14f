import { describe, expect, it } from 'vitest';
import { checkCounts } from './measure.ts';
import { PASSED_ON_COUNTER } from './target.ts';

const noCounts: Readonly<Record<string, number>> = {};

/** The requests that fill the stacks' caches. */
const FILL = 10;

/** A stack with the lookups that it passed on in each round; null: uncounted. */
const makeRow = (name: string, ...passed: (number | null)[]) => ({
  name,
  samples: passed.map((count) => ({
    counts: count === null ? noCounts : { [PASSED_ON_COUNTER]: count },
  })),
  warmUpResult: { nextRequest: FILL },
  warnings: [] as string[],
});

/** Warnings of each row, where python and c are alike. */
const check = (...rows: ReturnType<typeof makeRow>[]): string[][] => {
  checkCounts(['python', 'c'], 2, FILL, rows);
  return rows.map(({ warnings }) => warnings);
};

describe('the lookups that stacks pass on', () => {
  it('give no warning if all stacks pass on equally many', () => {
    expect(check(makeRow('python', 5, 5), makeRow('c', 6, 4))).toEqual([[], []]);
  });

  it('give a warning at the stack that passes on more or fewer than the first', () => {
    const [python, c] = check(makeRow('python', 5, 5), makeRow('c', 5, 6));
    expect(python).toEqual([]);
    expect(c).toEqual([expect.stringMatching(/^11 lookups were passed on, by python 10: one of/)]);
  });

  it('are not compared for stacks without the translator, first or last', () => {
    const rows = [
      makeRow('none', 9, 9),
      makeRow('python', 5, 5),
      makeRow('c', 5, 5),
      makeRow('libfuse', 1, 1),
    ];
    expect(check(...rows).flat()).toEqual([]);
    expect(
      check(makeRow('none', 9, 9), makeRow('python', 5, 5), makeRow('c', 5, 6)).flat(),
    ).toHaveLength(1);
  });

  it('are not compared for a stack whose lookups were not counted in every round', () => {
    expect(
      check(makeRow('python', 5, 5), makeRow('c', 7), makeRow('c', null, null)).flat(),
    ).toEqual([]);
  });

  it('are not compared for a stack whose warm-up has not filled its cache', () => {
    const short = { ...makeRow('c', 5, 6), warmUpResult: { nextRequest: FILL - 1 } };
    expect(check(makeRow('python', 5, 5), short).flat()).toEqual([]);
    expect(check({ ...short, name: 'python' }, makeRow('c', 5, 5)).flat()).toEqual([]);
  });
});
