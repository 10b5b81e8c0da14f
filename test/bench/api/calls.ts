/** The parts of the suite `api` that compare calls: by a Volume, a mount and libgfapi. */
import { join } from 'node:path';
import { readAllowedCpus } from '../../../apps/bench/engine/placement.ts';
import { type Bench, startOnce } from '../bench.ts';
import { CALL_CLIENT } from '../calls.ts';
import { type Experiment, runExperiment } from '../experiment.ts';
import { makeStorage, startBricks, utime } from '../gluster.ts';
import { ASLEEP, makePosix, startGlossa, UNCACHED, writeVolfile } from '../servers.ts';
import { hold, type Report } from '../table.ts';
import type { Target, TargetKind } from '../targets.ts';
import { WorkloadClients } from '../workload-clients.ts';
import {
  Caller,
  type CallerSample,
  type CommandLine,
  compileGfapiCaller,
  DIRECTORY,
  makePythonCommand,
  makeVolumeCommand,
  type Order,
  pythonSettings,
} from './callers.ts';

interface CallerTarget extends Target {
  readonly caller: Pick<Caller, 'call'>;
}

type CallerKind = TargetKind<CallerTarget>;

// -- callers -------------------------------------------------------------------------------------

/** Makes a kind of callers. @param prepare starts what they need, and returns their command */
const makeKind = (
  title: string,
  prepare: (
    bench: Bench,
    name: string,
  ) => Promise<Partial<Target> & { readonly command: CommandLine }>,
): CallerKind => ({
  title,
  async start(bench, name) {
    const { command, ...target } = await prepare(bench, name);
    const caller = await Caller.start(bench, name, command, pythonSettings);
    return { pid: null, root: '', ...target, caller };
  },
});

/** Calls on a volume over storage/posix. */
const makePosixKind = (title: string, makeCommand: (volfile: string) => CommandLine): CallerKind =>
  makeKind(title, async (bench, name) => ({
    command: makeCommand(writeVolfile(bench, name, [makePosix(bench, name)])),
  }));

/** Starts a mount of storage/posix, for which the kernel caches nothing, so that each call is a request. */
const startMount = (bench: Bench, name: string, flags: readonly string[] = []) =>
  startGlossa(bench, name, [], { timeouts: UNCACHED, flags });

/** Calls through a mount, by the client of other suites. */
const makeMountKind = (title: string, flags?: readonly string[]): CallerKind => ({
  title,
  async start(bench, name) {
    const { pid, mountpoint } = await startMount(bench, name, flags);
    const root = join(mountpoint, DIRECTORY);
    const clients = new WorkloadClients(bench, 1, CALL_CLIENT);
    const call = (order: Order, count: number) =>
      clients.measureRequests(
        { pid, root },
        { client: null, servers: readAllowedCpus() },
        { workload: `${order} 100`, root, count },
      );
    return { pid, root, caller: { call } };
  },
});

const pythonMountKind = makeKind('os, a mount', async (bench, name) => {
  const { pid, mountpoint } = await startMount(bench, name);
  return { pid, command: makePythonCommand('os', join(mountpoint, DIRECTORY)) };
});

/** Makes kinds whose callers share a brick of GlusterFS. */
function makeBrickKinds() {
  const startShared = startOnce((bench: Bench) => startBricks(bench));
  const make = (title: string, makeCommand: (bench: Bench, volfile: string) => CommandLine) =>
    makeKind(title, async (bench, name) => {
      const bricks = await startShared(bench);
      const volfile = writeVolfile(bench, name, makeStorage(bricks), [utime]);
      return { command: makeCommand(bench, volfile), bricks: bricks.map(({ pid }) => pid) };
    });
  return {
    volume: make('Volume in TypeScript', (_bench, volfile) => makeVolumeCommand(volfile)),
    gfapi: make('libgfapi, in C', (bench, volfile) => [
      compileGfapiCaller(bench),
      volfile,
      DIRECTORY,
    ]),
  };
}

// -- experiments ---------------------------------------------------------------------------------

const p50 = ({ p50: value }: CallerSample): number => value;

