/** The default suite of `npm run bench`: mounts, beside servers in C and GlusterFS. */
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import type { Bench } from './bench.ts';
import { type Loads, makeCallPart, makeFirstCallPart } from './calls.ts';
import { measureStartTime } from './start.ts';
import type { Suite } from './suite.ts';
import { hold, joinReports, type Report } from './table.ts';
import { makeGlossaCache, type TargetKind, targets } from './targets.ts';
import { negativeVolume } from './volumes.ts';

// -- a failed stat -------------------------------------------------------------------------------

/** A hundred thousand calls of each target, so that a thousandth of them is a hundred. */
const STAT_LOADS: Loads = {
  full: { rounds: 9, count: 12_000, warm: 100_000 },
  quick: { rounds: 3, count: 1000, warm: 5_000 },
};

const FIRST_LOADS: Loads = {
  full: { rounds: 5, count: 10_000, warm: 100_000 },
  quick: { rounds: 2, count: 1000, warm: 5_000 },
};

/** The statistics of a language beside nl-cache, each with its bar. */
const holdStatistics = (title: string, mine: 'typescript' | 'python') =>
  (
    [
      ['mean', '≤ 0.85'],
      ['p99', '≤ 0.95'],
      ['p99.9', '≤ 1.3'],
    ] as const
  ).map(([key, bar]) =>
    hold(`${title} / nl-cache in C: ${key}`, [mine, 'nlcache'], [bar, bar], { key }),
  );

/**
 * Measures stats of names that are known to be absent: glossa's cache of absent names in TypeScript, in Python and in C,
 * beside the least that a server in C can do and beside GlusterFS's own cache. Without pins the scheduler decides, and may
 * do so anew in each round: that is not held.
 */
const measureSteadyStat = makeCallPart<keyof typeof targets>({
  ...{ what: 'failed stat', operation: 'absent', loads: STAT_LOADS, targets },
  ...{ first: 'floor', firstTitle: 'floor' },
  held: [
    hold('TypeScript / floor', ['typescript', 'floor'], ['≤ 1.25', '≤ 1']),
    hold('TypeScript, --busy-poll 0 / floor', ['typescriptAsleep', 'floor'], ['≤ 1.25', '≤ 1.25']),
    hold(
      'TypeScript / floor awake as long',
      ['typescript', 'floorAwake'],
      ['≤ 1.2, aim 1.1', '≤ 1.25'],
    ),
    hold('Python / TypeScript', ['python', 'typescript'], ['≤ 1.2, aim 1.12', '≤ 1.1']),
    hold(
      'C in the sandbox / TypeScript',
      ['wasm', 'typescript'],
      ['≤ 1.08, aim 1.03', '≤ 1.1, aim 1.03'],
    ),
    hold('Python / nl-cache in C', ['python', 'nlcache'], ['< 1', '< 1']),
    hold('Python, --busy-poll 0 / nl-cache in C', ['pythonAsleep', 'nlcache'], ['< 1', '< 1']),
    ...holdStatistics('Python', 'python'),
    ...holdStatistics('TypeScript', 'typescript'),
  ],
});

const { python, typescript, nlcache } = targets;

/** Measures the first calls of fresh mounts. On one CPU, all that a server compiles delays its replies. */
const measureFirstStat = makeFirstCallPart({ typescript, python, nlcache }, 'same', FIRST_LOADS, [
  'typescript',
  'python',
]);

/** Measures steady mounts, and then fresh ones. */
async function measureFailedStat(bench: Bench): Promise<Report> {
  const steady = await measureSteadyStat(bench);
  return bench.signal.aborted ? steady : joinReports([steady, await measureFirstStat(bench)]);
}

// -- translators that pass every fop through ----------------------------------------------------

const PASS_LOADS: Loads = {
  full: { rounds: 21, count: 4000, warm: 40_000 },
  quick: { rounds: 5, count: 1000, warm: 5_000 },
};
const ADDED_TRANSLATORS = 10;

/** Neither counts nor measures, so it has no fops. */
const passThrough = Array.from({ length: ADDED_TRANSLATORS }, (_, i) =>
  makeVolume(`pass-${i + 1}`, 'debug/io-stats', {
    'count-fop-hits': 'off',
    'latency-measurement': 'off',
  }),
);

/** Measured on one CPU, where a difference of two servers is a difference of work. */
const measurePassThrough = makeCallPart<'without' | 'with'>({
  ...{ what: 'pass-through, failed stat', operation: 'absent', loads: PASS_LOADS },
  targets: {
    without: makeGlossaCache('negative over posix', [negativeVolume]),
    with: makeGlossaCache(`with ${ADDED_TRANSLATORS} translators more`, [
      negativeVolume,
      ...passThrough,
    ]),
  } satisfies Record<string, TargetKind>,
  places: ['same'],
  first: 'without',
  firstTitle: 'first',
  held: [
    hold(`${ADDED_TRANSLATORS} pass-through translators more`, ['with', 'without'], '≤ 0.2', {
      unit: 'µs',
    }),
  ],
});

export const mounts: Suite = {
  about: `Compares glossa's mounts with a server in C and with GlusterFS, side by side: failed stats (stat), translators that
pass everything through (pass), and the time from the command to the mount (start). As root on a quiet machine; a full run
takes some minutes.`,
  legend: `Glossa's server waits awake for a request, 50 µs at most (glossa mount --busy-poll), which pays where client and
server have a CPU each; on equal terms are the rows with --busy-poll 0 beside the floor and GlusterFS, and the floor that
waits awake as long beside the others.`,
  isPlaced: true,
  parts: { stat: measureFailedStat, pass: measurePassThrough, start: measureStartTime },
};
