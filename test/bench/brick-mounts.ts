/**
 * Mounts the same bricks by glossa's client and by GlusterFS's, each in its own folder, and makes parts that compare
 * them: single calls, and data.
 */
import { join } from 'node:path';
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import type { ServedMount } from '../../apps/bench/engine/target.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { type Bench, startOnce } from './bench.ts';
import { type Loads, makeCallPart } from './calls.ts';
import { type DataExperiment, makeDataPart } from './data.ts';
import { type Brick, type BrickKind, makeStorage, startBricks, utime } from './gluster.ts';
import type { Operation } from './operations.ts';
import { writeRelayRequests } from './relay.ts';
import {
  ASLEEP,
  BUSY_POLL_US,
  startGlossa,
  startGlusterfs,
  startLibfuse,
  TIMEOUTS,
} from './servers.ts';
import { type Held, hold } from './table.ts';
import { makeFloorTarget, makeTargetIn, type TargetKind } from './targets.ts';

/** The volumes of a client above cluster/distribute, as glusterd writes them by default. */
export const defaultStack: readonly PlainVolume[] = [
  makeVolume('write-behind', 'performance/write-behind'),
  makeVolume('open-behind', 'performance/open-behind'),
  makeVolume('quick-read', 'performance/quick-read'),
  makeVolume('md-cache', 'performance/md-cache'),
  makeVolume('io-threads', 'performance/io-threads'),
];

/** Mounts by client, and by brick if it is not GlusterFS's, with their names beside GlusterFS in figures. */
const figureNames = {
  glossa: "glossa's client / GlusterFS's",
  asleep: "glossa's client, --busy-poll 0 / GlusterFS's",
  glusterfs: '',
  onGlossa: "GlusterFS's client on glossa's brick / on its own",
  glossaOnly: "glossa's client and brick / GlusterFS's",
  plain: "glossa's client, nothing above / GlusterFS's",
  /** A server in C that only asks the first brick for a name. */
  relay: "C, which only asks the brick / GlusterFS's client",
};
export type BrickMount = keyof typeof figureNames;

const DEFAULT_MOUNTS: readonly BrickMount[] = [
  'glossa',
  'asleep',
  'glusterfs',
  'onGlossa',
  'glossaOnly',
];

/** The bricks of a part. */
export interface BrickSetup {
  /** The mounts to start, in the order of the table; default: all but `plain`, which has nothing above, and `relay`. */
  readonly mounts?: readonly BrickMount[];
  /** Number of bricks; cluster/distribute spreads files over several. */
  readonly count: 1 | 2 | 3;
  /** Timeouts of the kernel's cache; default: GlusterFS's. */
  readonly timeouts?: typeof TIMEOUTS;
  /** Volumes above, equal in glossa's client and GlusterFS's. */
  readonly above?: readonly PlainVolume[];
  /** Whether files can have ACLs; absent: glossa's mounts have them, GlusterFS's do not. */
  readonly acls?: boolean;
  /** Milliseconds by which clients delay each request to a brick. */
  readonly delayMs?: number;
  /** Whether bricks report changes to clients. */
  readonly hasUpcalls?: boolean;
}

type Mount = (bench: Bench, name: string, bricks: readonly Brick[]) => Promise<ServedMount>;

