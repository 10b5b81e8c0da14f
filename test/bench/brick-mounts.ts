/** Mounts of the same bricks by glossa's client and by GlusterFS's, each in its own folder. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeVolume } from '../../apps/bench/engine/stacks.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { type Bench, inTime } from './bench.ts';
import {
  type Brick,
  type BrickKind,
  clientOf,
  distribute,
  startBrick,
  startBricks,
  startClient,
} from './gluster.ts';
import { ASLEEP, startGlossa, TIMEOUTS } from './servers.ts';
import type { TargetKind } from './targets.ts';

/** As in every volume that GlusterFS makes: without it, times of files do not change as they should. */
export const utime = makeVolume('utime', 'features/utime');

/** Named by client, and by brick if it is not GlusterFS's. */
export type BrickMount = 'glossa' | 'asleep' | 'glusterfs' | 'onGlossa' | 'glossaOnly';

/** The bricks of a part. */
export interface Bricks {
  /** Files are on one, or spread over two by cluster/distribute. */
  readonly count: 1 | 2;
  /** The kernel's; GlusterFS's own without. */
  readonly timeouts?: typeof TIMEOUTS;
  /** Above, in the same client of both. */
  readonly above?: readonly PlainVolume[];
  /** Whether files can have ACLs; each mount's default without: ours have them, GlusterFS's not. */
  readonly acls?: boolean;
}

export function brickMounts({
  count,
  timeouts = TIMEOUTS,
  above = [],
  acls,
}: Bricks): Readonly<Record<BrickMount, TargetKind>> {
  const started = new Map<BrickKind, Promise<readonly Brick[]>>();
  const start = async (bench: Bench, kind: BrickKind): Promise<readonly Brick[]> =>
    count === 1 ? [await startBrick(bench, `${kind}-brick`, kind)] : startBricks(bench, kind);
  const bricksOf = (bench: Bench, kind: BrickKind): Promise<readonly Brick[]> => {
    const known = started.get(kind) ?? start(bench, kind);
    started.set(kind, known);
    return known;
  };
  const by = (title: string, kind: BrickKind, mount: typeof byGlossa): TargetKind => ({
    title,
    async start(bench, name) {
      const bricks = await bricksOf(bench, kind);
      const { pid, mountpoint } = await mount(bench, name, bricks, { above, timeouts, acls });
      const root = join(mountpoint, name);
      await inTime(bench.signal, mkdir(root));
      return { pid, root, bricks: bricks.map((brick) => brick.pid) };
    },
  });
  return {
    glossa: by("glossa's client, GlusterFS's brick", 'glusterfs', byGlossa),
    asleep: by('the same, --busy-poll 0', 'glusterfs', byGlossaAsleep),
    glusterfs: by('GlusterFS alone', 'glusterfs', byGlusterfs),
    onGlossa: by("GlusterFS's client, glossa's brick", 'glossa', byGlusterfs),
    glossaOnly: by('glossa alone', 'glossa', byGlossa),
  };
}

interface MountOptions {
  readonly above: readonly PlainVolume[];
  readonly timeouts: typeof TIMEOUTS;
  readonly acls: boolean | undefined;
}

/** The lowest volumes of glossa's client. */
export const storageOver = (bricks: readonly Brick[]): readonly PlainVolume[] => {
  const spread: readonly PlainVolume[] = bricks.length > 1 ? [distribute] : [];
  return [...bricks.map(clientOf), ...spread];
};

const mountBy =
  (more: readonly string[]) =>
  (bench: Bench, name: string, bricks: readonly Brick[], { above, timeouts, acls }: MountOptions) =>
    startGlossa(bench, name, [utime, ...above], {
      storage: storageOver(bricks),
      timeouts,
      flags: [...(acls === false ? ['--no-acl'] : []), ...more],
    });

const byGlossa = mountBy([]);
const byGlossaAsleep = mountBy(ASLEEP);

const byGlusterfs: typeof byGlossa = (bench, name, bricks, { above, timeouts, acls }) => {
  const flags = acls === true ? ['--acl'] : [];
  return startClient(bench, name, bricks, { volumes: [utime, ...above], timeouts, flags });
};
