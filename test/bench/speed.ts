/**
 * The suite `npm run bench -- --only speed`: what users do, mostly over bricks of GlusterFS, beside GlusterFS's own
 * client on the same bricks.
 */
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { CALL_LOADS, makeBrickCallPart, makeBrickDataPart } from './brick-mounts.ts';
import { measureMountedReads } from './bridges/data.ts';
import type { Loads } from './calls.ts';
import { measureCommands } from './commands.ts';
import { measureCores } from './cores.ts';
import { amounts } from './data.ts';
import { farAway, makeListingPart, makeProjectPart, projects } from './projects.ts';
import { UNCACHED } from './servers.ts';
import { measureMemory, measurePythonStart } from './start.ts';
import type { Suite } from './suite.ts';

const ROUNDS = 5;

const CALLS: Loads = { ...CALL_LOADS, full: { ...CALL_LOADS.full, rounds: ROUNDS } };

/** Number of clients that work at the same time. */
export const CLIENTS = 16;
export const SHARED_CALLS: Loads = {
  full: { rounds: ROUNDS, count: 500, warm: 1_000, clients: CLIENTS },
  quick: { rounds: 3, count: 100, warm: 200, clients: CLIENTS },
};

const BOTH_CLIENTS = ['glossa', 'glusterfs'] as const;

/** Beside both clients a server in C, which shows what a client of a brick takes at least. */
const makeFailedPart = (what: string, count: 1 | 2) =>
  makeBrickCallPart(
    what,
    'absent',
    { count, mounts: [...BOTH_CLIENTS, 'relay'] },
    { glossa: ['≤ 0.8, aim 0.75', '≤ 0.55, aim 0.5'] },
    { loads: CALLS },
  );

const makeReadPart = (what: string, above: readonly PlainVolume[]) =>
  makeBrickDataPart(
    {
      ...{ what, unitText: 'GB/s, blocks of 1 MiB', rounds: ROUNDS },
      ...{ count: { full: 256, quick: 64 }, amounts: [amounts.read1m] },
    },
    { count: 2, above, mounts: BOTH_CLIENTS },
    '≥ 1.1, aim 1.5',
  );

const makeBrickPart = (what: string, bar: string, loads: Loads) =>
  makeBrickCallPart(
    what,
    'stat',
    { count: 1, timeouts: UNCACHED, mounts: ['onGlossa', 'glusterfs'] },
    { onGlossa: [bar, bar] },
    { loads },
  );

export const speed: Suite = {
  about: `Measures what users do: mostly through glossa's client of bricks of GlusterFS, beside GlusterFS's own. As root on a
quiet machine; a full run takes some 40 minutes. test/bench/README.md has a table of the parts.`,
  isPlaced: true,
  parts: {
    listings: makeListingPart(2),
    'listings-three': makeListingPart(3),
    'listings-acls': makeListingPart(2, true),
    reads: makeReadPart('sequential, two bricks', []),
    'reads-ahead': makeReadPart('sequential, two bricks, read-ahead', [
      makeVolume('read-ahead', 'performance/read-ahead'),
    ]),
    failed: makeFailedPart('failed stat', 1),
    'failed-two': makeFailedPart('failed stat, two bricks', 2),
    brick: makeBrickPart('stat', '≤ 0.9', CALLS),
    // 1.2 times as many stats a second.
    'brick-clients': makeBrickPart(`stat, ${CLIENTS} clients`, '≤ 0.83', SHARED_CALLS),
    'git-status': makeProjectPart(projects.status, () => farAway('≥ 3, aim 10')),
    'python-start': measurePythonStart,
    commands: measureCommands,
    memory: measureMemory,
    'python-reads': measureMountedReads,
    cores: measureCores,
  },
};
