/** Locks of a directory, which one child holds, and its removal. */
import { afterEach, expect, test } from 'vitest';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EBADF, ENOTEMPTY } from '../../../../runtime/core/errno.ts';
import { fail, tail, unwind } from '../../../../runtime/core/gen/fops.gen.ts';
import { F_RDLCK, F_SETLK, F_UNLCK } from '../../../../runtime/core/lock.ts';
import { Fd } from '../../../../runtime/core/operands.ts';
import { makeTranslator } from '../../../../test/support/core.ts';
import { DistributedVolume } from '../../../../test/support/distributed-volume.ts';
import { makeWholeLock } from '../locks.ts';

const THREE = ['wz', 'wa', 'wm'];
const LAYOUT = 'trusted.glusterfs.dht';

let volume: DistributedVolume;
afterEach(() => volume.stop());

test("a directory's lock and unlock go to the same child, even if the layout changes in between", async () => {
  const children: string[] = [];
  volume = await DistributedVolume.start(THREE, {}, (name) => ({
    translator: makeTranslator('watching', {
      lk(frame, _xl, _fd, _cmd, flock) {
        children.push(name);
        unwind.lk(frame, 0, 0, flock, null);
      },
    }),
  }));
  const lowest = (path: string): string =>
    Object.entries(volume.readXattr(path, LAYOUT)).find(
      ([, piece]) => piece!.slice(16, 24) === '00000000',
    )![0];
  const locked = new Set<string>();
  for (let n = 0; n < 20; n++) {
    const path = `/d${n}`;
    volume.mkdir(path);
    const first = lowest(path);
    locked.add(first);
    const fd = new Fd(volume.findInode(path), 0, 1, true);
    volume.ask('opendir', volume.findLoc(path), fd, null);
    const lock = (type: number): number =>
      volume.ask('lk', fd, F_SETLK, { ...makeWholeLock(type), owner: '01', pid: 1 }, null).opRet;
    children.length = 0;
    expect(lock(F_RDLCK)).toBe(0);
    const spread = new Dict().set('distribute.directory-spread-count', '1');
    expect(volume.ask('setxattr', volume.findLoc(path), spread, 0, null).opRet).toBe(0);
    expect(lock(F_UNLCK)).toBe(0);
    expect(children).toEqual([first, first]);
    fd.release();
  }
  expect(locked.size).toBe(3);
});

test('rmdir opens a directory if a child cannot list it without, and removes it only if it is empty', async () => {
  const opened = new Set<Fd>();
  const opening = makeTranslator('opening', {
    opendir(frame, xl, loc, fd, xdata) {
      opened.add(fd!);
      tail.opendir(frame, xl.children[0]!, loc, fd, xdata);
    },
    readdirp(frame, xl, fd, ...args) {
      if (opened.has(fd)) tail.readdirp(frame, xl.children[0]!, fd, ...args);
      else fail.readdirp(frame, EBADF);
    },
  });
  volume = await DistributedVolume.start(THREE, {}, () => ({
    translator: { ...opening, listsUnopened: true },
  }));
  volume.mkdir('/dir');
  volume.mkdir('/dir/inside');
  const remove = (path: string): number =>
    volume.ask('rmdir', volume.findLoc(path), 0, null).opErrno;
  expect(remove('/dir')).toBe(ENOTEMPTY);
  expect(remove('/dir/inside')).toBe(0);
  expect(remove('/dir')).toBe(0);
  expect(opened.size).toBeGreaterThan(0);
});
