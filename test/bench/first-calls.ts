/**
 * The experiment on the first calls of a fresh mount: each round starts each target anew, times its
 * first 10,000 calls, makes it steady, and times as many again.
 */

import { pinProcess } from '../../apps/bench/engine/affinity.ts';
import type { Placement } from '../../apps/bench/engine/placement.ts';
import { Cleanup } from '../../apps/bench/run/cleanup.ts';
import type { Bench } from './bench.ts';
import { type CallSample, compileLoad, type Load, runLoad, warmUp } from './calls.ts';
import {
  type Experiment,
  type HeldComparison,
  makeBarsEverywhere,
  makeMedianColumn,
  makeRatioColumn,
  makeRoundsColumn,
} from './experiment.ts';
import { type Target, type TargetKind, withFreshDirectory } from './targets.ts';

/** Calls of a fresh mount before it is steady, and once it is. */
interface FirstCalls {
  readonly first: CallSample;
  readonly steady: CallSample;
}

/** A target that each round starts again. */
interface FreshTarget extends Target {
  startAgain(bench: Bench, round: number): Promise<Target>;
}

/** The rounds and the calls; `count` are the first ones, and `warm` those until it is steady. */
export type FirstLoad = Pick<Load, 'rounds' | 'count' | 'warm'>;

/** Names in the directory, as in other experiments on calls. None is asked for before the first call. */
const NAMES = 100;

const makeFreshKind = ({ title, start }: TargetKind): TargetKind<FreshTarget> => ({
  title,
  start: async (_, name) => ({
    pid: null,
    root: '',
    startAgain: (bench, round) => start(bench, `${name}-first-${round}`),
  }),
});

/** Makes the experiment on failed stats of these targets, at one placement. */
export function makeFirstCallExperiment<N extends string>(
  kinds: Readonly<Record<N, TargetKind>>,
  placement: Placement,
  { rounds, count, warm }: FirstLoad,
  held: readonly N[],
): Experiment<N, FirstCalls, FreshTarget> {
  return {
    what: `failed stat, the first ${count} of a fresh mount`,
    unitText: 'µs, median of',
    rounds,
    targets: Object.fromEntries(
      Object.entries<TargetKind>(kinds).map(([name, kind]) => [name, makeFreshKind(kind)]),
    ) as Record<N, TargetKind<FreshTarget>>,
    places: [placement],
    first: held[0]!,
    async prepare(bench) {
      const program = compileLoad(bench);
      return async (fresh, { cpuAssignment, round }) => {
        const cleanup = new Cleanup();
        try {
          const target = await fresh.startAgain({ ...bench, cleanup }, round);
          if (target.pid !== null) pinProcess(target.pid, cpuAssignment.servers);
          const cpu = cpuAssignment.client === null ? [] : [cpuAssignment.client];
          return await withFreshDirectory(bench, target, 'first', async (path) => {
            const call = (calls: number): Promise<CallSample> =>
              runLoad(bench, program, 'absent', path, NAMES, 0, calls, ...cpu);
            const first = await call(count);
            await warmUp(call, { count, warm });
            return { first, steady: await call(count) };
          });
        } finally {
          await cleanup.run(bench.log);
        }
      };
    },
    columns: [
      makeRoundsColumn('first, mean', ({ first }) => first.mean),
      makeMedianColumn('median', ({ first }) => first.p50),
      makeMedianColumn('99 %', ({ first }) => first.p99),
      makeRoundsColumn('steady, mean', ({ steady }) => steady.mean),
      makeRatioColumn(`first × ${held[0]}`, ({ first }) => first.mean),
    ],
    held: held.map(
      (name): HeldComparison<N, FirstCalls> => ({
        what: `${kinds[name].title}: mean of the first ${count} / steady`,
        mine: name,
        other: name,
        pick: ({ first }) => first.mean,
        pickOther: ({ steady }) => steady.mean,
        bars: makeBarsEverywhere({ limit: 1.5, aim: 1.2 }),
      }),
    ),
    settings: { count, warm, names: NAMES },
  };
}
