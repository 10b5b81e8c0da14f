/**
 * The suite `npm run bench -- --only speed`: what users do, mostly over bricks of GlusterFS, beside GlusterFS's own
 * client on the same bricks.
 */
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import type { Bench } from './bench.ts';
import { measureMountedReads } from './bridges/data.ts';
import { type CallExperiment, type Load, makeCallExperiment } from './calls.ts';
import { measureCommands } from './commands.ts';
import { measureCores } from './cores.ts';
import { makeGigabyteRate } from './data.ts';
import { type Bars, runExperiment } from './experiment.ts';
import {
  CALL_LOADS,
  makeBars,
  makeCallPart,
  makeDataPart,
  makeHeld,
  PLACES,
  UNCACHED,
} from './glusterfs-parts.ts';
import { makeListingPart } from './listings.ts';
import { measureMemory } from './memory.ts';
import { QUICK_STAT, STAT } from './mounts.ts';
import { projects } from './projects.ts';
import { measurePythonStart } from './start.ts';
import type { Suite } from './suite.ts';
import type { Report } from './table.ts';
import { makeCreationDirectories, targets } from './targets.ts';

const ROUNDS = 5;
const MIB = 1 << 20;

interface Loads {
  readonly full: Load;
  readonly quick: Load;
}

const CALLS: Loads = { ...CALL_LOADS, full: { ...CALL_LOADS.full, rounds: ROUNDS } };

/** Number of clients that work at the same time. */
const CLIENTS = 16;
const SHARED_CALLS: Loads = {
  full: { rounds: ROUNDS, count: 500, warm: 1_000, clients: CLIENTS },
  quick: { rounds: 3, count: 100, warm: 200, clients: CLIENTS },
};

// -- over bricks ---------------------------------------------------------------------------------

const BOTH_CLIENTS = ['glossa', 'glusterfs'] as const;
/** Beside them a server in C, which shows what a client of a brick takes at least. */
const CLIENTS_AND_RELAY = [...BOTH_CLIENTS, 'relay'] as const;
const BOTH_BRICKS = ['onGlossa', 'glusterfs'] as const;

const makeFailedPart = (what: string, count: 1 | 2) =>
  makeCallPart({
    ...{ what, operation: 'absent', bricks: { count, mounts: CLIENTS_AND_RELAY } },
    held: makeHeld({ glossa: makeBars({ limit: 0.8, aim: 0.75 }, { limit: 0.55, aim: 0.5 }) }),
    ...CALLS,
  });

const makeReadPart = (what: string, above: readonly PlainVolume[]) =>
  makeDataPart({
    ...{ what, unitText: 'GB/s, blocks of 1 MiB', rounds: ROUNDS },
    bricks: { count: 2, above, mounts: BOTH_CLIENTS },
    count: { full: 256, quick: 64 },
    amounts: {
      read: { title: 'read', workload: 'seqread-1m', clients: 1, rate: makeGigabyteRate(MIB) },
    },
    bars: makeBars({ limit: 1.1, aim: 1.5, least: true }),
  });

const makeBrickPart = (what: string, bar: Bars['same'], loads: Loads) =>
  makeCallPart({
    ...{ what, operation: 'stat', held: makeHeld({ onGlossa: makeBars(bar) }) },
    bricks: { count: 1, timeouts: UNCACHED, mounts: BOTH_BRICKS },
    ...loads,
  });

// -- over a directory ----------------------------------------------------------------------------

/** Makes a part of calls at mounts without bricks. */
const makeLocalPart =
  <N extends string>(
    { full, quick }: Loads,
    experiment: Omit<CallExperiment<N>, 'load' | 'places'>,
  ) =>
  (bench: Bench): Promise<Report> =>
    runExperiment(
      bench,
      makeCallExperiment<N>({ ...experiment, places: PLACES, load: bench.quick ? quick : full }),
    );

const measureFloor = makeLocalPart<'typescript' | 'floorAwake'>(
  { full: { ...STAT, rounds: ROUNDS }, quick: QUICK_STAT },
  {
    what: 'failed stat, a cache of absent names',
    operation: 'absent',
    targets: { typescript: targets.typescript, floorAwake: targets.floorAwake },
    first: 'floorAwake',
    firstTitle: 'floor',
    held: [
      {
        what: 'failed stat: TypeScript / C floor awake as long',
        mine: 'typescript',
        other: 'floorAwake',
        bars: makeBars({ limit: 1.2, aim: 1.1 }, { limit: 2.6, aim: 1.3 }),
      },
    ],
  },
);

const makeCreatePart = (what: string, bar: Bars['same'], loads: Loads) => {
  // The system calls of a storage take at least as long as the programs' own in the bare directory.
  const { glossa, plain, memory, pass, bare } = makeCreationDirectories();
  return makeLocalPart<'glossa' | 'plain' | 'memory' | 'pass' | 'bare'>(loads, {
    ...{ what, operation: 'create', targets: { glossa, plain, memory, pass, bare } },
    ...{ first: 'pass', firstTitle: 'C' },
    held: [
      {
        what: `${what}: posix / C pass-through`,
        mine: 'glossa',
        other: 'pass',
        bars: makeBars(bar),
      },
    ],
  });
};

export const speed: Suite = {
  usage: `usage: npm run bench -- --only speed [options]
       npm run bench speed [options]

Measures what users do: mostly through glossa's client of bricks of GlusterFS, beside GlusterFS's own.
As root on a quiet machine; a full run takes some 40 minutes.

  --only PART   may be repeated:
                listings, listings-three     tar, du, ls, find, rm over two bricks, or three
                listings-acls                over two bricks, by mounts with ACLs
                reads, reads-ahead           sequential over two bricks; with performance/read-ahead
                failed, failed-two           failed stats over one brick, or two
                brick, brick-clients         glossa's brick under GlusterFS's client; sixteen programs
                git-status, git-clone, npm-ci  bricks a millisecond away, with performance translators
                floor                        a cache of absent names beside a server in C
                python-start, memory         of mounts with Python volumes
                commands                     glossa version and check beside node -e 0
                python-reads                 reads under a Python module that sees them
                creates, creates-clients     new files; sixteen programs
                cores                        a server on all CPUs beside one on a single CPU`,
  legend: `A figure is the median over the rounds [the lowest – the highest]. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: measure again.`,
  isPlaced: true,
  parts: {
    listings: makeListingPart(2, false),
    'listings-three': makeListingPart(3, false),
    'listings-acls': makeListingPart(2, true),
    reads: makeReadPart('sequential, two bricks', []),
    'reads-ahead': makeReadPart('sequential, two bricks, read-ahead', [
      makeVolume('read-ahead', 'performance/read-ahead'),
    ]),
    failed: makeFailedPart('failed stat', 1),
    'failed-two': makeFailedPart('failed stat, two bricks', 2),
    brick: makeBrickPart('stat', { limit: 0.9 }, CALLS),
    // 1.2 times as many stats a second.
    'brick-clients': makeBrickPart(`stat, ${CLIENTS} clients`, { limit: 1 / 1.2 }, SHARED_CALLS),
    ...projects,
    floor: measureFloor,
    'python-start': measurePythonStart,
    commands: measureCommands,
    memory: measureMemory,
    'python-reads': measureMountedReads,
    creates: makeCreatePart('create+unlink', { limit: 1.1 }, CALLS),
    'creates-clients': makeCreatePart(
      `create+unlink, ${CLIENTS} clients`,
      { limit: 0.8 },
      SHARED_CALLS,
    ),
    cores: measureCores,
  },
};
