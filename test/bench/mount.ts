/**
 * The suite `npm run bench mount`: a mount of storage alone, beside servers in C, GlusterFS, and
 * the bare directory.
 */
import type { Bench } from './bench.ts';
import { type Loads, makeCallPart, makeTimeColumns } from './calls.ts';
import { amounts, makeDataPart, makeRandomReads } from './data.ts';
import { runExperiment } from './experiment.ts';
import { trees } from './projects.ts';
import { chooseSize, prepareSearches } from './searches.ts';
import { TIMEOUTS } from './servers.ts';
import type { Suite } from './suite.ts';
import { hold, type Report } from './table.ts';
import {
  instantTargets,
  kernelTimeout,
  makeDataDirectories,
  makeDirectories,
  targets,
} from './targets.ts';

// -- single calls --------------------------------------------------------------------------------

const quick = { rounds: 3, count: 500, warm: 2_000 };
const LOADS: Loads = { full: { rounds: 9, count: 4000, warm: 20_000 }, quick };
/** Loads of calls that are several requests each. */
const LONG_LOADS: Loads = { full: { rounds: 9, count: 2000, warm: 8_000 }, quick };

/** Compares glossa with GlusterFS, also with --busy-poll 0, as GlusterFS does not wait awake. */
const compareToGlusterfs = (what: string) =>
  [['glossa', ''] as const, ['asleep', ', --busy-poll 0'] as const].map(([mine, how]) =>
    hold(`${what}: posix${how} / GlusterFS posix`, [mine, 'glusterfs'], '< 1, aim 0.6'),
  );

const EQUALLY_AWAKE = ['≤ 1.15, aim 1', '≤ 1.15, aim 1'] as const;

const measureFailedStat = makeCallPart({
  ...{ what: 'failed stat', operation: 'absent', loads: LOADS },
  ...{ targets: { ...instantTargets, ...makeDirectories() }, first: 'floor', firstTitle: 'floor' },
  held: [
    hold('failed stat: memory / C floor', ['memory', 'floor'], ['≤ 1.15, aim 1', '≤ 0.8, aim 0.5']),
    hold('failed stat: memory, --busy-poll 0 / C floor', ['memoryAsleep', 'floor'], EQUALLY_AWAKE),
    hold('failed stat: memory / C floor awake as long', ['memory', 'floorAwake'], EQUALLY_AWAKE),
    ...compareToGlusterfs('failed stat'),
  ],
});

const makeFilePart = (
  what: string,
  operation: 'stat' | 'read' | 'create',
  loads: Loads,
  measuredTargets: ReturnType<typeof makeDirectories>,
) =>
  makeCallPart({
    ...{ what, operation, loads, targets: measuredTargets, first: 'pass', firstTitle: 'C' },
    held: [
      hold(`${what}: posix / C pass-through`, ['glossa', 'pass'], '≤ 1.3, aim 1.05'),
      ...compareToGlusterfs(what),
    ],
  });

// -- searches ------------------------------------------------------------------------------------

/** Searches for absent names that the kernel caches by a Python module's `kernel-timeout`. */
const measureSearches = (bench: Bench): Promise<Report> => {
  const size = chooseSize(bench, 9);
  const { python, pythonAsleep, nlcache, bare } = targets;
  return runExperiment(bench, {
    what: 'search in ten directories',
    unitText: `µs, median of ${size.searches} searches in each of`,
    ...{ rounds: size.rounds, first: 'bare', key: 'mean', settings: size },
    targets: { kernelTimeout, python, pythonAsleep, nlcache, bare },
    prepare: async () => prepareSearches(bench, size, ({ again }) => again),
    columns: makeTimeColumns('bare'),
    held: [
      hold('search: Python with kernel-timeout / bare directory', ['kernelTimeout', 'bare'], '≤ 2'),
    ],
  });
};

// -- data ----------------------------------------------------------------------------------------

const measureSequential = makeDataPart({
  ...{ what: 'sequential', unitText: 'GB/s, blocks of 128 KiB' },
  ...{ count: { full: 2048, quick: 256 }, amounts: [amounts.write, amounts.read] },
  ...{ targets: makeDataDirectories(), first: 'glusterfs', firstTitle: 'GlusterFS' },
  held: [
    ['glossa', 'posix / GlusterFS posix', '≥ 1'],
    ['glossa', 'posix / bare directory', 'aim ≥ 0.9', 'bare'],
  ],
});

const measureRandom = makeDataPart({
  ...{ what: 'random read 4 KiB', unitText: 'thousands a second' },
  ...{ count: { full: 20_000, quick: 2_000 }, amounts: [makeRandomReads(1), makeRandomReads(16)] },
  ...{ targets: makeDataDirectories(), first: 'pass', firstTitle: 'C' },
  held: [['glossa', 'posix / C pass-through', '≥ 0.8, aim 1']],
});

export const mount: Suite = {
  about: `Compares mounts of storage alone with the same in C, in GlusterFS, and with the bare directory, side by side: single
calls (failed, stat, open, create), data (sequential, random), a tree of 20 000 files (tar, git), and stats that mostly fail,
with a cache in Python and kernel-timeout (search). As root on a quiet machine; a full run takes some fifteen minutes.`,
  isPlaced: true,
  parts: {
    failed: measureFailedStat,
    // The kernel caches no name, so that it looks each one up, but caches attributes.
    stat: makeFilePart('stat', 'stat', LOADS, makeDirectories({ ...TIMEOUTS, entry: 0 })),
    open: makeFilePart('open+read 4 KiB+close', 'read', LONG_LOADS, makeDataDirectories()),
    create: makeFilePart('create+unlink', 'create', LONG_LOADS, makeDirectories()),
    sequential: measureSequential,
    random: measureRandom,
    ...trees,
    search: measureSearches,
  },
};
