/** Experiments on single calls: made by a client of its own program (`call-client.ts`), or by several. */
import { basename } from 'node:path';
import { pinProcess } from '../../apps/bench/engine/affinity.ts';
import type { Placement } from '../../apps/bench/engine/placement.ts';
import { BLOCK_REQUESTS, isSteady } from '../../apps/bench/engine/steadiness.ts';
import { Cleanup } from '../../apps/bench/run/cleanup.ts';
import { makeBuiltPath } from '../../runtime/sys/paths.ts';
import type { Bench } from './bench.ts';
import {
  type Experiment,
  type MeasureTarget,
  type RoundSlot,
  runExperiment,
} from './experiment.ts';
import type { Operation } from './operations.ts';
import { type Column, hold, type Report } from './table.ts';
import { type Target, type TargetKind, withDirectory } from './targets.ts';
import { type RequestTimes, WorkloadClients } from './workload-clients.ts';

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

/** A full load and a quick one. */
export interface Loads {
  readonly full: Load;
  readonly quick: Load;
}

export const chooseLoad = ({ quick }: Pick<Bench, 'quick'>, loads: Loads): Load =>
  quick ? loads.quick : loads.full;

/** The program of a client. */
export const CALL_CLIENT = makeBuiltPath('test/bench/call-client.cjs');

const DEFAULTS = { names: 100, before: 5, clients: 1, keeps: false };

/** Makes the columns of searches; a busy machine disturbs the median least. @param first name of the first row */
export const makeTimeColumns = (first: string): Column[] => [
  ['median', 'p50'],
  ['mean', 'mean', 'median'],
  ['99 %', 'p99', 'median'],
  [`× ${first}`, 'p50', 'ratio'],
];

/** Makes the columns of calls: all statistics, as one hides what another shows. */
const makeCallColumns = (first: string): Column[] =>
  makeTimeColumns(first).toSpliced(
    3,
    0,
    ['99.9 %', 'p99.9', 'median'],
    ['a second', 'perSecond', 'median'],
  );

/** Several clients share the CPUs, which the time of one call does not show. */
const makeClientColumns = (first: string): Column[] => [
  ['each', 'each'],
  ['median', 'p50', 'median'],
  ['99 %', 'p99', 'median'],
  [`× ${first}`, 'each', 'ratio'],
];

/** Blocks into which a warm-up is divided at least: the rule needs six. */
const BLOCKS_MIN = 8;

/** Calls a target in blocks until it is steady (apps/bench/engine/steadiness.ts). */
export async function warmUp<S extends Pick<RequestTimes, 'mean'>>(
  runBlock: (calls: number) => Promise<S>,
  { count, warm }: Pick<Load, 'count' | 'warm'>,
  onUnsteady: (calls: number) => void = () => {},
): Promise<S> {
  const blockCalls = Math.max(1, Math.min(BLOCK_REQUESTS, count, Math.floor(warm / BLOCKS_MIN)));
  const times: number[] = [];
  for (;;) {
    const sample = await runBlock(blockCalls);
    times.push(sample.mean);
    if (isSteady(times)) return sample;
    const calls = times.length * blockCalls;
    if (calls + blockCalls > warm) {
      onUnsteady(calls);
      return sample;
    }
  }
}

/** Starts the clients of calls, and returns the function that measures calls in a directory. */
export function prepareCalls(bench: Bench, operation: Operation, load: Partial<Load>) {
  const { names, before, clients: clientCount } = { ...DEFAULTS, ...load };
  const clients = new WorkloadClients(bench, clientCount, CALL_CLIENT);
  const workload = `${operation} ${names}`;
  return (target: Target, { cpuAssignment }: RoundSlot, root: string, count: number) =>
    clients.measureRequests(target, cpuAssignment, {
      ...{ workload, root, count, before: names * before, hasOwnFolders: true },
    });
}

