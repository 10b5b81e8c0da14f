/** features/locks by its fops, for translators: inodelk and entrylk. */
import { describe, expect, test } from 'vitest';
import { failedReply, OK, setUp, WAITS } from '../../../../test/support/locks.ts';
import { EAGAIN, EINTR, EINVAL, EOPNOTSUPP } from '../../../core/errno.ts';
import {
  ENTRYLK_LOCK,
  ENTRYLK_LOCK_NB,
  ENTRYLK_RDLCK,
  ENTRYLK_UNLOCK,
  ENTRYLK_WRLCK,
  F_GETLK,
  F_RDLCK,
  F_SETLK,
  F_SETLKW,
  F_UNLCK,
  F_WRLCK,
  type Flock,
} from '../../../core/lock.ts';
import { Fd, Loc } from '../../../core/operands.ts';

describe('inodelk', () => {
  async function domains() {
    const all = await setUp();
    const { as, inode, fd } = all;
    const flockOf = (type: number, start: number, len: number): Flock => {
      return { type, whence: 0, start, len, pid: 0, owner: '' };
    };
    const inodelk = (owner: number, cmd: number, type: number, start = 0, len = 0, domain = 'd') =>
      as(owner, 'inodelk', domain, new Loc(inode), cmd, flockOf(type, start, len), null);
    const finodelk = (owner: number, cmd: number, type: number) =>
      as(owner, 'finodelk', 'd', fd, cmd, flockOf(type, 0, 0), null);
    return { ...all, inodelk, finodelk };
  }

  test('read locks share and write locks exclude within a domain, whether by path or by fd', async () => {
    const { inodelk, finodelk } = await domains();
    expect(inodelk(1, F_SETLK, F_RDLCK)).toMatchObject(OK);
    expect(finodelk(2, F_SETLK, F_RDLCK)).toMatchObject(OK);
    expect(inodelk(3, F_SETLK, F_WRLCK)).toMatchObject(failedReply(EAGAIN));
    expect(inodelk(3, F_SETLK, F_WRLCK, 0, 0, 'other')).toMatchObject(OK);
    expect(inodelk(1, F_GETLK, F_WRLCK)).toMatchObject(failedReply(EOPNOTSUPP));
  });

  test("replicate's lock of attributes, past the end of any file, excludes only ranges without end", async () => {
    const { inodelk, dump } = await domains();
    const attributes = 2 ** 63;
    expect(inodelk(1, F_SETLK, F_WRLCK, attributes)).toMatchObject(OK);
    expect(inodelk(2, F_SETLK, F_WRLCK, attributes)).toMatchObject(failedReply(EAGAIN));
    expect(inodelk(2, F_SETLK, F_WRLCK, 0, 100)).toMatchObject(OK);
    expect(inodelk(3, F_SETLK, F_WRLCK)).toMatchObject(failedReply(EAGAIN));
    expect(inodelk(2, F_SETLK, F_UNLCK, 0, 100)).toMatchObject(OK);
    expect(inodelk(3, F_SETLK, F_WRLCK)).toMatchObject(failedReply(EAGAIN));
    expect(inodelk(1, F_SETLK, F_UNLCK, attributes)).toMatchObject(OK);
    expect(dump()).toMatchObject({ inodes: 0 });
  });

  test("each of an owner's locks needs its own unlock of the exact range", async () => {
    const { inodelk, dump } = await domains();
    for (const _ of [1, 2]) expect(inodelk(1, F_SETLK, F_WRLCK, 0, 10)).toMatchObject(OK);
    expect(inodelk(1, F_SETLK, F_UNLCK, 0, 5)).toMatchObject(failedReply(EINVAL));
    expect(inodelk(2, F_SETLK, F_UNLCK, 0, 10)).toMatchObject(failedReply(EINVAL));
    expect(inodelk(1, F_SETLK, F_UNLCK, 0, 10)).toMatchObject(OK);
    expect(inodelk(2, F_SETLK, F_WRLCK, 0, 10)).toMatchObject(failedReply(EAGAIN));
    expect(inodelk(1, F_SETLK, F_UNLCK, 0, 10)).toMatchObject(OK);
    expect(inodelk(1, F_SETLK, F_UNLCK, 0, 10)).toMatchObject(failedReply(EINVAL));
    expect(dump()).toMatchObject({ inodes: 0 });
  });

  test('a reader waits behind a waiting writer, unless its owner has a lock already', async () => {
    const { inodelk } = await domains();
    inodelk(1, F_SETLK, F_RDLCK);
    const writer = inodelk(2, F_SETLKW, F_WRLCK);
    const reader = inodelk(3, F_SETLKW, F_RDLCK);
    expect([writer, reader]).toMatchObject([WAITS, WAITS]);
    expect(inodelk(4, F_SETLK, F_RDLCK)).toMatchObject(failedReply(EAGAIN));
    expect(inodelk(1, F_SETLK, F_RDLCK, 0, 10)).toMatchObject(OK);
    inodelk(1, F_SETLK, F_UNLCK);
    inodelk(1, F_SETLK, F_UNLCK, 0, 10);
    expect([writer, reader]).toMatchObject([OK, WAITS]);
    inodelk(2, F_SETLK, F_UNLCK);
    expect(reader).toMatchObject(OK);
  });

  test('an interrupted request for a write lock lets the requests queued behind it continue', async () => {
    const { inodelk } = await domains();
    inodelk(1, F_SETLK, F_RDLCK);
    const writer = inodelk(2, F_SETLKW, F_WRLCK);
    const reader = inodelk(3, F_SETLKW, F_RDLCK);
    writer.frame.root.interrupt();
    expect([writer, reader]).toMatchObject([failedReply(EINTR), OK]);
  });

  test('an unlinked inode stays in the inode table until its lock is released', async () => {
    const { inodelk, graph, inode, fd } = await domains();
    fd.release();
    inodelk(1, F_SETLK, F_WRLCK);
    graph.inodes.unlink(graph.inodes.root, 'f');
    expect(graph.inodes.find(inode.gfid)).toBe(inode);
    inodelk(1, F_SETLK, F_UNLCK);
    expect(graph.inodes.find(inode.gfid)).toBe(undefined);
  });
});

