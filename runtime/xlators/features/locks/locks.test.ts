/** features/locks by its fops, for applications. */
import { describe, expect, test } from 'vitest';
import { type HeldRequest, makeAttributes } from '../../../../test/support/core.ts';
import { failedReply, foundLock, OK, setUp, WAITS } from '../../../../test/support/locks.ts';
import { connect } from '../../../api/driver.ts';
import { Dict } from '../../../core/dict.ts';
import { EAGAIN, EDEADLK, EINTR, EINVAL, ENOENT, EOVERFLOW, ESTALE } from '../../../core/errno.ts';
import { IA_IFREG } from '../../../core/iatt.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import {
  ENTRYLK_LOCK,
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
import locks from './index.ts';

describe('lk', () => {
  test('read locks share, write locks exclude other owners, and an owner upgrades its own lock', async () => {
    const { lk } = await setUp();
    expect(lk(1, F_SETLK, F_RDLCK)).toMatchObject(OK);
    expect(lk(2, F_SETLK, F_RDLCK)).toMatchObject(OK);
    expect(lk(1, F_SETLK, F_WRLCK)).toMatchObject(failedReply(EAGAIN));
    expect(lk(2, F_SETLK, F_UNLCK)).toMatchObject(OK);
    expect(lk(1, F_SETLK, F_WRLCK)).toMatchObject(OK);
    expect(lk(2, F_SETLK, F_RDLCK)).toMatchObject(failedReply(EAGAIN));
  });

  test('F_GETLK returns the conflicting lock, or F_UNLCK without one', async () => {
    const { lk } = await setUp();
    lk(1, F_SETLK, F_WRLCK, 100, 50);
    expect(foundLock(lk(2, F_GETLK, F_RDLCK))).toEqual({
      type: F_WRLCK,
      start: 100,
      len: 50,
      pid: 1,
    });
    expect(foundLock(lk(2, F_GETLK, F_RDLCK, 150))).toMatchObject({ type: F_UNLCK });
    expect(foundLock(lk(1, F_GETLK, F_WRLCK))).toMatchObject({ type: F_UNLCK });
    // F_UNLCK searches the caller's own locks.
    expect(foundLock(lk(1, F_GETLK, F_UNLCK, 120))).toMatchObject({ type: F_WRLCK, start: 100 });
    expect(foundLock(lk(2, F_GETLK, F_UNLCK))).toMatchObject({ type: F_UNLCK });
    lk(1, F_SETLK, F_RDLCK, 1000);
    expect(foundLock(lk(2, F_GETLK, F_WRLCK, 500))).toMatchObject({
      type: F_RDLCK,
      start: 1000,
      len: 0,
    });
  });

  test('lock commands 12 to 14 of 32-bit programs act as F_GETLK to F_SETLKW, and the unknown 200 fails with EINVAL', async () => {
    const { lk } = await setUp();
    expect(lk(1, 13, F_WRLCK)).toMatchObject(OK);
    expect(lk(2, 13, F_WRLCK)).toMatchObject(failedReply(EAGAIN));
    expect(foundLock(lk(2, 12, F_WRLCK))).toMatchObject({ type: F_WRLCK });
    const waiting = lk(2, 14, F_WRLCK);
    expect(waiting).toMatchObject(WAITS);
    lk(1, F_SETLK, F_UNLCK);
    expect(waiting).toMatchObject(OK);
    expect(lk(1, 200, F_WRLCK)).toMatchObject(failedReply(EINVAL));
  });

  test.each([
    ['a negative start', { start: -1 }, EINVAL],
    ['a range before the start of the file', { start: 5, len: -6 }, EINVAL],
    ['a whence that is not the start', { whence: 1 }, EINVAL],
    ['an unknown type', { type: 3 }, EINVAL],
    ['a start beyond all files', { start: OFFSET_MAX + 1 }, EOVERFLOW],
  ])('a lock with %s is refused with EINVAL or EOVERFLOW', async (_, wrong, errno) => {
    const { as, fd } = await setUp();
    const flock = { type: F_WRLCK, whence: 0, start: 0, len: 0, pid: 1, owner: '', ...wrong };
    expect(as(1, 'lk', fd, F_SETLK, flock, null)).toMatchObject(failedReply(errno));
  });

  test("a GlusterFS client's interrupt key cancels only the wait of its fd and range", async () => {
    const { lk, as, asClient, graph, inode, fd } = await setUp();
    const interrupt = (range: string, by = fd) =>
      as(9, 'fgetxattr', by, `glusterfs.intrlk.tposix.kblocked.${range}`, null);
    lk(1, F_SETLK, F_WRLCK);
    const other = new Fd(inode, 2, 1);
    const [waits, further, elsewhere] = [
      lk(2, F_SETLKW, F_RDLCK, 5, 10),
      lk(2, F_SETLKW, F_RDLCK, 6, 10),
      lk(3, F_SETLKW, F_RDLCK, 5, 10, other),
    ];
    const name = 'glusterfs.intrlk.tposix.kblocked.0,5-10';
    expect(asClient(connect(graph), 9, 'fgetxattr', fd, name, null)).toMatchObject(OK);
    expect(waits).toMatchObject(WAITS);
    const answer = interrupt('0,5-10');
    expect(answer).toMatchObject(OK);
    expect(String((answer.values[0] as Dict).get(name))).toContain('blocked locks=1 granted');
    expect(waits).toMatchObject(failedReply(EINTR));
    for (const reply of [further, elsewhere]) expect(reply).toMatchObject(WAITS);
    expect(interrupt('0,5-10')).toMatchObject(OK);
    expect(interrupt('7,5-10')).toMatchObject(failedReply(EINVAL));
    lk(1, F_SETLK, F_UNLCK);
    for (const reply of [further, elsewhere]) expect(reply).toMatchObject(OK);
  });

  test('an lk-owner of zeros fails with EINVAL', async () => {
    const { lk } = await setUp();
    expect(lk(0, F_SETLK, F_WRLCK)).toMatchObject(failedReply(EINVAL));
  });

  test('a lock of negative length covers the bytes before its start, and one past OFFSET_MAX has no end', async () => {
    const { lk } = await setUp();
    lk(1, F_SETLK, F_WRLCK, 100, -10);
    expect(foundLock(lk(2, F_GETLK, F_WRLCK))).toMatchObject({ start: 90, len: 10 });
    lk(1, F_SETLK, F_WRLCK, 500, OFFSET_MAX);
    expect(foundLock(lk(2, F_GETLK, F_WRLCK, 200))).toMatchObject({ start: 500, len: 0 });
  });

  test('waiting requests are granted in order of arrival', async () => {
    const { lk } = await setUp();
    lk(1, F_SETLK, F_WRLCK);
    const [second, third, fourth] = [2, 3, 4].map((owner) => lk(owner, F_SETLKW, F_WRLCK));
    expect([second, third, fourth]).toMatchObject([WAITS, WAITS, WAITS]);
    // Waiting requests let the server sleep.
    expect([second, third].map((reply) => reply?.frame.root.restCount)).toEqual([1, 1]);
    lk(1, F_SETLK, F_UNLCK);
    expect([second, third].map((reply) => reply?.frame.root.restCount)).toEqual([0, 1]);
    expect([second, third, fourth]).toMatchObject([OK, WAITS, WAITS]);
    lk(2, F_SETLK, F_UNLCK);
    expect([third, fourth]).toMatchObject([OK, WAITS]);
  });

  test('a downgrade to a read lock grants all waiting readers', async () => {
    const { lk } = await setUp();
    lk(1, F_SETLK, F_WRLCK);
    const readers = [2, 3].map((owner) => lk(owner, F_SETLKW, F_RDLCK));
    lk(1, F_SETLK, F_RDLCK);
    expect(readers).toMatchObject([OK, OK]);
  });

  test('unlocking a part grants the request that waits for it', async () => {
    const { lk } = await setUp();
    lk(1, F_SETLK, F_WRLCK, 0, 100);
    const [low, high] = [lk(2, F_SETLKW, F_WRLCK, 0, 10), lk(3, F_SETLKW, F_WRLCK, 50, 10)];
    lk(1, F_SETLK, F_UNLCK, 40, 30);
    expect([low, high]).toMatchObject([WAITS, OK]);
  });

  test('an interrupted request fails with EINTR and gets no lock later', async () => {
    const { lk, dump } = await setUp();
    lk(1, F_SETLK, F_WRLCK);
    const waiting = lk(2, F_SETLKW, F_WRLCK);
    const next = lk(3, F_SETLKW, F_WRLCK);
    waiting.frame.root.interrupt();
    expect(waiting).toMatchObject(failedReply(EINTR));
    lk(1, F_SETLK, F_UNLCK);
    expect([waiting, next]).toMatchObject([{ count: 1, opErrno: EINTR }, OK]);
    next.frame.root.interrupt();
    expect(next).toMatchObject(OK);
    expect(dump()).toMatchObject({ 'posixlk-count': 1, blocked: 0 });
  });

  test('a request that makes three owners wait for each other in a circle fails with EDEADLK', async () => {
    const { lk, file } = await setUp();
    const other = new Fd(file('g', 8), 2, 1);
    lk(1, F_SETLK, F_WRLCK, 0, 10);
    lk(2, F_SETLK, F_WRLCK, 20, 10);
    lk(3, F_SETLK, F_WRLCK, 0, 0, other);
    const first = lk(1, F_SETLKW, F_WRLCK, 20, 10);
    const second = lk(2, F_SETLKW, F_RDLCK, 0, 0, other);
    expect(lk(3, F_SETLKW, F_WRLCK, 5, 1)).toMatchObject(failedReply(EDEADLK));
    expect([first, second]).toMatchObject([WAITS, WAITS]);
    lk(3, F_SETLK, F_UNLCK, 0, 0, other);
    expect([first, second]).toMatchObject([WAITS, OK]);
  });

  test('the second of two readers that both request a write lock fails with EDEADLK', async () => {
    const { lk } = await setUp();
    lk(1, F_SETLK, F_RDLCK);
    lk(2, F_SETLK, F_RDLCK);
    const first = lk(1, F_SETLKW, F_WRLCK);
    expect(lk(2, F_SETLKW, F_WRLCK)).toMatchObject(failedReply(EDEADLK));
    lk(2, F_SETLK, F_UNLCK);
    expect(first).toMatchObject(OK);
  });
});

