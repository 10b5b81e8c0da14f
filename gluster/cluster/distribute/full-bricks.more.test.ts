/**
 * One of three bricks has no space left. What needs space there fails as a whole, other operations
 * succeed, and once there is space all names work, for glossa's client and GlusterFS's.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FopError } from '../../../runtime/api/driver.ts';
import { ENOSPC } from '../../../runtime/core/errno.ts';
import {
  type BrickClient,
  BrickClients,
  bytes,
  distributedVolfile,
} from '../../../test/support/brick-clients.ts';
import { describeDisks, makeDisk } from '../../../test/support/disk.ts';
import { isWithoutBricks, OurBrick, RealBrick, RealMount } from '../../../test/support/gluster.ts';
import { makeScratch, type Scratch } from '../../../test/support/mount.ts';
import { selectVariants } from '../../../test/support/test-selection.ts';

const NAMES = ['wz', 'wa', 'wm'];
const FULL = 'wm';
const MEGABYTES = 16;
/** Reserves no space, so that the brick itself refuses. */
const OPTIONS = { 'min-free-disk': '0%', 'min-free-inodes': '0%' };
const LARGE = 'x'.repeat(100_000);

(isWithoutBricks() ? describe.skip : describeDisks)(
  'a distributed volume with one full brick',
  ['ext4'],
  () => {
    let scratch: Scratch;
    let clients: BrickClients;
    let ports: Record<string, number>;
    const ends: (() => Promise<unknown>)[] = [];
    beforeEach(async () => {
      scratch = await makeScratch();
      clients = new BrickClients();
      ports = {};
    });
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
      await clients.end();
      await scratch.clean();
    });

    const filesOf = (brick: string): string => scratch.at(brick, 'files');
    const junk = (): string => scratch.at(FULL, 'junk');
    const having = (path: string): string[] =>
      NAMES.filter((brick) => spawnSync('stat', [join(filesOf(brick), path)]).status === 0);
    const fresh = async (): Promise<BrickClient> => {
      const client = await clients.openDistributed(ports, OPTIONS);
      await client.ask('stat', '/');
      return client;
    };

    /** Fills the disk, including the blocks reserved for root. */
    function fill(): void {
      const file = openSync(junk(), 'w');
      for (const size of [65_536, 1024]) {
        try {
          for (;;) writeSync(file, Buffer.alloc(size));
        } catch (error) {
          expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
        }
      }
      closeSync(file);
    }

    /** Whether the request succeeded; it may only fail for lack of space. */
    async function done(call: Promise<unknown>): Promise<boolean> {
      try {
        await call;
        return true;
      } catch (error) {
        if (!(error instanceof FopError)) throw error;
        expect(error.errno, error.message).toBe(ENOSPC);
        return false;
      }
    }

    const BRICKS = {
      "GlusterFS's": (brick: string) => RealBrick.start(scratch.at(brick)),
      "glossa's": async (brick: string) => {
        await scratch.makeFolder(brick, 'files');
        return OurBrick.serve(scratch.at(brick), filesOf(brick));
      },
    };

    const all = Object.keys(BRICKS) as (keyof typeof BRICKS)[];
    it.each(selectVariants(all, (whose) => whose === "glossa's"))(
      'loses no file, and creates files again once there is space, on bricks that are %s',
      async (whose) => {
        for (const name of NAMES) {
          await makeDisk(scratch, name, 'ext4', MEGABYTES);
          const brick = await BRICKS[whose](name);
          ends.push(() => brick.end());
          ports[name] = brick.port;
        }
        const ours = await fresh();
        const theirs = await RealMount.start(
          scratch.path,
          'mnt',
          distributedVolfile(ports, OPTIONS),
        );
        ends.push(() => theirs.end());
        const names = (prefix: string): string[] => [...Array(24).keys()].map((n) => prefix + n);
        const placeOf = async (name: string): Promise<string> =>
          (
            (await ours.ask('getxattr', '/d', `dht.file.hashed-subvol.${name}`)) as string[]
          )[1]!.replace(/\0$/, '');
        await ours.ask('mkdir', '/d', 0o755);
        for (const name of names('old')) await ours.ask('write', `/d/${name}`, bytes(name), null);
        fill();

        // Files of other bricks are created; those of the full one fail, or are empty.
        const files: string[] = [];
        for (const name of names('large')) {
          const isDone = await done(ours.ask('write', `/d/${name}`, bytes(LARGE), null));
          expect([name, isDone]).toEqual([name, (await placeOf(name)) !== FULL]);
          if (isDone) files.push(name);
        }
        expect(files.length).toBeGreaterThan(4);
        expect(files.length).toBeLessThan(names('').length);

        // A directory of another brick is made on the others, and works. GlusterFS's client detects a
        // missing copy only once it can make it.
        const dirs: string[] = [];
        for (const name of names('dir')) {
          if (await done(ours.ask('mkdir', `/d/${name}`, 0o755))) dirs.push(name);
          else expect([name, having(`d/${name}`)]).toEqual([name, []]);
        }
        expect(dirs.length).toBeGreaterThan(4);
        const lacking = dirs.filter((name) => !having(`d/${name}`).includes(FULL));
        expect(lacking.length).toBeGreaterThan(0);
        for (const name of lacking.slice(0, 3)) {
          for (let n = 0; n < 9; n++) await ours.ask('write', `/d/${name}/o${n}`, bytes('o'), null);
          const there = (await ours.ask('listdir', `/d/${name}`)) as string[];
          expect([name, there.length]).toEqual([name, 9]);
        }

        // A file has either its old name or its new one.
        const now: string[] = [];
        for (const name of names('')) {
          const isDone = await done(ours.ask('rename', `/d/old${name}`, `/d/new${name}`));
          now.push(isDone ? `new${name}` : `old${name}`);
        }
        const expected = [...files, ...dirs, ...now].sort();
        // A failed creation may leave an empty file.
        const isMeant = (name: string): boolean =>
          !name.startsWith('large') || files.includes(name);
        for (const client of [ours, await fresh()]) {
          const listed = (await client.ask('listdir', '/d')) as string[];
          expect(listed.filter(isMeant).sort()).toEqual(expected);
          for (const [at, name] of now.entries()) {
            expect(await client.ask('read', `/d/${name}`)).toEqual(bytes(`old${at}`));
          }
        }
        const beside = (await theirs.runScript('LC_ALL=C ls d')).trim().split('\n');
        expect(beside.filter(isMeant).sort()).toEqual(expected);

        // With space again, lookups make the missing copies, and every name can be created.
        rmSync(junk());
        const later = await fresh();
        for (const name of dirs) await later.ask('stat', `/d/${name}`);
        expect(dirs.filter((name) => !having(`d/${name}`).includes(FULL))).toEqual([]);
        for (const name of names('last')) await later.ask('write', `/d/${name}`, bytes(name), null);
        for (const name of lacking) await later.ask('mkdir', `/d/${name}/sub`, 0o755);
        expect(names('last').some((name) => existsSync(join(filesOf(FULL), 'd', name)))).toBe(true);
        expect(await theirs.runScript(`cat d/last0 && rm -r d && ls`)).toBe('last0');
        for (const name of NAMES) {
          expect(readdirSync(filesOf(name)).filter((each) => each !== '.glusterfs')).toEqual([]);
        }
      },
    );
  },
);
