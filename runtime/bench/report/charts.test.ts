import { expect, it } from 'vitest';
import { simulatedRun } from '../testdata/run.ts';
import { ecdfChart } from './charts.ts';

const [workload] = simulatedRun().workloads;

/** Where the picture of stacks of these names begins. */
function topOf(names: readonly string[], width: number): number {
  const [result] = workload!.results;
  const results = names.map((stack) => ({ ...result!, stack }));
  const { grid } = ecdfChart({ ...workload!, results }, width);
  return (grid as { readonly top: number }).top;
}

const MANY = ['typescript', 'python', 'glusterfs', 'libfuse-floor', 'libfuse', 'fuse-native'];

it('begins below its legend, however many names are in it', () => {
  expect(topOf(['a', 'b'], 470)).toBe(topOf(['a'], 470));
  expect(topOf(MANY, 470)).toBeGreaterThan(topOf(['a'], 470));
  expect(topOf([...MANY, ...MANY], 470)).toBeGreaterThan(topOf(MANY, 470));
  expect(topOf(MANY, 960)).toBe(topOf(['a'], 470));
});
