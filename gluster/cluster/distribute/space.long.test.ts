/**
 * Full bricks: files go to one brick, with linktos on their own. Each brick has a disk of its own,
 * as on a shared one the brick with the most space changes from moment to moment.
 */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrickClients, bytes, distributedVolfile } from '../../../test/support/brick-clients.ts';
import { describeDisks, makeDisk } from '../../../test/support/disk.ts';
import { isWithoutBricks, OurBrick, RealBrick, RealMount } from '../../../test/support/gluster.ts';
import { makeScratch, type Scratch } from '../../../test/support/mount.ts';
import { selectVariants } from '../../../test/support/test-selection.ts';
import { LINKTO_MODE } from './linkto.ts';

const NAMES = ['wz', 'wa', 'wm'];
const FILES = Array.from({ length: 31 }, (_, n) => `n${n}`);

/** A brick's copy of a file: mode, size, and the target of a linkto. */
function onDisk(file: string): { mode: number; size: number; linkto: string } | null {
  const { status, stdout } = spawnSync('stat', ['-c', '%a %s', file], { encoding: 'utf8' });
  if (status !== 0) return null;
  const [mode, size] = stdout.split(' ');
  const name = 'trusted.glusterfs.dht.linkto';
  const args = ['-h', '-n', name, '--only-values', '--absolute-names', file];
  const linkto = spawnSync('getfattr', args, { encoding: 'utf8' });
  const text = linkto.status === 0 ? linkto.stdout.replace(/\0$/, '') : '';
  return { mode: Number.parseInt(mode!, 8), size: Number(size), linkto: text };
}

interface Case {
  readonly least: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly junk: Readonly<Record<string, number>>;
  readonly chosen: string;
}
/**
 * The space to keep free, which exceeds what there is; sizes of the disks and of junk files in
 * megabytes; and the brick that gets all files. Whole percents may be equal: then the first brick
 * is chosen.
 */
const CASES: readonly Case[] = [
  { least: '99%', sizes: { wz: 400, wa: 400, wm: 400 }, junk: {}, chosen: 'wz' },
  { least: '99%', sizes: { wz: 24, wa: 64, wm: 32 }, junk: { wz: 6, wa: 24 }, chosen: 'wm' },
  { least: '1TB', sizes: { wz: 24, wa: 64, wm: 32 }, junk: { wz: 6, wa: 24 }, chosen: 'wa' },
];

(isWithoutBricks() ? describe.skip : describeDisks)(
  'three bricks with less free space than min-free-disk',
  ['ext4'],
  () => {
    let scratch: Scratch;
    let clients: BrickClients;
    const ends: (() => Promise<unknown>)[] = [];
    beforeEach(async () => {
      scratch = await makeScratch();
      clients = new BrickClients();
    });
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
      await clients.end();
      await scratch.clean();
    });

    const filesOf = (brick: string): string => scratch.at(brick, 'files');
    const BRICKS = {
      "GlusterFS's": (brick: string) => RealBrick.start(scratch.at(brick)),
      "glossa's": async (brick: string) => {
        await scratch.makeFolder(brick, 'files');
        return OurBrick.serve(scratch.at(brick), filesOf(brick));
      },
    };
    const WHOSE = Object.keys(BRICKS) as (keyof typeof BRICKS)[];

    const all = CASES.flatMap((each, at) =>
      WHOSE.map((whose, of) => ({ ...each, whose, isUsual: (at + of) % 2 === 0 })),
    );
    // Each case on bricks of one kind; `test:long` uses the other.
    it.each(selectVariants(all, ({ isUsual }) => isUsual))(
      'glossa and GlusterFS clients put files on $chosen and linktos elsewhere, with min-free-disk $least on $whose bricks',
      async ({ whose, least, sizes, junk, chosen }) => {
        const ports: Record<string, number> = {};
        for (const name of NAMES) {
          const disk = await makeDisk(scratch, name, 'ext4', sizes[name]!);
          const size = (junk[name] ?? 0) * 1_048_576;
          await writeFile(join(disk, 'junk'), new Uint8Array(size));
          const brick = await BRICKS[whose](name);
          ends.push(() => brick.end());
          ports[name] = brick.port;
        }
        const mount = async (name: string, options: Readonly<Record<string, string>>) => {
          const mount = await RealMount.start(
            scratch.path,
            name,
            distributedVolfile(ports, options),
          );
          ends.push(() => mount.end());
          return mount;
        };
        const full = { 'min-free-disk': least };
        const [plain, theirs] = [await mount('plain', {}), await mount('mnt', full)];
        // Made without the option, as a directory made while bricks are full has other ranges.
        expect(await plain.runScript('mkdir ours theirs')).toBe('');
        const client = await clients.openDistributed(ports, full);
        await client.ask('stat', '/ours');
        for (const name of FILES) await client.ask('write', `/ours/${name}`, bytes(name), null);
        const script = FILES.map((name) => `printf ${name} > theirs/${name}`).join('\n');
        expect(await theirs.runScript(script)).toBe('');
        for (const folder of ['ours', 'theirs']) {
          await expectPlaced(plain, folder, chosen);
          // Reading them does not depend on the option.
          expect(await plain.runScript(`cd ${folder}; cat ${FILES.join(' ')}`)).toBe(
            FILES.join(''),
          );
        }
      },
    );

    /** Checks that each file is on its brick, with a linkto where needed, and nowhere else. */
    async function expectPlaced(mount: RealMount, folder: string, chosen: string): Promise<void> {
      const script = FILES.map((name) => {
        const key = `dht.file.hashed-subvol.${name}`;
        return `getfattr --only-values -n ${key} ${folder} | tr -d '\\0'; echo`;
      });
      const hashed = (await mount.runScript(script.join('\n'))).trim().split('\n');
      expect([...new Set(hashed)].sort()).toEqual([...NAMES].sort());
      const expected = (name: string, at: number, brick: string) => {
        if (brick === chosen) return { mode: 0o644, size: name.length, linkto: '' };
        return hashed[at] === brick ? { mode: LINKTO_MODE, size: 0, linkto: chosen } : null;
      };
      const found = FILES.map((name) =>
        NAMES.map((brick) => onDisk(join(filesOf(brick), folder, name))),
      );
      expect(found).toEqual(
        FILES.map((name, at) => NAMES.map((brick) => expected(name, at, brick))),
      );
    }
  },
);