describe('flock', () => {
  test('does not conflict with record locks', async () => {
    const { lk, flock } = await setUp();
    expect(lk(1, F_SETLK, F_WRLCK)).toMatchObject(OK);
    expect(flock(2, F_SETLK, F_WRLCK)).toMatchObject(OK);
    expect(flock(3, F_SETLK, F_RDLCK)).toMatchObject(failedReply(EAGAIN));
  });

  test("a change of the lock's type releases the old lock first, and loses it if the new type is refused", async () => {
    const { flock } = await setUp();
    for (const owner of [1, 2]) expect(flock(owner, F_SETLK, F_RDLCK)).toMatchObject(OK);
    expect(flock(1, F_SETLK, F_WRLCK)).toMatchObject(failedReply(EAGAIN));
    expect(flock(2, F_SETLK, F_WRLCK)).toMatchObject(OK);
  });

  test('when two readers request the write lock, the second gets it, as the first released its read lock', async () => {
    const { flock } = await setUp();
    for (const owner of [1, 2]) flock(owner, F_SETLK, F_RDLCK);
    const first = flock(1, F_SETLKW, F_WRLCK);
    const second = flock(2, F_SETLKW, F_WRLCK);
    expect([first, second]).toMatchObject([WAITS, OK]);
    flock(2, F_SETLK, F_UNLCK);
    expect(first).toMatchObject(OK);
  });
});

