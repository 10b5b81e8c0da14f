/** Experiments on programs: shell scripts that are timed, and whose output is checked. */
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MeasurementError, WrongAnswers } from '../../apps/bench/engine/measurement-error.ts';
import type { CpuAssignment } from '../../apps/bench/engine/placement.ts';
import { computeMedian } from '../../apps/bench/engine/statistics.ts';
import { type Bench, runCommand, withTimeLimit } from './bench.ts';
import { type Experiment, runExperiment } from './experiment.ts';
import { EXPIRY_MS } from './servers.ts';
import type { Report } from './table.ts';
import type { Target } from './targets.ts';

/** Runs a command; returns its seconds and its output. @throws {WrongAnswers} when it fails */
export async function timeCommand(
  bench: Bench,
  { client }: Pick<CpuAssignment, 'client'>,
  ...command: readonly [string, ...string[]]
): Promise<readonly [number, string]> {
  const begin = performance.now();
  const commandLine =
    client === null ? command : (['taskset', '-c', String(client), ...command] as const);
  const printed = await runCommand(bench, commandLine).catch((error: unknown) => {
    const isFailure = error instanceof MeasurementError && error.status !== undefined;
    throw isFailure ? new WrongAnswers(`${command[0]} failed: ${error.message}`) : error;
  });
  return [(performance.now() - begin) / 1000, printed];
}

/**
 * A program, as scripts of sh. `$0` is a folder of the target, which is new in each round, `$1` what was prepared, `$2` a
 * file for output elsewhere; from `$3` on come the target's own words.
 */
export interface Program {
  /** The head of its column. */
  readonly title: string;
  /** Is not timed. */
  readonly before?: string;
  readonly run: string;
  /** Is not timed. */
  readonly after?: string;
  /** The output of `run` and `after`; default: none. */
  readonly expected?: string;
}

/** A target that has words of its own for scripts. */
export interface ProgramTarget extends Target {
  readonly words?: readonly string[];
}

export interface ProgramExperiment<N extends string>
  extends Pick<
    Experiment<N, ProgramTarget>,
    'what' | 'rounds' | 'targets' | 'places' | 'first' | 'held' | 'settings'
  > {
  /** Programs by key, in the order of a round. */
  readonly programs: Readonly<Record<string, Program>>;
  readonly unit: 's' | 'ms';
  /** The head of ratios. */
  readonly ratioTitle: string;
  /** Returns `$1`. @throws {MeasurementError} */
  prepare(bench: Bench): Promise<string>;
  /** Whether what caches know expires before each program. */
  readonly expires?: boolean;
  /** Whether the folder stays from one round to the next; `before` then runs once. */
  readonly keeps?: boolean;
  /** Runs of each program in a round, of which the median counts; default: one. */
  readonly runs?: number;
}

/** Runs an experiment on programs. */
export const runProgramExperiment = <N extends string>(
  bench: Bench,
  experiment: ProgramExperiment<N>,
): Promise<Report> => {
  const { programs, unit, ratioTitle, expires, keeps = false, runs = 1 } = experiment;
  const keys = Object.keys(programs);
  return runExperiment<N, ProgramTarget>(bench, {
    ...experiment,
    unitText: `${unit}, median of${runs > 1 ? ` ${runs} runs in each of` : ''}`,
    key: keys[0]!,
    columns: keys.flatMap((key) => [
      [programs[key]!.title, key],
      [ratioTitle, key, 'ratio'],
    ]),
    async prepare() {
      const prepared = await experiment.prepare(bench);
      return async ({ root, words = [] }, { placement, round, cpuAssignment }) => {
        const folder = join(root, `${basename(root)}-${placement}${keeps ? '' : `-${round}`}`);
        const isNew = !keeps || round === 0;
        if (isNew) await withTimeLimit(bench.signal, mkdir(folder, { recursive: keeps }));
        const operands = [folder, prepared, join(bench.folder, 'output'), ...words];
        const time = (script: string) =>
          timeCommand(bench, cpuAssignment, 'sh', '-c', script, ...operands);
        const sample: Record<string, number> = {};
        for (const key of keys) {
          const { title, before, run, after, expected = '' } = programs[key]!;
          if (before !== undefined && isNew) await time(before);
          if (expires) await delay(EXPIRY_MS, undefined, { signal: bench.signal });
          const times: number[] = [];
          for (let i = 0; i < runs; i++) {
            const [seconds, printed] = await time(run);
            times.push(seconds * (unit === 'ms' ? 1000 : 1));
            const checked = after === undefined ? '' : (await time(after))[1];
            const output = (printed + checked).trim();
            if (output !== expected)
              throw new WrongAnswers(`${title} gives '${output.split('\n')[0]}'`);
          }
          sample[key] = computeMedian(times);
        }
        return sample;
      };
    },
  });
};
