/**
 * The suite `npm run bench mount`: a mount of storage alone, beside servers in C, GlusterFS, and
 * the bare directory.
 */

import type { Bench } from './bench.ts';
import { callExperiment, type Load, sampleColumns } from './calls.ts';
import { dataExperiment, gigabytes } from './data.ts';
import { everywhere, runExperiment } from './experiment.ts';
import { sizeOf, takeSearches } from './searches.ts';
import { TIMEOUTS } from './servers.ts';
import type { Suite } from './suite.ts';
import type { Report } from './table.ts';
import {
  answerers,
  type DirectoryName,
  dataDirectories,
  directories,
  kernelTimeout,
  targets,
} from './targets.ts';
import { status, unpack } from './trees.ts';
import type { RequestTimes } from './workload-clients.ts';

// -- single calls --------------------------------------------------------------------------------

const FULL: Load = { rounds: 9, count: 4000, warm: 20_000 };
/** Calls that are several requests each. */
const FULL_LONG: Load = { rounds: 9, count: 2000, warm: 8_000 };
const QUICK: Load = { rounds: 3, count: 500, warm: 2_000 };

const loadOf = ({ quick }: Bench, full = FULL): Load => (quick ? QUICK : full);

/** Also on equal terms: GlusterFS's client does not wait awake. */
const besideGlusterfs = (what: string) =>
  (['glossa', 'asleep'] as const).map((mine) => ({
    what: `${what}: posix${mine === 'asleep' ? ', --busy-poll 0' : ''} / GlusterFS posix`,
    mine,
    other: 'glusterfs' as const,
    bars: everywhere({ limit: 1, below: true, aim: 0.6 }),
  }));

const besideBoth = (what: string) => [
  {
    what: `${what}: posix / C pass-through`,
    mine: 'glossa' as const,
    other: 'pass' as const,
    bars: everywhere({ limit: 1.3, aim: 1.05 }),
  },
  ...besideGlusterfs(what),
];

const failed = (bench: Bench): Promise<Report> =>
  runExperiment(
    bench,
    callExperiment<DirectoryName | keyof typeof answerers>({
      what: 'failed stat',
      operation: 'absent',
      load: loadOf(bench),
      targets: { ...answerers, ...directories() },
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
        ...besideGlusterfs('failed stat'),
      ],
    }),
  );

const onFiles =
  (
    what: string,
    operation: 'stat' | 'read' | 'create',
    full: Load,
    targets: ReturnType<typeof directories>,
  ) =>
  (bench: Bench) =>
    runExperiment(
      bench,
      callExperiment<DirectoryName>({
        what,
        operation,
        load: loadOf(bench, full),
        targets,
        first: 'pass',
        firstTitle: 'C',
        held: besideBoth(what),
      }),
    );

// -- searches ------------------------------------------------------------------------------------

/** Searches for absent names that the kernel caches by a Python module's `kernel-timeout`. */
const searched = (bench: Bench): Promise<Report> => {
  const size = sizeOf(bench, 9);
  return runExperiment<
    'kernelTimeout' | 'python' | 'pythonAsleep' | 'nlcache' | 'bare',
    RequestTimes
  >(bench, {
    what: 'search in ten directories',
    how: `µs, median of ${size.searches} searches in each of`,
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
      const take = await takeSearches(bench, size);
      return async (target, slot) => (await take(target, slot)).again;
    },
    columns: sampleColumns('bare'),
    held: [
      {
        what: 'search: Python with kernel-timeout / bare directory',
        mine: 'kernelTimeout',
        other: 'bare',
        of: ({ mean }) => mean,
        bars: everywhere({ limit: 2 }),
      },
    ],
    settings: size,
  });
};

// -- data ----------------------------------------------------------------------------------------

const moved = () => ({
  mine: { name: 'glossa' as const, title: 'posix' },
  targets: dataDirectories(),
});

const sequential = (bench: Bench): Promise<Report> =>
  dataExperiment(bench, {
    what: 'sequential',
    how: 'GB/s, blocks of 128 KiB',
    count: bench.quick ? 256 : 2048,
    amounts: {
      write: { title: 'write', workload: 'seqwrite', clients: 1, rate: gigabytes(128 << 10) },
      read: { title: 'read', workload: 'seqread', clients: 1, rate: gigabytes(128 << 10) },
    },
    ...moved(),
    beside: [
      {
        other: 'glusterfs',
        title: 'GlusterFS posix',
        column: 'GlusterFS',
        bars: everywhere({ limit: 1, least: true }),
      },
      {
        other: 'bare',
        title: 'bare directory',
        column: 'bare',
        bars: everywhere({ aim: 0.9, least: true }),
      },
    ],
  });

const random = (bench: Bench): Promise<Report> =>
  dataExperiment(bench, {
    what: 'random read 4 KiB',
    how: 'thousands a second',
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
    ...moved(),
    beside: [
      {
        other: 'pass',
        title: 'C pass-through',
        column: 'C',
        bars: everywhere({ limit: 0.8, aim: 1, least: true }),
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
    failed,
    // The kernel caches no name, so that it looks each one up, but caches attributes.
    stat: onFiles('stat', 'stat', FULL, directories({ ...TIMEOUTS, entry: 0 })),
    open: onFiles('open+read 4 KiB+close', 'read', FULL_LONG, dataDirectories()),
    create: onFiles('create+unlink', 'create', FULL_LONG, directories()),
    sequential,
    random,
    tar: unpack,
    git: status,
    search: searched,
  },
};