describe('a close', () => {
  test('a close of any descriptor releases all record locks that its owner has on the file, but no flock', async () => {
    const { as, lk, flock, fd, inode, leaf } = await setUp();
    const other = new Fd(inode, 2, 1);
    lk(1, F_SETLK, F_WRLCK);
    flock(1, F_SETLK, F_WRLCK);
    const waiting = lk(2, F_SETLKW, F_WRLCK);
    const names: string[] = [];
    leaf.onRequest = (request) => {
      names.push(request.name);
      request.answer(0, 0, null);
    };
    expect(as(2, 'flush', fd, null)).toMatchObject(OK);
    expect(waiting).toMatchObject(WAITS);
    expect(as(1, 'flush', other, null)).toMatchObject(OK);
    expect(names).toEqual(['flush', 'flush']);
    expect(waiting).toMatchObject(OK);
    expect(flock(2, F_SETLK, F_WRLCK)).toMatchObject(failedReply(EAGAIN));
  });

  test('a close of the last descriptor releases the locks of that open file only', async () => {
    const { lk, flock, fd, inode, dump } = await setUp();
    const other = new Fd(inode, 2, 1);
    lk(1, F_SETLK, F_WRLCK, 0, 10);
    lk(2, F_SETLK, F_WRLCK, 10, 10, other);
    flock(1, F_SETLK, F_WRLCK);
    const waiting = flock(2, F_SETLKW, F_WRLCK, other);
    fd.release();
    expect(waiting).toMatchObject(OK);
    expect(dump()).toMatchObject({ 'posixlk-count': 1, 'flock-count': 1 });
    other.release();
    expect(dump()).toMatchObject({ inodes: 0, 'posixlk-count': 0, 'flock-count': 0 });
  });
});

