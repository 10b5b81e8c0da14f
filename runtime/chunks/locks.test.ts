/** Locks that stay, over storages of this process. Each `Locks` stands for a program of its own. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { code, storages, turns } from '../../test/support/chunk-storages.ts';
import { FakeContext, makeTranslator, startGraph } from '../../test/support/core.ts';
import { Volume } from '../api/volume.ts';
import { EIO } from '../core/errno.ts';
import { collect, fail, fopNames, tail } from '../core/gen/fops.gen.ts';
import type { Graph } from '../core/graph.ts';
import type { Fops } from '../core/xlator.ts';
import lockTranslator from '../xlators/features/locks/index.ts';
import watch from '../xlators/features/watch/index.ts';
import type { HeldLock } from './held-lock.ts';
import { Locks } from './locks.ts';

/** Fails the requests that a test selects: as when a program dies at that point. */
let failsRequest: (fop: string) => boolean;

const faults: Fops<null> = Object.fromEntries(
  fopNames.map((name) => [
    name,
    collect[name]((frame, xl, args) => {
      if (failsRequest(name)) fail[name](frame, EIO);
      else (tail[name] as (...args: unknown[]) => void)(frame, xl.children[0]!, ...args);
    }),
  ]),
);

describe.each(['memory', 'posix'] as const)('a lock over storage/%s', (storage) => {
  let context: FakeContext;
  let graph: Graph;

  /** Opens the locks for another program. */
  function open(): { locks: Locks; volume: Volume } {
    const volume = Volume.fromGraph(graph);
    onTestFinished(() => volume.close());
    return { locks: new Locks(volume, '/locks'), volume };
  }

  beforeEach(async () => {
    failsRequest = () => false;
    context = new FakeContext();
    graph = await startGraph(
      [
        storages[storage](),
        { translator: lockTranslator as never },
        { translator: watch as never },
        { translator: makeTranslator('faults', faults) },
      ],
      context,
    );
    const volume = Volume.fromGraph(graph, { ownsGraph: true });
    onTestFinished(() => volume.close());
    await volume.mkdir('/locks');
  });

  it('stays when its handle and its program are gone', async () => {
    const first = open();
    const lock = await first.locks.lock('a', 'owner');
    lock.close();
    await first.volume.close();
    const { locks } = open();
    expect((await locks.lockInfo('a')).holder).toMatchObject({ owner: 'owner', expiresAt: null });
    expect(await code(locks.lock('a', 'other', { wait: false }))).toBe('EAGAIN');
    expect(await locks.unlock('a', 'owner')).toEqual({ existed: true });
  });

  it('is granted to the same owner again, with a greater fencing number; the old one cannot unlock', async () => {
    const { locks } = open();
    const old = await locks.lock('a', 'owner');
    const renewed = await open().locks.lock('a', 'owner');
    expect(renewed.fence).toBeGreaterThan(old.fence);
    expect(await code(old.unlock())).toBe('ESTALE');
    expect((await locks.lockInfo('a')).holder?.owner).toBe('owner');
    expect(await renewed.unlock()).toEqual({ existed: true });
  });

  it('is granted to a waiter when it is unlocked, without a timer', async () => {
    const lock = await open().locks.lock('a', 'first');
    const granted: HeldLock[] = [];
    const waiting = open().locks.lock('a', 'second', {
      onGrant: (held) => void granted.push(held),
    });
    await turns();
    expect(granted).toEqual([]);
    await lock.unlock();
    expect(await waiting).toBe(granted[0]);
    expect(context.time).toBe(0);
  });

  it('is granted in the order of the requests; a waiter that gives up is skipped', async () => {
    const lock = await open().locks.lock('a', 'holder');
    const order: string[] = [];
    const controllers: AbortController[] = [];
    const waiting: Promise<void>[] = [];
    for (let index = 0; index < 10; index += 1) {
      const controller = new AbortController();
      controllers.push(controller);
      const { locks } = open();
      const request = locks.lock('a', `waiter ${index}`, { signal: controller.signal });
      waiting.push(
        request.then(
          async (held) => {
            order.push(held.owner);
            await held.unlock();
          },
          (error: NodeJS.ErrnoException) => void order.push(error.code!),
        ),
      );
      await turns();
    }
    expect((await open().locks.lockInfo('a')).waiters.length).toBe(10);
    controllers[3]!.abort();
    await waiting[3];
    await lock.unlock();
    await Promise.all(waiting);
    expect(order).toEqual([
      'ECANCELED',
      ...[0, 1, 2, 4, 5, 6, 7, 8, 9].map((index) => `waiter ${index}`),
    ]);
  });

  it('skips a waiter whose program has died', async () => {
    const { locks } = open();
    const lock = await locks.lock('a', 'holder');
    const dead = open();
    const died = code(dead.locks.lock('a', 'dead'));
    await turns();
    const waiting = open().locks.lock('a', 'alive');
    await turns();
    await dead.volume.close();
    await died;
    expect((await locks.lockInfo('a')).waiters.length).toBe(2);
    await lock.unlock();
    expect((await waiting).owner).toBe('alive');
    expect((await locks.lockInfo('a')).waiters).toEqual([]);
  });

  it('names its holder to a request that does not wait', async () => {
    const { locks } = open();
    await locks.lock('a', 'the holder');
    await expect(locks.lock('a', 'other', { wait: false })).rejects.toMatchObject({
      code: 'EAGAIN',
      message: expect.stringMatching(
        /'the holder' has it since \d.*; if it never comes back: breakLock$/,
      ),
      holder: { owner: 'the holder' },
    });
  });

  it('can be unlocked by its owner alone, and more than once', async () => {
    const { locks } = open();
    await locks.lock('a', 'ab');
    for (const owner of ['abc', 'a', 'AB'])
      expect(await code(locks.unlock('a', owner))).toBe('EPERM');
    expect(await locks.unlock('a', 'ab')).toEqual({ existed: true });
    expect(await locks.unlock('a', 'ab')).toEqual({ existed: false });
    expect(await code(locks.lock('a', ''))).toBe('EINVAL');
    expect(await code(locks.lock('../a', 'owner'))).toBe('EINVAL');
  });

  it('is broken only if the expected owner has it; then the first waiter gets it, and the record says so', async () => {
    const { locks } = open();
    const lock = await locks.lock('a', 'lost');
    const waiting = open().locks.lock('a', 'waiter');
    await turns();
    expect(await code(locks.breakLock('a', 'other', 'admin'))).toBe('ESTALE');
    expect((await locks.lockInfo('a')).holder?.owner).toBe('lost');
    const { lastBreak, holder } = await locks.breakLock('a', 'lost', 'admin');
    expect(lastBreak).toMatchObject({ owner: 'lost', by: 'admin', fence: lock.fence });
    expect(holder?.owner).toBe('waiter');
    expect((await waiting).fence).toBeGreaterThan(lock.fence);
    // The lost one cannot give the waiter's lock back.
    expect(await code(lock.unlock())).toBe('EPERM');
    expect((await locks.lockInfo('a')).holder?.owner).toBe('waiter');
  });

  it('expires only if its owner has asked for that', async () => {
    const { locks } = open();
    await locks.lock('kept', 'first');
    await locks.lock('expiring', 'first', { ttl: 1000 });
    const waiting = open().locks.lock('expiring', 'second');
    await turns();
    context.advance(999);
    await turns();
    expect((await locks.lockInfo('expiring')).holder?.owner).toBe('first');
    context.advance(1);
    expect((await waiting).owner).toBe('second');
    // The second program's mailbox, with its watch, ends.
    context.advance(1000);
    await turns();
    context.advance(1e9);
    expect(await code(locks.lock('kept', 'second', { wait: false }))).toBe('EAGAIN');
  });

  it('is granted to each waiter in turn after the lock of a holder has expired', async () => {
    const order: string[] = [];
    await open().locks.lock('a', 'holder', { ttl: 1000 });
    const waiting = ['first', 'second', 'third'].map((owner) => {
      const { locks } = open();
      return { owner, request: () => locks.lock('a', owner) };
    });
    const requests: Promise<void>[] = [];
    for (const { request } of waiting) {
      requests.push(
        request().then(async (lock) => {
          order.push(lock.owner);
          await lock.unlock();
        }),
      );
      await turns();
    }
    context.advance(1000);
    await turns(300);
    expect(order).toEqual(['first', 'second', 'third']);
    await Promise.all(requests);
  });

  it('has a whole record or none after a program has failed at any request', async () => {
    for (let failing = 0; failing < 12; failing += 1) {
      const name = `lock${failing}`;
      const program = open();
      let count = 0;
      failsRequest = () => count++ >= failing;
      const outcome = await code(program.locks.lock(name, 'owner', { wait: false }));
      failsRequest = () => false;
      await program.volume.close();
      const { locks } = open();
      const { holder } = await locks.lockInfo(name);
      expect(holder === null || holder.owner === 'owner').toBe(true);
      if (outcome === 'no error') expect(holder?.owner).toBe('owner');
      // The lock of the failed program does not keep others from their own.
      if (holder !== null) await locks.breakLock(name, 'owner', 'other');
      expect((await locks.lock(name, 'other', { wait: false })).owner).toBe('other');
    }
  });

  it('says how to repair a damaged record', async () => {
    const { locks, volume } = open();
    await volume.writeFile('/locks/a', '');
    for (const damaged of ['{', '{"version":2}', 'null']) {
      await volume.setxattr('/locks/a', 'user.glossa.lock', damaged);
      await expect(locks.lock('a', 'owner')).rejects.toMatchObject({
        code: 'EBADMSG',
        message: expect.stringContaining('remove the extended attribute user.glossa.lock'),
      });
    }
    await volume.removexattr('/locks/a', 'user.glossa.lock');
    await locks.lock('a', 'owner');
  });

  it('loses no wake-up, in any order of the programs', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(6), { minLength: 4, maxLength: 12 }), async (pauses) => {
        count += 1;
        const name = `race${count}`;
        let inside = 0;
        let done = 0;
        const use = async (pause: number, index: number): Promise<void> => {
          const { locks } = open();
          await turns(pause);
          const lock = await locks.lock(name, `program ${index}`);
          inside += 1;
          expect(inside).toBe(1);
          await turns(pause);
          inside -= 1;
          done += 1;
          await lock.unlock();
        };
        await Promise.all(pauses.map(use));
        expect(done).toBe(pauses.length);
      }),
      { numRuns: 20 },
    );
    expect(context.time).toBe(0);
  });

  it('lets 60 requests of one program wait, some of them without a place in the record', async () => {
    const { locks } = open();
    const lock = await locks.lock('a', 'holder');
    const granted: string[] = [];
    const waiting = Array.from({ length: 60 }, async (_, index) => {
      const held = await locks.lock('a', `waiter ${index}`);
      granted.push(held.owner);
      await held.unlock();
    });
    await turns(300);
    await lock.unlock();
    await Promise.all(waiting);
    expect(new Set(granted).size).toBe(60);
  });
});
