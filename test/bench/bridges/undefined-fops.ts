/**
 * Measures the cost of a module for fops that it does not define: a lookup takes the same time with
 * the module and without.
 */
import { measureOrExplain } from '../../../apps/bench/engine/measurement-error.ts';
import { formatDigits, formatEstimate } from '../../../apps/bench/engine/numbers.ts';
import { compare, subtract } from '../../../apps/bench/engine/statistics.ts';
import {
  type BatchPlan,
  measureAlternately,
} from '../../../apps/bench/run/call/alternating-batches.ts';
import { presentLeaf, startGraph, startModuleGraph } from '../../../apps/bench/run/call/graphs.ts';
import { makeLookupBatch } from '../../../apps/bench/run/call/request-batches.ts';
import { type FopName, fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import type { Bench } from '../bench.ts';
import { formatRounds, makeFigure, makeRow, type Report } from '../table.ts';

const FULL: BatchPlan = {
  rounds: 31,
  batchesPerRound: 24,
  requestsPerBatch: 20_000,
  warmUpRequests: 500_000,
};
const QUICK: BatchPlan = {
  rounds: 5,
  batchesPerRound: 2,
  requestsPerBatch: 5000,
  warmUpRequests: 20_000,
};
/** The one fop that the module defines. */
const DEFINED: FopName = 'statfs';

interface Measured {
  /** Fops that the module does not define, and that are wound to it nevertheless. */
  readonly strays: readonly FopName[];
  /** Nanoseconds. */
  readonly without: readonly number[];
  readonly with: readonly number[];
}

export async function measureUndefinedFops(bench: Bench): Promise<Report> {
  bench.log('Python: fops that the module does not define');
  const load = bench.quick ? QUICK : FULL;
  const measured = await measureOrExplain(() => measure(bench, load));
  const makeMeasuredRow = (title: string, cell: (samples: Measured) => string) =>
    makeRow(title, measured, (samples) => [cell(samples)]);
  return {
    sections: [
      {
        title:
          'fops that a module in Python does not define: ns a lookup, median of ' +
          `${load.rounds} rounds [lowest – highest]`,
        columns: [],
        rows: [
          makeMeasuredRow('without the module', ({ without }) => formatRounds(without)),
          makeMeasuredRow('with it: the same code, by the same route', (samples) =>
            formatRounds(samples.with),
          ),
          makeMeasuredRow('difference', (samples) =>
            formatEstimate(compare(samples.with, samples.without, subtract), formatDigits),
          ),
        ],
      },
    ],
    figures: [
      makeFigure(
        'fops that the module does not define, led through it all the same',
        ['fops', { limit: 0 }],
        measured,
        ({ strays }) => [strays.length],
      ),
    ],
    raw: { ...load, ...measured },
  };
}

async function measure(bench: Bench, load: BatchPlan): Promise<Measured> {
  const graphWith = await startModuleGraph(bench, 'python', 'statfs', presentLeaf);
  const graphWithout = await startGraph(bench, [presentLeaf]);
  const strays = fopNames.filter(
    (name) => name !== DEFINED && graphWith.links[name].xl === graphWith.top,
  );
  const batches = { without: makeLookupBatch(graphWithout), with: makeLookupBatch(graphWith) };
  const series = await measureAlternately(bench, batches, load);
  await graphWith.stop();
  await graphWithout.stop();
  const toNs = (rounds: readonly number[]): number[] => rounds.map((us) => us * 1000);
  return { strays, without: toNs(series.without), with: toNs(series.with) };
}
