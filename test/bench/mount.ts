/**
 * The suite `npm run bench mount`: a mount of storage alone, beside servers in C, GlusterFS, and
 * the bare directory.
 */

import type { Bench } from './bench.ts';
import { type Load, makeCallExperiment, makeSampleColumns } from './calls.ts';
import { makeGigabyteRate, runDataExperiment } from './data.ts';
import { makeBarsEverywhere, runExperiment } from './experiment.ts';
import { chooseSize, prepareSearches } from './searches.ts';
import { TIMEOUTS } from './servers.ts';
import type { Suite } from './suite.ts';
import type { Report } from './table.ts';
import {
  type DirectoryName,
  instantTargets,
  kernelTimeout,
  makeDataDirectories,
  makeDirectories,
  targets,
} from './targets.ts';
import { measureStatus, measureUnpack } from './trees.ts';
import type { RequestTimes } from './workload-clients.ts';

// -- single calls --------------------------------------------------------------------------------

const FULL: Load = { rounds: 9, count: 4000, warm: 20_000 };
/** Load of calls that are several requests each. */
const FULL_LONG: Load = { rounds: 9, count: 2000, warm: 8_000 };
const QUICK: Load = { rounds: 3, count: 500, warm: 2_000 };

const chooseLoad = ({ quick }: Bench, full = FULL): Load => (quick ? QUICK : full);

/** Compares glossa with GlusterFS, also with --busy-poll 0, as GlusterFS does not wait awake. */
const compareToGlusterfs = (what: string) =>
  (['glossa', 'asleep'] as const).map((mine) => ({
    what: `${what}: posix${mine === 'asleep' ? ', --busy-poll 0' : ''} / GlusterFS posix`,
    mine,
    other: 'glusterfs' as const,
    bars: makeBarsEverywhere({ limit: 1, below: true, aim: 0.6 }),
  }));

const compareToBoth = (what: string) => [
  {
    what: `${what}: posix / C pass-through`,
    mine: 'glossa' as const,
    other: 'pass' as const,
    bars: makeBarsEverywhere({ limit: 1.3, aim: 1.05 }),
  },
  ...compareToGlusterfs(what),
];

const measureFailedStat = (bench: Bench): Promise<Report> =>
  runExperiment(
    bench,
    makeCallExperiment<DirectoryName | keyof typeof instantTargets>({
      what: 'failed stat',
      operation: 'absent',
      load: chooseLoad(bench),
      targets: { ...instantTargets, ...makeDirectories() },
      first: 'floor',
      firstTitle: 'floor',
      held: [
        {
          what: 'failed stat: memory / C floor',
          mine: 'memory',
          other: 'floor',
          bars: { same: { limit: 1.15, aim: 1 }, different: { limit: 0.8, aim: 0.5 }, free: null },
        },
        {
          what: 'failed stat: memory, --busy-poll 0 / C floor',
          mine: 'memoryAsleep',
          other: 'floor',
          bars: { same: { limit: 1.15, aim: 1 }, different: { limit: 1.15, aim: 1 }, free: null },
        },
        {
          what: 'failed stat: memory / C floor awake as long',
          mine: 'memory',
          other: 'floorAwake',
          bars: { same: { limit: 1.15, aim: 1 }, different: { limit: 1.15, aim: 1 }, free: null },
        },
        ...compareToGlusterfs('failed stat'),
      ],
    }),
  );

const makeFilePart =
  (
    what: string,
    operation: 'stat' | 'read' | 'create',
    full: Load,
    targets: ReturnType<typeof makeDirectories>,
  ) =>
  (bench: Bench) =>
    runExperiment(
      bench,
      makeCallExperiment<DirectoryName>({
        what,
        operation,
        load: chooseLoad(bench, full),
        targets,
        first: 'pass',
        firstTitle: 'C',
        held: compareToBoth(what),
      }),
    );

// -- searches ------------------------------------------------------------------------------------