describe('getactivelk and setactivelk', () => {
  test('copy the granted record locks from one file to another', async () => {
    const { as, lk, inode, file } = await setUp();
    const other = file('g', 8);
    lk(1, F_SETLK, F_WRLCK, 0, 10);
    lk(2, F_SETLK, F_RDLCK, 20);
    lk(3, F_SETLKW, F_WRLCK, 0, 1);
    const { opRet, values } = as(1, 'getactivelk', new Loc(inode), null);
    const list = values[0] as Flock[];
    expect([opRet, list.map(({ type, start, len, pid }) => [type, start, len, pid])]).toEqual([
      2,
      [
        [F_WRLCK, 0, 10, 1],
        [F_RDLCK, 20, 0, 2],
      ],
    ]);
    expect(as(1, 'setactivelk', new Loc(inode), list, null)).toMatchObject(failedReply(EINVAL));
    expect(as(1, 'setactivelk', new Loc(other), [], null)).toMatchObject(failedReply(EINVAL));
    expect(as(1, 'setactivelk', new Loc(other), list, null)).toMatchObject(OK);
    expect(as(1, 'getactivelk', new Loc(other), null).values[0]).toEqual(list);
    const fd = new Fd(other, 2, 1);
    expect(lk(3, F_SETLK, F_WRLCK, 0, 1, fd)).toMatchObject(failedReply(EAGAIN));
  });
});

describe('statedump and trace', () => {
  test('the statedump shows the number of locks, and the owner, range and times of each', async () => {
    const { as, lk, flock, inode, dump, context } = await setUp();
    expect(dump()).toEqual({
      inodes: 0,
      'posixlk-count': 0,
      'flock-count': 0,
      'inodelk-count': 0,
      'entrylk-count': 0,
      blocked: 0,
    });
    lk(1, F_SETLK, F_WRLCK);
    context.advance(1000);
    lk(2, F_SETLKW, F_RDLCK, 5, 7);
    flock(3, F_SETLK, F_RDLCK);
    const whole = { type: F_WRLCK, whence: 0, start: 0, len: 0, pid: 0, owner: '' };
    as(4, 'inodelk', 'dom', new Loc(inode), F_SETLK, whole, null);
    as(5, 'entrylk', 'dom', new Loc(inode), 'n', ENTRYLK_LOCK, ENTRYLK_WRLCK, null);
    const at = (seconds: number, what: string) => `${what} at 2026-11-20 12:00:0${seconds}`;
    expect(dump()).toEqual({
      inodes: 1,
      'posixlk-count': 2,
      'flock-count': 1,
      'inodelk-count': 1,
      'entrylk-count': 1,
      blocked: 1,
      'inode[0].path': '/f',
      'inode[0].posixlk.posixlk[0](ACTIVE)': `type=WRITE, whence=0, start=0, len=0, pid=1, owner=0000000000000001, ${at(0, 'granted')}`,
      'inode[0].posixlk.posixlk[1](BLOCKED)': `type=READ, whence=0, start=5, len=7, pid=2, owner=0000000000000002, ${at(1, 'blocked')}`,
      'inode[0].flock.flock[0](ACTIVE)': `type=READ, whence=0, start=0, len=0, pid=3, owner=0000000000000003, ${at(1, 'granted')}`,
      'inode[0].domain.dom.inodelk[0](ACTIVE)': `type=WRITE, whence=0, start=0, len=0, pid=4, owner=0000000000000004, ${at(1, 'granted')}`,
      'inode[0].domain.dom.entrylk[0](ACTIVE)': `type=ENTRYLK_WRLCK on basename=n, pid=5, owner=0000000000000005, ${at(1, 'granted')}`,
    });
    context.advance(1000);
    lk(1, F_SETLK, F_UNLCK);
    expect(dump()['inode[0].posixlk.posixlk[0](ACTIVE)']).toBe(
      `type=READ, whence=0, start=5, len=7, pid=2, owner=0000000000000002, ${at(1, 'blocked')}, ${at(2, 'granted')}`,
    );
  });

  test('the statedump of 1000 locks is cut, and shows the number of omitted locks', async () => {
    const { lk, dump } = await setUp();
    for (let n = 0; n < 1000; n++) lk(1, F_SETLK, F_WRLCK, n * 2, 1);
    const { 'posixlk-count': count, 'not-shown': left } = dump();
    const shown = Object.keys(dump()).filter((name) => name.includes('ACTIVE')).length;
    expect([count, left]).toEqual([1000, 1000 - shown]);
    expect(shown).toBeGreaterThan(200);
    expect(JSON.stringify(dump()).length).toBeLessThan(50_000);
  });

  test('option trace logs each request and its outcome, and logs nothing when it is off', async () => {
    const quiet = await setUp();
    quiet.lk(1, F_SETLK, F_WRLCK);
    expect(quiet.context.lines).toEqual([]);
    const { lk, as, inode, context, xl } = await setUp({ trace: 'on' });
    lk(1, F_SETLK, F_WRLCK);
    lk(2, F_SETLK, F_WRLCK);
    lk(2, F_SETLKW, F_WRLCK).frame.root.interrupt();
    as(3, 'entrylk', 'dom', new Loc(inode), null, ENTRYLK_LOCK, ENTRYLK_WRLCK, null);
    const told = context.lines.map((line) => /\[([A-Za-z ]+)\] Locker/.exec(line)?.[1]);
    const waited = ['REQUEST', 'BLOCKED', 'Interrupted system call'];
    const tried = ['REQUEST', 'TRYAGAIN'];
    expect(told).toEqual(['REQUEST', 'GRANTED', ...tried, ...waited, 'REQUEST', 'GRANTED']);
    expect(context.lines[0]).toMatch(
      /Locker = \{Pid=1, lk-owner=0000000000000001, Frame=\d+\} Lockee = \{gfid=\S+, path=\/f\} Lock = \{lock=FCNTL, cmd=SETLK, type=WRITE, start=0, len=0\}$/,
    );
    locks.reconfigure!(xl, { trace: false, 'mandatory-locking': 'off' } as never);
    const before = context.lines.length;
    lk(1, F_SETLK, F_UNLCK);
    expect(context.lines.length).toBe(before);
  });
});

