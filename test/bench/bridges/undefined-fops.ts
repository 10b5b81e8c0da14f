/**
 * Measures the cost of a module for fops that it does not define: a lookup takes the same time with
 * the module and without.
 */
import { isMissing } from '../../../apps/bench/engine/measurement-error.ts';
import { presentLeaf, startGraph, startModuleGraph } from '../../../apps/bench/run/call/graphs.ts';
import {
  type BatchPlan,
  makeLookupBatch,
  measureBatches,
} from '../../../apps/bench/run/call/request-batches.ts';
import { type FopName, fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import type { Bench } from '../bench.ts';
import { hold, type Report, reportSeries } from '../table.ts';

const FULL: BatchPlan = {
  ...{ rounds: 31, batchesPerRound: 24, requestsPerBatch: 20_000, warmUpRequests: 500_000 },
};
const QUICK: BatchPlan = {
  ...{ rounds: 5, batchesPerRound: 2, requestsPerBatch: 5000, warmUpRequests: 20_000 },
};
/** The one fop that the module defines. */
const DEFINED: FopName = 'statfs';

export async function measureUndefinedFops(bench: Bench): Promise<Report> {
  bench.log('Python: fops that the module does not define');
  const load = bench.quick ? QUICK : FULL;
  /** Fops that the module does not define, and that are wound to it nevertheless. */
  let strays: readonly FopName[] = [];
  const series = await measureBatches(
    bench,
    {
      without: async (own) => makeLookupBatch(await startGraph(own, [presentLeaf])),
      async with(own) {
        const graph = await startModuleGraph(own, 'python', 'statfs', presentLeaf);
        strays = fopNames.filter((name) => name !== DEFINED && graph.links[name].xl === graph.top);
        return makeLookupBatch(graph);
      },
    },
    load,
  );
  const samples = [...series].map(
    ([name, rounds]) =>
      [
        name,
        isMissing(rounds)
          ? rounds
          : rounds.map((us) => ({ value: 1000 * us, strays: strays.length })),
      ] as const,
  );
  return reportSeries(
    {
      what: 'fops that a module in Python does not define',
      unitText: `ns a lookup, median of ${load.rounds} rounds [lowest – highest]`,
      titles: {
        without: 'without the module',
        with: 'with it: the same code, by the same route',
      },
      first: 'without',
      columns: [
        ['lookup', 'value'],
        ['difference', 'value', 'difference'],
      ],
      held: [
        hold('fops that the module does not define, led through it all the same', ['with'], '≤ 0', {
          ...{ unit: 'fops', key: 'strays' },
        }),
      ],
    },
    new Map(samples),
    { ...load, strays },
  );
}
