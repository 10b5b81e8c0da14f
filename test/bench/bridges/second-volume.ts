/**
 * Measures the start time and memory of a second Python volume, each in a process in which one runs
 * already.
 */
import {
  MeasurementError,
  measureOrExplain,
} from '../../../apps/bench/engine/measurement-error.ts';
import { formatDigits, formatEstimate, formatWhole } from '../../../apps/bench/engine/numbers.ts';
import { estimate } from '../../../apps/bench/engine/statistics.ts';
import { makeBuiltPath } from '../../../runtime/sys/paths.ts';
import { type Bench, runCommand } from '../bench.ts';
import { makeFigure, makeRow, type Report } from '../table.ts';

const STARTS = { full: 9, quick: 3 };

export interface VolumeCost {
  readonly seconds: number;
  /** 10⁶ bytes of resident memory. */
  readonly megabytes: number;
}

/** The printed result: the best of several starts of the second volume. */
export interface SecondVolumeCost extends VolumeCost {
  /** The same for the first volume, over a process without one. */
  readonly first: VolumeCost;
}

export async function measureSecondVolume(bench: Bench): Promise<Report> {
  const starts = bench.quick ? STARTS.quick : STARTS.full;
  bench.log(`Python: a second volume, ${starts} times`);
  const measured = await measureOrExplain(() => runStarts(bench, starts));
  const makeCostRow = (title: string, pick: (second: SecondVolumeCost) => VolumeCost) =>
    makeRow(title, measured, (samples) => [
      formatEstimate(estimate(samples.map((sample) => pick(sample).seconds)), formatDigits),
      formatEstimate(estimate(samples.map((sample) => pick(sample).megabytes)), formatWhole),
    ]);
  return {
    sections: [
      {
        title: `volumes in Python in one process: median of ${starts} processes [lowest – highest]`,
        columns: ['start, s', 'memory, MB'],
        rows: [
          makeCostRow('the first', ({ first }) => first),
          makeCostRow('one more, the best of four starts', (second) => second),
        ],
      },
    ],
    figures: [
      makeFigure(
        'a second Python volume: start',
        ['s', { limit: 0.3, aim: 0.2 }],
        measured,
        (samples) => samples.map(({ seconds }) => seconds),
      ),
      makeFigure(
        'a second Python volume: memory',
        ['MB', { limit: 120, aim: 80 }],
        measured,
        (samples) => samples.map(({ megabytes }) => megabytes),
      ),
    ],
    raw: measured,
  };
}

async function runStarts(bench: Bench, starts: number): Promise<readonly SecondVolumeCost[]> {
  const program = makeBuiltPath('test/bench/bridges/two-volumes.cjs');
  const commandLine = [
    process.execPath,
    ...process.execArgv,
    '--expose-gc',
    program,
    bench.folder,
  ] as const;
  const measured: SecondVolumeCost[] = [];
  // The first start also fills the cache for later ones.
  for (let start = 0; start <= starts; start++) {
    const lastLine = (await runCommand(bench, commandLine)).trim().split('\n').at(-1) ?? '';
    if (!lastLine.startsWith('{')) throw new MeasurementError(lastLine);
    if (start > 0) measured.push(JSON.parse(lastLine) as SecondVolumeCost);
  }
  return measured;
}
