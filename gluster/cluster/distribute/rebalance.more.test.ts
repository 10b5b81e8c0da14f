/** GlusterFS moves files between its bricks and glossa's while a client of glossa writes them. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type BrickClient,
  bytes,
  distributedVolfile,
} from '../../../test/support/brick-clients.ts';
import {
  isWithoutBricks,
  OurBrick,
  RealBrick,
  type RealMount,
} from '../../../test/support/gluster.ts';
import { GlusterVolume } from '../../../test/support/gluster-volume.ts';
import { selectVariants } from '../../../test/support/test-selection.ts';

const NAMES = ['one', 'two'];
const BLOCK = 65_536;
const BLOCKS = 512;
/** The server's id, as from glusterd: a rebalance moves files of its own server. */
const NODE = '11111111-2222-4333-8444-555555555555';

const posix = { 'glusterd-uuid': NODE };
const real = (own: string, files: string) => RealBrick.start(own, { files, posix });
const own = (folder: string, files: string) => OurBrick.serve(folder, files, { posix });

const kinds = [
  ['GlusterFS', [real, real]],
  ['glossa', [own, own]],
  ['GlusterFS and glossa', [real, own]],
] as const;

// On one brick of each; `test:long` uses two of a kind.
const tried = selectVariants(kinds, ([name]) => name === 'GlusterFS and glossa');

