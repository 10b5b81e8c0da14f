/** Grants of locks to waiters: whom they wake, at which cost, and what programs that die may leave. */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { storages, turns } from '../../test/support/chunk-storages.ts';
import { FakeContext, makeTranslator, startGraph } from '../../test/support/core.ts';
import { Volume } from '../api/volume.ts';
import { EACCES, EIO, ENOTCONN } from '../core/errno.ts';
import { collect, fail, fopNames, tail } from '../core/gen/fops.gen.ts';
import type { Graph } from '../core/graph.ts';
import { sendUpcall } from '../core/upcall.ts';
import type { Dump, Fops } from '../core/xlator.ts';
import lockTranslator from '../xlators/features/locks/index.ts';
import watch from '../xlators/features/watch/index.ts';
import { LOCK_XATTR } from './lock-record.ts';
import { Locks } from './locks.ts';

let context: FakeContext;
let graph: Graph;
/** Called with each request of a program: its process id and fop. It then fails if the result is true. */
let failsRequest: (pid: number, fop: string) => boolean;
/** The errno with which it fails. */
let errno: number = EIO;
/** Milliseconds until the storage gets a request. */
let delayMs = 0;

const link: Fops<null> = Object.fromEntries(
  fopNames.map((name) => [
    name,
    collect[name]((frame, xl, args) => {
      const wind = (): void =>
        (tail[name] as (...args: unknown[]) => void)(frame, xl.children[0]!, ...args);
      if (failsRequest(frame.root.pid, name)) fail[name](frame, errno);
      else if (delayMs > 0) context.after(delayMs, wind);
      else wind();
    }),
  ]),
);

/** Opens the locks for another program. */
function open(pid = 0): { locks: Locks; volume: Volume } {
  const volume = Volume.fromGraph(graph, { pid });
  onTestFinished(() => volume.close());
  return { locks: new Locks(volume, '/locks'), volume };
}

async function start(storage: keyof typeof storages): Promise<void> {
  failsRequest = () => false;
  errno = EIO;
  delayMs = 0;
  context = new FakeContext();
  graph = await startGraph(
    [
      storages[storage](),
      { translator: lockTranslator as never },
      { translator: makeTranslator('link', link) },
      { translator: watch as never },
    ],
    context,
  );
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(() => volume.close());
  await volume.mkdir('/locks');
}

/** Finds the inode of a path in the graph's table. */
const findInode = async (volume: Volume, path: string) =>
  graph.inodes.find((await volume.steps.run(volume.steps.files.find(path))).inode.gfid);

/** Waits until as many requests are in the record of a lock. */
async function awaitWaiters(locks: Locks, name: string, count: number): Promise<void> {
  while ((await locks.lockInfo(name)).waiters.length < count) await turns(1);
}

/** Waits for a promise while the clock advances by a millisecond after each step. */
async function run<R>(promise: Promise<R>): Promise<R> {
  let isDone = false;
  const done = promise.finally(() => {
    isDone = true;
  });
  done.catch(() => {});
  while (!isDone) {
    await turns(5);
    if (!isDone) context.advance(1);
  }
  return done;
}

const dump = (index: number): Dump => {
  const xl = graph.xlators[index]!;
  return xl.translator.dump!(xl);
};
const listMailboxes = (volume: Volume): Promise<string[]> => volume.readdir('/locks/.waiting');

