/** Times that clients set: a brick stores them with the file, and shows them as its times. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { file, ok } from '../../../../test/contract/check.ts';
import { startVolume, type TestVolume, testContext } from '../../../../test/contract/driver.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import { isRoot, startPosix } from '../../../../test/support/posix.ts';
import { Dict } from '../../../core/dict.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { O_RDWR } from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import * as libc from '../../../sys/libc.ts';
import { toCString } from '../../../sys/struct.ts';
import utime from '../../features/utime/index.ts';
import { decodeMdata, encodeMdata, MDATA, MDATA_SIZE, type Times } from '../shared/mdata.ts';
import posix from './index.ts';

/** A user without files or rights of its own. */
const USER = 65_534;

/** The times that the brick has stored with a file. */
function kept(path: string): Times | null {
  const bytes = new Uint8Array(MDATA_SIZE);
  const length = libc.lgetxattr(toCString(path), toCString(MDATA), bytes, MDATA_SIZE);
  return length < 0 ? null : decodeMdata(bytes.subarray(0, length));
}

/** A brick below features/utime; the test sets its clock. */
async function timed(directory: string, options: Readonly<Record<string, string>> = {}) {
  const context = testContext();
  const clock = { ms: 5_000_000 };
  const vol = await startVolume(
    [
      { name: 'disk', translator: posix, options: { directory, ...options } },
      { name: 'utime', translator: utime },
    ],
    { ...context, sink: { ...context.sink, now: () => clock.ms } },
  );
  return { vol, clock, log: context.log };
}

const times = async (vol: TestVolume, inode: Inode): Promise<readonly number[]> => {
  const { iaMtime, iaCtime, iaAtime } = ok(await vol.fop('stat', new Loc(inode), null)).buf!;
  return [iaMtime, iaCtime, iaAtime];
};

async function write(vol: TestVolume, inode: Inode): Promise<Fd> {
  const fd = new Fd(inode, O_RDWR, 1);
  ok(await vol.fop('open', new Loc(inode), O_RDWR, fd, null));
  ok(await vol.fop('writev', fd, new Uint8Array(3), 0, 0, null));
  return fd;
}

