/**
 * What translators cost that have nothing to say about a request: the same failed stats through one
 * stack, and through one with ten translators more on top. On one CPU, where the difference of two
 * servers is a difference of work.
 */
import { isMissing, type Missing, orMissing } from '../../runtime/bench/missing.ts';
import type { Series } from '../../runtime/bench/rounds.ts';
import { difference } from '../../runtime/bench/statistics.ts';
import type { Bench, VolumeText } from './bench.ts';
import { type Load, NAMES, takeCalls } from './calls.ts';
import type { Report } from './report.ts';
import { measureRounds } from './rounds.ts';
import { compareSamples, type Sample, type Samples, sampleColumns, samplesRow } from './samples.ts';
import { negativeVolume, proveCache, startGlossa, type Target } from './targets.ts';

const MORE = 10;
/** Microseconds for all of them together. */
const BAR = { limit: 0.2 };

const FULL: Load = { rounds: 21, count: 4000, warm: 40_000 };
const QUICK: Load = { rounds: 5, count: 1000, warm: 5_000 };

/** Neither counts nor measures, so it has no fops. */
const passThrough = Array.from(
  { length: MORE },
  (_, i): VolumeText => ({
    name: `pass-${i + 1}`,
    type: 'debug/io-stats',
    options: { 'count-fop-hits': 'off', 'latency-measurement': 'off' },
  }),
);

const stacks = {
  without: { title: 'negative over posix', volumes: [negativeVolume] },
  with: { title: `with ${MORE} translators more`, volumes: [negativeVolume, ...passThrough] },
} as const;

type StackName = keyof typeof stacks;
const names = Object.keys(stacks) as StackName[];

export async function passThroughCost(bench: Bench): Promise<Report> {
  const load = bench.quick ? QUICK : FULL;
  bench.say(`ten pass-through translators more: ${load.rounds} rounds`);
  const started = new Map<StackName, Target | Missing>();
  for (const name of names) started.set(name, await orMissing(() => start(bench, name)));
  const measured = await orMissing(async () =>
    measureRounds(bench, started, 'same', load.rounds, await takeCalls(bench, 'absent', load)),
  );
  const samplesOf = (name: StackName): Samples | Missing =>
    isMissing(measured) ? measured : measured.get(name)!;
  const without = samplesOf('without');
  return {
    sections: [
      {
        title:
          `pass-through, failed stat, same CPU: µs, median of ${load.rounds} rounds of ` +
          `${load.count} [lowest – highest]`,
        columns: sampleColumns('first'),
        rows: names.map((name) => samplesRow(stacks[name].title, samplesOf(name), without)),
      },
    ],
    figures: [
      {
        what: `${MORE} pass-through translators more, same CPU`,
        unit: 'µs',
        bar: BAR,
        value: compareSamples(samplesOf('with'), without, difference),
      },
    ],
    raw: { names: NAMES, ...load, stacks: raw(measured) },
  };
}

async function start(bench: Bench, name: StackName): Promise<Target> {
  const serverName = `pass-${name}`;
  const server = await startGlossa(bench, serverName, stacks[name].volumes);
  return proveCache(bench, serverName, server);
}

const raw = (measured: Series<StackName, Sample> | Missing): unknown =>
  isMissing(measured) ? measured : Object.fromEntries(measured);
