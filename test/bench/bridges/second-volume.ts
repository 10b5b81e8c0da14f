/**
 * Measures the start time and memory of a second Python volume, each in a process in which one runs
 * already.
 */
import { fileURLToPath } from 'node:url';
import { measureOrExplain, NotMeasured } from '../../../apps/bench/engine/not-measured.ts';
import { formatDigits, formatEstimate, formatWhole } from '../../../apps/bench/engine/numbers.ts';
import { estimate } from '../../../apps/bench/engine/statistics.ts';
import { type Bench, output } from '../bench.ts';
import { figureOf, type Report, rowOf } from '../table.ts';

const STARTS = { full: 9, quick: 3 };

export interface Taken {
  readonly seconds: number;
  /** 10⁶ bytes of resident memory. */
  readonly megabytes: number;
}

/** The printed result: the best of several starts of the second volume. */
export interface Second extends Taken {
  /** The same for the first volume, over a process without one. */
  readonly first: Taken;
}

export async function secondVolume(bench: Bench): Promise<Report> {
  const starts = bench.quick ? STARTS.quick : STARTS.full;
  bench.log(`Python: a second volume, ${starts} times`);
  const measured = await measureOrExplain(() => measure(bench, starts));
  const row = (title: string, pick: (second: Second) => Taken) =>
    rowOf(title, measured, (found) => [
      formatEstimate(estimate(found.map((one) => pick(one).seconds)), formatDigits),
      formatEstimate(estimate(found.map((one) => pick(one).megabytes)), formatWhole),
    ]);
  return {
    sections: [
      {
        title: `volumes in Python in one process: median of ${starts} processes [lowest – highest]`,
        columns: ['start, s', 'memory, MB'],
        rows: [
          row('the first', ({ first }) => first),
          row('one more, the best of four starts', (second) => second),
        ],
      },
    ],
    figures: [
      figureOf('a second Python volume: start', ['s', { limit: 0.3, aim: 0.2 }], measured, (all) =>
        all.map(({ seconds }) => seconds),
      ),
      figureOf('a second Python volume: memory', ['MB', { limit: 120, aim: 80 }], measured, (all) =>
        all.map(({ megabytes }) => megabytes),
      ),
    ],
    raw: measured,
  };
}

async function measure(bench: Bench, starts: number): Promise<readonly Second[]> {
  const program = fileURLToPath(import.meta.url).replace(/second(\.[jt]s)$/, 'two-volumes$1');
  const line = [
    process.execPath,
    ...process.execArgv,
    '--expose-gc',
    program,
    bench.folder,
  ] as const;
  const measured: Second[] = [];
  // The first start also fills the cache for later ones.
  for (let start = 0; start <= starts; start++) {
    const said = (await output(bench, line)).trim().split('\n').at(-1) ?? '';
    if (!said.startsWith('{')) throw new NotMeasured(said);
    if (start > 0) measured.push(JSON.parse(said) as Second);
  }
  return measured;
}