/** Orders by name: the head of their column, the shown value, and their calls as a multiple of those of one at a time. */
const calls: Readonly<
  Record<Order, readonly [title: string, value: (sample: CallerSample) => number, factor: number]>
> = {
  stat: ['stat, µs', p50, 1],
  read: ['open+read+close, µs', p50, 1],
  flight: ['64 stats in flight, thousands/s', ({ mean }) => 1000 / mean, 4],
};

const ROUNDS = { full: 11, quick: 3 };
/** Calls of a round, and before the first one. */
const FULL = { count: 4000, warm: 20_000 };
const QUICK = { count: 500, warm: 2000 };

/** Makes a part of calls by these orders; other rows are compared with the first one. */
const makeCallsPart =
  <N extends string>(
    orders: readonly Order[],
    firstTitle: string,
    experiment: Pick<Experiment<N, CallerTarget>, 'what' | 'targets' | 'first' | 'held'>,
  ) =>
  (bench: Bench): Promise<Report> => {
    const { count, warm } = bench.quick ? QUICK : FULL;
    return runExperiment<N, CallerTarget>(bench, {
      ...experiment,
      unitText: 'medians of',
      rounds: bench.quick ? ROUNDS.quick : ROUNDS.full,
      places: ['free'],
      key: orders[0]!,
      prepare:
        async () =>
        async ({ caller }, { round }) => {
          const sample: Record<string, number> = {};
          for (const order of orders) {
            const [, pick, factor] = calls[order];
            sample[order] = pick(await caller.call(order, round === 0 ? warm : count * factor));
          }
          return sample;
        },
      columns: orders.flatMap((order) => [
        [calls[order][0], order],
        [`× ${firstTitle}`, order, 'ratio'],
      ]),
      settings: { count, warm },
    });
  };

const READ = 'open+read 4 KiB+close';
const FLIGHT = '64 stats in flight, calls a second';

/** Calls of Volume and through a mount of storage/posix, each over its own directory. */
export const measureOnMount = makeCallsPart(['stat', 'read'], 'mount', {
  what: 'storage/posix',
  targets: {
    mount: makeMountKind('a mount'),
    asleep: makeMountKind('a mount, --busy-poll 0', ASLEEP),
    volume: makePosixKind('Volume in TypeScript', makeVolumeCommand),
  },
  first: 'mount',
  held: [
    hold('stat: Volume / mount', ['volume', 'mount'], '≤ 0.6, aim 0.3'),
    hold(`${READ}: Volume / mount`, ['volume', 'mount'], '≤ 0.6, aim 0.3', { key: 'read' }),
  ],
});

/** Calls of Volume and of libgfapi on one brick of GlusterFS. */
export const measureOnBrick = makeCallsPart(['stat', 'read', 'flight'], 'libgfapi', {
  what: 'a brick of GlusterFS',
  targets: makeBrickKinds(),
  first: 'gfapi',
  held: [
    hold('stat: Volume / libgfapi', ['volume', 'gfapi'], '≤ 1, aim 0.85'),
    hold(`${READ}: Volume / libgfapi`, ['volume', 'gfapi'], '≤ 1, aim 0.85', { key: 'read' }),
    hold(`${FLIGHT}: Volume / libgfapi`, ['volume', 'gfapi'], '≥ 1.5, aim 3', { key: 'flight' }),
  ],
});

/** Calls of Python through the socket of `glossa api`, and through a mount of storage/posix. */
export const measureInPython = makeCallsPart(['stat', 'flight'], 'mount', {
  what: 'Python, storage/posix',
  targets: {
    mount: pythonMountKind,
    socket: makePosixKind('glossa', (volfile) => makePythonCommand('glossa', volfile, DIRECTORY)),
    asyncio: makePosixKind('glossa.aio', (volfile) => makePythonCommand('aio', volfile, DIRECTORY)),
  },
  first: 'mount',
  held: [
    hold('stat: glossa / os through a mount', ['socket', 'mount'], '≤ 1.6, aim 1.35'),
    hold(`${FLIGHT}: asyncio / threads`, ['asyncio', 'socket'], '≥ 1, aim 2', { key: 'flight' }),
  ],
});
