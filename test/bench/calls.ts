/** Single calls, timed by `c/callload.c`: as samples of rounds, and as an experiment. */
import { type Bench, compileC, runLoad } from './bench.ts';
import type { Bars, Experiment, TargetKind } from './experiment.ts';
import type { Take } from './rounds.ts';
import { type Sample, sampleColumns, samplesRow } from './samples.ts';
import { inFreshDirectory } from './targets.ts';

/** See there for what each one does. */
export type Operation = 'absent' | 'stat' | 'read' | 'create' | 'search' | 'again';

export interface Load {
  readonly rounds: number;
  /** Calls that are measured, of each target in each round. */
  readonly count: number;
  /** Calls of each target before the first round, until its code is compiled. */
  readonly warm: number;
  /** Different names, of one directory. */
  readonly names?: number;
}

export const NAMES = 100;
/** How often each name is used before a sample is taken: to be learnt, and to settle. */
const USED_BEFORE = 5;

/** In a directory that is new for every sample. @throws {NotMeasured} */
export async function takeCalls(
  bench: Bench,
  operation: Operation,
  { count, warm, names = NAMES }: Load,
): Promise<Take<Sample>> {
  const program = await compileC(bench, 'callload');
  return (target, { place, at, round }) =>
    inFreshDirectory(bench, target, `${operation}-${place}-${round}`, (path) => {
      const calls = round === 0 ? warm : count;
      return runLoad(bench, program, [operation, path, names, USED_BEFORE, calls], at.client);
    });
}

export interface CallExperiment<N extends string> {
  readonly what: string;
  readonly operation: Operation;
  readonly load: Load;
  readonly targets: Readonly<Record<N, TargetKind>>;
  readonly first: N;
  readonly firstTitle: string;
  readonly held: readonly {
    readonly what: string;
    readonly mine: N;
    readonly other: N;
    readonly bars: Bars;
    /** The median call, which a busy machine disturbs least, unless told otherwise. */
    readonly of?: (sample: Sample) => number;
  }[];
}

const medianCall = ({ p50 }: Sample): number => p50;

export function callExperiment<N extends string>({
  what,
  operation,
  load,
  targets,
  first,
  firstTitle,
  held,
}: CallExperiment<N>): Experiment<N, Sample> {
  const { rounds, count, warm, names = NAMES } = load;
  return {
    what,
    how: `µs, median of ${count} calls in each of`,
    rounds,
    targets,
    first,
    prepare: (bench) => takeCalls(bench, operation, load),
    columns: sampleColumns(firstTitle),
    row: samplesRow,
    held: held.map((one) => ({ of: medianCall, ...one })),
    settings: { operation, names, count, warm },
  };
}
