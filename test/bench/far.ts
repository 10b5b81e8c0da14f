/** What a directory costs where the children are far away: waits one after the other, not children. */
import { NotMeasured } from '../../apps/bench/engine/missing.ts';
import { newGfid } from '../../runtime/core/context.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { type Frame, newRequest, Stack } from '../../runtime/core/frame.ts';
import { type FopTable, wind } from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { Loc } from '../../runtime/core/loc.ts';
import { GFID_REQ } from '../../runtime/core/xdata.ts';
import delayGen from '../../runtime/xlators/debug/delay-gen/index.ts';
import { NodeContext } from '../../server/context.ts';
import { startDistributed } from '../support/distributed.ts';
import type { Bench } from './bench.ts';
import { figureOf, type Report, roundsText } from './table.ts';

const COUNTS = [2, 8, 32] as const;
/** The figure that has a bar is that of the most. */
const MOST = 32;
/** One way and back. */
const AWAY_US = 1000;
const FULL = { rounds: 15, count: 20, warm: 200 };
const QUICK = { rounds: 3, count: 10, warm: 50 };
/** Milliseconds for one directory. */
const BAR = { limit: 12, aim: 8 };

/** A volume whose children are far away. */
async function farAway(bench: Bench, count: number): Promise<Graph> {
  const names = Array.from({ length: count }, (_, at) => `brick-${at}`);
  const context = new NodeContext({
    sink: { write() {}, now: () => Date.now() },
    baseDir: bench.folder,
    wake() {},
  });
  const options = { 'delay-percentage': '100', 'delay-duration': String(AWAY_US) };
  const graph = await startDistributed(names, {
    context,
    between: () => ({ translator: delayGen as never, options }),
  });
  bench.cleanup.add(() => graph.stop());
  await asked(graph, (frame, cbk) =>
    wind.lookup(frame, 0, cbk, graph.links, new Loc(graph.inodes.root), null),
  );
  return graph;
}

type Told = (frame: Frame, cookie: number, xl: unknown, opRet: number, ...reply: unknown[]) => void;

/** Asks, and waits for the answer. */
function asked(graph: Graph, ask: (frame: Frame, cbk: Told) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const frame = newRequest(new Stack(0, 0, 1, 'MKDIR'), graph.top);
    frame.root.lkOwner = '00';
    ask(frame, (_frame, _cookie, _xl, opRet, opErrno) => {
      if (opRet >= 0) resolve();
      else reject(new NotMeasured(`errno ${opErrno}`));
    });
  });
}

/** Milliseconds for one directory, as the mean of so many made one after the other. */
async function makes(graph: Graph, prefix: string, count: number): Promise<number> {
  const { inodes } = graph;
  const begun = performance.now();
  for (let n = 0; n < count; n++) {
    const loc = new Loc(inodes.newInode(), inodes.root, `${prefix}-${n}`);
    const xdata = new Dict().setGfid(GFID_REQ, newGfid(graph.top.context));
    const args: FopTable['mkdir']['args'] = [loc, 0o755, 0, xdata];
    await asked(graph, (frame, cbk) => wind.mkdir(frame, 0, cbk, graph.links, ...args));
  }
  return (performance.now() - begun) / count;
}

export async function far(bench: Bench): Promise<Report> {
  bench.say(`mkdir over ${COUNTS.join(', ')} children that are ${AWAY_US / 1000} ms away`);
  const load = bench.quick ? QUICK : FULL;
  // The timers of translators do not keep the process alive.
  const alive = setInterval(() => {}, 1000);
  const series = new Map<number, number[]>(COUNTS.map((count) => [count, []]));
  try {
    const graphs = new Map<number, Graph>();
    for (const count of COUNTS) {
      const graph = await farAway(bench, count);
      graphs.set(count, graph);
      await makes(graph, 'warm', load.warm);
    }
    for (let round = 0; round < load.rounds && !bench.signal.aborted; round++) {
      for (const [count, graph] of graphs) {
        series.get(count)!.push(await makes(graph, `round-${round}`, load.count));
      }
    }
  } finally {
    clearInterval(alive);
  }
  bench.signal.throwIfAborted();
  return {
    sections: [
      {
        title: `mkdir, children ${AWAY_US / 1000} ms away: ms, the mean of ${load.count} in each of ${load.rounds} rounds`,
        columns: ['median [lowest – highest]'],
        rows: COUNTS.map((count) => ({
          title: `${count} children`,
          cells: [roundsText(series.get(count)!)],
        })),
      },
    ],
    figures: [
      figureOf(
        `mkdir over ${MOST} children, 1 ms away`,
        ['ms', BAR],
        series,
        (all) => all.get(MOST)!,
      ),
    ],
    raw: { load, series: Object.fromEntries(series) },
  };
}
