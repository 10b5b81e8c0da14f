/** The contract of a driver of block storage, over a storage whose replies take 20 ms of the graph's clock. */
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { code, storages } from '../../test/support/chunk-storages.ts';
import { FakeContext, makeTranslator, startGraph } from '../../test/support/core.ts';
import { Volume } from '../api/volume.ts';
import { collect, fopNames, tail } from '../core/gen/fops.gen.ts';
import type { Fops } from '../core/xlator.ts';
import { ChunkStore, type ChunkStoreSettings, formatChunkName } from './index.ts';

const DELAY_MS = 20;

interface Setup {
  readonly store: ChunkStore;
  readonly volume: Volume;
  readonly context: FakeContext;
  /** Delay of each request in milliseconds, by fop and path; by default none. */
  delays: (fop: string, path: string | undefined) => number;
  /** Advances the clock until a promise settles. @returns the milliseconds that passed */
  pass(promise: Promise<unknown>): Promise<number>;
}

async function start(
  storage: keyof typeof storages,
  settings: ChunkStoreSettings = {},
): Promise<Setup> {
  const context = new FakeContext();
  let isOpen = false;
  const delay = (name: (typeof fopNames)[number]) =>
    collect[name]((frame, xl, args) => {
      const wind = (): void =>
        (tail[name] as (...args: unknown[]) => void)(frame, xl.children[0]!, ...args);
      const { path } = (args.find((arg) => (arg as { path?: string } | null)?.path) ?? {}) as {
        path?: string;
      };
      const ms = isOpen ? setup.delays(name, path) : 0;
      if (ms === 0) wind();
      else context.after(ms, wind);
    });
  const fops = Object.fromEntries(fopNames.map((name) => [name, delay(name)])) as Fops<null>;
  const graph = await startGraph(
    [storages[storage](), { translator: makeTranslator('delay', fops) }],
    context,
  );
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(() => volume.close());
  const store = await ChunkStore.open(volume, settings);
  const setup: Setup = {
    store,
    volume,
    context,
    delays: () => 0,
    async pass(promise) {
      const begin = context.time;
      let isSettled = false;
      const settle = (): void => {
        isSettled = true;
      };
      promise.then(settle, settle);
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        if (isSettled) return context.time - begin;
        context.advance(1);
      }
    },
  };
  isOpen = true;
  return setup;
}

const names = Array.from({ length: 64 }, (_, index) => formatChunkName('volume', index));

