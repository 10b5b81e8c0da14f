/**
 * Xattrs of directories that a brick missed: glossa's changes are repaired by GlusterFS's client,
 * and the reverse.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytes, distributedVolfile } from '../../../../test/support/brick-clients.ts';
import { isWithoutBricks, RealMount } from '../../../../test/support/gluster.ts';
import { GlusterVolume } from '../../../../test/support/gluster-volume.ts';

const NAMES = ['wz', 'wa', 'wm'];
const MDS = 'trusted.glusterfs.dht.mds';
const PATIENCE = { timeout: 120_000 };

let volume: GlusterVolume;

describe.skipIf(isWithoutBricks())('a directory changed while a brick was down', () => {
  beforeAll(async () => {
    volume = await GlusterVolume.start(NAMES);
  });
  afterAll(() => volume?.end());

  /** An xattr by brick, as its directory has it. */
  const onBricks = (path: string, name: string): string[] =>
    volume.bricks.map(({ files }) => {
      const args = ['-h', '-n', name, '-e', 'hex', '--only-values', '--absolute-names'];
      const { status, stdout } = spawnSync('getfattr', [...args, join(files, path)]);
      return status === 0 ? stdout.toString('hex') : '';
    });
  const counted = (path: string): string => onBricks(path, MDS).join('');
  /** A directory whose MDS is not the last brick. */
  const made = (letter: string): string =>
    [...Array(9).keys()].map((n) => `${letter}${n}`).find((name) => onBricks(name, MDS)[2] === '')!;

  test(
    'is counted in the MDS by either client in the same way, and repaired by the other client',
    PATIENCE,
    async () => {
      const { folder, bricks, ports, clients, ours, theirs } = volume;
      await theirs.runScript('mkdir a0 a1 a2 a3 a4 a5 a6 a7 a8 b0 b1 b2 b3 b4 b5 b6 b7 b8');
      const [byUs, byThem] = [made('a'), made('b')];
      for (const name of [byUs, byThem]) await ours.ask('stat', `/${name}`);
      await theirs.runScript(`stat ${byUs} ${byThem}`);
      await bricks[2]!.end();
      await expect.poll(() => clients.log.join('\n')).toMatch(/is lost/);
      await ours.ask('setxattr', `/${byUs}`, 'user.a', bytes('1'), 0);
      await expect
        .poll(() => theirs.runScript(`setfattr -n user.a -v 1 ${byThem}`), PATIENCE)
        .toBe('');
      expect(onBricks(byUs, 'user.a')).toEqual(['31', '31', '']);
      // The counters have the same sign for both clients.
      expect([counted(byUs), counted(byThem)]).toEqual(['ffffffff', 'ffffffff']);
      await bricks[2]!.run();

      const late = await clients.openDistributed(ports);
      await expect
        .poll(
          () => late.ask('stat', `/${byThem}`).then(() => onBricks(byThem, 'user.a'), String),
          PATIENCE,
        )
        .toEqual(['31', '31', '31']);
      expect(counted(byThem)).toBe('00000000');

      const fresh = await RealMount.start(folder, 'late', distributedVolfile(ports));
      try {
        await expect
          .poll(
            () => fresh.runScript(`stat ${byUs}`).then(() => onBricks(byUs, 'user.a')),
            PATIENCE,
          )
          .toEqual(['31', '31', '31']);
        await expect.poll(() => counted(byUs), PATIENCE).toBe('00000000');
      } finally {
        await fresh.end();
      }
    },
  );
});
