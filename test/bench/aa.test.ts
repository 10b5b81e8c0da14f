import { describe, expect, it } from 'vitest';
import type { Run, Verdict } from '../../apps/bench/engine/schema.ts';
import { simulatedRun } from '../../apps/bench/engine/testdata/run.ts';
import { findsNone, tallyOf } from './aa.ts';

const run = simulatedRun();

/** A run whose every second stack has this verdict; null: it was not measured. */
function runWith(verdict: Verdict | null): Run {
  const workloads = run.workloads.map((workload) => ({
    ...workload,
    results: workload.results.map((result) => {
      const { measured } = result;
      if (verdict === null || measured === null) return { ...result, measured: null };
      const toFirst = measured.toFirst === null ? null : { ...measured.toFirst, verdict };
      return { ...result, measured: { ...measured, toFirst } };
    }),
  }));
  return { ...run, workloads };
}

const runs = (verdict: Verdict | null, times: number): Run[] =>
  Array.from({ length: times }, () => runWith(verdict));

describe('runs of a stack beside itself', () => {
  it('are counted by workload and verdict', () => {
    const tally = tallyOf([...runs('no difference', 3), ...runs('slower', 1), runWith(null)]);
    expect([...tally.keys()]).toEqual(['miss, same', 'miss, different', 'readdir, same']);
    expect(tally.get('readdir, same')).toEqual({
      faster: 0,
      slower: 1,
      'no difference': 3,
      'too noisy to conclude': 1,
    });
  });

  it.each([
    { none: 20, other: 0, holds: true },
    { none: 19, other: 1, holds: true },
    { none: 18, other: 2, holds: false },
    { none: 9, other: 1, holds: false },
  ])('find none in $none and one in $other: $holds', ({ none, other, holds }) => {
    for (const verdict of ['faster', 'too noisy to conclude', null] as const) {
      const tally = tallyOf([...runs('no difference', none), ...runs(verdict, other)]);
      expect(findsNone(tally)).toBe(holds);
    }
  });

  it('have shown nothing where there was none', () => {
    expect(findsNone(tallyOf([]))).toBe(false);
  });
});