describe.skipIf(isWithoutBricks()).each(tried)(
  'a rebalance by GlusterFS on bricks of %s',
  (_, starts) => {
    let volume: GlusterVolume<RealBrick | OurBrick>;
    let folder: string;
    let ours: BrickClient;
    let theirs: RealMount;

    beforeAll(async () => {
      volume = await GlusterVolume.startOn<RealBrick | OurBrick>(NAMES, (own, files, at) =>
        starts[at]!(own, files),
      );
      ({ folder, ours, theirs } = volume);
    });
    afterAll(() => volume?.end());

    const onDisk = (brick: string, path: string): string => join(folder, brick, 'files', path);
    const having = (path: string): string[] =>
      NAMES.filter((brick) => spawnSync('stat', [onDisk(brick, path)]).status === 0);
    const attribute = (path: string, name: string): string | null => {
      const args = ['-n', name, '--only-values', '--absolute-names', path];
      const { status, stdout } = spawnSync('getfattr', args);
      return status === 0 ? stdout.toString() : null;
    };

    /** Makes a misplaced file of BLOCKS. @returns its name */
    async function misplaced(dir: string): Promise<string> {
      await theirs.runScript(`mkdir ${dir}; head -c ${BLOCK * BLOCKS} /dev/zero > ${dir}/b1`);
      return await misplace(dir, 1);
    }

    /** Renames a file until it is on another brick than its name says. @returns its new name */
    async function misplace(dir: string, first: number): Promise<string> {
      for (let n = first; ; n++) {
        if (having(`${dir}/b${n}`).length > 1) return `b${n}`;
        await theirs.runScript(`mv ${dir}/b${n} ${dir}/b${n + 1}`);
      }
    }

    /** Writes to all parts of an open file repeatedly, while it is moved and a little longer. */
    async function writeDuring(path: string, id: number, move: Promise<unknown>) {
      let isOver = false;
      const settled = Promise.allSettled([move]).then(() => {
        isOver = true;
      });
      const expected = Buffer.alloc(BLOCK * BLOCKS);
      const modes = new Set<number>();
      let last = '';
      for (let n = 0, left = 200; left > 0; n++) {
        if (isOver) left -= 1;
        const at = ((n * 7919) % BLOCKS) * BLOCK + 100;
        const data = `${n}      `.slice(0, 6);
        await ours.ask('file.write', id, bytes(data), at);
        expected.write(data, at);
        if (n % 16 !== 0) continue;
        modes.add((await ours.driver.find(path)).buf.iaProt);
        last = String(n);
        await ours.ask('setxattr', path, 'user.last', bytes(last), 0);
      }
      await settled;
      await move;
      return { expected, last, modes: [...modes] };
    }

    test("loses no write of glossa's client to a file that it moves", async () => {
      const name = await misplaced('moved');
      const path = `/moved/${name}`;
      const [, id] = (await ours.ask('open', path, 2, 0)) as [string, number];
      const move = `setfattr -n trusted.distribute.migrate-data -v force moved/${name}`;
      // A conflicting write makes GlusterFS give up the move and report that.
      const mover = theirs.runScript(`${move} 2>&1 || :`);
      const { expected, last, modes } = await writeDuring(path, id, mover);
      expect(modes).toEqual([0o644]);
      if ((await mover) !== '') expect(await theirs.runScript(move)).toBe('');
      await ours.ask('file.write', id, bytes('after'), 7);
      expected.write('after', 7);
      await ours.ask('file.close', id);
      const [brick, ...others] = having(`moved/${name}`);
      expect(others).toEqual([]);
      const file = onDisk(brick!, path);
      expect(readFileSync(file).equals(expected)).toBe(true);
      expect(attribute(file, 'user.last')).toBe(last);
      // A write that saw the end of the move too late leaves its mark on the copy. It does not keep the next move from
      // copying, which removes it.
      const mark = 'trusted.glusterfs.protect.writes';
      spawnSync('setfattr', ['-n', mark, '-v', '1', file]);
      const next = await misplace('moved', Number(name.slice(1)));
      expect(await theirs.runScript(move.replace(/b\d+$/, next))).toBe('');
      const [brickAfter, ...othersAfter] = having(`moved/${next}`);
      expect(othersAfter).toEqual([]);
      const moved = onDisk(brickAfter!, `/moved/${next}`);
      expect(readFileSync(moved).equals(expected)).toBe(true);
      expect([attribute(moved, 'user.last'), attribute(moved, mark)]).toEqual([last, null]);
    });

    test('does not move a file that an application has locked', async () => {
      const name = await misplaced('locked');
      const before = having(`locked/${name}`);
      const locked = `python3 -c '
import fcntl, subprocess, sys
with open("locked/${name}", "r+") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    call = ["setfattr", "-n", "trusted.distribute.migrate-data", "-v", "force", "locked/${name}"]
    print(subprocess.run(call, capture_output=True, text=True).returncode)
'`;
      expect(await theirs.runScript(locked)).toBe('1\n');
      expect(having(`locked/${name}`)).toEqual(before);
      const move = `setfattr -n trusted.distribute.migrate-data -v force locked/${name}`;
      expect(await theirs.runScript(move)).toBe('');
      expect(having(`locked/${name}`)).toHaveLength(1);
    });

    test("moves all misplaced files, and loses no write of glossa's client", async () => {
      const name = await misplaced('all');
      await theirs.runScript(`cd all && for n in $(seq 40); do echo $n > f$n; done
      for n in $(seq 40); do mv f$n g$n; setfattr -n user.n -v $n g$n; done`);
      const names = [name, ...[...Array(40).keys()].map((n) => `g${n + 1}`)];
      const apart = (): number => names.filter((each) => having(`all/${each}`).length > 1).length;
      expect(apart()).toBeGreaterThan(5);
      const path = `/all/${name}`;
      const [, id] = (await ours.ask('open', path, 2, 0)) as [string, number];
      const { expected } = await writeDuring(path, id, rebalance());
      await ours.ask('file.close', id);
      // The first run may have skipped files being written; the second one has no conflict.
      await rebalance();
      expect(apart()).toBe(0);
      const [brick] = having(`all/${name}`);
      expect(readFileSync(onDisk(brick!, path)).equals(expected)).toBe(true);
      for (let n = 1; n <= 40; n++) {
        const [at] = having(`all/g${n}`);
        const file = onDisk(at!, `all/g${n}`);
        expect([readFileSync(file, 'utf8'), attribute(file, 'user.n')]).toEqual([`${n}\n`, `${n}`]);
      }
    });

    test('empties a decommissioned brick completely, hard links and special files included', async () => {
      await theirs.runScript(`rm -r *; mkdir gone && cd gone && for n in $(seq 20); do
      echo $n > f$n; for m in 1 2 3; do ln f$n l$n-$m; done; ln -s $n s$n; done
      mkdir sub; echo sub > sub/f; mkfifo pipe; chmod 640 f1; chown 5:6 f2`);
      const names = "find . ! -type d -printf '%p %y %m %U %G %n %s %T@ %l\\n' | LC_ALL=C sort";
      const script = `cd gone && ${names} && cat f* l* sub/f`;
      const before = await theirs.runScript(script);
      expect(before.split('\n').length).toBeGreaterThan(180);
      await rebalance('decommissioned-bricks=one');
      // GlusterFS leaves linktos of hard links.
      const args = [
        onDisk('one', 'gone'),
        '!',
        '-type',
        'd',
        '!',
        '(',
        '-perm',
        '1000',
        '-empty',
        ')',
      ];
      const left = spawnSync('find', args);
      expect(left.stdout.toString()).toBe('');
      expect(await theirs.runScript(script)).toBe(before);
      expect(((await ours.ask('listdir', '/gone')) as string[]).length).toBe(102);
      for (let n = 1; n <= 20; n++) {
        expect(await ours.ask('read', `/gone/l${n}-2`, 9, 0)).toEqual(bytes(`${n}\n`));
      }
    });

    /** Runs a rebalance as glusterd does; it ends after visiting all files. */
    async function rebalance(...others: string[]): Promise<void> {
      const volfile = join(folder, 'rebalance.vol');
      writeFileSync(volfile, distributedVolfile(volume.ports));
      const options = [
        'use-readdirp=yes',
        'lookup-unhashed=yes',
        'assert-no-child-down=yes',
        'readdir-optimize=on',
        'rebalance-cmd=5',
        `node-uuid=${NODE}`,
        'commit-hash=3141592653',
        ...others,
      ];
      const log = join(folder, 'rebalance.log');
      rmSync(log, { force: true });
      const args = ['-N', '-f', volfile, '-l', log, '--process-name', 'rebalance'];
      const more = options.flatMap((option) => ['--xlator-option', `*dht.${option}`]);
      const child = spawn('glusterfs', [...args, ...more], { cwd: folder, stdio: 'ignore' });
      // It ends by a signal to itself.
      await once(child, 'exit');
      expect(readFileSync(log, 'utf8')).toContain('Rebalance is completed');
    }
  },
);
