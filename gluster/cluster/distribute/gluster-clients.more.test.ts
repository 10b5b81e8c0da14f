/**
 * glossa's client beside GlusterFS's on bricks of GlusterFS: each finds what the other has placed.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Loc } from '../../../runtime/core/operands.ts';
import { type BrickClient, type BrickClients, bytes } from '../../../test/support/brick-clients.ts';
import { isWithoutBricks, type RealBrick, type RealMount } from '../../../test/support/gluster.ts';
import { GlusterVolume } from '../../../test/support/gluster-volume.ts';
import { hashName } from './name-hash.ts';

const NAMES = ['wz', 'wa', 'wm'];
const LAYOUT = 'trusted.glusterfs.dht';

let volume: GlusterVolume | undefined;
let bricks: RealBrick[];
let ports: Record<string, number>;
let clients: BrickClients;
let ours: BrickClient;
let theirs: RealMount;

describe.skipIf(isWithoutBricks())('glossa and GlusterFS clients of one volume', () => {
  beforeAll(async () => {
    volume = await GlusterVolume.start(NAMES);
    ({ bricks, ports, clients, ours, theirs } = volume);
  });
  afterAll(async () => {
    await volume?.end();
  });

  /** An xattr by brick, as its directory has it. */
  const onBricks = (path: string, name: string): Record<string, string> =>
    Object.fromEntries(
      NAMES.map((brick, at) => {
        const file = join(bricks[at]!.files, path);
        const args = ['-h', '-n', name, '-e', 'hex', '--only-values', '--absolute-names', file];
        const { status, stdout } = spawnSync('getfattr', args);
        return [brick, status === 0 ? stdout.toString('hex') : ''];
      }),
    );
  const having = (path: string): string[] =>
    NAMES.filter((_, at) => spawnSync('stat', [join(bricks[at]!.files, path)]).status === 0);

  /** Another client of glossa without any state. */
  const fresh = (): Promise<BrickClient> => volume!.startClient();
  const onDisk = (brick: string, path: string): string =>
    join(bricks[NAMES.indexOf(brick)]!.files, path);
  const run = (command: string, ...args: string[]): string =>
    spawnSync(command, args, { encoding: 'utf8' }).stdout.trim();

  test('compute the same layout of the root', async () => {
    expect(onBricks('', LAYOUT)).toEqual({
      wm: '00000001000000000000000055555554',
      wz: '000000010000000055555555aaaaaaa9',
      wa: '0000000100000000aaaaaaaaffffffff',
    });
    // GlusterFS accepts the layout unchanged.
    await theirs.runScript('ls');
    expect(onBricks('', LAYOUT).wm).toBe('00000001000000000000000055555554');
  });

  test("place files on the same bricks in a directory that GlusterFS's client made", async () => {
    await theirs.runScript('mkdir dir1');
    expect(onBricks('dir1', LAYOUT)).toEqual({
      wa: '00000000000000000000000055555554',
      wm: '000000000000000055555555aaaaaaa9',
      wz: '0000000000000000aaaaaaaaffffffff',
    });
    for (let n = 0; n <= 30; n++) await ours.ask('write', `/dir1/n${n}`, bytes(`ours ${n}`), null);
    const placed = (brick: string): string[] =>
      [...Array(31).keys()].map((n) => `n${n}`).filter((n) => having(`dir1/${n}`).includes(brick));
    expect(placed('wz')).toEqual(['n2', 'n5', 'n6', 'n7', 'n16', 'n20', 'n24', 'n30']);
    expect(placed('wa')).toEqual(
      expect.arrayContaining(['n0', 'n11', 'n13', 'n15', 'n17', 'n21', 'n23', 'n25']),
    );
    expect(placed('wm')).toEqual(
      expect.arrayContaining(['n1', 'n3', 'n4', 'n8', 'n9', 'n10', 'n12', 'n14']),
    );
    expect(await theirs.runScript('cat dir1/n*')).toContain('ours 30');
    await theirs.runScript('for n in 1 2 3 4 5 6 7 8 9; do echo theirs $n > dir1/t$n; done');
    for (let n = 1; n < 10; n++) {
      expect(await ours.ask('read', `/dir1/t${n}`, 99, 0)).toEqual(bytes(`theirs ${n}\n`));
    }
    const listed = (await ours.ask('listdir', '/dir1')) as string[];
    expect(listed.sort()).toEqual((await theirs.runScript('LC_ALL=C ls dir1')).trim().split('\n'));
  });

  test('give new directories the same layouts', async () => {
    for (const path of ['/dir2', '/dir3', '/dir4', '/dir4/s']) await ours.ask('mkdir', path, 0o755);
    const [first, second, third] = ['00000000', '55555555', 'aaaaaaaa'];
    const starts = (path: string): Record<string, string> =>
      Object.fromEntries(
        Object.entries(onBricks(path, LAYOUT)).map(([brick, piece]) => [
          brick,
          piece.slice(16, 24),
        ]),
      );
    expect(starts('dir2')).toEqual({ wm: first, wz: second, wa: third });
    expect(starts('dir3')).toEqual({ wm: first, wz: second, wa: third });
    expect(starts('dir4')).toEqual({ wa: first, wm: second, wz: third });
    for (const path of ['dir2', 'dir3', 'dir4', 'dir4/s']) {
      const mds = Object.values(onBricks(path, `${LAYOUT}.mds`));
      expect(mds.sort()).toEqual(['', '', '00000000']);
    }
    // GlusterFS leaves complete layouts alone.
    expect(await theirs.runScript('cd dir4/s && touch f && ls')).toBe('f\n');
    expect(starts('dir4')).toEqual({ wa: first, wm: second, wz: third });
    await ours.ask('unlink', '/dir4/s/f');
    for (const path of ['/dir4/s', '/dir4', '/dir3', '/dir2']) await ours.ask('rmdir', path);
    expect(having('dir4')).toEqual([]);
  });

  test("have the same linkto files after rename, link and unlink by glossa's client as by GlusterFS's", async () => {
    const linktosOf = (name: string): Record<string, string> =>
      Object.fromEntries(
        Object.entries(onBricks(`dir1/${name}`, `${LAYOUT}.linkto`)).filter(([, value]) => value),
      );
    const wz = '777a00';
    await ours.ask('chown', '/dir1/n2', 5, 6);
    await ours.ask('rename', '/dir1/n2', '/dir1/n11');
    expect(linktosOf('n11')).toEqual({ wa: wz });
    expect(having('dir1/n2')).toEqual([]);
    expect(run('stat', '-c', '%a %u %g', onDisk('wa', 'dir1/n11'))).toBe('1000 5 6');
    expect(await theirs.runScript('cat dir1/n11')).toBe('ours 2');
    await ours.ask('rename', '/dir1/n11', '/dir1/n1');
    expect([linktosOf('n1'), having('dir1/n11')]).toEqual([{ wm: wz }, []]);
    await ours.ask('rename', '/dir1/n1', '/dir1/n3');
    expect([linktosOf('n3'), having('dir1/n3'), having('dir1/n1')]).toEqual([
      { wm: wz },
      ['wz', 'wm'],
      [],
    ]);
    await ours.ask('rename', '/dir1/n3', '/dir1/n5');
    expect([linktosOf('n5'), having('dir1/n5'), having('dir1/n3')]).toEqual([{}, ['wz'], []]);
    expect(await theirs.runScript('cat dir1/n5')).toBe('ours 2');

    await ours.ask('unlink', '/dir1/n13');
    await ours.ask('link', '/dir1/n5', '/dir1/n13');
    expect(linktosOf('n13')).toEqual({ wa: wz });
    await ours.ask('unlink', '/dir1/n13');
    expect(having('dir1/n13')).toEqual([]);
    const inode = run('stat', '-c', '%i', onDisk('wz', 'dir1/n5'));
    await ours.ask('unlink', '/dir1/n5');
    expect(having('dir1/n5')).toEqual([]);
    expect(run('find', onDisk('wz', '.glusterfs'), '-inum', inode)).toBe('');
  });

  test("glossa's client reads and removes files that GlusterFS's client renamed", async () => {
    await theirs.runScript(
      'mkdir r; for n in 1 2 3 4 5 6 7 8 9; do echo $n > r/a$n; mv r/a$n r/b$n; done',
    );
    const linktos = onBricks('r/b1', `${LAYOUT}.linkto`);
    const all = await Promise.all(
      [...Array(9).keys()].map((n) => ours.ask('read', `/r/b${n + 1}`, 9, 0)),
    );
    expect(all).toEqual([...Array(9).keys()].map((n) => bytes(`${n + 1}\n`)));
    expect(Object.keys(linktos)).toHaveLength(3);
    const listed = (await ours.ask('listdir', '/r')) as string[];
    expect(listed.sort()).toEqual([...Array(9).keys()].map((n) => `b${n + 1}`));
    for (let n = 1; n < 10; n++) await ours.ask('unlink', `/r/b${n}`);
    for (let n = 1; n < 10; n++) expect(having(`r/b${n}`)).toEqual([]);
    expect(await theirs.runScript('rmdir r && echo gone')).toBe('gone\n');
  });

  test('place a thousand names on the same bricks', async () => {
    await theirs.runScript('mkdir -p h');
    const names = fc.sample(
      fc.oneof(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 200 }),
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 9 }).map((s) => `.${s}.Ab12`),
      ),
      { numRuns: 1400, seed: 7 },
    );
    const usable = [...new Set(names)]
      .filter((name) => !/[\0/\n\r]/.test(name) && Buffer.byteLength(name) < 200)
      .slice(0, 1000);
    expect(usable).toHaveLength(1000);
    const result = spawnSync(
      'python3',
      [
        '-c',
        'import os, sys\n' +
          'for line in sys.stdin.buffer.read().split(b"\\n")[:-1]:\n' +
          '    print(os.getxattr(sys.argv[1], b"dht.file.hashed-subvol." + line).decode().rstrip("\\0"))',
        join(theirs.path, 'h'),
      ],
      {
        input: usable.map((name) => `${name}\n`).join(''),
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      },
    );
    expect(result.stderr.toString()).toBe('');
    const lines = result.stdout.toString().trim().split('\n');
    const { inode } = await ours.driver.find('/h');
    const own: string[] = [];
    for (const name of usable) {
      const key = `dht.file.hashed-subvol.${name}`;
      const { values } = await ours.driver.expect('getxattr', new Loc(inode), key, null);
      own.push(String((values[0] as Map<string, string>).get(key)));
    }
    expect(own).toEqual(lines);
  });

  test("glossa's client rebuilds a directory's layout if one brick has lost its range", async () => {
    await theirs.runScript('mkdir hole');
    run('setfattr', '-x', LAYOUT, onDisk('wa', 'hole'));
    await (await fresh()).ask('stat', '/hole');
    const pieces = Object.values(onBricks('hole', LAYOUT));
    expect(pieces.map((piece) => piece.slice(0, 16))).toEqual(Array(3).fill('0000000100000000'));
    expect(new Set(pieces).size).toBe(3);
    expect(await theirs.runScript('echo x > hole/f && cat hole/f')).toBe('x\n');
  });

  test("glossa's client restores a directory that one brick has lost, with mode, owner and xattrs", async () => {
    await theirs.runScript(
      'mkdir lost; chmod 751 lost; chown 5:6 lost; setfattr -n user.k -v v lost',
    );
    const gfid = run(
      'getfattr',
      '-n',
      'trusted.gfid',
      '-e',
      'hex',
      '--only-values',
      onDisk('wm', 'lost'),
    );
    const hex = Buffer.from(gfid, 'latin1').toString('hex');
    rmSync(onDisk('wm', 'lost'), { recursive: true });
    const text = run('ls', join(bricks[2]!.files, '.glusterfs'));
    expect(text).not.toBe('');
    expect(hex).not.toBe('');
    for (const link of run('find', join(bricks[2]!.files, '.glusterfs'), '-xtype', 'l').split(
      '\n',
    )) {
      if (link !== '') rmSync(link);
    }
    await (await fresh()).ask('stat', '/lost');
    expect(run('stat', '-c', '%a %u %g', onDisk('wm', 'lost'))).toBe('751 5 6');
    expect(onBricks('lost', 'user.k')).toEqual({ wz: '76', wa: '76', wm: '76' });
    const gfids = Object.values(onBricks('lost', 'trusted.gfid'));
    expect(new Set(gfids).size).toBe(1);
    expect(
      Object.values(onBricks('lost', LAYOUT)).every((piece) => piece.startsWith('00000001')),
    ).toBe(true);
  });

  test("glossa's client copies the mode of a directory from its MDS brick to the other bricks", async () => {
    await theirs.runScript('mkdir mode');
    const mds = onBricks('mode', `${LAYOUT}.mds`);
    const others = NAMES.filter((brick) => mds[brick] === '');
    expect(others).toHaveLength(2);
    run('chmod', '700', onDisk(others[0]!, 'mode'));
    const { buf } = await (await fresh()).driver.find('/mode');
    expect(buf.iaProt).toBe(0o755);
    for (const brick of NAMES) expect(run('stat', '-c', '%a', onDisk(brick, 'mode'))).toBe('755');
  });

  test("glossa's client sets attributes of a directory on all bricks, with no repair left to do", async () => {
    await theirs.runScript('mkdir attr');
    await ours.ask('chmod', '/attr', 0o711);
    await ours.ask('setxattr', '/attr', 'user.a', bytes('1'), 0);
    expect(onBricks('attr', 'user.a')).toEqual({ wz: '31', wa: '31', wm: '31' });
    for (const brick of NAMES) expect(run('stat', '-c', '%a', onDisk(brick, 'attr'))).toBe('711');
    const mds = Object.values(onBricks('attr', `${LAYOUT}.mds`)).filter((value) => value !== '');
    expect(mds).toEqual(['00000000']);
    expect(await theirs.runScript('stat -c %a attr; getfattr --only-values -n user.a attr')).toBe(
      '711\n1',
    );
  });

  test("glossa's client creates files on other bricks, with linkto files, when a brick is full", async () => {
    await theirs.runScript('mkdir full');
    const client = await clients.openDistributed(ports, { 'min-free-disk': '100%' });
    await client.ask('stat', '/full');
    for (let n = 0; n < 9; n++) await client.ask('write', `/full/f${n}`, bytes(`${n}`), null);
    // The bricks with the most space depend on the disk: `space.more.test.ts`.
    const linktos = [...Array(9).keys()].flatMap((n) => {
      const path = `full/f${n}`;
      const values = Object.entries(onBricks(path, `${LAYOUT}.linkto`)).filter(([, to]) => to);
      const [own] = values.map(([brick]) => brick);
      const file = having(path).filter((brick) => brick !== own);
      expect([path, file.length, values.length]).toEqual([path, 1, own === undefined ? 0 : 1]);
      if (own === undefined) return [];
      expect(run('stat', '-c', '%a %s', onDisk(own, path))).toBe('1000 0');
      expect(values).toEqual([[own, Buffer.from(`${file[0]}\0`).toString('hex')]]);
      return values;
    });
    expect(linktos.length).toBeGreaterThan(0);
    expect(await theirs.runScript('cat full/*')).toBe('012345678');
    expect(((await ours.ask('listdir', '/full')) as string[]).length).toBe(9);
  });

  test('cannot read or create files of a brick that is down, until the brick is up again', async () => {
    await theirs.runScript('mkdir s; for n in $(seq 20); do echo $n > s/f$n; done');
    await ours.ask('stat', '/s');
    const names = [...Array(20).keys()].map((n) => `f${n + 1}`);
    const onWm = names.filter((name) => having(`s/${name}`).includes('wm'));
    const elsewhere = names.filter((name) => !onWm.includes(name));
    await bricks[2]!.end();
    await expect.poll(() => clients.log.join('\n')).toMatch(/is lost/);
    const client = await fresh();
    await expect(client.ask('stat', `/s/${onWm[0]}`)).rejects.toThrow('ENOENT');
    await ours.ask('stat', '/s');
    await expect(ours.ask('write', `/s/${onWm[0]}x`, bytes('x'), null)).rejects.toThrow();
    expect(await client.ask('read', `/s/${elsewhere[0]}`, 9, 0)).not.toEqual(bytes(''));
    expect(((await client.ask('listdir', '/s')) as string[]).sort()).toEqual(elsewhere.sort());
    await expect(ours.ask('rmdir', '/attr')).rejects.toThrow('ENOTCONN');
    await expect(ours.ask('rename', '/attr', '/attr2')).rejects.toThrow('ENOTCONN');
    const there = [...Array(9).keys()].map((n) => `k${n}`).find((n) => hashName(n) > 0x55555554)!;
    await ours.ask('mkdir', `/${there}`, 0o750);
    await bricks[2]!.run();
    await expect
      .poll(() => client.ask('read', `/s/${onWm[0]}`, 9, 0).catch(String), { timeout: 120_000 })
      .toEqual(bytes(`${onWm[0]!.slice(1)}\n`));
    await (await fresh()).ask('stat', `/${there}`);
    expect(run('stat', '-c', '%a', onDisk('wm', there))).toBe('750');
  });
});