/** Searches for absent names that the kernel caches by a Python module's `kernel-timeout`. */
const measureSearches = (bench: Bench): Promise<Report> => {
  const size = chooseSize(bench, 9);
  return runExperiment<
    'kernelTimeout' | 'python' | 'pythonAsleep' | 'nlcache' | 'bare',
    RequestTimes
  >(bench, {
    what: 'search in ten directories',
    unitText: `µs, median of ${size.searches} searches in each of`,
    rounds: size.rounds,
    targets: {
      kernelTimeout,
      python: targets.python,
      pythonAsleep: targets.pythonAsleep,
      nlcache: targets.nlcache,
      bare: targets.bare,
    },
    first: 'bare',
    async prepare() {
      const take = await prepareSearches(bench, size);
      return async (target, slot) => (await take(target, slot)).again;
    },
    columns: makeSampleColumns('bare'),
    held: [
      {
        what: 'search: Python with kernel-timeout / bare directory',
        mine: 'kernelTimeout',
        other: 'bare',
        pick: ({ mean }) => mean,
        bars: makeBarsEverywhere({ limit: 2 }),
      },
    ],
    settings: size,
  });
};

// -- data ----------------------------------------------------------------------------------------

const makeDataTargets = () => ({
  mine: { name: 'glossa' as const, title: 'posix' },
  targets: makeDataDirectories(),
});

const measureSequential = (bench: Bench): Promise<Report> =>
  runDataExperiment(bench, {
    what: 'sequential',
    unitText: 'GB/s, blocks of 128 KiB',
    count: bench.quick ? 256 : 2048,
    amounts: {
      write: {
        title: 'write',
        workload: 'seqwrite',
        clients: 1,
        rate: makeGigabyteRate(128 << 10),
      },
      read: { title: 'read', workload: 'seqread', clients: 1, rate: makeGigabyteRate(128 << 10) },
    },
    ...makeDataTargets(),
    references: [
      {
        other: 'glusterfs',
        title: 'GlusterFS posix',
        column: 'GlusterFS',
        bars: makeBarsEverywhere({ limit: 1, least: true }),
      },
      {
        other: 'bare',
        title: 'bare directory',
        column: 'bare',
        bars: makeBarsEverywhere({ aim: 0.9, least: true }),
      },
    ],
  });

const measureRandom = (bench: Bench): Promise<Report> =>
  runDataExperiment(bench, {
    what: 'random read 4 KiB',
    unitText: 'thousands a second',
    count: bench.quick ? 2_000 : 20_000,
    amounts: {
      one: {
        title: '1 client',
        workload: 'randread',
        clients: 1,
        rate: ({ mean }) => 1e3 / mean,
      },
      // They take turns on the CPUs, which the time of a request does not show.
      sixteen: {
        title: '16 clients',
        workload: 'randread',
        clients: 16,
        rate: ({ perSecond }) => perSecond / 1e3,
      },
    },
    ...makeDataTargets(),
    references: [
      {
        other: 'pass',
        title: 'C pass-through',
        column: 'C',
        bars: makeBarsEverywhere({ limit: 0.8, aim: 1, least: true }),
      },
    ],
  });

export const mount: Suite = {
  usage: `usage: npm run bench -- mount [options]

Compares mounts of storage alone with the same in C, in GlusterFS, and with the bare directory, side
by side. As root on a quiet machine; a full run takes some fifteen minutes.

  --only PART   failed, stat, open or create (single calls), sequential or random (data), tar or git
                (a tree of 20 000 files), or search (stats that mostly fail, with a cache in Python
                and kernel-timeout); may be repeated`,
  legend: `A figure is the median over the rounds [the lowest – the highest]. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: measure again.`,
  isPlaced: true,
  parts: {
    failed: measureFailedStat,
    // The kernel caches no name, so that it looks each one up, but caches attributes.
    stat: makeFilePart('stat', 'stat', FULL, makeDirectories({ ...TIMEOUTS, entry: 0 })),
    open: makeFilePart('open+read 4 KiB+close', 'read', FULL_LONG, makeDataDirectories()),
    create: makeFilePart('create+unlink', 'create', FULL_LONG, makeDirectories()),
    sequential: measureSequential,
    random: measureRandom,
    tar: measureUnpack,
    git: measureStatus,
    search: measureSearches,
  },
};
