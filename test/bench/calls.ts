/** Experiments on single calls, timed by `callload.c`. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MeasurementError, WrongAnswers } from '../../apps/bench/engine/measurement-error.ts';
import { BLOCK_REQUESTS, isSteady } from '../../apps/bench/engine/steadiness.ts';
import { compile } from '../../apps/bench/run/compile.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { type Bench, runCommand } from './bench.ts';
import {
  type Column,
  type Experiment,
  type MeasureTarget,
  makeMedianColumn,
  makeRatioColumn,
  makeRoundsColumn,
} from './experiment.ts';
import { withFreshDirectory, withKeptDirectory } from './targets.ts';

/** The operations of callload.c. */
export type Operation = 'absent' | 'stat' | 'read' | 'create' | 'list';

/** Times of the calls in one round, in microseconds. */
export interface Sample {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

/** The same of callload. */
export interface CallSample extends Sample {
  readonly 'p99.9': number;
  /** The time of the round, divided by the calls of all clients. */
  readonly each: number;
}

/** Makes the columns; a busy machine disturbs the median least. @param first name of the first row */
export const makeSampleColumns = <S extends Sample = Sample>(first: string): Column<S>[] => [
  makeRoundsColumn('median', ({ p50 }) => p50),
  makeMedianColumn('mean', ({ mean }) => mean),
  makeMedianColumn('99 %', ({ p99 }) => p99),
  makeRatioColumn(`× ${first}`, ({ p50 }) => p50),
];

/** Makes the columns of calls by one client: all statistics, as one hides what another shows. */
const makeCallColumns = (first: string): Column<CallSample>[] => {
  const [median, mean, p99, ratio] = makeSampleColumns<CallSample>(first);
  const perSecond = makeMedianColumn<CallSample>('a second', ({ each }) => 1e6 / each);
  const p999 = makeMedianColumn<CallSample>('99.9 %', (sample) => sample['p99.9']);
  return [median!, mean!, p99!, p999, perSecond, ratio!];
};

/** Several clients share the CPUs, which the time of one call does not show. */
const makeClientColumns = (first: string): Column<CallSample>[] => [
  makeRoundsColumn('each', ({ each }) => each),
  makeMedianColumn('median', ({ p50 }) => p50),
  makeMedianColumn('99 %', ({ p99 }) => p99),
  makeRatioColumn(`× ${first}`, ({ each }) => each),
];

/** The calls of an experiment. */
export interface Load {
  readonly rounds: number;
  /** Calls that are measured, of each target in each round. */
  readonly count: number;
  /** Calls of each target before the first round: until it is steady, and so many at most. */
  readonly warm: number;
  /** Number of different names in one directory; default 100. */
  readonly names?: number;
  /** Number of uses of each name before a sample, to warm caches up; default 5. */
  readonly before?: number;
  /** Number of clients that make so many calls each, in directories of their own; default 1. */
  readonly clients?: number;
  /** Whether a target keeps its directory, and the files in it, from one sample to the next. */
  readonly keeps?: boolean;
}

const NAMES = 100;
const USES_BEFORE = 5;
/** Exit status of callload after a call with a wrong result. */
const WRONG_ANSWERS_STATUS = 3;

/** Compiles callload unless it exists, and returns its path. @throws {MeasurementError} */
export function compileLoad({ folder }: Pick<Bench, 'folder'>): string {
  const program = join(folder, 'callload');
  const source = join(packageRoot, 'test/bench/callload.c');
  const problem = existsSync(program) ? null : compile(source, program, []);
  if (problem !== null) throw new MeasurementError(problem);
  return program;
}

/** Runs callload and returns its result. @throws {MeasurementError} */
export async function runLoad(
  bench: Pick<Bench, 'signal'>,
  ...commandLine: readonly [program: string, ...args: (string | number)[]]
): Promise<CallSample> {
  try {
    const [program, ...args] = commandLine;
    return JSON.parse(await runCommand(bench, [program, ...args.map(String)])) as CallSample;
  } catch (error) {
    const isWrong = error instanceof MeasurementError && error.status === WRONG_ANSWERS_STATUS;
    throw isWrong ? new WrongAnswers(error.message) : error;
  }
}

/** Blocks into which a warm-up is divided at least: the rule needs six. */
const BLOCKS_MIN = 8;

/** Calls a target in blocks until it is steady (apps/bench/engine/steadiness.ts). */
export async function warmUp(
  runBlock: (calls: number) => Promise<CallSample>,
  {
    count,
    warm,
    onUnsteady,
  }: Pick<Load, 'count' | 'warm'> & { readonly onUnsteady?: (calls: number) => void },
): Promise<CallSample> {
  const blockCalls = Math.max(1, Math.min(BLOCK_REQUESTS, count, Math.floor(warm / BLOCKS_MIN)));
  const times: number[] = [];
  for (;;) {
    const sample = await runBlock(blockCalls);
    times.push(sample.mean);
    if (isSteady(times)) return sample;
    const calls = times.length * blockCalls;
    if (calls + blockCalls > warm) {
      onUnsteady?.(calls);
      return sample;
    }
  }
}

/** Compiles callload, and returns the function that runs it on a target. @throws {MeasurementError} */
async function prepareCalls(
  bench: Bench,
  operation: Operation,
  { count, warm, names = NAMES, before = USES_BEFORE, clients = 1, keeps = false }: Load,
): Promise<MeasureTarget<CallSample>> {
  const program = compileLoad(bench);
  return (target, { placement, cpuAssignment, round }) => {
    const cpuArguments = cpuAssignment.client === null ? [] : [cpuAssignment.client];
    const clientArguments = clients === 1 ? [] : ['-c', clients];
    const runBlock = (path: string, calls: number) =>
      runLoad(
        bench,
        program,
        ...clientArguments,
        ...[operation, path, names, before, calls],
        ...cpuArguments,
      );
    const onUnsteady = (calls: number): void =>
      bench.log(`${basename(target.root)} is not steady after ${calls} calls`);
    const runCalls = (path: string) =>
      round === 0
        ? warmUp((calls) => runBlock(path, calls), { count, warm, onUnsteady })
        : runBlock(path, count);
    return keeps
      ? withKeptDirectory(bench, target, operation, runCalls)
      : withFreshDirectory(bench, target, `${operation}-${placement}-${round}`, runCalls);
  };
}

type HeldCall<N extends string> = Omit<Experiment<N, CallSample>['held'][number], 'pick'> & {
  /** The compared statistic; default: the median call, or of several clients `each`. */
  readonly statistic?: keyof CallSample;
};

export interface CallExperiment<N extends string>
  extends Pick<Experiment<N, CallSample>, 'what' | 'targets' | 'first' | 'places'> {
  readonly operation: Operation;
  readonly load: Load;
  readonly firstTitle: string;
  readonly held: readonly HeldCall<N>[];
}

const isShared = ({ clients = 1 }: Load): boolean => clients > 1;

export const makeCallExperiment = <N extends string>({
  operation,
  load,
  firstTitle,
  held,
  ...experiment
}: CallExperiment<N>): Experiment<N, CallSample> => ({
  ...experiment,
  unitText: `µs, median of ${load.count} calls ${isShared(load) ? `of ${load.clients} clients ` : ''}in each of`,
  rounds: load.rounds,
  prepare: (bench) => prepareCalls(bench, operation, load),
  columns: isShared(load) ? makeClientColumns(firstTitle) : makeCallColumns(firstTitle),
  held: held.map(({ statistic = isShared(load) ? 'each' : 'p50', ...comparison }) => ({
    ...comparison,
    pick: (sample) => sample[statistic],
  })),
  settings: { operation, names: NAMES, ...load },
});
