import fc from 'fast-check';
import { expect, it } from 'vitest';
import { simulateRun } from '../../../../test/support/simulated-run.ts';
import { listRoundTicks, makeEcdfChart, makeRatioChart } from './charts.ts';

const run = simulateRun();
const [workload] = run.workloads;

/** The top of the plot below a legend of these names. */
function plotTop(names: readonly string[], width: number): number {
  const [result] = workload!.results;
  const results = names.map((stack) => ({ ...result!, stack }));
  const { option } = makeEcdfChart({ ...workload!, results }).makeOption(width);
  return (option.grid as { readonly top: number }).top;
}

const MANY = ['typescript', 'python', 'glusterfs', 'libfuse-floor', 'libfuse', 'fuse-native'];

it('a plot begins below its legend, however many names the legend has', () => {
  expect(plotTop(['a', 'b'], 470)).toBe(plotTop(['a'], 470));
  expect(plotTop(MANY, 470)).toBeGreaterThan(plotTop(['a'], 470));
  expect(plotTop([...MANY, ...MANY], 470)).toBeGreaterThan(plotTop(MANY, 470));
  expect(plotTop(MANY, 960)).toBe(plotTop(['a'], 470));
});

it('no two stacks in a chart have the same colour and symbol', () => {
  const names = Array.from({ length: 20 }, (_, i) => `stack ${i}`);
  const stacks = names.map((name) => ({ name, description: '', volfile: null }));
  const results = names.map((stack, i) => ({ ...workload!.results[i === 0 ? 0 : 1]!, stack }));
  const { option } = makeRatioChart({
    ...run,
    stacks,
    workloads: [{ ...workload!, results }],
  }).makeOption(960);
  const markers = (option.series as { name?: string; color: string; symbol: string }[])
    .filter(({ name }) => name !== undefined)
    .map(({ color, symbol }) => `${color} ${symbol}`);
  expect(markers).toHaveLength(19);
  expect(new Set(markers).size).toBe(19);
});

it('the legend of a chart lists only measured stacks, each in the colour that it has in other charts', () => {
  const [result, ...others] = workload!.results;
  const unmeasured = { ...others[0]!, measured: null, missing: 'it ended' };
  const results = [result!, unmeasured, ...others.slice(1)];
  const chart = makeRatioChart({ ...run, workloads: [{ ...workload!, results }] }).makeOption(960);
  const listSeries = (sized: typeof chart) =>
    (sized.option.series as { name?: string; color: string }[])
      .filter(({ name }) => name !== undefined)
      .map(({ name, color }) => ({ name, color }));
  expect(listSeries(chart).map(({ name }) => name)).toEqual(['javascript']);
  expect(listSeries(makeRatioChart(run).makeOption(960))).toContainEqual(listSeries(chart)[0]);
});

it('the ticks of an axis are at round values', () => {
  expect(listRoundTicks(0.88, 1.36)).toEqual([0.9, 1, 1.1, 1.2, 1.3]);
  expect(listRoundTicks(5, 150)).toEqual([5, 10, 20, 50, 100]);
  expect(listRoundTicks(0.3, 2e6)).toEqual([1, 10, 100, 1000, 10_000, 100_000, 1_000_000]);
});

it('the ticks of an axis rise and lie within it, for any range', () => {
  const ends = fc.tuple(
    fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
    fc.double({ min: 1.05, max: 1e6, noNaN: true }),
  );
  fc.assert(
    fc.property(ends, ([low, factor]) => {
      const values = listRoundTicks(low, low * factor);
      expect(values.length).toBeGreaterThanOrEqual(1);
      expect(values.length).toBeLessThanOrEqual(16);
      for (const [i, value] of values.entries()) {
        expect(value).toBeGreaterThanOrEqual(low * (1 - 1e-6));
        expect(value).toBeLessThanOrEqual(low * factor * (1 + 1e-6));
        if (i > 0) expect(value).toBeGreaterThan(values[i - 1]!);
      }
    }),
  );
});