describe.each(['memory', 'posix'] as const)('a grant over storage/%s', (storage) => {
  beforeEach(() => start(storage));

  it('reaches the waiter also if the program that unlocks dies at any request', async () => {
    for (let failing = 0; failing < 12; failing += 1) {
      const name = `lock${failing}`;
      const holder = open(1);
      const lock = await holder.locks.lock(name, 'holder');
      const { locks } = open(2);
      const waiting = locks.lock(name, 'waiter');
      await awaitWaiters(locks, name, 1);
      let count = 0;
      failsRequest = (pid) => pid === 1 && count++ >= failing;
      await lock.unlock().catch(() => {});
      failsRequest = () => false;
      await holder.volume.close();
      const { holder: present } = await locks.lockInfo(name);
      if (present?.owner === 'holder') await open().locks.breakLock(name, 'holder', 'other');
      expect((await waiting).owner).toBe('waiter');
    }
    // No grant was found by a timer.
    expect(context.time).toBe(0);
  });

  it('reaches the waiter by a report of the new record alone, and only that waiter', async () => {
    const holder = open(1);
    const lock = await holder.locks.lock('lock', 'holder');
    const { locks } = open(2);
    const waiting = locks.lock('lock', 'waiter');
    const laterWaiting = locks.lock('lock', 'later');
    await awaitWaiters(locks, 'lock', 2);
    // The brick's upcall, while every request of the waiter's program would fail.
    const storage = holder.volume;
    const inode = (await findInode(storage, '/locks/lock'))!;
    let isReported = false;
    failsRequest = (pid, fop) => {
      if (pid === 1 && fop === 'writev') return true;
      return pid === 2 && isReported;
    };
    await lock.unlock();
    const xattrs = new Map([[LOCK_XATTR, await storage.getxattr('/locks/lock', LOCK_XATTR)]]);
    isReported = true;
    for (let count = 0; count < 2; count += 1)
      sendUpcall(graph.xlators[1]!, { kind: 'inode', inode, data: false, xattrs });
    const granted = await waiting;
    expect([granted.owner, granted.fence]).toEqual(['waiter', 2]);
    isReported = false;
    await granted.unlock();
    expect((await run(laterWaiting)).fence).toBe(3);
  });

  it('is in the record when the unlock ends, and is found later, if the waiter cannot be told', async () => {
    const holder = open(1);
    const lock = await holder.locks.lock('lock', 'holder');
    const { locks } = open(2);
    const waiting = locks.lock('lock', 'waiter');
    await awaitWaiters(locks, 'lock', 1);
    errno = EACCES;
    let openCount = 0;
    // The mailbox belongs to another user; at the second try even its attributes are refused.
    failsRequest = (pid, fop) => {
      if (pid === 1 && fop === 'open') openCount += 1;
      return pid === 1 && (fop === 'open' || (fop === 'lookup' && openCount > 1));
    };
    expect(await lock.unlock()).toEqual({ existed: true });
    expect(openCount).toBe(2);
    failsRequest = () => false;
    expect((await locks.lockInfo('lock')).holder?.owner).toBe('waiter');
    context.advance(60_000);
    expect((await waiting).fence).toBe(2);
  });

  it('is not undone by a report for a request that was aborted', async () => {
    const holder = open(1);
    const lock = await holder.locks.lock('lock', 'holder');
    const { locks } = open(2);
    const controller = new AbortController();
    const waiting = locks.lock('lock', 'waiter', { signal: controller.signal });
    waiting.catch(() => {});
    await awaitWaiters(locks, 'lock', 1);
    failsRequest = (pid, fop) => pid === 1 && fop === 'writev';
    await lock.unlock();
    const inode = (await findInode(holder.volume, '/locks/lock'))!;
    const xattrs = new Map([[LOCK_XATTR, await holder.volume.getxattr('/locks/lock', LOCK_XATTR)]]);
    controller.abort();
    sendUpcall(graph.xlators[1]!, { kind: 'inode', inode, data: false, xattrs });
    await expect(waiting).rejects.toMatchObject({ code: 'ECANCELED' });
    await turns();
    expect(await holder.locks.lockInfo('lock')).toMatchObject({ holder: null, waiters: [] });
  });

  it('reaches a waiter whose connection to the storage is lost for a while from any request on', async () => {
    errno = ENOTCONN;
    for (let failing = 0; failing < 12; failing += 1) {
      const name = `lock${failing}`;
      const lock = await open(1).locks.lock(name, 'holder');
      const { locks } = open(2);
      const waiting = locks.lock(name, 'waiter');
      await awaitWaiters(locks, name, 1);
      const end = context.time + 3000;
      let count = 0;
      failsRequest = (pid) => pid === 2 && count++ >= failing && context.time < end;
      await lock.unlock();
      expect((await run(waiting)).owner).toBe('waiter');
      failsRequest = () => false;
      expect((await locks.lockInfo(name)).holder?.owner).toBe('waiter');
    }
  });

  it('reaches the next waiter if the program of the first one dies at any request', async () => {
    for (let failing = 0; failing < 16; failing += 1) {
      const name = `lock${failing}`;
      const { locks } = open();
      const lock = await locks.lock(name, 'holder');
      const dead = open(1);
      let count = 0;
      failsRequest = (pid) => pid === 1 && count++ >= failing;
      const died = dead.locks.lock(name, 'dead').catch(() => {});
      await turns();
      const waiting = open(2).locks.lock(name, 'alive');
      await turns();
      await dead.volume.close();
      await died;
      failsRequest = () => false;
      await lock.unlock();
      expect((await waiting).owner).toBe('alive');
    }
    expect(context.time).toBe(0);
  });

  it('removes the mailbox of a program that is gone; that of an idle one goes after a second', async () => {
    const { locks, volume } = open();
    const lock = await locks.lock('a', 'holder');
    const dead = open();
    const died = dead.locks.lock('a', 'dead').catch(() => {});
    await awaitWaiters(locks, 'a', 1);
    const waiting = open().locks.lock('a', 'alive');
    await awaitWaiters(locks, 'a', 2);
    expect((await listMailboxes(volume)).length).toBe(2);
    await dead.volume.close();
    await died;
    await lock.unlock();
    await waiting;
    await turns();
    expect((await listMailboxes(volume)).length).toBe(1);
    context.advance(1000);
    await turns();
    expect(await listMailboxes(volume)).toEqual([]);
  });

  it('goes in the order of requests also to programs whose mailboxes were removed', async () => {
    const { locks, volume } = open();
    const lock = await locks.lock('a', 'holder');
    const order: string[] = [];
    const waiting: Promise<void>[] = [];
    for (let index = 0; index < 6; index += 1) {
      const request = open().locks.lock('a', `waiter ${index}`);
      waiting.push(
        request.then(async (held) => {
          order.push(held.owner);
          await held.unlock();
        }),
      );
      await awaitWaiters(locks, 'a', index + 1);
    }
    const lost = await listMailboxes(volume);
    for (const name of lost.slice(0, 3)) await volume.unlink(`/locks/.waiting/${name}`);
    await turns(100);
    expect((await listMailboxes(volume)).length).toBe(6);
    await lock.unlock();
    await Promise.all(waiting);
    expect(order).toEqual([0, 1, 2, 3, 4, 5].map((index) => `waiter ${index}`));
  });

  it('is found within a minute after an administrator has removed the record', async () => {
    const { locks, volume } = open();
    await locks.lock('a', 'holder');
    const waiting = open().locks.lock('a', 'waiter');
    await awaitWaiters(locks, 'a', 1);
    await volume.removexattr('/locks/a', 'user.glossa.lock');
    context.advance(60_000);
    expect((await waiting).owner).toBe('waiter');
  });

  it('goes to each of 200 requests of four programs once, though a record has place for fewer', async () => {
    const { locks } = open();
    const lock = await locks.lock('a', 'holder');
    const granted: string[] = [];
    const programs = Array.from({ length: 4 }, () => open().locks);
    const waiting = Array.from({ length: 200 }, async (_, index) => {
      const held = await programs[index % 4]!.lock('a', `waiter ${index}`);
      granted.push(held.owner);
      await held.unlock();
    });
    await turns(500);
    const places = (await locks.lockInfo('a')).waiters.length;
    expect(places).toBeGreaterThan(40);
    expect(places).toBeLessThan(200);
    await lock.unlock();
    await Promise.all(waiting);
    expect(new Set(granted).size).toBe(200);
    expect(granted.length).toBe(200);
    expect(context.time).toBe(0);
  });
});

