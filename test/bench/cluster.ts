/**
 * What `npm run bench cluster` measures: the same brick of GlusterFS through glossa's client and
 * through GlusterFS's own. Neither has performance translators.
 */
import type { Place } from '../../runtime/bench/placement.ts';
import type { Bench } from './bench.ts';
import { callExperiment, type Load, type Operation } from './calls.ts';
import { dataExperiment, gigabytes } from './data.ts';
import { type Bars, runExperiment } from './experiment.ts';
import { far } from './far.ts';
import type { Suite } from './suite.ts';
import type { Report } from './table.ts';
import { type Bricks, type Way, ways } from './ways.ts';
import { wide } from './wide.ts';
import { wire } from './wire.ts';

/** Without pins the scheduler decides, and may do so anew in each round. */
const PLACES: readonly Place[] = ['same', 'different'];
const FULL: Load = { rounds: 9, count: 3000, warm: 20_000 };
const QUICK: Load = { rounds: 3, count: 500, warm: 3_000 };

/** Ten thousand files a call. */
const LISTS: Load = { rounds: 5, count: 3, warm: 2, names: 10_000, before: 0 };
const FEW_LISTS: Load = { rounds: 2, count: 1, warm: 1, names: 1000, before: 0 };

const UNCACHED = { entry: 0, attribute: 0, negative: 0 };
const ONE: Bricks = { count: 1 };
const TWO: Bricks = { count: 2 };

const bars = (same: Bars['same'], different = same): Bars => ({ same, different, free: null });

/** Of the time of GlusterFS's client. */
const SHORTER: Bars['same'] = { limit: 0.9, aim: 0.7 };

const names: Readonly<Record<Way, string>> = {
  glossa: "glossa's client / GlusterFS's",
  glusterfs: '',
  onGlossa: "GlusterFS's client on glossa's brick / on its own",
  glossaOnly: "glossa's client and brick / GlusterFS's",
};

const calls =
  (
    what: string,
    operation: Operation,
    held: Readonly<Partial<Record<Way, Bars>>>,
    {
      bricks = ONE,
      full = FULL,
      quick = QUICK,
    }: { bricks?: Bricks; full?: Load; quick?: Load } = {},
  ) =>
  (bench: Bench): Promise<Report> =>
    runExperiment(
      bench,
      callExperiment<Way>({
        what,
        operation,
        places: PLACES,
        load: bench.quick ? quick : full,
        targets: ways(bricks),
        first: 'glusterfs',
        firstTitle: 'GlusterFS',
        held: (Object.keys(held) as Way[]).map((mine) => ({
          what: `${what}: ${names[mine]}`,
          mine,
          other: 'glusterfs',
          bars: held[mine]!,
        })),
      }),
    );

const MIB = 1 << 20;
const BESIDE = { other: 'glusterfs', title: 'GlusterFS', column: 'GlusterFS' } as const;
const MINE = { name: 'glossa', title: 'glossa' } as const;

const sequential = (bench: Bench): Promise<Report> =>
  dataExperiment<Way, 'write' | 'read'>(bench, {
    what: 'sequential',
    how: 'GB/s, blocks of 1 MiB',
    count: bench.quick ? 64 : 256,
    amounts: {
      write: { title: 'write', workload: 'seqwrite-1m', clients: 1, rate: gigabytes(MIB) },
      read: { title: 'read', workload: 'seqread-1m', clients: 1, rate: gigabytes(MIB) },
    },
    mine: MINE,
    targets: ways(ONE),
    places: PLACES,
    beside: [{ ...BESIDE, bars: bars({ limit: 1, aim: 1.5, least: true }) }],
    also: [
      {
        mine: { name: 'onGlossa', title: "GlusterFS's client on glossa's brick" },
        // 1.3 times its time.
        bars: bars({ limit: 1 / 1.3, aim: 1, least: true }),
      },
    ],
  });

/** Requests in flight. */
const MANY = 32;

const random = (bench: Bench): Promise<Report> =>
  dataExperiment<Way, 'many'>(bench, {
    what: 'random read 4 KiB',
    how: 'thousands a second',
    count: MANY * (bench.quick ? 50 : 400),
    amounts: {
      many: {
        title: `${MANY} clients`,
        workload: 'randread',
        clients: MANY,
        rate: ({ perSecond }) => perSecond / 1e3,
      },
    },
    mine: MINE,
    targets: ways(ONE),
    places: PLACES,
    beside: [{ ...BESIDE, bars: bars({ limit: 1, aim: 1.5, least: true }) }],
  });

export const cluster: Suite = {
  usage: `usage: npm run bench -- cluster [options]

Compares glossa's client of a brick of GlusterFS with GlusterFS's own, on the same brick. As root on
a quiet machine; a full run takes some twenty minutes.

  --only PART   wire (what messages cost), failed, stat, open or create (single calls), sequential or random (data),
                distribute-failed, -stat, -create or -list (over two bricks), distribute-wide (over
                many children) or -mkdir (many that are 1 ms away); may be repeated`,
  legend: `A figure is the median over the rounds [the lowest – the highest]. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: measure again. On the same CPU all processes
share one; on different CPUs the application has one, and client and brick have all.`,
  isPlaced: true,
  parts: {
    wire,
    failed: calls('failed stat', 'absent', {
      glossa: bars({ limit: 0.9, aim: 0.75 }, { limit: 0.65, aim: 0.5 }),
      glossaOnly: bars({ limit: 0.6, aim: 0.4 }),
    }),
    // The kernel caches nothing, so that it asks for each one.
    stat: calls(
      'stat',
      'stat',
      { glossa: bars(SHORTER), onGlossa: bars({ limit: 1, aim: 0.75 }) },
      { bricks: { count: 1, timeouts: UNCACHED } },
    ),
    open: calls('open+read 4 KiB+close', 'read', { glossa: bars(SHORTER) }),
    create: calls('create+unlink', 'create', { glossa: bars(SHORTER) }),
    sequential,
    random,
    'distribute-wide': wide,
    'distribute-mkdir': far,
    'distribute-failed': calls(
      'failed stat, two bricks',
      'absent',
      { glossa: bars({ limit: 0.9, aim: 0.75 }, { limit: 0.7, aim: 0.5 }) },
      { bricks: TWO },
    ),
    'distribute-stat': calls(
      'stat, two bricks',
      'stat',
      { glossa: bars(SHORTER) },
      { bricks: { count: 2, timeouts: UNCACHED } },
    ),
    'distribute-create': calls(
      'create+unlink, two bricks',
      'create',
      { glossa: bars(SHORTER) },
      { bricks: TWO },
    ),
    'distribute-list': calls(
      'ls -l of many files, two bricks',
      'list',
      { glossa: bars(SHORTER) },
      { bricks: TWO, full: LISTS, quick: FEW_LISTS },
    ),
  },
};
