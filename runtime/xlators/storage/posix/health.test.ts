/** Health checks of a directory that is moved, replaced, unmounted or read-only. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { file, iatt, mkdir, ok } from '../../../../test/contract/check.ts';
import { startVolume, type TestVolume, testContext } from '../../../../test/contract/driver.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import {
  getStore,
  isRoot,
  readGfid,
  startBrick,
  startPosix,
} from '../../../../test/support/posix.ts';
import { setXattr } from '../../../../test/support/xattr.ts';
import type { EventName } from '../../../core/events.ts';
import { defineTranslator } from '../../../core/xlator.ts';
import posix from './index.ts';
import type { Store } from './store.ts';

const check = (vol: TestVolume): Promise<void> => getStore(vol).health.check();

/** The log lines about the directory, without their headers. */
const told = (vol: TestVolume): string[] =>
  vol.context.log.map((line) => line.replace(/^.*0-disk: /, ''));

test('a brick whose directory is moved away returns ESTALE and logs one line, until it is moved back', async () => {
  const directory = join(makeFolder(), 'brick');
  fs.mkdirSync(directory);
  const vol = await startPosix(directory);
  const d = await mkdir(vol, vol.root, 'd');
  const f = await file(vol, d, 'f', 'text');
  const { fd } = ok(await vol.open(f));
  fs.renameSync(directory, `${directory}-away`);
  for (let i = 0; i < 3; i++) await check(vol);
  expect((await vol.stat(vol.root)).err).toBe('ESTALE');
  expect((await vol.stat(f)).err).toBe('ESTALE');
  expect((await vol.lookup(vol.root, 'd')).err).toBe('ESTALE');
  expect((await vol.create(d, 'new')).err).toBe('ESTALE');
  expect((await vol.opendir(vol.root)).err).toBe('ESTALE');
  // An open file stays usable.
  ok(await vol.write(fd!, 'TEXT', 0));
  expect(told(vol)).toEqual([
    `the directory '${directory}' is gone (No such file or directory): requests fail with ESTALE`,
  ]);
  fs.renameSync(`${directory}-away`, directory);
  await check(vol);
  expect(ok(await vol.lookup(vol.root, 'd')).inode!.gfid).toBe(d.gfid);
  const again = ok(await vol.lookup(ok(await vol.lookup(vol.root, 'd')).inode!, 'f')).inode!;
  expect((await iatt(vol, again)).iaSize).toBe(4);
  expect(ok(await vol.read(fd!, 9, 0)).text).toBe('TEXT');
  await file(vol, vol.root, 'new', 'x');
  expect(fs.readdirSync(directory).sort()).toEqual(['d', 'new']);
  fd!.release();
  expect(told(vol)).toHaveLength(1);
});

test('a brick with gfid handles serves the inodes of its clients as before once its directory is back', async () => {
  const directory = join(makeFolder(), 'brick');
  fs.mkdirSync(directory);
  const vol = await startPosix(directory, { 'gfid-handles': 'on' });
  const d = await mkdir(vol, vol.root, 'd');
  const f = await file(vol, d, 'f', 'text');
  fs.renameSync(directory, `${directory}-away`);
  await check(vol);
  expect((await vol.stat(f)).err).toBe('ESTALE');
  fs.renameSync(`${directory}-away`, directory);
  await check(vol);
  expect((await iatt(vol, f)).iaSize).toBe(4);
  await file(vol, d, 'g', 'more');
  expect(await vol.names(d)).toEqual(['f', 'g']);
});

test('a directory that was removed and created again is served as a new one', async () => {
  const directory = join(makeFolder(), 'brick');
  fs.mkdirSync(directory);
  const vol = await startPosix(directory);
  const old = await file(vol, vol.root, 'old', 'text');
  fs.rmSync(directory, { recursive: true });
  fs.mkdirSync(directory);
  fs.writeFileSync(join(directory, 'other'), 'other');
  await check(vol);
  expect(told(vol)[0]).toContain('another is in its place');
  expect(await vol.names(vol.root)).toEqual(['other']);
  expect((await vol.stat(old)).err).toBe('ESTALE');
  expect((await vol.lookup(vol.root, 'old')).err).toBe('ENOENT');
  await file(vol, vol.root, 'new');
  expect(fs.readdirSync(directory).sort()).toEqual(['new', 'other']);
});

