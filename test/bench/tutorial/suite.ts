/**
 * What `npm run tutorial-bench` measures: the tutorial's experiment, over a directory, over one that
 * is as far away as the tutorial's storage was, and over a volume of GlusterFS.
 */
import { COMMON_USAGE } from '../arguments.ts';
import { apart, type Bench, makeFolder, openBench } from '../bench.ts';
import { runExperiment } from '../experiment.ts';
import type { Bar } from '../figures.ts';
import { benchMachine } from '../machine.ts';
import type { Report } from '../report.ts';
import type { Suite } from '../suite.ts';
import { type Held, searchExperiment, sizeOf } from './searches.ts';
import { NETWORK_US, onGlusterfs, onNetwork, onPosix } from './targets.ts';

const usage = `usage: npm run tutorial-bench -- [options]

The experiment of the GlusterFS translator tutorial: how long a search through ten directories takes
without and with a cache of absent names, in TypeScript, Python, JavaScript and C, and in GlusterFS
itself. As root on a quiet machine; a full run takes some half an hour, most of it waiting.

  --only PART   posix (a brick that is a directory), network (one behind a delay of
                ${NETWORK_US} µs a request) or gluster (a volume of GlusterFS with two bricks); may
                be repeated
${COMMON_USAGE}`;

const legend = `A figure is the median over the rounds [the lowest – the highest]. "× faster" compares with
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
own mount, which therefore has figures of its own.`;

/** The tutorial's speed-up. */
const TUTORIAL: Bar = { limit: 6.7 };

const faster = <N extends string>(
  what: string,
  baseline: N,
  mine: N,
  which: Held<N>['which'],
  bar: Pick<Bar, 'limit' | 'aim'>,
): Held<N> => ({
  what: `${what}, ${which}: times as fast`,
  mine: baseline,
  other: mine,
  which,
  bar: { ...bar, least: true },
});

const FULL_ROUNDS = { posix: 7, network: 3, gluster: 5 };

const posix = (bench: Bench): Promise<Report> =>
  runExperiment(
    bench,
    searchExperiment<keyof typeof onPosix>({
      what: 'a brick that is a directory',
      size: sizeOf(bench, FULL_ROUNDS.posix),
      targets: onPosix,
      baseline: 'baseline',
      held: pythonBesideC('directory'),
    }),
  );

const network = (bench: Bench): Promise<Report> =>
  runExperiment(
    bench,
    searchExperiment<keyof typeof onNetwork>({
      what: `a brick behind debug/delay-gen, ${NETWORK_US} µs a request`,
      size: sizeOf(bench, FULL_ROUNDS.network),
      targets: onNetwork,
      baseline: 'baseline',
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
    }),
  );

const gluster = (bench: Bench): Promise<Report> => {
  const targets = onGlusterfs();
  return runExperiment(
    bench,
    searchExperiment<keyof typeof targets>({
      what: 'a volume of GlusterFS with two bricks',
      size: sizeOf(bench, FULL_ROUNDS.gluster),
      targets,
      baseline: 'baseline',
      held: [
        faster('volume, Python', 'baseline', 'python', 'again', { limit: 4 }),
        faster('volume, kernel-timeout', 'baseline', 'kernelTimeout', 'again', { limit: 15 }),
        faster("volume, Python beside GlusterFS's mount", 'glusterfs', 'python', 'again', {
          aim: 1,
        }),
        faster(
          "volume, kernel-timeout beside GlusterFS's mount",
          'glusterfs',
          'kernelTimeout',
          'again',
          {
            aim: 1,
          },
        ),
        ...pythonBesideC('volume'),
      ],
    }),
  );
};

/** Beside GlusterFS's own cache. */
const pythonBesideC = (what: string): readonly Held<'python' | 'nlcache'>[] =>
  (['first', 'again'] as const).map((which) => ({
    what: `${what}, ${which}: Python / nl-cache in C`,
    mine: 'python',
    other: 'nlcache',
    which,
    bar: { limit: 1, below: true },
  }));

/** With folders of its own, too: targets have the same names in each part. */
const alone = (name: string, part: (bench: Bench) => Promise<Report>) =>
  apart((bench) => {
    const { folder, data } = bench;
    return part({ ...bench, folder: makeFolder(folder, name), data: makeFolder(data, name) });
  });

export type Part = 'posix' | 'network' | 'gluster';

export const tutorial: Suite<Bench, Part> = {
  usage,
  legend,
  open: openBench,
  machine: benchMachine,
  parts: {
    posix: alone('posix', posix),
    network: alone('network', network),
    gluster: alone('gluster', gluster),
  },
};