/** Makes the mounts of some bricks. The result lacks those that `mounts` does not name. */
export function makeBrickMounts({
  count,
  timeouts = TIMEOUTS,
  above = [],
  acls,
  mounts = DEFAULT_MOUNTS,
  delayMs = 0,
  hasUpcalls = false,
}: BrickSetup): Readonly<Record<BrickMount, TargetKind>> {
  const makeStart = (kind: BrickKind) =>
    startOnce((bench: Bench) => startBricks(bench, { kind, count, hasUpcalls }));
  const findBricks = { glusterfs: makeStart('glusterfs'), glossa: makeStart('glossa') };
  const makeKind = (
    title: string,
    kind: BrickKind,
    mount: Mount,
    makeTarget = makeTargetIn,
  ): TargetKind => ({
    title,
    async start(bench, name) {
      const bricks = await findBricks[kind](bench);
      const target = await makeTarget(bench, await mount(bench, name, bricks), name);
      return { ...target, bricks: bricks.map(({ pid }) => pid) };
    },
  });
  const makeMount =
    (start: typeof startGlossa, flags: readonly string[], volumes = above): Mount =>
    (bench, name, bricks) => {
      const settings = { storage: makeStorage(bricks, delayMs), timeouts, flags };
      return start(bench, name, [utime, ...volumes], settings);
    };
  const noAcl = acls === false ? ['--no-acl'] : [];
  const glossa = makeMount(startGlossa, noAcl);
  const glusterfs = makeMount(startGlusterfs, acls === true ? ['--acl'] : []);
  const relay: Mount = (bench, name, [brick]) => {
    const requests = join(bench.folder, `${name}.requests`);
    writeRelayRequests(requests, brick!);
    const more = [String(BUSY_POLL_US), String(brick!.port), requests];
    return startLibfuse(bench, name, 'libfuse-floor', timeouts, ...more);
  };
  const asleep = makeMount(startGlossa, [...ASLEEP, ...noAcl]);
  const kinds: Readonly<Record<BrickMount, TargetKind>> = {
    glossa: makeKind("glossa's client, GlusterFS's brick", 'glusterfs', glossa),
    asleep: makeKind('the same, --busy-poll 0', 'glusterfs', asleep),
    glusterfs: makeKind('GlusterFS alone', 'glusterfs', glusterfs),
    onGlossa: makeKind("GlusterFS's client, glossa's brick", 'glossa', glusterfs),
    glossaOnly: makeKind('glossa alone', 'glossa', glossa),
    plain: makeKind(
      "glossa's client, nothing above",
      'glusterfs',
      makeMount(startGlossa, noAcl, []),
    ),
    relay: makeKind('C, which only asks the brick', 'glusterfs', relay, makeFloorTarget),
  };
  return Object.fromEntries(mounts.map((mount) => [mount, kinds[mount]])) as typeof kinds;
}

// -- parts ---------------------------------------------------------------------------------------

/** Placements with pinned processes; unpinned ones may move in each round. */
export const PLACES = ['same', 'different'] as const;

/** Loads of single calls. */
export const CALL_LOADS: Loads = {
  full: { rounds: 9, count: 3000, warm: 20_000 },
  quick: { rounds: 3, count: 500, warm: 3_000 },
};

/** Loads of `ls -l`: ten thousand files a call. */
export const LIST_LOADS: Loads = {
  full: { rounds: 5, count: 3, warm: 2, names: 10_000, before: 0, keeps: true },
  quick: { rounds: 2, count: 1, warm: 1, names: 1000, before: 0, keeps: true },
};

type Bars = Held<BrickMount>['bars'];

/**
 * Makes a part of single calls, with the bars of mounts beside GlusterFS. Bars of glossa's client are also those of one with
 * --busy-poll 0, as GlusterFS's client does not wait awake either.
 */
export function makeBrickCallPart(
  what: string,
  operation: Operation,
  setup: BrickSetup,
  bars: Readonly<Partial<Record<BrickMount, Bars>>>,
  { loads = CALL_LOADS, name = figureNames.glossa } = {},
) {
  const targets = makeBrickMounts(setup);
  const { glossa } = bars;
  const allBars = {
    ...bars,
    ...(glossa !== undefined && 'asleep' in targets && { asleep: glossa }),
  };
  const names = { ...figureNames, glossa: name, asleep: `${name}, --busy-poll 0` };
  return makeCallPart<BrickMount>({
    ...{ what, operation, loads, targets, places: PLACES },
    ...{ first: 'glusterfs', firstTitle: 'GlusterFS' },
    held: (Object.keys(allBars) as BrickMount[]).map((mount) =>
      hold(`${what}: ${names[mount]}`, [mount, 'glusterfs'], allBars[mount]!),
    ),
  });
}

/** Makes a part of written and read data. @param onGlossa bars of GlusterFS's client on glossa's brick */
export function makeBrickDataPart(
  experiment: Omit<DataExperiment<BrickMount>, 'targets' | 'first' | 'firstTitle' | 'held'>,
  setup: BrickSetup,
  glossa: Bars,
  onGlossa?: Bars,
) {
  const targets = makeBrickMounts(setup);
  return makeDataPart<BrickMount>({
    ...{ ...experiment, targets, places: PLACES, first: 'glusterfs', firstTitle: 'GlusterFS' },
    held: [
      ['glossa', 'glossa / GlusterFS', glossa],
      ...('asleep' in targets
        ? ([['asleep', 'glossa, --busy-poll 0 / GlusterFS', glossa]] as const)
        : []),
      ...(onGlossa === undefined
        ? []
        : ([['onGlossa', "GlusterFS's client on glossa's brick / GlusterFS", onGlossa]] as const)),
    ],
  });
}
