/**
 * What `npm run tutorial-bench` measures: the tutorial's experiment, over a directory, over one that
 * is as far away as the tutorial's storage was, and over a volume of GlusterFS.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Served } from '../../runtime/bench/target.ts';
import { type Bench, inTime } from './bench.ts';
import { runExperiment } from './experiment.ts';
import type { Bar } from './figures.ts';
import { type Brick, startBricks, startClient } from './gluster.ts';
import { type Held, type Searching, searchExperiment, sizeOf } from './searches.ts';
import { startGlusterfs } from './servers.ts';
import type { Suite } from './suite.ts';
import type { Report } from './table.ts';
import {
  glusterCache,
  overEach,
  proveCache,
  type TargetKind,
  targetOf,
  targets,
} from './targets.ts';
import { roomyNlCacheVolume, volume } from './volumes.ts';

// -- what it is made through ---------------------------------------------------------------------

const onPosix = {
  ...overEach(async () => ({})),
  glusterfs: {
    title: 'GlusterFS, no cache',
    start: async (bench, name) => targetOf(await startGlusterfs(bench, name, [])),
  },
  nlcache: glusterCache([roomyNlCacheVolume]),
  bare: targets.bare,
} as const satisfies Record<string, TargetKind>;

/**
 * Of every request; microseconds. Of a search without a cache some five lookups reach the storage:
 * the tutorial's 7.357 ms are 1510 µs for each, of which the mount and the brick take some 100.
 */
const NETWORK_US = 1400;

/** The same volume is one of GlusterFS and one of ours. */
const delayed = volume('network', 'debug/delay-gen', {
  'delay-percentage': '100',
  'delay-duration': String(NETWORK_US),
});

const onNetwork = {
  ...overEach(async () => ({ volumes: [delayed] })),
  nlcache: glusterCache([delayed, roomyNlCacheVolume]),
};

/** Two bricks and a mount of them, which are started for the first target that needs them. */
function onGlusterfs() {
  let started: Promise<readonly Brick[]> | undefined;
  let mount: Promise<Served> | undefined;
  const bricks = (bench: Bench): Promise<readonly Brick[]> => {
    started ??= startBricks(bench);
    return started;
  };
  const mounted = async (bench: Bench): Promise<Served> => {
    mount ??= startClient(bench, 'volume', await bricks(bench));
    return mount;
  };
  /** A folder of its own in a mount of the volume. */
  const folderIn = async (bench: Bench, { mountpoint }: Served, name: string): Promise<string> => {
    const folder = join(mountpoint, name);
    await inTime(bench.signal, mkdir(folder));
    return folder;
  };
  return {
    ...overEach(async (bench, name) => {
      const directory = await folderIn(bench, await mounted(bench), name);
      return { storage: [volume('remote', 'storage/posix', { directory })], behind: directory };
    }),
    glusterfs: {
      title: 'GlusterFS itself, no cache',
      async start(bench, name) {
        const server = await mounted(bench);
        return { pid: server.pid, root: await folderIn(bench, server, name) };
      },
    },
    nlcache: {
      title: 'GlusterFS itself, nl-cache in C',
      async start(bench, name) {
        const behind = join((await mounted(bench)).mountpoint, name);
        const client = await startClient(bench, name, await bricks(bench), {
          volumes: [roomyNlCacheVolume],
        });
        const root = await folderIn(bench, client, name);
        return proveCache(bench, { pid: client.pid, root }, behind);
      },
    },
  } as const satisfies Record<string, TargetKind>;
}

// -- what is held to bars ------------------------------------------------------------------------

const faster = <N extends string>(
  what: string,
  baseline: N,
  mine: N,
  which: Held<N>['which'],
  bar: Bar,
): Held<N> => ({
  what: `${what}, ${which}: times as fast`,
  mine: baseline,
  other: mine,
  which,
  bar: { ...bar, least: true },
});

/** The tutorial's speed-up. */
const TUTORIAL: Bar = { limit: 6.7 };

/** Beside GlusterFS's own cache. */
const pythonBesideC = (what: string): readonly Held<'python' | 'nlcache'>[] =>
  (['first', 'again'] as const).map((which) => ({
    what: `${what}, ${which}: Python / nl-cache in C`,
    mine: 'python',
    other: 'nlcache',
    which,
    bar: { limit: 1, below: true },
  }));

