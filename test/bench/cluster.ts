/**
 * The suite `npm run bench cluster`: the same brick of GlusterFS through glossa's client and
 * through GlusterFS's own, both without performance translators.
 */

import type { BrickMount, Bricks } from './brick-mounts.ts';
import { gigabytes } from './data.ts';
import type { Bars } from './experiment.ts';
import { bars, type CallPart, callPart, dataPart, LISTS } from './glusterfs-parts.ts';
import type { Suite } from './suite.ts';

const UNCACHED = { entry: 0, attribute: 0, negative: 0 };
const ONE: Bricks = { count: 1 };
const TWO: Bricks = { count: 2 };

/** The bar, as a part of GlusterFS's time. */
const SHORTER: Bars['same'] = { limit: 0.9, aim: 0.7 };

const names: Readonly<Record<BrickMount, string>> = {
  glossa: "glossa's client / GlusterFS's",
  asleep: "glossa's client, --busy-poll 0 / GlusterFS's",
  glusterfs: '',
  onGlossa: "GlusterFS's client on glossa's brick / on its own",
  glossaOnly: "glossa's client and brick / GlusterFS's",
};

const named = (held: Readonly<Partial<Record<BrickMount, Bars>>>): CallPart['held'] =>
  Object.fromEntries(
    (Object.keys(held) as BrickMount[]).map((mount) => [
      mount,
      { name: names[mount], bars: held[mount]! },
    ]),
  );

const SHORT: CallPart['held'] = named({ glossa: bars(SHORTER) });

const lists = (how: string, acls: boolean) =>
  callPart({
    ...{ what: `ls -l of many files, two bricks, ${how}`, operation: 'list', held: SHORT },
    bricks: { ...TWO, acls },
    ...LISTS,
  });

const MIB = 1 << 20;

/** Requests in flight. */
const MANY = 32;

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
    failed: callPart({
      ...{ what: 'failed stat', operation: 'absent', bricks: ONE },
      held: named({
        glossa: bars({ limit: 0.9, aim: 0.75 }, { limit: 0.65, aim: 0.5 }),
        glossaOnly: bars({ limit: 0.6, aim: 0.4 }),
      }),
    }),
    // The kernel caches nothing, so that each call is a request.
    stat: callPart({
      ...{ what: 'stat', operation: 'stat', bricks: { count: 1, timeouts: UNCACHED } },
      held: named({ glossa: bars(SHORTER), onGlossa: bars({ limit: 1, aim: 0.75 }) }),
    }),
    open: callPart({ what: 'open+read 4 KiB+close', operation: 'read', held: SHORT, bricks: ONE }),
    create: callPart({ what: 'create+unlink', operation: 'create', held: SHORT, bricks: ONE }),
    sequential: dataPart({
      ...{ what: 'sequential', how: 'GB/s, blocks of 1 MiB', bricks: ONE },
      count: { full: 256, quick: 64 },
      amounts: {
        write: { title: 'write', workload: 'seqwrite-1m', clients: 1, rate: gigabytes(MIB) },
        read: { title: 'read', workload: 'seqread-1m', clients: 1, rate: gigabytes(MIB) },
      },
      bars: bars({ limit: 1, aim: 1.5, least: true }),
      // 1.3 times its time.
      onGlossa: bars({ limit: 1 / 1.3, aim: 1, least: true }),
    }),
    random: dataPart({
      ...{ what: 'random read 4 KiB', how: 'thousands a second', bricks: ONE },
      count: { full: MANY * 400, quick: MANY * 50 },
      amounts: {
        many: {
          ...{ title: `${MANY} clients`, workload: 'randread', clients: MANY },
          rate: ({ perSecond }) => perSecond / 1e3,
        },
      },
      bars: bars({ limit: 1, aim: 1.5, least: true }),
    }),
    'distribute-failed': callPart({
      ...{ what: 'failed stat, two bricks', operation: 'absent', bricks: TWO },
      held: named({ glossa: bars({ limit: 0.9, aim: 0.75 }, { limit: 0.7, aim: 0.5 }) }),
    }),
    'distribute-stat': callPart({
      ...{ what: 'stat, two bricks', operation: 'stat', held: SHORT },
      bricks: { count: 2, timeouts: UNCACHED },
    }),
    'distribute-create': callPart({
      ...{ what: 'create+unlink, two bricks', operation: 'create', held: SHORT, bricks: TWO },
    }),
    'distribute-list': lists('without ACLs', false),
    'distribute-list-acl': lists('with ACLs', true),
  },
};
