import { expect, it } from 'vitest';
import { simulatedRun } from '../../../../test/support/simulated-run.ts';
import { ecdfChart, ratioChart } from './charts.ts';

const run = simulatedRun();
const [workload] = run.workloads;

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

it('gives no two stacks the same colour and symbol', () => {
  const names = Array.from({ length: 20 }, (_, i) => `stack ${i}`);
  const stacks = names.map((name) => ({ name, description: '', volfile: null }));
  const results = names.map((stack, i) => ({ ...workload!.results[i === 0 ? 0 : 1]!, stack }));
  const { option } = ratioChart({ ...run, stacks, workloads: [{ ...workload!, results }] }, 960);
  const looks = (option.series as { type: string; color: string; symbol: string }[])
    .filter(({ type }) => type === 'scatter')
    .map(({ color, symbol }) => `${color} ${symbol}`);
  expect(looks).toHaveLength(19);
  expect(new Set(looks).size).toBe(19);
});

it('lists in its legend only stacks with points, each in its colour of the other charts', () => {
  const [result, ...others] = workload!.results;
  const gone = { ...others[0]!, measured: null, missing: 'it ended' };
  const results = [result!, gone, ...others.slice(1)];
  const shown = ratioChart({ ...run, workloads: [{ ...workload!, results }] }, 960);
  const series = (sized: typeof shown) =>
    (sized.option.series as { type: string; name: string; color: string }[])
      .filter(({ type }) => type === 'scatter')
      .map(({ name, color }) => ({ name, color }));
  expect(series(shown).map(({ name }) => name)).toEqual(['javascript']);
  expect(series(ratioChart(run, 960))).toContainEqual(series(shown)[0]);
});
