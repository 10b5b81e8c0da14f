import { expect, it } from 'vitest';
import { simulatedRun } from '../../../../test/support/simulated-run.ts';
import { breakdownOf } from './breakdown.ts';

it('a part says how exact it is, and one that was not seen how large it may be', () => {
  const [workload] = simulatedRun().workloads;
  const [first, ...others] = workload!.results;
  const breakdown = [
    { part: 'kernel and FUSE', nanoseconds: 12_300, error: 400 },
    { part: 'storage', nanoseconds: 0, error: 120 },
    { part: 'reply', nanoseconds: 2000, error: null },
  ];
  const results = [{ ...first!, measured: { ...first!.measured!, breakdown } }, ...others];
  const { unit, parts, rows } = breakdownOf({ ...workload!, results })!;
  expect([unit, ...parts.slice(0, 3)]).toEqual(['µs', 'kernel and FUSE', 'storage', 'reply']);
  expect(rows[0]!.cells.slice(0, 4)).toEqual(['12.3 ± 0.40', '< 0.12', '2.00', '']);
  expect(rows[0]!.total).toBe(14_300);
});
