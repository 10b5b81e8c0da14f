/**
 * What `npm run bench observe` measures: what looking at requests costs them. A leaf that answers at
 * once, recorded or under debug/io-stats, over the same that nobody looks at; in this process.
 */
import { join } from 'node:path';
import { isMissing, orMissing } from '../../apps/bench/engine/missing.ts';
import { compare, difference } from '../../apps/bench/engine/statistics.ts';
import { type Batch, lookups } from '../../apps/bench/run/call/callers.ts';
import { nothing, startGraph, type Volume } from '../../apps/bench/run/call/graphs.ts';
import { type Load, measurePairs, type Series } from '../../apps/bench/run/call/pairs.ts';
import { ENOENT } from '../../runtime/core/errno.ts';
import type { FilterGiven } from '../../runtime/observe/filter.ts';
import ioStats from '../../runtime/xlators/debug/io-stats/index.ts';
import { GraphRecording } from '../../server/recording.ts';
import type { Bench } from './bench.ts';
import type { Bar } from './figures.ts';
import type { Suite } from './suite.ts';
import { figureOf, type Report, roundsText, rowOf } from './table.ts';

const FULL: Load = { rounds: 31, best: 24, count: 2000, warm: 200_000 };
const QUICK: Load = { rounds: 5, best: 2, count: 2000, warm: 20_000 };

interface Look {
  readonly what: string;
  readonly bar: Bar;
  /** Above the leaf. */
  readonly volume?: Volume;
  /** What is recorded. */
  readonly filter?: FilterGiven;
}

const timed: Volume = {
  translator: ioStats as unknown as Volume['translator'],
  options: { 'count-fop-hits': 'on', 'latency-measurement': 'on' },
};

const looks = {
  watched: { what: 'one volume recorded, to a file', bar: { limit: 2 }, filter: {} },
  sampled: { what: 'one request in 1 000', bar: { limit: 0.1 }, filter: { oneIn: 1000 } },
  timed: { what: 'debug/io-stats with latency', bar: { limit: 0.3 }, volume: timed },
} satisfies Readonly<Record<string, Look>>;
const names = Object.keys(looks) as (keyof typeof looks)[];

const NOBODY = 'nobody';
type Name = typeof NOBODY | keyof typeof looks;

async function observedLookups(bench: Bench): Promise<Report> {
  bench.say('lookups that are looked at');
  const load = bench.quick ? QUICK : FULL;
  const series = await orMissing(() => measure(bench, load));
  const row = (title: string, name: Name) =>
    rowOf(title, series, (measured) => [roundsText(measured[name])]);
  return {
    sections: [
      {
        title:
          `lookups in process: µs each, median of ${load.rounds} rounds [lowest – highest], each ` +
          `the best of ${load.best} × ${load.count}`,
        columns: [],
        rows: [row('nobody looks', NOBODY), ...names.map((name) => row(looks[name].what, name))],
      },
    ],
    figures: names.map((name) =>
      figureOf(looks[name].what, ['µs', looks[name].bar], series, (measured) =>
        compare(measured[name], measured[NOBODY], difference),
      ),
    ),
    raw: isMissing(series) ? load : { ...load, series },
  };
}

async function measure(bench: Bench, load: Load): Promise<Series<Name>> {
  const ends: (() => Promise<void>)[] = [];
  const start = async (name: Name, { volume, filter }: Partial<Look>): Promise<Batch> => {
    const graph = await startGraph(bench, volume === undefined ? [nothing] : [nothing, volume]);
    ends.push(() => graph.stop());
    if (filter !== undefined) {
      const file = join(bench.folder, `${name}.rec`);
      const request = { file, filter, filterText: null, dataMax: 32, redact: false };
      const recording = new GraphRecording(graph, request, graph.top.log);
      ends.push(() => recording.close());
    }
    return lookups(graph, ENOENT);
  };
  try {
    const batches: Partial<Record<Name, Batch>> = { [NOBODY]: await start(NOBODY, {}) };
    for (const name of names) batches[name] = await start(name, looks[name]);
    return await measurePairs(bench, batches as Record<Name, Batch>, load);
  } finally {
    for (const end of ends) await end();
  }
}

export const observe: Suite = {
  usage: `usage: npm run bench -- observe [options]

Measures what looking at requests costs them, in one process without a mount. On a quiet machine; a
full run takes some ten seconds.

  --only PART   lookup`,
  legend: `A cost is the median over the rounds of the difference to nobody looking in the same round [the lowest –
the highest]. With a "?", the rounds of one row lie more than a factor of 1.5 apart: measure again.`,
  isPlaced: false,
  parts: { lookup: observedLookups },
};
