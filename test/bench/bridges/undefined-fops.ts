/**
 * Measures the cost of a module for fops that it does not define: a lookup takes the same time with
 * the module and without.
 */
import { measureOrExplain } from '../../../apps/bench/engine/not-measured.ts';
import { formatDigits, formatEstimate } from '../../../apps/bench/engine/numbers.ts';
import { compare, difference } from '../../../apps/bench/engine/statistics.ts';
import { makeLookups } from '../../../apps/bench/run/call/callers.ts';
import { presentLeaf, startGraph, startModule } from '../../../apps/bench/run/call/graphs.ts';
import { type Load, measurePairs } from '../../../apps/bench/run/call/pairs.ts';
import { type FopName, fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import type { Bench } from '../bench.ts';
import { figureOf, type Report, roundsText, rowOf } from '../table.ts';

const FULL: Load = {
  rounds: 31,
  best: 24,
  count: 20_000,
  warm: 500_000,
};
const QUICK: Load = {
  rounds: 5,
  best: 2,
  count: 5000,
  warm: 20_000,
};
/** The one fop that the module defines. */
const DEFINED: FopName = 'statfs';

interface Measured {
  /** Fops that it does not define and that arrive at it all the same. */
  readonly strays: readonly FopName[];
  /** Nanoseconds. */
  readonly without: readonly number[];
  readonly with: readonly number[];
}

export async function undefinedFops(bench: Bench): Promise<Report> {
  bench.log('Python: fops that the module does not define');
  const load = bench.quick ? QUICK : FULL;
  const measured = await measureOrExplain(() => measure(bench, load));
  const row = (title: string, cell: (found: Measured) => string) =>
    rowOf(title, measured, (found) => [cell(found)]);
  return {
    sections: [
      {
        title:
          'fops that a module in Python does not define: ns a lookup, median of ' +
          `${load.rounds} rounds [lowest – highest]`,
        columns: [],
        rows: [
          row('without the module', ({ without }) => roundsText(without)),
          row('with it: the same code, by the same route', (found) => roundsText(found.with)),
          row('difference', (found) =>
            formatEstimate(compare(found.with, found.without, difference), formatDigits),
          ),
        ],
      },
    ],
    figures: [
      figureOf(
        'fops that the module does not define, led through it all the same',
        ['fops', { limit: 0 }],
        measured,
        ({ strays }) => [strays.length],
      ),
    ],
    raw: { ...load, ...measured },
  };
}

async function measure(bench: Bench, load: Load): Promise<Measured> {
  const module = await startModule(bench, 'python', 'apart', presentLeaf);
  const bare = await startGraph(bench, [presentLeaf]);
  const strays = fopNames.filter(
    (name) => name !== DEFINED && module.links[name].xl === module.top,
  );
  const variants = { without: makeLookups(bare), with: makeLookups(module) };
  const series = await measurePairs(bench, variants, load);
  await module.stop();
  await bare.stop();
  const ns = (rounds: readonly number[]): number[] => rounds.map((us) => us * 1000);
  return { strays, without: ns(series.without), with: ns(series.with) };
}
