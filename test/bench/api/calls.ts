/** The parts of the suite `api` that compare calls: by a Volume, a mount and libgfapi. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDigits } from '../../../apps/bench/engine/numbers.ts';
import { makeVolume, stackVolumes } from '../../../apps/bench/engine/stack-volumes.ts';
import { type PlainVolume, printVolumes } from '../../../runtime/volfile/description.ts';
import { type Bench, startOnce } from '../bench.ts';
import { makeStorage, utime } from '../brick-mounts.ts';
import type { Sample } from '../calls.ts';
import {
  makeBarsEverywhere,
  makeRatioColumn,
  makeRoundsColumn,
  type RoundSlot,
  runExperiment,
} from '../experiment.ts';
import type { Bar } from '../figures.ts';
import { startBrick } from '../gluster.ts';
import { ASLEEP, startGlossa } from '../servers.ts';
import type { Report } from '../table.ts';
import type { Target, TargetKind } from '../targets.ts';
import {
  Caller,
  type CommandLine,
  compileCaller,
  compileGfapiCaller,
  DIRECTORY,
  makePythonCommand,
  makeVolumeCommand,
  type Order,
  pythonSettings,
} from './callers.ts';

interface CallerTarget extends Target {
  readonly caller: Caller;
}

export type CallerKind = TargetKind<CallerTarget>;

// -- callers -------------------------------------------------------------------------------------

/** The kernel caches nothing, so that each call through a mount is a request, as those of Volume are. */
const UNCACHED = { entry: 0, attribute: 0, negative: 0 };

export const makePosix = ({ data }: Bench, name: string): PlainVolume => {
  const directory = join(data, name);
  mkdirSync(directory, { recursive: true });
  return makeVolume('posix', 'storage/posix', { directory });
};

export function writeVolfile(
  { folder }: Bench,
  name: string,
  volumes: readonly PlainVolume[],
): string {
  const path = join(folder, `${name}.vol`);
  writeFileSync(path, printVolumes(volumes));
  return path;
}

const makeTarget = (
  caller: Caller,
  pid: number | null = null,
  bricks?: number[],
): CallerTarget => ({
  caller,
  pid,
  root: '',
  ...(bricks === undefined ? {} : { bricks }),
});

const volumeKind: CallerKind = {
  title: 'Volume in TypeScript',
  async start(bench, name) {
    const volfile = writeVolfile(bench, name, [makePosix(bench, name)]);
    return makeTarget(await Caller.start(bench, name, makeVolumeCommand(volfile)));
  },
};

/** Calls through a mount of storage/posix. @param makeCommand of the caller below a path */
const makeMountKind = (
  title: string,
  makeCommand: (bench: Bench, path: string) => CommandLine,
  flags: readonly string[] = [],
): CallerKind => ({
  title,
  async start(bench, name) {
    const mounted = await startGlossa(bench, name, [], { timeouts: UNCACHED, flags });
    const path = join(mounted.mountpoint, DIRECTORY);
    const caller = await Caller.start(bench, name, makeCommand(bench, path));
    return makeTarget(caller, mounted.pid);
  },
});

const makeSystemCommand = (bench: Bench, path: string): CommandLine => [compileCaller(bench), path];

/** Calls of Python over storage/posix, through a `glossa api` of its own. */
const makeSocketKind = (title: string, kind: 'glossa' | 'aio'): CallerKind => ({
  title,
  async start(bench, name) {
    const volfile = writeVolfile(bench, name, [makePosix(bench, name)]);
    return makeTarget(
      await Caller.start(bench, name, makePythonCommand(kind, volfile, DIRECTORY), pythonSettings),
    );
  },
});

/** Makes kinds whose callers share a brick of GlusterFS. */
function makeBrickKinds() {
  const startShared = startOnce((bench: Bench) => startBrick(bench, 'api-brick'));
  const makeKind = (
    title: string,
    makeCommand: (bench: Bench, volfile: string) => CommandLine,
  ): CallerKind => ({
    title,
    async start(bench, name) {
      const brick = await startShared(bench);
      const volfile = writeVolfile(bench, name, stackVolumes(makeStorage([brick]), [utime]));
      const caller = await Caller.start(bench, name, makeCommand(bench, volfile));
      return makeTarget(caller, null, [brick.pid]);
    },
  });
  return {
    volume: makeKind('Volume in TypeScript', (_bench, volfile) => makeVolumeCommand(volfile)),
    gfapi: makeKind('libgfapi, in C', (bench, volfile) => [
      compileGfapiCaller(bench),
      volfile,
      DIRECTORY,
    ]),
  };
}

// -- experiments ---------------------------------------------------------------------------------

/** The samples of a round. */
export type Samples = Readonly<Partial<Record<Order, Sample>>>;

interface Call {
  readonly title: string;
  readonly figure: string;
  /** The compared value of a sample. */
  value(sample: Sample): number;
  readonly format: (value: number) => string;
  /** Calls of a round, as a multiple of those of one at a time. */
  readonly factor: number;
}

