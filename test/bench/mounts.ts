/** The default suite of `npm run bench`: mounts, beside servers in C and GlusterFS. */
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import type { Bench } from './bench.ts';
import { type Load, makeCallExperiment } from './calls.ts';
import { makeBarsEverywhere, runExperiment } from './experiment.ts';
import { type FirstLoad, makeFirstCallExperiment } from './first-calls.ts';
import { startGlossa } from './servers.ts';
import { joinReports, measureStartTime } from './start.ts';
import type { Suite } from './suite.ts';
import type { Report } from './table.ts';
import { makeCacheKind, type TargetName, targets } from './targets.ts';
import { negativeVolume } from './volumes.ts';

// -- a failed stat -------------------------------------------------------------------------------

/** A hundred thousand calls of each target, so that a thousandth of them is a hundred. */
export const STAT: Load = { rounds: 9, count: 12_000, warm: 100_000 };
export const QUICK_STAT: Load = { rounds: 3, count: 1000, warm: 5_000 };

const FIRST: FirstLoad = { rounds: 5, count: 10_000, warm: 100_000 };
const QUICK_FIRST: FirstLoad = { rounds: 2, count: 1000, warm: 5_000 };

/** The statistics of a language beside nl-cache, each with its bar. */
const makeStatisticsBesideNlCache = (title: string, mine: 'typescript' | 'python') =>
  (
    [
      ['mean', 0.85],
      ['p99', 0.95],
      ['p99.9', 1.3],
    ] as const
  ).map(([statistic, limit]) => ({
    what: `${title} / nl-cache in C: ${statistic}`,
    mine,
    other: 'nlcache' as const,
    statistic,
    bars: { ...makeBarsEverywhere({ limit }), free: null },
  }));

/**
 * Measures stats of names that are known to be absent: glossa's cache of absent names in TypeScript, in Python and in C,
 * beside the least that a server in C can do and beside GlusterFS's own cache.
 */
const measureSteadyStat = (bench: Bench): Promise<Report> =>
  runExperiment(
    bench,
    makeCallExperiment<TargetName>({
      what: 'failed stat',
      operation: 'absent',
      load: bench.quick ? QUICK_STAT : STAT,
      targets,
      first: 'floor',
      firstTitle: 'floor',
      // Without pins the scheduler decides, and may do so anew in each round: that is not held.
      held: [
        {
          what: 'TypeScript / floor',
          mine: 'typescript',
          other: 'floor',
          bars: { same: { limit: 1.25 }, different: { limit: 1 }, free: null },
        },
        {
          what: 'TypeScript, --busy-poll 0 / floor',
          mine: 'typescriptAsleep',
          other: 'floor',
          bars: { same: { limit: 1.25 }, different: { limit: 1.25 }, free: null },
        },
        {
          what: 'TypeScript / floor awake as long',
          mine: 'typescript',
          other: 'floorAwake',
          bars: { same: { limit: 1.25 }, different: { limit: 1.25 }, free: null },
        },
        {
          what: 'Python / TypeScript',
          mine: 'python',
          other: 'typescript',
          bars: { same: { limit: 1.2 }, different: { limit: 1.1 }, free: null },
        },
        {
          what: 'C in the sandbox / TypeScript',
          mine: 'wasm',
          other: 'typescript',
          bars: {
            same: { limit: 1.08, aim: 1.03 },
            different: { limit: 1.1, aim: 1.03 },
            free: null,
          },
        },
        {
          what: 'Python / nl-cache in C',
          mine: 'python',
          other: 'nlcache',
          bars: { ...makeBarsEverywhere({ limit: 1, below: true }), free: null },
        },
        {
          what: 'Python, --busy-poll 0 / nl-cache in C',
          mine: 'pythonAsleep',
          other: 'nlcache',
          bars: { ...makeBarsEverywhere({ limit: 1, below: true }), free: null },
        },
        ...makeStatisticsBesideNlCache('Python', 'python'),
        ...makeStatisticsBesideNlCache('TypeScript', 'typescript'),
      ],
    }),
  );

/** Measures the first calls of fresh mounts. On one CPU, all that a server compiles delays its replies. */
const measureFirstStat = (bench: Bench): Promise<Report> => {
  const { python, typescript, nlcache } = targets;
  return runExperiment(
    bench,
    makeFirstCallExperiment(
      { typescript, python, nlcache },
      'same',
      bench.quick ? QUICK_FIRST : FIRST,
      ['typescript', 'python'],
    ),
  );
};

/** Measures steady mounts, and then fresh ones. */
async function measureFailedStat(bench: Bench): Promise<Report> {
  const steady = await measureSteadyStat(bench);
  return bench.signal.aborted
    ? steady
    : joinReports({ steady, first: await measureFirstStat(bench) });
}

// -- translators that pass every fop through ----------------------------------------------------

const PASS: Load = { rounds: 21, count: 4000, warm: 40_000 };
const QUICK_PASS: Load = { rounds: 5, count: 1000, warm: 5_000 };
const ADDED_TRANSLATORS = 10;

/** Neither counts nor measures, so it has no fops. */
const passThrough = Array.from({ length: ADDED_TRANSLATORS }, (_, i) =>
  makeVolume(`pass-${i + 1}`, 'debug/io-stats', {
    'count-fop-hits': 'off',
    'latency-measurement': 'off',
  }),
);

const makeStack = (title: string, addedVolumes: typeof passThrough) =>
  makeCacheKind(title, (bench, name) =>
    startGlossa(bench, name, [negativeVolume, ...addedVolumes]),
  );

/** Measured on one CPU, where a difference of two servers is a difference of work. */
const measurePassThrough = (bench: Bench): Promise<Report> =>
  runExperiment(
    bench,
    makeCallExperiment<'without' | 'with'>({
      what: 'pass-through, failed stat',
      operation: 'absent',
      load: bench.quick ? QUICK_PASS : PASS,
      targets: {
        without: makeStack('negative over posix', []),
        with: makeStack(`with ${ADDED_TRANSLATORS} translators more`, passThrough),
      },
      places: ['same'],
      first: 'without',
      firstTitle: 'first',
      held: [
        {
          what: `${ADDED_TRANSLATORS} pass-through translators more`,
          mine: 'with',
          other: 'without',
          unit: 'µs',
          bars: makeBarsEverywhere({ limit: 0.2 }),
        },
      ],
    }),
  );

export const mounts: Suite = {
  usage: `usage: npm run bench -- [options]
       npm run bench -- bridges [options]

Compares glossa's mounts with a server in C and with GlusterFS, side by side, and holds the figures
to the bars of the project. As root on a quiet machine; a full run takes some minutes. With
'bridges' it compares languages instead, in one process; see there with --help.

  --only PART   stat (failed stats), pass (translators that pass everything through) or start (from
                the command to the mount); may be repeated`,
  legend: `A figure is the median over the rounds [the lowest – the highest]. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: do not use it. Glossa's server waits awake for a
request, 50 µs at most (glossa mount --busy-poll), which pays where client and server have a CPU each; on
equal terms are the rows with --busy-poll 0 beside the floor and GlusterFS, and the floor that waits
awake as long beside the others.`,
  isPlaced: true,
  parts: { stat: measureFailedStat, pass: measurePassThrough, start: measureStartTime },
};
