/** Experiments on single calls, timed by `callload.c`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NotMeasured, WrongAnswers } from '../../apps/bench/engine/not-measured.ts';
import { compile } from '../../apps/bench/run/compile.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { type Bench, output } from './bench.ts';
import {
  type Column,
  type Experiment,
  type MeasureTarget,
  medianColumn,
  ratioColumn,
  roundsColumn,
} from './experiment.ts';
import { inFreshDirectory, inKeptDirectory } from './targets.ts';

/** The operations of callload.c. */
export type Operation = 'absent' | 'stat' | 'read' | 'create' | 'list';

/** One round; microseconds. */
export interface Sample {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

/** The median call is the one that a busy machine disturbs least. @param first a short name */
export const sampleColumns = (first: string): Column<Sample>[] => [
  roundsColumn('median', ({ p50 }) => p50),
  medianColumn('mean', ({ mean }) => mean),
  medianColumn('99 %', ({ p99 }) => p99),
  ratioColumn(`× ${first}`, ({ p50 }) => p50),
];

export interface Load {
  readonly rounds: number;
  /** Calls that are measured, of each target in each round. */
  readonly count: number;
  /** Calls of each target before the first round, until its code is compiled. */
  readonly warm: number;
  /** Different names, of one directory; 100 without. */
  readonly names?: number;
  /** How often each name is used before a sample is taken, to be learnt, and to settle; 5 without. */
  readonly before?: number;
  /** Whether a target keeps its directory, and the files in it, from one sample to the next. */
  readonly keeps?: boolean;
}

const NAMES = 100;
const USED_BEFORE = 5;
/** Exit status of callload when it got an answer that it knows to be wrong. */
const WRONG_ANSWERS = 3;

/** Path of the program, which is compiled the first time. @throws {NotMeasured} */
export function compileLoad({ folder }: Pick<Bench, 'folder'>): string {
  const program = join(folder, 'callload');
  const source = join(packageRoot, 'test/bench/callload.c');
  const problem = existsSync(program) ? null : compile(source, program, []);
  if (problem !== null) throw new NotMeasured(problem);
  return program;
}

/** Runs callload and returns its result. @throws {NotMeasured} */
export async function runLoad(
  bench: Pick<Bench, 'signal'>,
  ...line: readonly [program: string, ...args: (string | number)[]]
): Promise<Sample> {
  try {
    const [program, ...args] = line;
    return JSON.parse(await output(bench, [program, ...args.map(String)])) as Sample;
  } catch (error) {
    const wrong = error instanceof NotMeasured && error.status === WRONG_ANSWERS;
    throw wrong ? new WrongAnswers(error.message) : error;
  }
}

/** @throws {NotMeasured} */
async function takeCalls(
  bench: Bench,
  operation: Operation,
  { count, warm, names = NAMES, before = USED_BEFORE, keeps = false }: Load,
): Promise<MeasureTarget<Sample>> {
  const program = compileLoad(bench);
  return (target, { place, at, round }) => {
    const calls = round === 0 ? warm : count;
    const on = at.client === null ? [] : [at.client];
    const take = (path: string) =>
      runLoad(bench, program, operation, path, names, before, calls, ...on);
    return keeps
      ? inKeptDirectory(bench, target, operation, take)
      : inFreshDirectory(bench, target, `${operation}-${place}-${round}`, take);
  };
}

type HeldCall<N extends string> = Omit<Experiment<N, Sample>['held'][number], 'of'>;

export interface CallExperiment<N extends string>
  extends Pick<Experiment<N, Sample>, 'what' | 'targets' | 'first' | 'places'> {
  readonly operation: Operation;
  readonly load: Load;
  readonly firstTitle: string;
  /** Bars of the median call. */
  readonly held: readonly HeldCall<N>[];
}

export const callExperiment = <N extends string>({
  operation,
  load,
  firstTitle,
  held,
  ...given
}: CallExperiment<N>): Experiment<N, Sample> => ({
  ...given,
  how: `µs, median of ${load.count} calls in each of`,
  rounds: load.rounds,
  prepare: (bench) => takeCalls(bench, operation, load),
  columns: sampleColumns(firstTitle),
  held: held.map((one) => ({ ...one, of: ({ p50 }) => p50 })),
  settings: { operation, names: NAMES, ...load },
});
