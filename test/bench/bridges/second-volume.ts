/**
 * Measures the start time and memory of a second Python volume, each in a process in which one runs
 * already.
 */
import { isMissing, MeasurementError } from '../../../apps/bench/engine/measurement-error.ts';
import { formatWhole } from '../../../apps/bench/engine/numbers.ts';
import { measureFunctions } from '../../../apps/bench/engine/rounds.ts';
import { makeBuiltPath } from '../../../runtime/sys/paths.ts';
import { type Bench, runCommand } from '../bench.ts';
import { hold, type Report, reportSeries } from '../table.ts';

const STARTS = { full: 9, quick: 3 };

/** Seconds, and 10⁶ bytes of resident memory. */
export type VolumeCost = Readonly<Record<'seconds' | 'megabytes', number>>;

/** The printed result: the cost of the first volume, over a process without one, and the best of several second ones. */
export type VolumeCosts = Readonly<Record<'first' | 'second', VolumeCost>>;

export async function measureSecondVolume(bench: Bench): Promise<Report> {
  const starts = bench.quick ? STARTS.quick : STARTS.full;
  bench.log(`Python: a second volume, ${starts} times`);
  const start = () => startProgram(bench);
  const series = await measureFunctions(
    { start },
    // The first start also fills the cache for later ones.
    { rounds: starts, signal: bench.signal, warmUp: start },
  );
  const measured = series.get('start')!;
  const pick = (name: keyof VolumeCosts) =>
    isMissing(measured) ? measured : measured.map((costs) => costs[name]);
  return reportSeries<keyof VolumeCosts>(
    {
      what: 'volumes in Python in one process',
      unitText: `median of ${starts} processes [lowest – highest]`,
      titles: { first: 'the first', second: 'one more, the best of four starts' },
      key: 'seconds',
      columns: [
        ['start, s', 'seconds'],
        ['memory, MB', 'megabytes', 'rounds', formatWhole],
      ],
      held: [
        hold('a second Python volume: start', ['second'], '≤ 0.3, aim 0.2', { unit: 's' }),
        hold('a second Python volume: memory', ['second'], '≤ 120, aim 80', {
          ...{ unit: 'MB', key: 'megabytes' },
        }),
      ],
    },
    new Map([
      ['first', pick('first')],
      ['second', pick('second')],
    ]),
  );
}

/** Starts the program; returns what it prints. @throws {MeasurementError} */
async function startProgram(bench: Bench): Promise<VolumeCosts> {
  const program = makeBuiltPath('test/bench/bridges/two-volumes.cjs');
  const options = [...process.execArgv, '--expose-gc'];
  const printed = await runCommand(bench, [process.execPath, ...options, program, bench.folder]);
  const lastLine = printed.trim().split('\n').at(-1) ?? '';
  if (!lastLine.startsWith('{')) throw new MeasurementError(lastLine);
  return JSON.parse(lastLine) as VolumeCosts;
}
