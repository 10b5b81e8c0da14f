/**
 * Measures the start time and memory of a second Python volume, each in a process in which one runs
 * already.
 */
import { MeasurementError } from '../../../apps/bench/engine/measurement-error.ts';
import { formatDigits, formatEstimate, formatWhole } from '../../../apps/bench/engine/numbers.ts';
import { measureFunctions } from '../../../apps/bench/engine/rounds.ts';
import { estimate } from '../../../apps/bench/engine/statistics.ts';
import { makeBuiltPath } from '../../../runtime/sys/paths.ts';
import { type Bench, runCommand } from '../bench.ts';
import { findSamples, makeFigure, makeRow, type Report } from '../table.ts';

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
  const start = () => startProgram(bench);
  const series = await measureFunctions(
    { start },
    // The first start also fills the cache for later ones.
    { rounds: starts, signal: bench.signal, warmUp: start },
  );
  const measured = findSamples(series, 'start');
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

/** Starts the program; returns what it prints. @throws {MeasurementError} */
async function startProgram(bench: Bench): Promise<SecondVolumeCost> {
  const program = makeBuiltPath('test/bench/bridges/two-volumes.cjs');
  const options = [...process.execArgv, '--expose-gc'];
  const printed = await runCommand(bench, [process.execPath, ...options, program, bench.folder]);
  const lastLine = printed.trim().split('\n').at(-1) ?? '';
  if (!lastLine.startsWith('{')) throw new MeasurementError(lastLine);
  return JSON.parse(lastLine) as SecondVolumeCost;
}