describe('a program that waits', () => {
  beforeEach(() => start('memory'));

  it('has one open file, one lock of the storage and one request under way, for 5,000 locks', async () => {
    const { locks } = open(1);
    const waiter = open(2);
    const names = Array.from({ length: 5000 }, (_, index) => `lock${index}`);
    await Promise.all(names.map(async (name) => (await locks.lock(name, 'holder')).close()));
    const granted: string[] = [];
    for (const name of names) {
      const waiting = waiter.locks.lock(name, 'waiter');
      // Most are never granted: their program ends first.
      waiting.then(
        (lock) => void granted.push(lock.name),
        () => {},
      );
    }
    const { client } = waiter.volume;
    const { calls } = client.graphClient.initiator;
    for (const name of names.slice(-100)) await awaitWaiters(locks, name, 1);
    while (calls.list().length > 1) await turns();
    expect(client.graphClient.fds.size).toBe(1);
    expect(dump(1)).toMatchObject({ 'inodelk-count': 1, 'posixlk-count': 0, blocked: 0 });
    expect(dump(3)).toMatchObject({ files: 1, watchers: 1 });
    expect(await listMailboxes(waiter.volume)).toHaveLength(1);
    // Each grant is told by itself.
    for (const name of ['lock7', 'lock4999', 'lock0']) {
      await locks.unlock(name, 'holder');
      await turns();
      expect(granted.pop()).toBe(name);
    }
    expect(context.time).toBe(0);
  });

  it('is not woken by a grant to another', async () => {
    const { locks } = open();
    let lock = await locks.lock('a', 'holder');
    const waiting: Promise<unknown>[] = [];
    for (let pid = 1; pid <= 10; pid += 1) {
      const request = open(pid).locks.lock('a', `waiter ${pid}`);
      // Most are never granted: their programs end first.
      request.catch(() => {});
      waiting.push(request);
      await awaitWaiters(locks, 'a', pid);
    }
    await turns();
    const pids = new Set<number>();
    failsRequest = (pid) => {
      pids.add(pid);
      return false;
    };
    await lock.unlock();
    lock = (await waiting[0]) as typeof lock;
    await turns();
    // 0 is the holder, and features/watch itself.
    expect([...pids].sort()).toEqual([0, 1]);
  });

  it('gets the lock five round trips after the unlock of another program, if nothing reports the record', async () => {
    const [first, second] = [open(1), open(2)];
    let lock = await run(first.locks.lock('a', 'first'));
    delayMs = 1;
    const roundTrips: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const { locks } = turn % 2 === 0 ? second : first;
      const waiting = locks.lock('a', `turn ${turn}`);
      await run(new Promise<void>((resolve) => context.after(100, resolve)));
      const start = context.time;
      const unlocked = lock.unlock();
      lock = await run(waiting);
      roundTrips.push(context.time - start);
      await run(unlocked);
    }
    // Before its first message to a program, the other one opens its mailbox.
    expect(roundTrips).toEqual([7, 7, 5, 5]);
    delayMs = 0;
  });

  it('leaves nothing if it gives up, before, while and after it gets its place', async () => {
    const { locks, volume } = open();
    const lock = await locks.lock('a', 'holder');
    for (let pause = 0; pause < 40; pause += 1) {
      const controller = new AbortController();
      const waiting = open().locks.lock('a', 'waiter', { signal: controller.signal });
      await turns(pause);
      controller.abort();
      await expect(waiting).rejects.toMatchObject({ code: 'ECANCELED' });
    }
    await turns();
    expect((await locks.lockInfo('a')).waiters).toEqual([]);
    await lock.unlock();
    expect((await locks.lockInfo('a')).holder).toBeNull();
    context.advance(1000);
    await turns();
    expect(await listMailboxes(volume)).toEqual([]);
  });

  it('gives the lock to the next if it gives up while it is granted', async () => {
    for (let pause = 0; pause < 12; pause += 1) {
      const name = `lock${pause}`;
      const { locks } = open();
      const lock = await locks.lock(name, 'holder');
      const controller = new AbortController();
      const waiting = open().locks.lock(name, 'first', { signal: controller.signal });
      await awaitWaiters(locks, name, 1);
      const next = open().locks.lock(name, 'second');
      await awaitWaiters(locks, name, 2);
      const unlocked = lock.unlock();
      for (let step = 0; step < pause; step += 1) await null;
      controller.abort();
      const outcome = await waiting.then(
        (held) => held,
        () => null,
      );
      await unlocked;
      await outcome?.unlock();
      expect((await next).owner).toBe('second');
    }
  });

  it('removes mailboxes that programs have left without waiters', async () => {
    const { locks, volume } = open();
    await locks.lock('a', 'holder');
    await volume.mkdir('/locks/.waiting');
    for (const name of ['0000000000000001', '0000000000000002'])
      await volume.writeFile(`/locks/.waiting/${name}`, '');
    await volume.utimes('/locks/.waiting/0000000000000001', new Date(0), new Date(0));
    context.advance(100_000);
    await volume.utimes('/locks/.waiting/0000000000000002', new Date(95_000), new Date(95_000));
    const waiting = locks.lock('a', 'waiter');
    await awaitWaiters(locks, 'a', 1);
    await locks.unlock('a', 'holder');
    await waiting;
    context.advance(1000);
    await turns();
    // The second one may be of a program that has just begun.
    expect(await listMailboxes(volume)).toEqual(['0000000000000002']);
  });
});