const measured =
  <N extends string>(
    rounds: number,
    searching: () => Omit<Searching<N | 'baseline'>, 'size' | 'baseline'>,
  ) =>
  (bench: Bench): Promise<Report> => {
    const size = sizeOf(bench, rounds);
    const experiment = { ...searching(), size, baseline: 'baseline' } as const;
    return runExperiment(bench, searchExperiment<N | 'baseline'>(experiment));
  };

const posix = measured<keyof typeof onPosix>(7, () => ({
  what: 'a brick that is a directory',
  targets: onPosix,
  held: pythonBesideC('directory'),
}));

const network = measured<keyof typeof onNetwork>(3, () => ({
  what: `a brick behind debug/delay-gen, ${NETWORK_US} µs a request`,
  targets: onNetwork,
  told: { baseline: '7.357', typescript: '1.095 (in C)', python: '1.286' },
  held: [
    faster('network, TypeScript', 'baseline', 'typescript', 'first', TUTORIAL),
    faster('network, Python', 'baseline', 'python', 'first', TUTORIAL),
    {
      what: 'network, first: Python / TypeScript',
      mine: 'python',
      other: 'typescript',
      which: 'first',
      bar: { limit: 1.05 },
    },
    ...pythonBesideC('network'),
  ],
  settings: { delayUs: NETWORK_US },
}));

const gluster = measured<keyof ReturnType<typeof onGlusterfs>>(5, () => ({
  what: 'a volume of GlusterFS with two bricks',
  targets: onGlusterfs(),
  held: [
    faster('volume, Python', 'baseline', 'python', 'again', { limit: 4 }),
    faster('volume, kernel-timeout', 'baseline', 'kernelTimeout', 'again', { limit: 15 }),
    faster("volume, Python beside GlusterFS's mount", 'glusterfs', 'python', 'again', { aim: 1 }),
    faster(
      "volume, kernel-timeout beside GlusterFS's mount",
      'glusterfs',
      'kernelTimeout',
      'again',
      { aim: 1 },
    ),
    ...pythonBesideC('volume'),
  ],
}));

export const tutorial: Suite = {
  usage: `usage: npm run tutorial-bench -- [options]

The experiment of the GlusterFS translator tutorial: how long a search through ten directories takes
without and with a cache of absent names, in TypeScript, Python, JavaScript and C, and in GlusterFS
itself. As root on a quiet machine; a full run takes some half an hour, most of it waiting.

  --only PART   posix (a brick that is a directory), network (one behind a delay of
                ${NETWORK_US} µs a request) or gluster (a volume of GlusterFS with two bricks); may
                be repeated`,
  legend: `A figure is the median over the rounds [the lowest – the highest]. "× faster" compares with
no cache, round by round; "lookups" are those of each search that reach the storage. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: measure again. "first": the mount knows no name
yet, as in the tutorial; "again": the same searches once more, when it knows them all.

The tutorial (2012): 7.357 ms without a cache, 1.095 with one in C (6.72 × faster), 1.286 with one in
Python (5.72 × faster; 17 % slower than C).

Comparable are the ratios of "first" in the part network: the workload is the tutorial's (1000 files
in 10 directories, four of five searches for a tenth of them, 10 000 searches from a cold cache, names
that were found cached by the kernel for a second), and a request takes ${NETWORK_US} µs on its way.
So a search without a cache takes about what it took there, since some five lookups of it reach the
storage; and what is decided in the mount costs no delay, so that the difference of languages shows as
it did there, small beside what is saved.
Not comparable are the times themselves (another machine, another kernel, no debugger's build, and a
delay in place of a real network with its jitter), what "native" is (C in GlusterFS there, TypeScript
here; the row in C goes through this runtime's bridge), and the tutorial's two scripts, which nobody
has published: they are remade from what is said of them. In posix and gluster nothing is far away:
what is saved there is work, not waiting. In gluster, glossa stands on a mount of the volume, so that
each request that it passes on goes through the kernel twice: its baseline is dearer than GlusterFS's
own mount, which therefore has figures of its own.`,
  isPlaced: true,
  parts: { posix, network, gluster },
};