describe.runIf(isRoot)('stored times', () => {
  test('follow each change of a client, and are the same after a restart', async () => {
    const directory = makeFolder();
    const { vol, clock } = await timed(directory);
    const d = ok(await vol.mkdir(vol.root, 'd')).inode!;
    const f = await file(vol, d, 'f');
    expect(await times(vol, f)).toEqual([5000, 5000, 5000]);
    clock.ms = 6_000_500;
    const fd = await write(vol, f);
    expect(await times(vol, f)).toEqual([6000, 6000, 5000]);
    expect(kept(join(directory, 'd/f'))).toMatchObject({ iaMtime: 6000, iaMtimeNsec: 500_000_000 });
    clock.ms = 7_000_000;
    ok(await vol.fop('setattr', new Loc(f), new Iatt(), SET_ATTR.MODE, null));
    ok(await vol.link(f, d, 'g'));
    expect(await times(vol, f)).toEqual([6000, 7000, 5000]);
    expect(await times(vol, d)).toEqual([7000, 7000, 5000]);
    clock.ms = 7_500_000;
    ok(await vol.fop('setxattr', new Loc(f), Dict.of({ 'user.a': 'b' }), 0, null));
    expect(await times(vol, f)).toEqual([6000, 7500, 5000]);
    const long = Object.assign(new Iatt(), { iaMtime: 10, iaAtime: 11 });
    ok(await vol.fop('fsetattr', fd, long, SET_ATTR.MTIME | SET_ATTR.ATIME, null));
    expect(await times(vol, f)).toEqual([10, 7500, 11]);
    clock.ms = 8_000_000;
    ok(await vol.rename(d, 'g', vol.root, 'h'));
    ok(await vol.unlink(d, 'f'));
    expect(await times(vol, f)).toEqual([10, 8000, 11]);
    expect(await times(vol, vol.root)).toEqual([8000, 8000, 5000]);
    // The change time does not go back with the clock.
    clock.ms = 1_000_000;
    ok(await vol.fop('ftruncate', fd, 1, null));
    expect(await times(vol, f)).toEqual([1000, 8000, 11]);
    fd.release();
    await vol.stop();
    const again = await startPosix(directory);
    const h = ok(await again.lookup(again.root, 'h'));
    expect([h.buf!.iaMtime, h.buf!.iaCtime]).toEqual([1000, 8000]);
    const fresh = await startPosix(directory);
    const entries = await fresh.list(fresh.root, 4096, 'readdirp');
    const listed = entries.find(({ name }) => name === 'h');
    expect(listed!.stat).toMatchObject({ iaMtime: 1000, iaCtime: 8000 });
  });

  test('follow the clock of the machine in a stack without features/utime, except for internal requests', async () => {
    const directory = makeFolder();
    const { vol } = await timed(directory);
    await file(vol, vol.root, 'f');
    await vol.stop();
    const local = await startPosix(directory);
    const f = ok(await local.lookup(local.root, 'f')).inode!;
    const began = Math.floor(Date.now() / 1000);
    // Internal clients have a negative pid, and programs outside the mount's namespace 0.
    (await write(local.as({ pid: -1 }), f)).release();
    expect(await times(local, f)).toEqual([5000, 5000, 5000]);
    const fd = await write(local.as({ pid: 0 }), f);
    const [mtime, ctime, atime] = await times(local, f);
    expect(mtime).toBeGreaterThanOrEqual(began);
    expect(ctime).toBe(mtime);
    expect(atime).toBe(5000);
    // A file without stored times gets none, and the kernel may write to it directly.
    const backing = (of: Fd): number => posix.dataPath!.backing!(local.graph.top as never, of);
    const g = await file(local, local.root, 'g', 'text');
    expect(kept(join(directory, 'g'))).toBeNull();
    const other = await write(local, g);
    expect([backing(fd) >= 0, backing(other) >= 0]).toEqual([false, true]);
    other.release();
    fd.release();
  });

  test('follow the clock of the machine for the target of copy_file_range, and not for its source', async () => {
    const directory = makeFolder();
    const { vol } = await timed(directory);
    for (const name of ['source', 'target']) await file(vol, vol.root, name, 'text');
    await vol.stop();
    const local = await startPosix(directory);
    const fds: Fd[] = [];
    for (const name of ['source', 'target']) {
      const { inode } = ok(await local.lookup(local.root, name));
      const fd = new Fd(inode!, O_RDWR, 1);
      ok(await local.fop('open', new Loc(inode), O_RDWR, fd, null));
      fds.push(fd);
    }
    const [source, target] = fds as [Fd, Fd];
    const began = Math.floor(Date.now() / 1000);
    ok(await local.fop('copy_file_range', source, 0, target, 0, 4, 0, null));
    expect(await times(local, source.inode)).toEqual([5000, 5000, 5000]);
    const [mtime, ctime, atime] = await times(local, target.inode);
    expect(mtime).toBeGreaterThanOrEqual(began);
    expect([ctime, atime]).toEqual([mtime, 5000]);
    for (const fd of fds) fd.release();
  });

  test('do not change when a client of the network sends no times', async () => {
    const directory = makeFolder();
    const { vol } = await timed(directory);
    const made = await file(vol, vol.root, 'f');
    const fd = await write(vol, made);
    fd.release();
    await vol.stop();
    const brick = await startPosix(directory);
    const f = ok(await brick.lookup(brick.root, 'f')).inode!;
    const silent = { sec: 0, nsec: 0, flags: 0 };
    const asked = brick.as({ ctime: silent });
    ok(await asked.fop('truncate', new Loc(f), 1, null));
    expect(await times(brick, f)).toEqual([5000, 5000, 5000]);
    const to = Object.assign(new Iatt(), { iaMtime: 3 });
    ok(await asked.fop('setattr', new Loc(f), to, SET_ATTR.MTIME, null));
    expect(await times(brick, f)).toEqual([3, 5000, 5000]);
  });

  test('are copied from the disk at the first lookup of a file that was made without the brick', async () => {
    const directory = makeFolder();
    const path = join(directory, 'old');
    fs.writeFileSync(path, 'text');
    fs.utimesSync(path, 100, 200);
    const { vol } = await timed(directory);
    const old = ok(await vol.lookup(vol.root, 'old'));
    expect(kept(path)).toMatchObject({ iaMtime: 200, iaAtime: 100, iaCtime: old.buf!.iaCtime });
    await vol.stop();
    const off = await timed(directory, { ctime: 'off' });
    fs.writeFileSync(path, 'more');
    const now = ok(await off.vol.lookup(off.vol.root, 'old'));
    expect(now.buf!.iaMtime).toBeGreaterThan(200);
    await off.vol.stop();
  });

  test('are readable and writable as an attribute for internal clients only', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory);
    const f = await file(vol, vol.root, 'f');
    const before = await times(vol, f);
    const wanted = { iaMtime: 2e9, iaMtimeNsec: 1, iaCtime: 5, iaCtimeNsec: 0, iaAtime: 7 };
    const bytes = encodeMdata({ ...wanted, iaAtimeNsec: 9 });
    const dict = Dict.of({ [MDATA]: bytes });
    expect((await vol.fop('setxattr', new Loc(f), dict, 0, null)).err).toBe('EPERM');
    const healer = vol.as({ pid: -6 });
    ok(await healer.fop('setxattr', new Loc(f), dict, 0, null));
    expect(await times(vol, f)).toEqual([2e9, 5, 7]);
    expect(ok(await healer.fop('getxattr', new Loc(f), MDATA, null)).dict!.get(MDATA)).toEqual(
      bytes,
    );
    ok(await healer.fop('removexattr', new Loc(f), MDATA, null));
    expect(await times(vol, f)).toEqual([before[0], expect.any(Number), before[2]]);
    const none = Dict.of({ [MDATA]: new Uint8Array(3) });
    expect((await healer.fop('setxattr', new Loc(f), none, 0, null)).err).toBe('EINVAL');
  });
});

describe('a brick of a user other than root', () => {
  test("shows the disk's times, and logs once that it stores none", async () => {
    const directory = makeFolder();
    if (isRoot) {
      fs.chownSync(directory, USER, USER);
      process.seteuid?.(USER);
      onTestFinished(() => process.seteuid?.(0));
    }
    const { vol, log } = await timed(directory);
    const began = Math.floor(Date.now() / 1000);
    const f = await file(vol, vol.root, 'f', 'text');
    expect(ok(await vol.lookup(vol.root, 'f')).inode).toBe(f);
    expect((await times(vol, f))[0]).toBeGreaterThanOrEqual(began);
    expect(log.filter((line) => line.includes('may not keep them'))).toHaveLength(1);
    expect(log.filter((line) => line.includes('keeps no times'))).toHaveLength(1);
    await vol.stop();
  });
});
