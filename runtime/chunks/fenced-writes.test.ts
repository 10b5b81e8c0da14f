/** Writes that a lock fences, and watches of chunks, over storages of this process. */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { code, storages, turns } from '../../test/support/chunk-storages.ts';
import { FakeContext, makeTranslator, startGraph } from '../../test/support/core.ts';
import { Volume } from '../api/volume.ts';
import { tail } from '../core/gen/fops.gen.ts';
import type { Graph } from '../core/graph.ts';
import type { Fops } from '../core/xlator.ts';
import lockTranslator from '../xlators/features/locks/index.ts';
import watch from '../xlators/features/watch/index.ts';
import writeBehind from '../xlators/performance/write-behind/index.ts';
import { ChunkStore, type WatchEvent } from './index.ts';

/** Process id of the program whose next read of a lock's record takes as long as the test wants; 0 for none. */
let pausedPid = 0;
let resume: (() => void) | null = null;

/** Milliseconds that each write takes. */
let writeMs = 0;
/** Number of writes that have reached the storage. */
let writeCount = 0;

const pause: Fops<null> = {
  writev(frame, xl, fd, data, ...rest) {
    const wind = (): void => {
      writeCount += 1;
      tail.writev(frame, xl.children[0]!, fd, data, ...rest);
    };
    if (writeMs === 0) wind();
    else xl.context.after(writeMs, wind);
  },

  getxattr(frame, xl, loc, name, xdata) {
    const wind = (): void => tail.getxattr(frame, xl.children[0]!, loc, name, xdata);
    if (frame.root.pid !== pausedPid) return wind();
    pausedPid = 0;
    resume = wind;
  },
};

