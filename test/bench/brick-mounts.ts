/** Mounts of the same bricks by glossa's client and by GlusterFS's, each in its own folder. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeVolume, stackVolumes } from '../../apps/bench/engine/stack-volumes.ts';
import { makeDelayVolume } from '../../apps/bench/run/bricks.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { type Bench, startOnce, withTimeLimit } from './bench.ts';
import {
  type Brick,
  type BrickKind,
  makeClient,
  makeDistribute,
  startBrick,
  startBricks,
  startClient,
} from './gluster.ts';
import { writeRelayRequests } from './relay.ts';
import { ASLEEP, BUSY_POLL_US, startGlossa, startLibfuse, TIMEOUTS } from './servers.ts';
import { makeFloorTarget, type TargetKind } from './targets.ts';

/** Is part of every volume that GlusterFS makes; keeps times equal on all bricks. */
export const utime = makeVolume('utime', 'features/utime');

/** The volumes of a client above cluster/distribute, as glusterd writes them by default. */
export const defaultStack: readonly PlainVolume[] = [
  makeVolume('write-behind', 'performance/write-behind'),
  makeVolume('open-behind', 'performance/open-behind'),
  makeVolume('quick-read', 'performance/quick-read'),
  makeVolume('md-cache', 'performance/md-cache'),
  makeVolume('io-threads', 'performance/io-threads'),
];

/** Named by client, and by brick if it is not GlusterFS's. */
export type BrickMount =
  | 'glossa'
  | 'asleep'
  | 'glusterfs'
  | 'onGlossa'
  | 'glossaOnly'
  | 'plain'
  /** A server in C that only asks the first brick for a name. */
  | 'relay';

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
    startOnce(async (bench: Bench) =>
      count === 1
        ? [await startBrick(bench, `${kind}-brick`, kind, { hasUpcalls })]
        : startBricks(bench, kind, count, { hasUpcalls }),
    );
  const findBricks = { glusterfs: makeStart('glusterfs'), glossa: makeStart('glossa') };
  const options: MountOptions = { above, timeouts, acls, delayMs };
  const makeKind = (
    title: string,
    kind: BrickKind,
    mount: typeof mountByGlossa,
    mountOptions = options,
  ): TargetKind => ({
    title,
    async start(bench, name) {
      const bricks = await findBricks[kind](bench);
      const { pid, mountpoint } = await mount(bench, name, bricks, mountOptions);
      const root = join(mountpoint, name);
      await withTimeLimit(bench.signal, mkdir(root));
      return { pid, root, bricks: bricks.map((brick) => brick.pid) };
    },
  });
  const kinds: Readonly<Record<BrickMount, TargetKind>> = {
    glossa: makeKind("glossa's client, GlusterFS's brick", 'glusterfs', mountByGlossa),
    asleep: makeKind('the same, --busy-poll 0', 'glusterfs', mountAsleep),
    glusterfs: makeKind('GlusterFS alone', 'glusterfs', mountByGlusterfs),
    onGlossa: makeKind("GlusterFS's client, glossa's brick", 'glossa', mountByGlusterfs),
    glossaOnly: makeKind('glossa alone', 'glossa', mountByGlossa),
    plain: makeKind("glossa's client, nothing above", 'glusterfs', mountByGlossa, {
      ...options,
      above: [],
    }),
    relay: {
      title: 'C, which only asks the brick',
      async start(bench, name) {
        const bricks = await findBricks.glusterfs(bench);
        const target = await makeFloorTarget(
          bench,
          await mountByRelay(bench, name, bricks, options),
        );
        return { ...target, bricks: bricks.map((brick) => brick.pid) };
      },
    },
  };
  return Object.fromEntries(mounts.map((mount) => [mount, kinds[mount]])) as typeof kinds;
}

interface MountOptions {
  readonly above: readonly PlainVolume[];
  readonly timeouts: typeof TIMEOUTS;
  readonly acls: boolean | undefined;
  readonly delayMs: number;
}

/** The lowest volumes of glossa's client. */
export const makeStorage = (bricks: readonly Brick[], delayMs = 0): readonly PlainVolume[] => {
  const clients = bricks.map((brick) =>
    stackVolumes(
      [makeClient(brick)],
      delayMs > 0 ? [makeDelayVolume(`${brick.name}-delay`, delayMs)] : [],
    ),
  );
  const distributeVolumes =
    bricks.length > 1 ? [makeDistribute(clients.map((volumes) => volumes.at(-1)!))] : [];
  return [...clients.flat(), ...distributeVolumes];
};

const makeMounter =
  (extraFlags: readonly string[]) =>
  (
    bench: Bench,
    name: string,
    bricks: readonly Brick[],
    { above, timeouts, acls, delayMs }: MountOptions,
  ) =>
    startGlossa(bench, name, [utime, ...above], {
      storage: makeStorage(bricks, delayMs),
      timeouts,
      flags: [...(acls === false ? ['--no-acl'] : []), ...extraFlags],
    });

const mountByGlossa = makeMounter([]);
const mountAsleep = makeMounter(ASLEEP);

const mountByGlusterfs: typeof mountByGlossa = (
  bench,
  name,
  bricks,
  { above, timeouts, acls, delayMs },
) => {
  const storage = makeStorage(bricks, delayMs);
  const flags = acls === true ? ['--acl'] : [];
  return startClient(bench, name, bricks, { storage, volumes: [utime, ...above], timeouts, flags });
};

const mountByRelay: typeof mountByGlossa = (bench, name, bricks, { timeouts }) => {
  const requests = join(bench.folder, `${name}.requests`);
  const [brick] = bricks as [Brick];
  writeRelayRequests(requests, brick);
  const more = [String(BUSY_POLL_US), String(brick.port), requests];
  return startLibfuse(bench, name, 'libfuse-floor', timeouts, ...more);
};
