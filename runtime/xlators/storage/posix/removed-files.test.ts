/** Descriptors of removed files: the volume closes them, so that the disk frees the space. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { file, mkdir, ok } from '../../../../test/contract/check.ts';
import { startVolume, type TestVolume, testContext } from '../../../../test/contract/driver.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import { Dict } from '../../../core/dict.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { Iatt } from '../../../core/iatt.ts';
import { Loc } from '../../../core/operands.ts';
import { defineTranslator } from '../../../core/xlator.ts';
import posix from './index.ts';
import type { Store } from './store.ts';

/** Timers that a test fires itself. */
const holdTimers =
  (after: (fn: () => void) => void) =>
  (_ms: number, fn: () => void): (() => void) => {
    after(fn);
    return () => {};
  };

/** A volume below a translator that records UPCALL events. */
async function volume(
  directory: string,
  after?: (fn: () => void) => void,
): Promise<TestVolume & { readonly told: unknown[] }> {
  const told: unknown[] = [];
  const witness = defineTranslator({
    type: 'test/witness',
    description: 'Notes what is out of date.',
    children: [1, 1],
    options: {},
    fops: {},
    init: () => null,
    notify: (_xl, event, data) => void (event === 'UPCALL' && told.push(data)),
  });
  const disk = { name: 'disk', translator: posix, options: { directory } };
  const context = testContext();
  const timed = after === undefined ? context : { ...context, after: holdTimers(after) };
  const vol = await startVolume([disk, { name: 'top', translator: witness }], timed);
  onTestFinished(() => vol.stop());
  return Object.assign(vol, { told });
}

const look = (vol: TestVolume): Promise<void> =>
  (vol.graph.top.below[0]!.priv as Store).health.check();

/** The unlinked files of a directory that this process has open. */
function kept(directory: string): string[] {
  const found = fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = fs.readlinkSync(`/proc/self/fd/${fd}`);
      const isOwn = path.startsWith(directory) && fs.statSync(`/proc/self/fd/${fd}`).nlink === 0;
      return isOwn ? path.slice(directory.length + 1).replace(' (deleted)', '') : [];
    } catch {
      // readdirSync's own descriptor is closed by now.
      return [];
    }
  });
  return found.sort();
}

test('a removed or replaced file that a kernel knows can be opened until the kernel forgets it', async () => {
  const directory = makeFolder();
  const vol = await volume(directory);
  const f = await file(vol, vol.root, 'f', 'text');
  const g = await file(vol, vol.root, 'g', 'over');
  await file(vol, vol.root, 'h', '');
  ok(await vol.unlink(vol.root, 'f'));
  ok(await vol.rename(vol.root, 'h', vol.root, 'g'));
  for (const [inode, text] of [
    [f, 'text'],
    [g, 'over'],
  ] as const) {
    const { fd } = ok(await vol.open(inode));
    expect(ok(await vol.read(fd!, 9, 0)).text).toBe(text);
    ok(await vol.fop('truncate', new Loc(inode), 1, null));
    ok(await vol.fop('setxattr', new Loc(inode), new Dict().set('user.a', 'b'), 0, null));
    expect(ok(await vol.stat(inode)).buf).toMatchObject({ iaNlink: 0, iaSize: 1 });
    fd!.release();
    vol.graph.inodes.forget(inode, 0);
  }
  expect(kept(directory)).toEqual([]);
});

test('a volume keeps only some of many removed files open that a kernel does not forget', async () => {
  const directory = makeFolder();
  const vol = await volume(directory);
  for (let n = 0; n < 600; n++) {
    await file(vol, vol.root, 'f', '');
    ok(await vol.unlink(vol.root, 'f'));
  }
  expect(kept(directory)).toHaveLength(512);
});

test('a removed file that a kernel does not forget is closed after a while; stat and setattr still succeed', async () => {
  const directory = makeFolder();
  const timers: (() => void)[] = [];
  const vol = await volume(directory, (fn) => timers.push(fn));
  const firePeriods = (): void => {
    for (let period = 0; period < 2; period++) timers.pop()!();
  };
  const f = await file(vol, vol.root, 'f', 'text');
  const g = await file(vol, vol.root, 'g', 'over');
  timers.length = 0;
  ok(await vol.unlink(vol.root, 'f'));
  expect(kept(directory)).toEqual(['f']);
  firePeriods();
  expect(kept(directory)).toEqual([]);
  expect(ok(await vol.stat(f)).buf).toMatchObject({ iaGfid: f.gfid, iaNlink: 0, iaSize: 4 });
  expect((await vol.open(f)).err).toBe('ESTALE');
  // The kernel writes its cached times back after the unlink.
  const { MODE, MTIME } = SET_ATTR;
  const to = Object.assign(new Iatt(), { iaProt: 0o600, iaMtime: 7, iaMtimeNsec: 8 });
  const set = ok(await vol.fop('setattr', new Loc(f), to, MODE | MTIME, null));
  expect(set.statpost).toMatchObject({ iaProt: 0o600, iaMtime: 7, iaMtimeNsec: 8, iaSize: 4 });
  expect(ok(await vol.stat(f)).buf).toEqual(set.statpost);
  await file(vol, vol.root, 'h', '');
  ok(await vol.rename(vol.root, 'h', vol.root, 'g'));
  firePeriods();
  expect(kept(directory)).toEqual([]);
  expect(ok(await vol.stat(g)).buf).toMatchObject({ iaGfid: g.gfid, iaNlink: 0, iaSize: 4 });
});

test('a file removed behind the volume is closed at the next scan, and an UPCALL names it', async () => {
  const directory = makeFolder();
  const vol = await volume(directory);
  const d = await mkdir(vol, vol.root, 'd');
  const f = await file(vol, d, 'f', 'text');
  const two = await file(vol, d, 'two', 'text');
  ok(await vol.link(two, d, 'names'));
  fs.rmSync(join(directory, 'd/f'));
  fs.rmSync(join(directory, 'd/two'));
  expect(kept(directory)).toEqual(['d/f']);
  await look(vol);
  expect(kept(directory)).toEqual([]);
  expect(vol.told).toEqual([{ kind: 'removed', parent: d, name: 'f', inode: f }]);
  fs.rmSync(join(directory, 'd'), { recursive: true });
  await look(vol);
  expect(vol.told.slice(1)).toEqual([
    { kind: 'removed', parent: vol.root, name: 'd', inode: d },
    { kind: 'removed', parent: d, name: 'two', inode: two },
    { kind: 'removed', parent: d, name: 'names', inode: two },
  ]);
  // A process may have the directory as its cwd, so it stays open until the forget.
  expect(kept(directory)).toEqual(['d']);
  vol.graph.inodes.forget(d, 0);
  expect(kept(directory)).toEqual([]);
});

test('a file removed while open is readable until its release, and closed after the forget', async () => {
  const directory = makeFolder();
  const vol = await volume(directory);
  const f = await file(vol, vol.root, 'f', 'text');
  const { fd } = ok(await vol.open(f));
  fs.rmSync(join(directory, 'f'));
  await look(vol);
  expect(ok(await vol.read(fd!, 9, 0)).text).toBe('text');
  expect(ok(await vol.stat(f)).buf!.iaNlink).toBe(0);
  fd!.release();
  vol.graph.inodes.forget(f, 0);
  expect(kept(directory)).toEqual([]);
});
