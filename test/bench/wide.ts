/** What many children cost: cluster/distribute over storages in memory, in this process. */
import { NotMeasured } from '../../apps/bench/engine/missing.ts';
import { compare, ratio } from '../../apps/bench/engine/statistics.ts';
import type { Batch } from '../../apps/bench/run/call/callers.ts';
import { type Load, measurePairs } from '../../apps/bench/run/call/pairs.ts';
import { type Frame, newRequest, Stack } from '../../runtime/core/frame.ts';
import { type FopTable, wind } from '../../runtime/core/gen/fops.gen.ts';
import { Loc } from '../../runtime/core/loc.ts';
import { Distributed } from '../support/distributed.ts';
import type { Bench } from './bench.ts';
import { comparedText, figureOf, type Report, roundsText } from './table.ts';

const FULL: Load = { rounds: 31, best: 8, count: 2_000, warm: 40_000 };
const QUICK: Load = { rounds: 5, best: 2, count: 500, warm: 2_000 };

const COUNTS = ['2', '8', '32', '128'] as const;
type Count = (typeof COUNTS)[number];
/** Of the time over two. */
const FLAT = 1.1;

/** Lookups of a file that is there, by a client that does not know it. */
async function lookupsOver(count: Count): Promise<Batch> {
  const names = Array.from({ length: Number(count) }, (_, at) => `brick-${at}`);
  const volume = await Distributed.start(names);
  volume.create('/file');
  const { graph, root } = volume;
  const loc = new Loc(graph.inodes.newInode(), root, 'file');
  let found = 0;
  const cbk = (
    _frame: Frame,
    _cookie: number,
    _xl: unknown,
    opRet: number,
    _opErrno: number,
    ..._reply: FopTable['lookup']['reply']
  ): void => {
    if (opRet >= 0) found += 1;
  };
  return async (batch) => {
    found = 0;
    const begun = performance.now();
    for (let n = 0; n < batch; n++) {
      const frame = newRequest(new Stack(0, 0, 1, 'LOOKUP'), graph.top);
      wind.lookup(frame, 0, cbk, graph.links, loc, null);
    }
    const took = performance.now() - begun;
    if (found !== batch) throw new NotMeasured('a file was not found');
    return (took * 1000) / batch;
  };
}

export async function wide(bench: Bench): Promise<Report> {
  bench.say(`lookups over ${COUNTS.join(', ')} children in memory`);
  const batches = await Promise.all(COUNTS.map(lookupsOver));
  const variants = Object.fromEntries(COUNTS.map((count, at) => [count, batches[at]!]));
  const load = bench.quick ? QUICK : FULL;
  const series = await measurePairs(bench, variants as Record<Count, Batch>, load);
  const [two, ...more] = COUNTS;
  return {
    sections: [
      {
        title: `lookup of a file, children in memory: µs, the best of ${load.best} batches in each of ${load.rounds} rounds`,
        columns: ['median [lowest – highest]', '× two'],
        rows: COUNTS.map((count) => ({
          title: `${count} children`,
          cells: [
            roundsText(series[count]),
            comparedText(compare(series[count], series[two], ratio)),
          ],
        })),
      },
    ],
    figures: more.map((count) =>
      figureOf(
        `lookup over ${count} children / over ${two}`,
        ['×', { limit: FLAT }],
        series,
        (all) => compare(all[count], all[two], ratio),
      ),
    ),
    raw: { load, series },
  };
}
