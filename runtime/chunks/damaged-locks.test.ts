/** Locks whose record is damaged, and locks of programs that end at any of their requests. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { FakeContext, makeTranslator, startGraph } from '../../test/support/core.ts';
import { Volume } from '../api/volume.ts';
import { EIO } from '../core/errno.ts';
import { collect, fail, fopNames, tail } from '../core/gen/fops.gen.ts';
import type { Graph } from '../core/graph.ts';
import type { Fops } from '../core/xlator.ts';
import lockTranslator from '../xlators/features/locks/index.ts';
import watch from '../xlators/features/watch/index.ts';
import memory from '../xlators/storage/memory/index.ts';
import { ChunkStore, type Locks } from './index.ts';

const RECORD = 'user.glossa.lock';
/** More requests than one call of a lock makes. */
const REQUESTS_MAX = 24;

/** Requests that a program may still send, by process id. */
const requestsLeft = new Map<number, number>();

const faults: Fops<null> = Object.fromEntries(
  fopNames.map((name) => [
    name,
    collect[name]((frame, xl, args) => {
      const left = requestsLeft.get(frame.root.pid) ?? Number.POSITIVE_INFINITY;
      requestsLeft.set(frame.root.pid, left - 1);
      if (left <= 0) fail[name](frame, EIO);
      else (tail[name] as (...args: unknown[]) => void)(frame, xl.children[0]!, ...args);
    }),
  ]),
);

const turns = async (count = 60): Promise<void> => {
  for (let index = 0; index < count; index += 1)
    await new Promise((resolve) => setImmediate(resolve));
};

let graph: Graph;
let lastPid = 0;

interface Program {
  readonly pid: number;
  readonly volume: Volume;
  readonly store: ChunkStore;
  readonly locks: Locks;
}

/** Opens the store for another program. */
async function open(): Promise<Program> {
  lastPid += 1;
  const pid = lastPid;
  const volume = Volume.fromGraph(graph, { pid });
  onTestFinished(() => volume.close());
  const store = await ChunkStore.open(volume);
  return { pid, volume, store, locks: store.locks };
}

/** Ends a program: its requests fail, and its connection closes. */
async function kill({ pid, volume }: Program): Promise<void> {
  requestsLeft.set(pid, 0);
  await volume.close();
}

beforeEach(async () => {
  requestsLeft.clear();
  const volumes = [
    { translator: memory as never },
    { translator: lockTranslator as never },
    { translator: watch as never },
    { translator: makeTranslator('faults', faults) },
  ];
  graph = await startGraph(volumes, new FakeContext());
  onTestFinished(() => graph.stop());
});