describe.each(['memory', 'posix'] as const)('a chunk store over storage/%s', (storage) => {
  it('opens or creates, writes and closes 64 chunks in the time of three replies of the storage', async () => {
    const setup = await start(storage);
    const { store } = setup;
    setup.delays = () => DELAY_MS;
    const use = async (name: string): Promise<void> => {
      await using chunk = await store.open(name, { create: true });
      await chunk.write(0, new Uint8Array(4096));
    };
    const ms = await setup.pass(Promise.all(names.map(use)));
    expect(ms / DELAY_MS).toBeLessThanOrEqual(3.2);
    setup.delays = () => 0;
    for (const name of names) expect((await store.stat(name)).size).toBe(4096);
  });

  it('serves 63 requests while another waits for a slow reply', async () => {
    const setup = await start(storage);
    const { store } = setup;
    for (const name of names) await (await store.open(name, { create: true })).close();
    setup.delays = (_fop, path) => (path?.endsWith('_0000') === true ? 5000 : DELAY_MS);
    const slow = store.stat(names[0]!);
    const others = setup.pass(Promise.all(names.slice(1).map((name) => store.stat(name))));
    expect(await others).toBeLessThanOrEqual(2 * DELAY_MS);
    expect(store.queue.inFlight).toBe(1);
    await setup.pass(slow);
  });

  it('ends a stuck unlink at its signal with ECANCELED, and serves another in its place', async () => {
    const setup = await start(storage, { inFlight: 1 });
    const { store } = setup;
    for (const name of ['stuck', 'free']) await (await store.open(name, { create: true })).close();
    setup.delays = (fop, path) => (fop === 'unlink' && path?.endsWith('stuck') === true ? 1e9 : 0);
    const controller = new AbortController();
    const stuck = code(store.unlink('stuck', { signal: controller.signal }));
    const next = store.unlink('free');
    await new Promise((resolve) => setImmediate(resolve));
    expect([store.queue.inFlight, store.queue.queued]).toEqual([1, 1]);
    controller.abort();
    expect(await stuck).toBe('ECANCELED');
    await next;
    expect([store.queue.inFlight, store.queue.queued]).toEqual([0, 0]);
  });

  it('queues the request after the last that may be under way, in the order of the calls', async () => {
    const setup = await start(storage, { inFlight: 2 });
    const { store } = setup;
    for (const name of names.slice(0, 5)) await (await store.open(name, { create: true })).close();
    setup.delays = () => DELAY_MS;
    const order: string[] = [];
    const stats = names.slice(0, 5).map((name) => store.stat(name).then(() => order.push(name)));
    const drained = store.queue.drain().then(() => order.push('drained'));
    expect([store.queue.inFlight, store.queue.queued]).toEqual([2, 3]);
    await setup.pass(Promise.all([...stats, drained]));
    expect(order.filter((name) => name !== 'drained')).toEqual(names.slice(0, 5));
    expect(order.indexOf('drained')).toBeLessThan(5);
  });

  it('withdraws a queued request at its signal, and one whose deadline has passed', async () => {
    const setup = await start(storage, { inFlight: 1 });
    const { store } = setup;
    await (await store.open('a', { create: true })).close();
    setup.delays = (fop) => (fop === 'lookup' ? 1000 : 0);
    const first = store.stat('a');
    const controller = new AbortController();
    const queued = code(store.stat('a', { signal: controller.signal }));
    const late = code(store.stat('a', { deadlineMs: 500 }));
    controller.abort();
    expect(await queued).toBe('ECANCELED');
    await setup.pass(late);
    expect(await late).toBe('ETIMEDOUT');
    expect(setup.context.time).toBeLessThan(1000);
    await setup.pass(first);
    expect([store.queue.inFlight, store.queue.queued]).toEqual([0, 0]);
  });

  it('opens as open(2) does, with create and exclusive', async () => {
    const { store } = await start(storage);
    expect(await code(store.open('a'))).toBe('ENOENT');
    await using created = await store.open('a', { create: true });
    expect((await store.stat(created.name)).size).toBe(0);
    expect(await code(store.open('a', { create: true, exclusive: true }))).toBe('EEXIST');
    const both = [1, 2].map(() => code(store.open('b', { create: true, exclusive: true })));
    expect((await Promise.all(both)).sort()).toEqual(['EEXIST', 'no error']);
  });

  it('refuses names that are no file of its directory', async () => {
    const { store } = await start(storage);
    for (const name of [
      '',
      '.',
      '..',
      '.a',
      'a/b',
      '../a',
      'a\0b',
      'x'.repeat(256),
      'ä'.repeat(128),
    ]) {
      expect(await code(store.open(name, { create: true })), name).toBe('EINVAL');
      for (const syscall of ['stat', 'unlink', 'hash'] as const)
        expect(await code((async () => store[syscall](name))()), name).toBe('EINVAL');
    }
    await (await store.open('x'.repeat(255), { create: true })).close();
  });

  it('refuses a write beyond the size of a chunk, and reads a short one as far as it goes', async () => {
    const { store } = await start(storage, { chunkSize: 1024 });
    await using chunk = await store.open('a', { create: true });
    expect(await code(chunk.write(1023, 'ab'))).toBe('EFBIG');
    await chunk.write(1023, 'b');
    expect((await store.stat('a')).size).toBe(1024);
    expect(await chunk.read(1022, 10)).toEqual(new Uint8Array([0, 98]));
    expect(await chunk.read(2000, 10)).toEqual(new Uint8Array(0));
  });

  it('keeps every byte of simultaneous writes to neighbouring ranges', async () => {
    const { store } = await start(storage, { chunkSize: 4096 });
    const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 2, maxLength: 12 });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(lengths, async (list) => {
        count += 1;
        await using chunk = await store.open(`c${count}`, { create: true });
        let at = 511;
        const writes = list.map((length, index) => {
          const written = chunk.write(at, new Uint8Array(length).fill(index + 1));
          at += length;
          return written;
        });
        await Promise.all(writes);
        const expected = list.flatMap((length, index) => Array(length).fill(index + 1));
        expect([...(await chunk.read(0, 4096))]).toEqual([...Array(511).fill(0), ...expected]);
      }),
      { numRuns: 20 },
    );
  });

  it('copies a chunk whole over another, and leaves nothing behind after a failure', async () => {
    const { store, volume } = await start(storage);
    await using chunk = await store.open('a', { create: true });
    await chunk.write(10, 'data');
    await using target = await store.open('b', { create: true });
    await target.write(0, 'longer than the other');
    await store.copy('a', 'b');
    await using copied = await store.open('b');
    expect(Buffer.from(await copied.read(0, 100)).toString()).toBe(`${'\0'.repeat(10)}data`);
    expect(await code(store.copy('absent', 'c'))).toBe('ENOENT');
    expect((await volume.readdir('/chunks')).sort()).toEqual(['.locks', 'a', 'b']);
  });

  it('computes the SHA-256 of a chunk without the zeros at its end', async () => {
    const { store } = await start(storage);
    await using chunk = await store.open('a', { create: true });
    await chunk.write(0, new Uint8Array(5000));
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(await store.hash('a')).toBe(empty);
    await chunk.write(0, 'abc');
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(await store.hash('a')).toBe(abc);
  });

  it('keeps the files of its last chunks open, and none of a removed chunk for a new one', async () => {
    const { store } = await start(storage, { openFiles: 3 });
    for (const name of ['a', 'b', 'c']) await (await store.open(name, { create: true })).close();
    expect(store.openFileCount).toBe(3);
    await (await store.open('d', { create: true })).close();
    expect(store.openFileCount).toBe(3);
    const old = await store.open('d');
    await old.write(0, 'old');
    await store.unlink('d');
    await using fresh = await store.open('d', { create: true });
    expect((await fresh.read(0, 10)).length).toBe(0);
    expect(Buffer.from(await old.read(0, 10)).toString()).toBe('old');
    await old.close();
    await old.close();
    expect(await code(old.read(0, 1))).toBe('EBADF');
  });
});

describe('the queue of a chunk store', () => {
  it('serves 20,000 queued requests, every second of which is withdrawn', async () => {
    const { store } = await start('memory', { inFlight: 1 });
    await (await store.open('a', { create: true })).close();
    const controllers = Array.from({ length: 10_000 }, () => new AbortController());
    const outcomes = controllers.flatMap(({ signal }) => [
      code(store.stat('a')),
      code(store.stat('a', { signal })),
    ]);
    for (const controller of controllers) controller.abort();
    const all = await Promise.all(outcomes);
    expect(all.filter((outcome) => outcome === 'no error').length).toBe(10_000);
    expect(all.filter((outcome) => outcome === 'ECANCELED').length).toBe(10_000);
    expect([store.queue.inFlight, store.queue.queued]).toEqual([0, 0]);
  });
});