const calls: Readonly<Record<Order, Call>> = {
  stat: {
    title: 'stat, µs',
    figure: 'stat',
    value: ({ p50 }) => p50,
    format: formatDigits,
    factor: 1,
  },
  read: {
    title: 'open+read+close, µs',
    figure: 'open+read 4 KiB+close',
    value: ({ p50 }) => p50,
    format: formatDigits,
    factor: 1,
  },
  flight: {
    title: '64 stats in flight, thousands/s',
    figure: '64 stats in flight, calls a second',
    value: ({ mean }) => 1000 / mean,
    format: formatDigits,
    factor: 4,
  },
};

interface CallsPart<N extends string> {
  readonly what: string;
  readonly orders: readonly Order[];
  readonly targets: Readonly<Record<N, CallerKind>>;
  /** The row that the others are compared with. */
  readonly first: N;
  readonly firstTitle: string;
  readonly held: readonly {
    readonly mine: N;
    /** By default the first row. */
    readonly other?: N;
    readonly title: string;
    readonly bars: Readonly<Partial<Record<Order, Bar>>>;
  }[];
}

const ROUNDS = { full: 11, quick: 3 };
/** Calls of a round, and before the first one. */
const FULL = { count: 4000, warm: 20_000 };
const QUICK = { count: 500, warm: 2000 };

export function measureCalls<N extends string>(
  bench: Bench,
  { orders, held, firstTitle, ...part }: CallsPart<N>,
): Promise<Report> {
  const { count, warm } = bench.quick ? QUICK : FULL;
  const makeCalls = async ({ caller }: CallerTarget, { round }: RoundSlot): Promise<Samples> => {
    const samples: Partial<Record<Order, Sample>> = {};
    for (const order of orders) {
      samples[order] = await caller.call(order, round === 0 ? warm : count * calls[order].factor);
    }
    return samples;
  };
  const makePick = (order: Order) => (samples: Samples) => calls[order].value(samples[order]!);
  return runExperiment<N, Samples, CallerTarget>(bench, {
    ...part,
    unitText: 'medians of',
    rounds: bench.quick ? ROUNDS.quick : ROUNDS.full,
    places: ['free'],
    prepare: async () => makeCalls,
    columns: orders.flatMap((order) => [
      makeRoundsColumn(calls[order].title, makePick(order), calls[order].format),
      makeRatioColumn(`× ${firstTitle}`, makePick(order)),
    ]),
    held: held.flatMap(({ mine, other = part.first, title, bars }) =>
      (Object.keys(bars) as Order[]).map((order) => ({
        what: `${calls[order].figure}: ${title}`,
        mine,
        other,
        pick: makePick(order),
        bars: makeBarsEverywhere(bars[order]!),
      })),
    ),
    settings: { count, warm },
  });
}

/** Calls of Volume and through a mount of storage/posix, each over its own directory. */
export const measureOnMount = (bench: Bench): Promise<Report> =>
  measureCalls<'mount' | 'asleep' | 'volume'>(bench, {
    what: 'storage/posix',
    orders: ['stat', 'read'],
    targets: {
      mount: makeMountKind('a mount, in C', makeSystemCommand),
      asleep: makeMountKind('a mount, --busy-poll 0', makeSystemCommand, ASLEEP),
      volume: volumeKind,
    },
    first: 'mount',
    firstTitle: 'mount',
    held: [
      {
        mine: 'volume',
        title: 'Volume / mount',
        bars: { stat: { limit: 0.6, aim: 0.3 }, read: { limit: 0.6, aim: 0.3 } },
      },
    ],
  });

/** Calls of Volume and of libgfapi on one brick of GlusterFS. */
export const measureOnBrick = (bench: Bench): Promise<Report> =>
  measureCalls<'gfapi' | 'volume'>(bench, {
    what: 'a brick of GlusterFS',
    orders: ['stat', 'read', 'flight'],
    targets: makeBrickKinds(),
    first: 'gfapi',
    firstTitle: 'libgfapi',
    held: [
      {
        mine: 'volume',
        title: 'Volume / libgfapi',
        bars: {
          stat: { limit: 1, aim: 0.85 },
          read: { limit: 1, aim: 0.85 },
          flight: { limit: 1.5, aim: 3, least: true },
        },
      },
    ],
  });

/** Calls of Python through the socket of `glossa api`, and through a mount of storage/posix. */
export const measureInPython = (bench: Bench): Promise<Report> =>
  measureCalls<'mount' | 'socket' | 'asyncio'>(bench, {
    what: 'Python, storage/posix',
    orders: ['stat', 'flight'],
    targets: {
      mount: makeMountKind('os, a mount', (_bench, path) => makePythonCommand('os', path)),
      socket: makeSocketKind('glossa', 'glossa'),
      asyncio: makeSocketKind('glossa.aio', 'aio'),
    },
    first: 'mount',
    firstTitle: 'mount',
    held: [
      {
        mine: 'socket',
        title: 'glossa / os through a mount',
        bars: { stat: { limit: 1.6, aim: 1.35 } },
      },
      {
        mine: 'asyncio',
        other: 'socket',
        title: 'asyncio / threads',
        bars: { flight: { limit: 1, aim: 2, least: true } },
      },
    ],
  });