test("a symbolic link in place of the brick's directory is not followed", async () => {
  const directory = join(makeFolder(), 'brick');
  const outside = makeFolder();
  fs.mkdirSync(directory);
  const vol = await startPosix(directory);
  await file(vol, vol.root, 'f');
  fs.renameSync(directory, `${directory}-away`);
  fs.symlinkSync(outside, directory);
  for (let i = 0; i < 3; i++) await check(vol);
  expect((await vol.create(vol.root, 'g')).err).toBe('ESTALE');
  expect(fs.readdirSync(outside)).toEqual([]);
  expect(told(vol)).toHaveLength(2);
  fs.rmSync(directory);
  fs.renameSync(`${directory}-away`, directory);
  await check(vol);
  expect(await vol.names(vol.root)).toEqual(['f']);
});

test('storage/posix has no descriptor of its directory or its files open while the directory is gone', async () => {
  const directory = join(makeFolder(), 'brick');
  fs.mkdirSync(directory);
  const vol = await startPosix(directory, { 'gfid-handles': 'on' });
  for (let i = 0; i < 20; i++) await file(vol, vol.root, `f${i}`);
  fs.renameSync(directory, `${directory}-away`);
  await check(vol);
  expect(getStore(vol).handles.openCount).toBe(0);
  const links = fs.readdirSync('/proc/self/fd').map((n) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${n}`);
    } catch {
      // readdirSync's own descriptor is closed by now.
      return '';
    }
  });
  expect(links.filter((link) => link.startsWith(directory))).toEqual([]);
});

test('a translator above gets CHILD_DOWN once when the directory is gone, and CHILD_UP once when it is back', async () => {
  const directory = join(makeFolder(), 'brick');
  fs.mkdirSync(directory);
  const seen: EventName[] = [];
  const witness = defineTranslator({
    type: 'test/witness',
    description: 'Notes the events that come by.',
    children: [1, 1],
    options: {},
    fops: {},
    init: () => null,
    notify: (_xl, event) => void seen.push(event),
  });
  const disk = { name: 'disk', translator: posix, options: { directory } };
  const vol = await startVolume([disk, { name: 'top', translator: witness }], testContext());
  onTestFinished(() => vol.stop());
  const { health } = vol.graph.top.below[0]!.priv as Store;
  fs.renameSync(directory, `${directory}-away`);
  await health.check();
  await health.check();
  fs.renameSync(`${directory}-away`, directory);
  await health.check();
  expect(seen.filter((event) => event.startsWith('CHILD'))).toEqual(['CHILD_DOWN', 'CHILD_UP']);
});

test("a slow check of the brick's directory logs one warning, and the volume stays up", async () => {
  const directory = join(makeFolder(), 'brick');
  fs.mkdirSync(directory);
  const vol = await startPosix(directory);
  const looks = [check(vol), check(vol), check(vol)];
  await Promise.all(looks);
  await check(vol);
  expect(vol.context.log.map((line) => line.replace(/^.* W .*0-disk: /, 'W '))).toEqual([
    `W the directory '${directory}' has not answered yet`,
  ]);
  expect(ok(await vol.stat(vol.root))).toBeDefined();
});

test('a brick checks its directory every health-check-interval seconds, and not at all with 0', async () => {
  const directory = join(makeFolder(), 'brick');
  fs.mkdirSync(directory);
  const due: Array<{ ms: number; fn: () => void; off: boolean }> = [];
  const context = {
    ...testContext(),
    after: (ms: number, fn: () => void) => {
      const timer = { ms, fn, off: false };
      due.push(timer);
      return () => {
        timer.off = true;
      };
    },
  };
  const vol = await startBrick(directory, { 'health-check-interval': '7' }, context);
  expect(due.map(({ ms }) => ms)).toEqual([7000]);
  due[0]!.fn();
  expect(due.map(({ ms, off }) => [ms, off])).toEqual([
    [7000, true],
    [7000, false],
  ]);
  posix.reconfigure!(vol.graph.top as never, { 'health-check-interval': 0 } as never);
  expect(due.map(({ off }) => off)).toEqual([true, true]);
  await vol.stop();
});

/** Mounts a tmpfs; needs root. */
const tmpfs = (at: string, options = 'size=8m') =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'glossa-test', at]);
const canMount = isRoot && process.platform === 'linux';

function mountPoint(): string {
  const at = makeFolder();
  tmpfs(at);
  onTestFinished(() => {
    for (;;) {
      try {
        execFileSync('umount', ['-l', at], { stdio: 'ignore' });
      } catch {
        // Nothing is mounted there any more.
        return;
      }
    }
  });
  return at;
}

test.runIf(canMount)(
  'the empty mount point of an unmounted disk is not served, and a tmpfs mounted there later is',
  async () => {
    const at = mountPoint();
    const vol = await startPosix(at);
    await file(vol, vol.root, 'f', 'text');
    execFileSync('umount', ['-l', at]);
    await check(vol);
    await check(vol);
    expect((await vol.create(vol.root, 'g')).err).toBe('ESTALE');
    expect(fs.readdirSync(at)).toEqual([]);
    expect(told(vol)).toEqual([
      expect.stringContaining('another is in its place'),
      expect.stringContaining('it is another file system'),
    ]);
    tmpfs(at);
    await check(vol);
    expect(await vol.names(vol.root)).toEqual([]);
    await file(vol, vol.root, 'g', 'new');
    expect(fs.readdirSync(at)).toEqual(['g']);
  },
);

test.runIf(canMount)(
  'with volume-id, another disk at the mount point is served only if it has that id',
  async () => {
    const at = mountPoint();
    const key = 'trusted.glusterfs.volume-id';
    const mark = () => setXattr(at, key, Buffer.alloc(16, 0xab));
    mark();
    const id = 'abababab-abab-abab-abab-abababababab';
    const vol = await startPosix(at, { 'volume-id': id });
    execFileSync('umount', ['-l', at]);
    tmpfs(at);
    await check(vol);
    expect((await vol.create(vol.root, 'f')).err).toBe('ESTALE');
    expect(told(vol).at(-1)).toContain('belongs to no volume');
    expect(readGfid(at)).toBeNull();
    mark();
    await check(vol);
    await file(vol, vol.root, 'f');
    expect(fs.readdirSync(at)).toEqual(['f']);
  },
);

test.runIf(canMount)(
  'changes fail with EROFS and one log line after a read-only remount, and succeed after a read-write one',
  async () => {
    const at = mountPoint();
    const vol = await startPosix(at);
    const f = await file(vol, vol.root, 'f', 'text');
    execFileSync('mount', ['-o', 'remount,ro', at]);
    for (let i = 0; i < 3; i++) await check(vol);
    expect((await vol.create(vol.root, 'g')).err).toBe('EROFS');
    expect((await vol.unlink(vol.root, 'f')).err).toBe('EROFS');
    expect((await vol.open(f)).err).toBe('EROFS');
    expect((await iatt(vol, f)).iaSize).toBe(4);
    expect(told(vol)).toEqual([`'${at}' is read-only now: changes fail with EROFS`]);
    execFileSync('mount', ['-o', 'remount,rw', at]);
    await check(vol);
    await file(vol, vol.root, 'g');
  },
);

test.runIf(canMount)(
  'a write to a full disk fails with ENOSPC, and succeeds after an unlink',
  async () => {
    const at = mountPoint();
    const vol = await startPosix(at);
    const { fd, inode } = ok(await vol.create(vol.root, 'big'));
    const block = new Uint8Array(1 << 20);
    let reply = await vol.write(fd!, block, 0);
    for (let i = 1; reply.opRet === block.length; i++) reply = await vol.write(fd!, block, i << 20);
    const full = reply.opRet < 0 ? reply : await vol.write(fd!, block, 64 << 20);
    expect(full.err).toBe('ENOSPC');
    fd!.release();
    ok(await vol.unlink(vol.root, 'big'));
    vol.graph.inodes.forget(inode!, 0);
    await file(vol, vol.root, 'small', 'fits');
  },
);