describe.each(['memory', 'posix'] as const)('a chunk store over storage/%s', (storage) => {
  let context: FakeContext;
  let graph: Graph;

  /** Opens the store for another program. */
  async function open(pid: number): Promise<ChunkStore> {
    const volume = Volume.fromGraph(graph, { pid });
    onTestFinished(() => volume.close());
    return ChunkStore.open(volume);
  }

  beforeEach(async () => {
    [pausedPid, resume] = [0, null];
    [writeMs, writeCount] = [0, 0];
    context = new FakeContext();
    graph = await startGraph(
      [
        storages[storage](),
        { translator: lockTranslator as never },
        { translator: watch as never },
        { translator: makeTranslator('pause', pause) },
      ],
      context,
    );
    onTestFinished(() => graph.stop());
  });

  const passTime = async (steps: number, ms: number): Promise<void> => {
    for (let step = 0; step < steps; step += 1) {
      await turns(10);
      context.advance(ms);
    }
    await turns(10);
  };

  const read = async (store: ChunkStore): Promise<string> => {
    await using chunk = await store.open('a');
    return Buffer.from(await chunk.read(0, 100)).toString();
  };

  it('writes with a lock that is held, and refuses with ESTALE once it was broken', async () => {
    const [ours, other] = [await open(1), await open(2)];
    const lock = await ours.locks.lock('disk', 'ours');
    await using chunk = await ours.open('a', { create: true, lock });
    await chunk.write(0, 'first', { lock });
    await other.locks.breakLock('disk', 'ours', 'other');
    const theirs = await other.locks.lock('disk', 'other');
    await using same = await other.open('a', { lock: theirs });
    await same.write(0, 'other', { lock: theirs });
    const refused = [chunk.write(0, 'later', { lock }), ours.unlink('a', { lock })];
    for (const outcome of refused) expect(await code(outcome)).toBe('ESTALE');
    expect(await read(other)).toBe('other');
  });

  it('sends nothing of a program that was paused after the check of its lock, while another took it', async () => {
    const [ours, other] = [await open(1), await open(2)];
    const lock = await ours.locks.lock('disk', 'ours');
    await using chunk = await ours.open('a', { create: true });
    pausedPid = 1;
    const late = code(chunk.write(0, 'late', { lock }));
    await turns();
    expect(resume).not.toBeNull();
    await other.locks.breakLock('disk', 'ours', 'other');
    const granted = other.locks.lock('disk', 'other');
    await turns();
    // The new holder waits for the end of the lease, as the paused one may not have noticed.
    for (let step = 0; step < 500; step += 1) {
      context.advance(20);
      await turns(2);
    }
    const theirs = await granted;
    await using same = await other.open('a');
    await same.write(0, 'theirs', { lock: theirs });
    resume!();
    expect(await late).toBe('ESTALE');
    expect(await read(other)).toBe('theirs');
  });

  it('writes again after a pause in which no other program took the lock', async () => {
    const ours = await open(1);
    const lock = await ours.locks.lock('disk', 'ours');
    await using chunk = await ours.open('a', { create: true });
    pausedPid = 1;
    const written = chunk.write(0, 'written', { lock });
    await turns();
    context.advance(60_000);
    resume!();
    await written;
    expect(await read(ours)).toBe('written');
  });

  it('goes on with a write that takes longer than the lease, without a request sent twice', async () => {
    const [ours, other] = [await open(1), await open(2)];
    const lock = await ours.locks.lock('disk', 'ours');
    await using chunk = await ours.open('a', { create: true });
    writeMs = 2000;
    // 32 requests of 128 KiB, 8 at a time: 8 seconds.
    const data = new Uint8Array(4 * 1024 * 1024).fill(1);
    const written = chunk.write(0, data, { lock });
    await passTime(16, 500);
    await written;
    expect(writeCount).toBe(32);
    writeMs = 0;
    expect(Buffer.from(await other.readWhole('a')).equals(Buffer.from(data))).toBe(true);
    await lock.unlock();
  });

  it('refuses the rest of a write once its lock was broken and the lease is over', async () => {
    const [ours, other] = [await open(1), await open(2)];
    const lock = await ours.locks.lock('disk', 'ours');
    await using chunk = await ours.open('a', { create: true });
    writeMs = 2000;
    const written = code(chunk.write(0, new Uint8Array(4 * 1024 * 1024), { lock }));
    await passTime(4, 500);
    await other.locks.breakLock('disk', 'ours', 'other');
    const granted = other.locks.lock('disk', 'other');
    await passTime(20, 500);
    expect(await written).toBe('ESTALE');
    const sent = writeCount;
    expect(sent).toBeLessThan(32);
    await (await granted).unlock();
    await passTime(10, 500);
    expect(writeCount).toBe(sent);
  });

  it('begins further requests while a long one is under way', async () => {
    const ours = await open(1);
    const lock = await ours.locks.lock('disk', 'ours');
    await using chunk = await ours.open('a', { create: true });
    writeMs = 2000;
    const written = chunk.write(0, 'long', { lock });
    await passTime(2, 500);
    await ours.unlink('a', { lock });
    await passTime(4, 500);
    await written;
    await lock.unlock();
  });

  it('checks its lock again after the connection was lost', async () => {
    const [ours, other] = [await open(1), await open(2)];
    const lock = await ours.locks.lock('disk', 'ours');
    await using chunk = await ours.open('a', { create: true });
    writeMs = 500;
    const written = code(chunk.write(0, new Uint8Array(4 * 1024 * 1024), { lock }));
    await passTime(1, 500);
    await other.locks.breakLock('disk', 'ours', 'other');
    graph.xlators.at(-1)!.notify('SOME_DESCENDENT_UP', graph.xlators[0]!);
    await passTime(2, 500);
    expect(await written).toBe('ESTALE');
    expect(writeCount).toBeLessThan(32);
  });

  it('ends without an unhandled error if the volume is closed during a request', async () => {
    const volume = Volume.fromGraph(graph);
    const ours = await ChunkStore.open(volume);
    const lock = await ours.locks.lock('disk', 'ours');
    const chunk = await ours.open('a', { create: true });
    writeMs = 2000;
    const written = code(chunk.write(0, 'text', { lock }));
    await turns();
    await volume.close();
    expect(await written).toBe('GLOSSA_VOLUME_CLOSED');
    await passTime(4, 500);
  });

  it('names a volume that replies before the storage has the data, and sends nothing', async () => {
    const cached = await startGraph(
      [
        storages[storage](),
        { translator: lockTranslator as never },
        { translator: writeBehind as never, name: 'cache' },
        { translator: watch as never },
      ],
      new FakeContext(),
    );
    const volume = Volume.fromGraph(cached, { ownsGraph: true });
    onTestFinished(() => volume.close());
    const store = await ChunkStore.open(volume);
    const lock = await store.locks.lock('disk', 'ours');
    await using chunk = await store.open('a', { create: true });
    await expect(chunk.write(0, 'text', { lock })).rejects.toMatchObject({
      code: 'EOPNOTSUPP',
      message: expect.stringContaining("volume 'cache' (performance/write-behind)"),
    });
    expect((await store.stat('a')).size).toBe(0);
    await chunk.write(0, 'text');
  });

  it('lets 64 writes share one check of their lock', async () => {
    const ours = await open(1);
    const lock = await ours.locks.lock('disk', 'ours');
    await using chunk = await ours.open('a', { create: true });
    const writes = Array.from({ length: 64 }, (_, index) => chunk.write(index, 'x', { lock }));
    await Promise.all(writes);
    expect(await read(ours)).toBe('x'.repeat(64));
    await lock.unlock();
    expect(await code(chunk.write(0, 'y', { lock }))).not.toBe('no error');
  });

  it('reports the events of a chunk from its creation to its end', async () => {
    const [ours, other] = [await open(1), await open(2)];
    const events: WatchEvent[] = [];
    const watching = (async () => {
      for await (const event of await ours.watch('a')) events.push(event);
    })();
    await turns();
    await (await other.open('a', { create: true })).close();
    for (const text of ['one', 'two']) await other.notify('a', text);
    await turns();
    await other.unlink('a');
    other.close();
    await watching;
    const texts = events.flatMap((event) => ('text' in event ? [event.text] : []));
    expect(texts).toEqual(['one', 'two']);
    expect(events.at(-1)).toEqual({ kind: 'removed' });
  });

  it('ends a watch at a break of the loop, or at its signal', async () => {
    const ours = await open(1);
    await (await ours.open('a', { create: true })).close();
    const first = (async () => {
      for await (const event of await ours.watch('a')) return event.kind;
      return 'end';
    })();
    const controller = new AbortController();
    const second = code(
      ours.watch('a', { signal: controller.signal }).then((events) => events.next()),
    );
    await turns();
    await ours.notify('a', 'text');
    expect(await first).toBe('notice');
    expect(await second).toBe('no error');
    const third = code(
      ours.watch('a', { signal: controller.signal }).then((events) => events.next()),
    );
    controller.abort();
    expect(await third).toBe('ABORT_ERR');
  });

  it('says which translator a watch needs', async () => {
    const plain = await startGraph([storages[storage]()], new FakeContext());
    const volume = Volume.fromGraph(plain, { ownsGraph: true });
    onTestFinished(() => volume.close());
    const store = await ChunkStore.open(volume);
    await expect(store.watch('a')).rejects.toThrow('put features/watch at the top');
  });
});