describe('a lock whose record is damaged', () => {
  const calls: Readonly<Record<string, (locks: Locks) => Promise<unknown>>> = {
    lock: (locks) => locks.lock('a', 'owner'),
    'lock without waiting': (locks) => locks.lock('a', 'owner', { wait: false }),
    unlock: (locks) => locks.unlock('a', 'owner'),
    lockInfo: (locks) => locks.lockInfo('a'),
    breakLock: (locks) => locks.breakLock('a', 'owner', 'administrator'),
  };

  it.each(Object.keys(calls))(
    'fails %s with its path and how to remove the record',
    async (call) => {
      const { locks, volume } = await open();
      await (await locks.lock('a', 'owner')).unlock();
      await volume.setxattr('/chunks/.locks/a', RECORD, 'damaged');
      await expect(calls[call]!(locks)).rejects.toMatchObject({
        code: 'EBADMSG',
        message: expect.stringMatching(
          /'\/chunks\/\.locks\/a': .*remove the extended attribute user\.glossa\.lock/,
        ),
      });
      expect(Buffer.from(await volume.getxattr('/chunks/.locks/a', RECORD)).toString()).toBe(
        'damaged',
      );
    },
  );

  it.each(Object.keys(calls))(
    'fails %s with both versions and how to break the lock, if its record is of another one',
    async (call) => {
      const { locks, volume } = await open();
      await locks.lock('a', 'owner');
      const record = JSON.parse(
        Buffer.from(await volume.getxattr('/chunks/.locks/a', RECORD)).toString(),
      );
      const other = JSON.stringify({ ...record, version: record.version + 1, queue: 'unknown' });
      await volume.setxattr('/chunks/.locks/a', RECORD, other);
      const versions = `format ${record.version + 1}; this one reads ${record.version}`;
      await expect(calls[call]!(locks)).rejects.toMatchObject({
        code: 'EBADMSG',
        message: expect.stringMatching(
          `'/chunks/\\.locks/a': .*another version of glossa \\(${versions}\\).*remove the extended attribute user\\.glossa\\.lock, which breaks the lock`,
        ),
      });
      expect(Buffer.from(await volume.getxattr('/chunks/.locks/a', RECORD)).toString()).toBe(other);
    },
  );

  it('leaves other locks as they are, and is free after the removal of its record', async () => {
    const { locks, volume } = await open();
    await locks.lock('a', 'owner');
    await locks.lock('b', 'owner');
    await volume.setxattr('/chunks/.locks/a', RECORD, '{');
    expect((await locks.lockInfo('b')).holder?.owner).toBe('owner');
    await volume.removexattr('/chunks/.locks/a', RECORD);
    expect((await locks.lock('a', 'other', { wait: false })).owner).toBe('other');
  });

  it('does not fence with a grant from before the removal of the record, whose number is given again', async () => {
    const [a, b] = [await open(), await open()];
    const lock = await a.locks.lock('a', 'A');
    await using chunk = await a.store.open('chunk', { create: true });
    await b.volume.removexattr('/chunks/.locks/a', RECORD);
    const again = await b.locks.lock('a', 'B');
    expect(again.fence).toBe(lock.fence);
    await expect(chunk.write(0, 'late', { lock })).rejects.toMatchObject({ code: 'ESTALE' });
  });

  it('is refused for every text other than a record', async () => {
    const { locks, volume } = await open();
    await (await locks.lock('a', 'owner')).unlock();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        await volume.setxattr('/chunks/.locks/a', RECORD, text);
        await expect(locks.lockInfo('a')).rejects.toMatchObject({ code: 'EBADMSG' });
      }),
      { numRuns: 50 },
    );
  });
});

describe('a program that ends at any of its requests', () => {
  it('while it unlocks, has kept the lock or given it to the waiter', async () => {
    const holders = new Set<string>();
    for (let requests = 0; requests < REQUESTS_MAX; requests += 1) {
      const name = `unlock${requests}`;
      const [a, b, observer] = [await open(), await open(), await open()];
      const lock = await a.locks.lock(name, 'A');
      const waiting = b.locks.lock(name, 'B');
      await turns();
      requestsLeft.set(a.pid, requests);
      await lock.unlock().catch(() => {});
      await kill(a);
      const { holder } = await observer.locks.lockInfo(name);
      holders.add(holder!.owner);
      if (holder!.owner === 'A') await observer.locks.unlock(name, 'A');
      const granted = await waiting;
      expect(granted.owner).toBe('B');
      expect(granted.fence).toBeGreaterThan(lock.fence);
      await kill(b);
    }
    expect([...holders]).toEqual(['A', 'B']);
  });

  it('while it waits, is skipped', async () => {
    for (let requests = 0; requests < REQUESTS_MAX; requests += 1) {
      const name = `wait${requests}`;
      const [a, b, c] = [await open(), await open(), await open()];
      const lock = await a.locks.lock(name, 'A');
      requestsLeft.set(b.pid, requests);
      b.locks.lock(name, 'B').catch(() => {});
      await turns();
      await kill(b);
      const waiting = c.locks.lock(name, 'C');
      await turns();
      await lock.unlock();
      expect((await waiting).owner).toBe('C');
    }
  });

  it('after it was granted the lock, has it by its name', async () => {
    for (let requests = 0; requests < REQUESTS_MAX; requests += 1) {
      const name = `grant${requests}`;
      const [a, b, later] = [await open(), await open(), await open()];
      const lock = await a.locks.lock(name, 'A');
      b.locks.lock(name, 'B').catch(() => {});
      await turns();
      requestsLeft.set(b.pid, requests);
      await lock.unlock();
      await turns();
      await kill(b);
      const { holder, fence } = await later.locks.lockInfo(name);
      expect(holder?.owner).toBe('B');
      expect((await later.locks.lock(name, 'B')).fence).toBeGreaterThan(fence);
    }
  });
});
