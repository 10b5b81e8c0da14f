/** The suite `npm run bench -- --only speed`: what users do, beside GlusterFS's own client on the same bricks. */
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { makeGigabyteRate } from './data.ts';
import { CALL_LOADS, makeBars, makeCallPart, makeDataPart } from './glusterfs-parts.ts';
import { makeListingPart } from './listings.ts';
import type { Suite } from './suite.ts';

const ROUNDS = 5;
const CALLS = { ...CALL_LOADS, full: { ...CALL_LOADS.full, rounds: ROUNDS } };
const MIB = 1 << 20;

/** The client that glossa's is compared with has the same bricks. */
const CLIENTS = ['glossa', 'glusterfs'] as const;
const CLIENT_FIGURE = "glossa's client / GlusterFS's";

const makeFailedPart = (what: string, count: 1 | 2) =>
  makeCallPart({
    ...{ what, operation: 'absent', bricks: { count, mounts: CLIENTS } },
    held: {
      glossa: {
        name: CLIENT_FIGURE,
        bars: makeBars({ limit: 0.8, aim: 0.75 }, { limit: 0.55, aim: 0.5 }),
      },
    },
    ...CALLS,
  });

const makeReadPart = (what: string, above: readonly PlainVolume[]) =>
  makeDataPart({
    ...{ what, unitText: 'GB/s, blocks of 1 MiB', rounds: ROUNDS },
    bricks: { count: 2, above, mounts: CLIENTS },
    count: { full: 256, quick: 64 },
    amounts: {
      read: { title: 'read', workload: 'seqread-1m', clients: 1, rate: makeGigabyteRate(MIB) },
    },
    bars: makeBars({ limit: 1.1, aim: 1.5, least: true }),
  });

export const speed: Suite = {
  usage: `usage: npm run bench -- --only speed [options]
       npm run bench speed [options]

Compares what users do through glossa's client of bricks of GlusterFS and through GlusterFS's own. As
root on a quiet machine; a full run takes some five minutes.

  --only PART   listings (two bricks) or listings-three (three); reads or reads-ahead (sequential,
                two bricks; with performance/read-ahead); failed or failed-two (failed stats, one
                brick or two); may be repeated`,
  legend: `A figure is the median over the rounds [the lowest – the highest]. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: measure again. Programs are unpinned.`,
  isPlaced: true,
  parts: {
    listings: makeListingPart(2),
    'listings-three': makeListingPart(3),
    reads: makeReadPart('sequential, two bricks', []),
    'reads-ahead': makeReadPart('sequential, two bricks, read-ahead', [
      makeVolume('read-ahead', 'performance/read-ahead'),
    ]),
    failed: makeFailedPart('failed stat', 1),
    'failed-two': makeFailedPart('failed stat, two bricks', 2),
  },
};