describe('entrylk', () => {
  async function entries() {
    const all = await setUp();
    const loc = new Loc(all.graph.inodes.root);
    const entrylk = (owner: number, cmd: number, name: string | null, type = ENTRYLK_WRLCK) =>
      all.as(owner, 'entrylk', 'd', loc, name, cmd, type, null);
    return { ...all, entrylk };
  }

  test('locks of different names do not conflict, and a lock of all names conflicts with each', async () => {
    const { entrylk } = await entries();
    expect(entrylk(1, ENTRYLK_LOCK_NB, 'a')).toMatchObject(OK);
    expect(entrylk(2, ENTRYLK_LOCK_NB, 'b')).toMatchObject(OK);
    expect(entrylk(2, ENTRYLK_LOCK_NB, 'a')).toMatchObject(failedReply(EAGAIN));
    expect(entrylk(3, ENTRYLK_LOCK_NB, null)).toMatchObject(failedReply(EAGAIN));
    const all = entrylk(3, ENTRYLK_LOCK, null);
    expect(entrylk(4, ENTRYLK_LOCK_NB, 'c')).toMatchObject(failedReply(EAGAIN));
    entrylk(1, ENTRYLK_UNLOCK, 'a');
    expect(all).toMatchObject(WAITS);
    entrylk(2, ENTRYLK_UNLOCK, 'b');
    expect(all).toMatchObject(OK);
  });

  test('read locks exclude each other, and an unlock of the other type fails with EINVAL', async () => {
    const { entrylk } = await entries();
    expect(entrylk(1, ENTRYLK_LOCK, 'a', ENTRYLK_RDLCK)).toMatchObject(OK);
    expect(entrylk(2, ENTRYLK_LOCK_NB, 'a', ENTRYLK_RDLCK)).toMatchObject(failedReply(EAGAIN));
    expect(entrylk(1, ENTRYLK_UNLOCK, 'a', ENTRYLK_WRLCK)).toMatchObject(failedReply(EINVAL));
    expect(entrylk(1, ENTRYLK_UNLOCK, 'a', ENTRYLK_RDLCK)).toMatchObject(OK);
    expect(entrylk(1, 3, 'a')).toMatchObject(failedReply(EINVAL));
  });

  test('a lock by path excludes a fentrylk of the same name', async () => {
    const { entrylk, as, graph } = await entries();
    const fd = new Fd(graph.inodes.root, 0, 1, true);
    entrylk(1, ENTRYLK_LOCK, 'a');
    const reply = as(2, 'fentrylk', 'd', fd, 'a', ENTRYLK_LOCK_NB, ENTRYLK_WRLCK, null);
    expect(reply).toMatchObject(failedReply(EAGAIN));
  });
});
