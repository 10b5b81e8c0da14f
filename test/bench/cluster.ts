/**
 * The suite `npm run bench cluster`: the same brick of GlusterFS through glossa's client and
 * through GlusterFS's own, both without performance translators.
 */
import {
  type BrickSetup,
  LIST_LOADS,
  makeBrickCallPart,
  makeBrickDataPart,
} from './brick-mounts.ts';
import { amounts, makeRandomReads } from './data.ts';
import { UNCACHED } from './servers.ts';
import type { Suite } from './suite.ts';

const ONE_BRICK: BrickSetup = { count: 1 };
const TWO_BRICKS: BrickSetup = { count: 2 };
/** The kernel caches nothing, so that each call is a request. */
const timeouts = UNCACHED;

/** The bar, as a part of GlusterFS's time. */
const SHORTER = { glossa: ['≤ 0.9, aim 0.7', '≤ 0.9, aim 0.7'] } as const;

const makeListPart = (how: string, acls: boolean) => {
  const what = `ls -l of many files, two bricks, ${how}`;
  return makeBrickCallPart(what, 'list', { count: 2, acls }, SHORTER, { loads: LIST_LOADS });
};

/** Requests in flight. */
const CLIENTS = 32;

export const cluster: Suite = {
  about: `Compares glossa's client of a brick of GlusterFS with GlusterFS's own, on the same brick: single calls (failed, stat,
open, create), data (sequential, random), and over two bricks (distribute-…). As root on a quiet machine; a full run takes
some twenty minutes.`,
  legend: `On the same CPU all processes share one; on different CPUs the application has one, and client and brick have all.`,
  isPlaced: true,
  parts: {
    failed: makeBrickCallPart('failed stat', 'absent', ONE_BRICK, {
      glossa: ['≤ 0.9, aim 0.75', '≤ 0.65, aim 0.5'],
      glossaOnly: ['≤ 0.6, aim 0.4', '≤ 0.6, aim 0.4'],
    }),
    stat: makeBrickCallPart(
      'stat',
      'stat',
      { count: 1, timeouts },
      { ...SHORTER, onGlossa: ['≤ 1, aim 0.75', '≤ 1, aim 0.75'] },
    ),
    open: makeBrickCallPart('open+read 4 KiB+close', 'read', ONE_BRICK, SHORTER),
    create: makeBrickCallPart('create+unlink', 'create', ONE_BRICK, SHORTER),
    sequential: makeBrickDataPart(
      {
        ...{ what: 'sequential', unitText: 'GB/s, blocks of 1 MiB' },
        ...{ count: { full: 256, quick: 64 }, amounts: [amounts.write1m, amounts.read1m] },
      },
      ONE_BRICK,
      '≥ 1, aim 1.5',
      // 1.3 times its time.
      '≥ 0.77, aim 1',
    ),
    random: makeBrickDataPart(
      {
        ...{ what: 'random read 4 KiB', unitText: 'thousands a second' },
        count: { full: CLIENTS * 400, quick: CLIENTS * 50 },
        amounts: [makeRandomReads(CLIENTS)],
      },
      ONE_BRICK,
      '≥ 1, aim 1.5',
    ),
    'distribute-failed': makeBrickCallPart('failed stat, two bricks', 'absent', TWO_BRICKS, {
      glossa: ['≤ 0.9, aim 0.75', '≤ 0.7, aim 0.5'],
    }),
    'distribute-stat': makeBrickCallPart(
      'stat, two bricks',
      'stat',
      { count: 2, timeouts },
      SHORTER,
    ),
    'distribute-create': makeBrickCallPart(
      'create+unlink, two bricks',
      'create',
      TWO_BRICKS,
      SHORTER,
    ),
    'distribute-list': makeListPart('without ACLs', false),
    'distribute-list-acl': makeListPart('with ACLs', true),
  },
};
