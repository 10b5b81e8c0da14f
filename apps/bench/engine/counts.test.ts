import { describe, expect, it } from 'vitest';
import { type Counting, checkCounts } from './counts.ts';
import { PASSED_ON } from './target.ts';

const counting: Counting = {
  alike: { stacks: ['python', 'c'], rememberSeconds: 60, kernelCaches: false },
  workload: 'miss',
  rounds: 2,
  clients: 1,
  seconds: 10,
};

const none: Readonly<Record<string, number>> = {};

/** A stack by the lookups that it passed on in each round; null: nothing counts them. */
const row = (name: string, ...passed: (number | null)[]) => ({
  name,
  samples: passed.map((count) => ({
    counts: count === null ? none : { [PASSED_ON]: count },
  })),
  warnings: [] as string[],
});

const check = (other: Partial<Counting>, ...rows: ReturnType<typeof row>[]) => ({
  failures: checkCounts({ ...counting, ...other }, rows),
  warnings: rows.map(({ warnings }) => warnings),
});

describe('lookups that were passed on', () => {
  it('are the same in sum: nothing is said', () => {
    const found = check({}, row('python', 5, 5), row('c', 6, 4));
    expect(found).toEqual({ failures: [], warnings: [[], []] });
  });

  it('are others: that fails the run, and stands beside the stack', () => {
    const { failures, warnings } = check({}, row('python', 5, 5), row('c', 5, 6));
    expect(failures).toEqual(['miss, c: 11 lookups were passed on, by python 10']);
    expect(warnings).toEqual([[], ['11 lookups were passed on, by python 10']]);
  });

  it('need not be those of stacks that are something else, wherever they stand', () => {
    const rows = [row('none', 9, 9), row('python', 5, 5), row('c', 5, 5), row('fusepy', 1, 1)];
    expect(check({}, ...rows).failures).toEqual([]);
    const [none, python] = rows;
    expect(check({}, none!, python!, row('c', 5, 6)).failures).toHaveLength(1);
  });

  it('are compared where all rounds were counted, and nowhere else', () => {
    const found = check({}, row('python', 5, 5), row('c', 7), row('c', null, null));
    expect(found.failures).toEqual([]);
  });

  it.each<[string, Partial<Counting>]>([
    ['does what it likes', { workload: 'command' }],
    ["each other's turn", { workload: 'smallfile', clients: 2 }],
    ['remembered for 60 s', { seconds: 60 }],
    ['the kernel caches', { alike: { ...counting.alike, kernelCaches: true } }],
  ])('are others for a reason, %s: that is a warning', (reason, other) => {
    const { failures, warnings } = check(other, row('python', 5, 5), row('c', 5, 6));
    expect(failures).toEqual([]);
    expect(warnings[1]!.join()).toContain('11 lookups were passed on, by python 10; ');
    expect(warnings[1]!.join()).toContain(reason);
  });

  it('have no excuse for clients that only look', () => {
    const { failures } = check({ clients: 8 }, row('python', 5, 5), row('c', 5, 6));
    expect(failures).toHaveLength(1);
  });
});
