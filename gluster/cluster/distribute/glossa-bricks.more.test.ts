/** GlusterFS's client on bricks of glossa, as on its own. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytes, distributedVolfile } from '../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { isWithoutBricks, OurBrick, RealBrick, RealMount } from '../../../test/support/gluster.ts';
import { GlusterVolume } from '../../../test/support/gluster-volume.ts';

const NAMES = ['wz', 'wa', 'wm'];
const LAYOUT = 'trusted.glusterfs.dht';

describe.skipIf(isWithoutBricks())("glossa's bricks", () => {
  let volume: GlusterVolume<OurBrick>;
  beforeAll(async () => {
    volume = await GlusterVolume.startOn(NAMES, (own, files) => OurBrick.serve(own, files));
  });
  afterAll(() => volume?.end());

  const onDisk = (brick: string, path: string): string => join(volume.folder, brick, 'files', path);
  const xattrs = (path: string, name: string): Record<string, string> =>
    Object.fromEntries(
      NAMES.map((brick) => {
        const args = ['-h', '-n', name, '--only-values', '--absolute-names', onDisk(brick, path)];
        const { status, stdout } = spawnSync('getfattr', args);
        return [brick, status === 0 ? stdout.toString('hex') : ''];
      }),
    );

  test("store directories, files and linkto files that GlusterFS's client makes and glossa's client reads", async () => {
    const { ours, theirs } = volume;
    const output = await theirs.runScript(`
      mkdir dir1 && cd dir1
      for n in $(seq 30); do echo $n > n$n; done
      for n in $(seq 30); do mv n$n m$n; done
      ln m1 l1; ln m1 l2; ln m1 l3; ln m1 l4; rm l1 l3
      chmod 751 . ; setfattr -n user.k -v v .
      mkdir sub; rmdir sub; ls | wc -l`);
    expect(output).toBe('32\n');
    expect(xattrs('dir1', LAYOUT)).toEqual({
      wa: '00000000000000000000000055555554',
      wm: '000000000000000055555555aaaaaaa9',
      wz: '0000000000000000aaaaaaaaffffffff',
    });
    expect(Object.values(xattrs('dir1', `${LAYOUT}.mds`)).sort()).toEqual(['', '', '00000000']);
    expect(xattrs('dir1', 'user.k')).toEqual({ wz: '76', wa: '76', wm: '76' });
    const { buf } = await ours.driver.find('/dir1');
    expect(buf.iaProt).toBe(0o751);
    const names = (await ours.ask('listdir', '/dir1')) as string[];
    expect(names.length).toBe(32);
    for (let n = 1; n <= 30; n++) {
      expect(await ours.ask('read', `/dir1/m${n}`, 9, 0)).toEqual(bytes(`${n}\n`));
    }
    for (const name of ['l2', 'l4']) {
      expect(await ours.ask('read', `/dir1/${name}`, 9, 0)).toEqual(bytes('1\n'));
    }
    expect(await theirs.runScript('rm -r dir1; ls')).toBe('');
    for (const brick of NAMES) {
      expect(spawnSync('ls', [onDisk(brick, '')]).stdout.toString(), brick).toBe('');
    }
  });
});

const kinds = [
  ['GlusterFS', (own: string, files: string) => RealBrick.start(own, { files })],
  ['glossa', (own: string, files: string) => OurBrick.serve(own, files)],
] as const;

describe.skipIf(isWithoutBricks()).each(kinds)('a new brick of %s', (_, start) => {
  test("gets the xattrs of existing directories from GlusterFS's client", async () => {
    const folder = makeFolder();
    const bricks: (RealBrick | OurBrick)[] = [];
    const ports: Record<string, number> = {};
    const mounted = async (script: string): Promise<string> => {
      const mount = await RealMount.start(
        folder,
        `mnt-${bricks.length}`,
        distributedVolfile(ports),
      );
      const output = await mount.runScript(script);
      await mount.end();
      return output;
    };
    try {
      for (const name of NAMES) {
        const files = join(folder, name, 'files');
        mkdirSync(files, { recursive: true });
        const brick = await start(join(folder, name), files);
        bricks.push(brick);
        ports[name] = brick.port;
        if (bricks.length === 2) {
          await mounted('mkdir d; setfattr -n user.k -v v d');
        }
      }
      expect(await mounted('stat -c %F d')).toBe('directory\n');
      const has = NAMES.map((name) => {
        const args = ['-n', 'user.k', '--only-values', '--absolute-names'];
        const path = join(folder, name, 'files/d');
        return spawnSync('getfattr', [...args, path], { encoding: 'utf8' }).stdout;
      });
      expect(has).toEqual(NAMES.map(() => 'v'));
    } finally {
      for (const brick of bricks) await brick.end();
    }
  });
});
