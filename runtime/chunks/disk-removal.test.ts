/** Removal of disks that share chunks, interrupted at any request or at the same time as a clone. */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { code, storages } from '../../test/support/chunk-storages.ts';
import { FakeContext, startGraph } from '../../test/support/core.ts';
import { makeGate, type Verdict } from '../../test/support/shared-volume.ts';
import { Volume } from '../api/volume.ts';
import { ENOTCONN } from '../core/errno.ts';
import type { Graph } from '../core/graph.ts';
import lockTranslator from '../xlators/features/locks/index.ts';
import watch from '../xlators/features/watch/index.ts';
import { ChunkStore, Disk, listDisks } from './index.ts';

const CHUNK_BYTES = 64;
const SIZE = 3 * CHUNK_BYTES;
const DATA = new Uint8Array(SIZE).fill(1);
const test = { owner: 'test' };

describe.each(['memory', 'posix'] as const)('the removal of a disk over storage/%s', (storage) => {
  /** Every so many requests are tried in turn. */
  const stride = storage === 'memory' ? 2 : 9;
  let graph: Graph;
  let store: ChunkStore;
  let decide: () => Verdict;
  let held: (() => void)[];

  /** Opens the store for another program. */
  async function openStore(pid: number): Promise<{ store: ChunkStore; kill(): Promise<void> }> {
    const volume = Volume.fromGraph(graph, { pid });
    onTestFinished(() => volume.close());
    const opened = await ChunkStore.open(volume, { chunkSize: CHUNK_BYTES });
    return { store: opened, kill: () => volume.close() };
  }

  beforeEach(async () => {
    decide = () => 'pass';
    held = [];
    const gate = makeGate(
      () => decide(),
      (go) => void held.push(go),
    );
    graph = await startGraph(
      [
        storages[storage](),
        { translator: lockTranslator as never },
        { translator: watch as never },
        { translator: gate as never },
      ],
      new FakeContext(),
    );
    onTestFinished(() => graph.stop());
    ({ store } = await openStore(1));
  });

  async function create(name: string): Promise<Disk> {
    const disk = await Disk.create(store, name, { size: SIZE, ...test });
    await disk.write(0, DATA);
    return disk;
  }

  /** Lists all but the directory of locks. */
  const listFiles = async (): Promise<string[]> =>
    ((await store.volume.readdir('/chunks')) as string[]).filter((name) => name !== '.locks');

  /** Reads all of a disk, without files that are open. */
  async function readAll(name: string): Promise<Uint8Array> {
    const reader = await openStore(1);
    await using disk = await Disk.open(reader.store, name, test);
    return disk.read(0, SIZE);
  }

  it('leaves nothing of it, so that a new disk of its name has zeros', async () => {
    await (await create('disk')).close();
    await Disk.remove(store, 'disk', test);
    expect(await listFiles()).toEqual([]);
    expect(await code(Disk.open(store, 'disk', test))).toBe('ENOENT');
    expect(await code(Disk.remove(store, 'disk', test))).toBe('ENOENT');
    await using again = await Disk.create(store, 'disk', { size: SIZE, ...test });
    expect(await again.read(0, SIZE)).toEqual(new Uint8Array(SIZE));
  });

  it('leaves the chunks that snapshots and clones share, until the last of them is removed', async () => {
    const names = ['disk', 'snapshot', 'clone'];
    for (const first of names) {
      const disk = await create('disk');
      await disk.snapshot('snapshot');
      await disk.clone('clone');
      await disk.write(0, new Uint8Array([2]));
      await disk.close();
      const expected = new Map(
        await Promise.all(names.map(async (name) => [name, await readAll(name)] as const)),
      );
      const order = [first, ...names.filter((name) => name !== first)];
      for (const [index, name] of order.entries()) {
        await Disk.remove(store, name, test);
        for (const other of order.slice(index + 1))
          expect(await readAll(other)).toEqual(expected.get(other));
      }
      expect(await listFiles()).toEqual([]);
    }
  });

  it('is refused while another owner has the disk, unless it breaks the lock', async () => {
    const disk = await create('disk');
    const other = { owner: 'other' };
    await expect(Disk.remove(store, 'disk', other)).rejects.toThrow("'test' has it");
    expect(await disk.read(0, SIZE)).toEqual(DATA);
    await Disk.remove(store, 'disk', { ...other, breakLockOf: 'test' });
    expect(await code(disk.write(0, DATA))).toBe('ESTALE');
    expect(await listFiles()).toEqual([]);
  });

  it('is refused with the name of a damaged header, whose disk may share chunks', async () => {
    await (await create('disk')).close();
    await store.writeWhole('damaged.disk', new TextEncoder().encode('{'));
    await expect(Disk.remove(store, 'disk', test)).rejects.toThrow('damaged.disk');
    await store.unlink('damaged.disk');
    await Disk.remove(store, 'disk', test);
    expect(await listFiles()).toEqual([]);
  });

  it('is noticed by a program that reads the snapshot, instead of zeros or older data', async () => {
    const disk = await create('disk');
    await disk.snapshot('older');
    await disk.write(CHUNK_BYTES, new Uint8Array([2]));
    await disk.snapshot('snapshot');
    await disk.close();
    await using snapshot = await Disk.open(store, 'snapshot', test);
    expect(await snapshot.read(0, 1)).toEqual(new Uint8Array([1]));
    for (const name of ['snapshot', 'disk']) await Disk.remove(store, name, test);
    expect(await code(snapshot.read(CHUNK_BYTES, 1))).toBe('ENOENT');
    expect(await code(snapshot.clone('clone'))).toBe('ENOENT');
    await using again = await Disk.create(store, 'snapshot', { size: SIZE, ...test });
    expect(await code(snapshot.read(CHUNK_BYTES, 1))).toBe('ESTALE');
    expect(await again.read(0, 1)).toEqual(new Uint8Array(1));
  });

  it('interrupted at any request leaves the disk, or the rest for another removal', async () => {
    const outcomes = new Set<string>();
    for (let count = 0; !outcomes.has('no error'); count += stride) {
      const disk = await create('disk');
      await disk.snapshot('snapshot');
      await disk.write(0, new Uint8Array([2]));
      await disk.close();
      const expected = await readAll('disk');
      const other = await openStore(2);
      let left = count;
      decide = () => {
        left -= 1;
        return left < 0 ? ENOTCONN : 'pass';
      };
      const outcome = await code(Disk.remove(other.store, 'disk', test));
      decide = () => 'pass';
      await other.kill();
      const found = await readAll('disk').catch((error) => error.code);
      if (outcome === 'no error' || found === 'ENOENT') expect(found).toBe('ENOENT');
      else expect(found).toEqual(expected);
      outcomes.add(outcome === 'ENOTCONN' && found === 'ENOENT' ? 'removed in part' : outcome);
      if ((await listDisks(store)).includes('disk')) {
        const settings = { size: SIZE, ...test };
        expect(await code(Disk.create(store, 'disk', settings))).toBe('EEXIST');
        await Disk.remove(store, 'disk', test);
      }
      expect(await readAll('snapshot')).toEqual(DATA);
      await Disk.remove(store, 'snapshot', test);
      expect(await listFiles()).toEqual([]);
    }
    expect([...outcomes].sort()).toEqual(['ENOTCONN', 'no error', 'removed in part']);
  });

  it('in the middle of a clone of it, at any request, keeps every chunk of the clone and removes all others', async () => {
    const outcomes = new Set<string>();
    for (let point = 0, hasEnded = false; !hasEnded; point += stride) {
      const disk = await create('disk');
      await disk.snapshot('snapshot');
      await disk.close();
      const [cloner, remover] = [await openStore(2 * point + 4), await openStore(2 * point + 5)];
      const source = await Disk.open(cloner.store, 'snapshot', { owner: 'cloner' });
      let count = 0;
      decide = () => {
        count += 1;
        return count > point ? 'hold' : 'pass';
      };
      let isCloned = false;
      const cloning = code(source.clone('clone')).finally(() => {
        isCloned = true;
      });
      while (held.length === 0 && !isCloned) await new Promise((resolve) => setImmediate(resolve));
      hasEnded = isCloned;
      decide = () => 'pass';
      const removed: string[] = [];
      const removing = (async () => {
        for (const name of ['snapshot', 'disk'])
          removed.push(await code(Disk.remove(remover.store, name, { owner: 'remover' })));
      })();
      // The clone may have what the removal waits for.
      for (let turn = 0; turn < 300 && removed.length < 2; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
      for (const go of held.splice(0)) go();
      const cloned = await cloning;
      await removing;
      outcomes.add([cloned, ...removed].join(', '));
      if (cloned === 'no error') expect(await readAll('clone')).toEqual(DATA);
      for (const { kill } of [cloner, remover]) await kill();
      for (const name of await listDisks(store)) await Disk.remove(store, name, test);
      expect(await listFiles()).toEqual([]);
    }
    expect(outcomes).toContain('no error, no error, no error');
    expect(outcomes).toContain('no error, EAGAIN, no error');
  });
});
