/**
 * The suite `npm run bench cluster`: the same brick of GlusterFS through glossa's client and
 * through GlusterFS's own, both without performance translators.
 */

import type { BrickSetup } from './brick-mounts.ts';
import { makeGigabyteRate } from './data.ts';
import type { Bars } from './experiment.ts';
import {
  type CallPart,
  LIST_LOADS,
  makeBars,
  makeCallPart,
  makeDataPart,
  makeHeld,
  UNCACHED,
} from './glusterfs-parts.ts';
import type { Suite } from './suite.ts';

const ONE_BRICK: BrickSetup = { count: 1 };
const TWO_BRICKS: BrickSetup = { count: 2 };

/** The bar, as a part of GlusterFS's time. */
const SHORTER_BAR: Bars['same'] = { limit: 0.9, aim: 0.7 };

const SHORTER_HELD: CallPart['held'] = makeHeld({ glossa: makeBars(SHORTER_BAR) });

const makeListPart = (how: string, acls: boolean) =>
  makeCallPart({
    ...{ what: `ls -l of many files, two bricks, ${how}`, operation: 'list', held: SHORTER_HELD },
    bricks: { ...TWO_BRICKS, acls },
    ...LIST_LOADS,
  });

const MIB = 1 << 20;

/** Requests in flight. */
const CLIENTS = 32;

export const cluster: Suite = {
  usage: `usage: npm run bench -- cluster [options]

Compares glossa's client of a brick of GlusterFS with GlusterFS's own, on the same brick. As root on
a quiet machine; a full run takes some twenty minutes.

  --only PART   failed, stat, open or create (single calls), sequential or random (data),
                distribute-failed, -stat, -create, -list or -list-acl (over two bricks); may be repeated`,
  legend: `A figure is the median over the rounds [the lowest – the highest]. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: measure again. On the same CPU all processes
share one; on different CPUs the application has one, and client and brick have all.`,
  isPlaced: true,
  parts: {
    failed: makeCallPart({
      ...{ what: 'failed stat', operation: 'absent', bricks: ONE_BRICK },
      held: makeHeld({
        glossa: makeBars({ limit: 0.9, aim: 0.75 }, { limit: 0.65, aim: 0.5 }),
        glossaOnly: makeBars({ limit: 0.6, aim: 0.4 }),
      }),
    }),
    // The kernel caches nothing, so that each call is a request.
    stat: makeCallPart({
      ...{ what: 'stat', operation: 'stat', bricks: { count: 1, timeouts: UNCACHED } },
      held: makeHeld({
        glossa: makeBars(SHORTER_BAR),
        onGlossa: makeBars({ limit: 1, aim: 0.75 }),
      }),
    }),
    open: makeCallPart({
      what: 'open+read 4 KiB+close',
      operation: 'read',
      held: SHORTER_HELD,
      bricks: ONE_BRICK,
    }),
    create: makeCallPart({
      what: 'create+unlink',
      operation: 'create',
      held: SHORTER_HELD,
      bricks: ONE_BRICK,
    }),
    sequential: makeDataPart({
      ...{ what: 'sequential', unitText: 'GB/s, blocks of 1 MiB', bricks: ONE_BRICK },
      count: { full: 256, quick: 64 },
      amounts: {
        write: { title: 'write', workload: 'seqwrite-1m', clients: 1, rate: makeGigabyteRate(MIB) },
        read: { title: 'read', workload: 'seqread-1m', clients: 1, rate: makeGigabyteRate(MIB) },
      },
      bars: makeBars({ limit: 1, aim: 1.5, least: true }),
      // 1.3 times its time.
      onGlossa: makeBars({ limit: 1 / 1.3, aim: 1, least: true }),
    }),
    random: makeDataPart({
      ...{ what: 'random read 4 KiB', unitText: 'thousands a second', bricks: ONE_BRICK },
      count: { full: CLIENTS * 400, quick: CLIENTS * 50 },
      amounts: {
        many: {
          ...{ title: `${CLIENTS} clients`, workload: 'randread', clients: CLIENTS },
          rate: ({ perSecond }) => perSecond / 1e3,
        },
      },
      bars: makeBars({ limit: 1, aim: 1.5, least: true }),
    }),
    'distribute-failed': makeCallPart({
      ...{ what: 'failed stat, two bricks', operation: 'absent', bricks: TWO_BRICKS },
      held: makeHeld({ glossa: makeBars({ limit: 0.9, aim: 0.75 }, { limit: 0.7, aim: 0.5 }) }),
    }),
    'distribute-stat': makeCallPart({
      ...{ what: 'stat, two bricks', operation: 'stat', held: SHORTER_HELD },
      bricks: { count: 2, timeouts: UNCACHED },
    }),
    'distribute-create': makeCallPart({
      ...{
        what: 'create+unlink, two bricks',
        operation: 'create',
        held: SHORTER_HELD,
        bricks: TWO_BRICKS,
      },
    }),
    'distribute-list': makeListPart('without ACLs', false),
    'distribute-list-acl': makeListPart('with ACLs', true),
  },
};
