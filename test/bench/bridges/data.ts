/**
 * What data costs in Python: reads of 128 KiB from storage/posix with a module above that sees them
 * and leaves the data alone; and reads whose every byte a module changes, from a leaf that answers
 * at once.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMissing, type Missing, orMissing } from '../../../runtime/bench/missing.ts';
import { digits, ranged } from '../../../runtime/bench/numbers.ts';
import { compare, estimate, isJumpy, ratio } from '../../../runtime/bench/statistics.ts';
import { anyFd, type Batch, openFile, reads } from '../../../runtime/cli/bench/call/callers.ts';
import { type Load, measurePairs, type Series } from '../../../runtime/cli/bench/call/pairs.ts';
import type { Translator } from '../../../runtime/core/xlator.ts';
import posix from '../../../runtime/xlators/storage/posix/index.ts';
import { makeFolder } from '../bench.ts';
import type { Figure } from '../figures.ts';
import type { Report, Row } from '../report.ts';
import { everything, type Lab, languages, READ_SIZE, startGraph, startModule } from './graphs.ts';

/**
 * Each batch finds the memory of those before it free: a read into memory that is new to the process
 * takes six times as long, and how often that happens is chance.
 */
const collect = collector();
async function before(variant: Batch): Promise<void> {
  collect();
  await variant(20);
}

const FULL: Load = { rounds: 31, best: 12, count: 50, warm: 20_000 };
const QUICK: Load = { rounds: 5, best: 6, count: 50, warm: 1000 };
const FILE = 'file';

type Seen = Series<'plain' | 'seen'>;
type Changed = Series<'changed'>;

/** The garbage collector, which takes no flag of the command line then. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

export async function dataCosts(lab: Lab): Promise<Report> {
  const load = lab.quick ? QUICK : FULL;
  lab.say('Python: reads of 128 KiB');
  const seen = await orMissing(() => measureSeen(lab, load));
  const changed = await orMissing(() => measureChanged(lab, load));
  const rounds = `median of ${load.rounds} rounds [lowest – highest]`;
  return {
    sections: [
      {
        title: `reads of 128 KiB in process: µs each, ${rounds}`,
        columns: [],
        rows: [
          row('storage/posix, a file in the page cache', seen, 'plain'),
          row('the same under a module in Python that sees it', seen, 'seen'),
          row('a leaf that answers at once, under bytes.translate', changed, 'changed'),
        ],
      },
    ],
    figures: [
      {
        what: 'readv of 128 KiB seen, not touched, by Python / not scripted',
        unit: '×',
        bar: { limit: 1.05, aim: 1 },
        value: isMissing(seen) ? seen : compare(seen.seen, seen.plain, ratio),
      },
      {
        what: 'readv of 128 KiB changed by Python (bytes.translate)',
        unit: 'GB/s',
        bar: { limit: 1, least: true },
        value: isMissing(changed) ? changed : throughput(changed.changed),
      },
    ],
    raw: { rounds: load.rounds, best: load.best, count: load.count, seen, changed },
  };
}

async function measureSeen(lab: Lab, load: Load): Promise<Seen> {
  const directory = makeFolder(lab.folder, 'files');
  writeFileSync(join(directory, FILE), new Uint8Array(READ_SIZE).fill(7));
  const storage = {
    translator: posix as unknown as Translator<unknown>,
    options: { directory },
  };
  const module = await languages.python.volume(lab, 'look');
  const graphs = [
    await startGraph(lab, [storage]),
    await startGraph(lab, [storage, module]),
  ] as const;
  const fds = [await openFile(graphs[0], FILE), await openFile(graphs[1], FILE)] as const;
  const variants = { plain: reads(graphs[0], fds[0]), seen: reads(graphs[1], fds[1]) };
  const series = await measurePairs(lab, variants, { ...load, before });
  for (const fd of fds) fd.release();
  for (const graph of graphs) await graph.stop();
  return series;
}

async function measureChanged(lab: Lab, load: Load): Promise<Changed> {
  const graph = await startModule(lab, 'python', 'translate', everything);
  const changed: Batch = reads(graph, anyFd(graph));
  // Each takes ten times as long.
  const series = await measurePairs(lab, { changed }, { ...load, best: 24, count: 12 });
  await graph.stop();
  return series;
}

/** Bytes in a nanosecond are gigabytes in a second. */
function throughput(rounds: readonly number[]): Figure['value'] {
  const rates = rounds.map((us) => READ_SIZE / (us * 1000));
  return { ...estimate(rates), doubtful: isJumpy(rounds) };
}

function row<N extends string>(title: string, series: Series<N> | Missing, name: N): Row {
  if (isMissing(series)) return { title, cells: [`not measured: ${series.missing}`] };
  const rounds = series[name];
  return { title, cells: [ranged(estimate(rounds), digits) + (isJumpy(rounds) ? ' ?' : '')] };
}