export interface CallExperiment<N extends string>
  extends Pick<Experiment<N>, 'what' | 'targets' | 'places' | 'held'> {
  readonly operation: Operation;
  readonly loads: Loads;
  readonly first: N;
  readonly firstTitle: string;
}

/** Makes a part of single calls. Figures compare the median call, or of several clients `each`. */
export const makeCallPart =
  <N extends string>({ operation, loads, firstTitle, ...experiment }: CallExperiment<N>) =>
  (bench: Bench): Promise<Report> => {
    const load = chooseLoad(bench, loads);
    const { count, rounds, clients, keeps } = { ...DEFAULTS, ...load };
    const isShared = clients > 1;
    return runExperiment<N>(bench, {
      ...experiment,
      rounds,
      unitText: `µs, median of ${count} calls ${isShared ? `of ${clients} clients ` : ''}in each of`,
      key: isShared ? 'each' : 'p50',
      columns: (isShared ? makeClientColumns : makeCallColumns)(firstTitle),
      async prepare(): Promise<MeasureTarget> {
        const measure = prepareCalls(bench, operation, load);
        return (target, slot) => {
          const { placement, round } = slot;
          const onUnsteady = (calls: number): void =>
            bench.log(`${basename(target.root)} is not steady after ${calls} calls`);
          const name = keeps ? operation : `${operation}-${placement}-${round}`;
          return withDirectory(bench, target, name, keeps, (path) =>
            round === 0
              ? warmUp((calls) => measure(target, slot, path, calls), load, onUnsteady)
              : measure(target, slot, path, count),
          );
        };
      },
      settings: { operation, ...DEFAULTS, ...load },
    });
  };

// -- the first calls of a fresh mount ------------------------------------------------------------

/**
 * Makes a part of failed stats at one placement: each round starts each target anew, times its first `count` calls, makes
 * it steady by at most `warm`, and times as many again.
 */
export const makeFirstCallPart =
  <N extends string>(
    kinds: Readonly<Record<N, TargetKind>>,
    placement: Placement,
    loads: Loads,
    held: readonly [NoInfer<N>, ...NoInfer<N>[]],
  ) =>
  (bench: Bench): Promise<Report> => {
    const load = chooseLoad(bench, loads);
    const { count, warm, rounds } = load;
    const targets = {} as Record<N, TargetKind>;
    // Each round starts the mount itself.
    for (const name of Object.keys(kinds) as N[])
      targets[name] = { title: kinds[name].title, start: async () => ({ pid: null, root: name }) };
    return runExperiment<N>(bench, {
      what: `failed stat, the first ${count} of a fresh mount`,
      unitText: 'µs, median of',
      rounds,
      targets,
      places: [placement],
      first: held[0],
      key: 'first',
      async prepare() {
        // None of the names is asked for before the first call.
        const measure = prepareCalls(bench, 'absent', { before: 0 });
        return async ({ root: name }, slot) => {
          const cleanup = new Cleanup();
          const own = { ...bench, cleanup };
          try {
            const target = await kinds[name as N].start(own, `${name}-first-${slot.round}`);
            if (target.pid !== null) pinProcess(target.pid, slot.cpuAssignment.servers);
            return await withDirectory(bench, target, 'first', false, async (path) => {
              const call = (calls: number) => measure(target, slot, path, calls);
              const { mean: first, p50, p99 } = await call(count);
              await warmUp(call, load);
              return { first, p50, p99, steady: (await call(count)).mean };
            });
          } finally {
            await cleanup.run(bench.log);
          }
        };
      },
      columns: [
        ['first, mean', 'first'],
        ['median', 'p50', 'median'],
        ['99 %', 'p99', 'median'],
        ['steady, mean', 'steady'],
        [`first × ${held[0]}`, 'first', 'ratio'],
      ],
      held: held.map((name) =>
        hold(
          `${kinds[name].title}: mean of the first ${count} / steady`,
          [name, name],
          '≤ 1.5, aim 1.2',
          { otherKey: 'steady' },
        ),
      ),
      settings: { count, warm },
    });
  };
