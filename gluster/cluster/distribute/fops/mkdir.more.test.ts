/**
 * Directories and files created under an outdated layout, by both clients on bricks of both: the
 * brick refuses, and the client uses the present layout.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bytes } from '../../../../test/support/brick-clients.ts';
import { isWithoutBricks, OurBrick, RealBrick } from '../../../../test/support/gluster.ts';
import { GlusterVolume } from '../../../../test/support/gluster-volume.ts';
import { selectVariants } from '../../../../test/support/test-selection.ts';
import { decodePiece } from '../layout/layout.ts';
import { hashName } from '../name-hash.ts';

const NAMES = ['wz', 'wa', 'wm'];
const LAYOUT = 'trusted.glusterfs.dht';
const COUNT = 8;

describe.skipIf(isWithoutBricks())('mkdir after another client changed the layout', () => {
  test.each(selectVariants(["glossa's", "GlusterFS's"] as const, (kind) => kind === "glossa's"))(
    'uses the new layout in clients of glossa and of GlusterFS, on bricks that are %s',
    async (kind) => {
      const volume = await GlusterVolume.startOn<RealBrick | OurBrick>(NAMES, (own, files) =>
        kind === "GlusterFS's" ? RealBrick.start(own) : OurBrick.serve(own, files),
      );
      onTestFinished(() => volume.end());
      const { folder, ours, theirs } = volume;
      const files = NAMES.map((name) => join(folder, name, 'files'));
      await theirs.runScript('ls');

      const read = (path: string, name: string): Buffer[] =>
        files.map((disk) => {
          const args = ['-n', name, '--only-values', '--absolute-names', join(disk, path)];
          return spawnSync('getfattr', args).stdout;
        });
      // Changes the layout behind both clients: each brick gets the range of another.
      const rotate = (): string[] => {
        const before = read('', LAYOUT);
        for (const [at, disk] of files.entries()) {
          const value = `0x${before[(at + 1) % 3]!.toString('hex')}`;
          expect(spawnSync('setfattr', ['-n', LAYOUT, '-v', value, disk]).status).toBe(0);
        }
        return read('', LAYOUT).map((piece) => piece.toString('hex'));
      };
      const placeNow = (name: string): number =>
        read('', LAYOUT)
          .map((piece) => decodePiece(piece)!)
          .findIndex(({ start, stop }) => start <= hashName(name) && hashName(name) <= stop);

      for (const [whose, make] of [
        ['ours', (name: string) => ours.ask('mkdir', `/${name}`, 0o755)],
        [
          'theirs',
          async (name: string) => expect(await theirs.runScript(`mkdir ${name}`)).toBe(''),
        ],
      ] as const) {
        const pieces = rotate();
        for (let n = 0; n < COUNT; n++) {
          const name = `${whose}-${n}`;
          await make(name);
          const brick = read(name, `${LAYOUT}.mds`).findIndex(({ length }) => length > 0);
          expect([name, NAMES[brick]]).toEqual([name, NAMES[placeNow(name)]]);
          const starts = read(name, LAYOUT).map((piece) => decodePiece(piece)!.start);
          expect(new Set(starts).size).toBe(3);
        }
        expect(read('', LAYOUT).map((piece) => piece.toString('hex'))).toEqual(pieces);
      }
      for (const [whose, make] of [
        ['ours', (name: string) => ours.ask('write', `/${name}`, bytes(name), null)],
        ['theirs', async (name: string) => expect(await theirs.runScript(`: > ${name}`)).toBe('')],
      ] as const) {
        rotate();
        for (let n = 0; n < COUNT; n++) {
          const name = `${whose}-file-${n}`;
          await make(name);
          const there = NAMES.filter((_, at) => existsSync(join(files[at]!, name)));
          expect([name, ...there]).toEqual([name, NAMES[placeNow(name)]]);
          expect(read(name, LAYOUT).map(String)).toEqual(['', '', '']);
        }
      }
      const listed = (await ours.ask('listdir', '/')) as string[];
      expect(listed.sort()).toEqual((await theirs.runScript('LC_ALL=C ls')).trim().split('\n'));
    },
  );
});