test('requests that wait for a lock fail with ESTALE when the graph stops', async () => {
  const { as, lk, inode, graph } = await setUp();
  const whole = { type: F_WRLCK, whence: 0, start: 0, len: 0, pid: 0, owner: '' };
  lk(1, F_SETLK, F_WRLCK);
  as(1, 'inodelk', 'd', new Loc(inode), F_SETLK, whole, null);
  const record = lk(2, F_SETLKW, F_WRLCK);
  const domain = as(2, 'inodelk', 'd', new Loc(inode), F_SETLKW, whole, null);
  await graph.stop();
  expect([record, domain]).toMatchObject([failedReply(ESTALE), failedReply(ESTALE)]);
});

test('a lookup with the key posixlk-count returns the number of locks that programs have on the file', async () => {
  const { as, lk, flock, inode, leaf } = await setUp();
  const KEY = 'glusterfs.posixlk-count';
  const buf = makeAttributes(inode.gfid, IA_IFREG);
  leaf.onRequest = (request: HeldRequest) => {
    if (request.name === 'lookup') request.answer(0, 0, inode, buf, Dict.of({ more: 1 }), null);
    else request.answer(0, 0, null);
  };
  const count = () => {
    // As a server, which learns the inode only from the reply.
    const loc = new Loc(inode.table.newInode(), inode.table.root, 'f');
    const { values } = as(9, 'lookup', loc, Dict.of({ [KEY]: 4 }));
    const xdata = values[2] as Dict;
    return [xdata.number(KEY), xdata.type(KEY), xdata.number('more')];
  };
  expect(count()).toEqual([0, 'int', 1]);
  lk(1, F_SETLK, F_WRLCK, 0, 10);
  lk(1, F_SETLK, F_WRLCK, 20, 10);
  expect(count()).toEqual([2, 'int', 1]);
  lk(2, F_SETLKW, F_WRLCK);
  flock(3, F_SETLK, F_RDLCK);
  expect(count()).toEqual([4, 'int', 1]);
  const whole = { type: F_WRLCK, whence: 0, start: 0, len: 0, pid: 9, owner: '' };
  expect(as(9, 'inodelk', 'domain', new Loc(inode), F_SETLK, whole, null)).toMatchObject(OK);
  expect(count()).toEqual([4, 'int', 1]);
  const silent = as(9, 'lookup', new Loc(inode), null);
  expect((silent.values[2] as Dict).has(KEY)).toBe(false);
  leaf.onRequest = (request: HeldRequest) => request.answer(-1, ENOENT, null, null, null, null);
  const absent = as(9, 'lookup', new Loc(inode), Dict.of({ [KEY]: 4 }));
  expect([absent.opRet, absent.opErrno, absent.values[2]]).toEqual([-1, ENOENT, null]);
});
