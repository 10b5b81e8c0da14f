/** Disks of chunks, over storages of this process. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { code, storages } from '../../test/support/chunk-storages.ts';
import { FakeContext, startGraph } from '../../test/support/core.ts';
import { Volume } from '../api/volume.ts';
import lockTranslator from '../xlators/features/locks/index.ts';
import watch from '../xlators/features/watch/index.ts';
import { ChunkStore, Disk } from './index.ts';

const CHUNK_BYTES = 64;
const SIZE = 5 * CHUNK_BYTES + 10;

describe.each(['memory', 'posix'] as const)('a disk over storage/%s', (storage) => {
  let store: ChunkStore;
  let volume: Volume;

  beforeEach(async () => {
    const graph = await startGraph(
      [
        storages[storage](),
        { translator: lockTranslator as never },
        { translator: watch as never },
      ],
      new FakeContext(),
    );
    volume = Volume.fromGraph(graph, { ownsGraph: true });
    onTestFinished(() => volume.close());
    store = await ChunkStore.open(volume, { chunkSize: CHUNK_BYTES });
  });

  const create = (name = 'disk'): Promise<Disk> =>
    Disk.create(store, name, { size: SIZE, owner: 'test' });
  const open = (name: string): Promise<Disk> => Disk.open(store, name, { owner: 'test' });
  /** Lists all but the directory of locks. */
  const listFiles = async (): Promise<string[]> =>
    ((await volume.readdir('/chunks')) as string[]).filter((name) => name !== '.locks').sort();
  const listChunks = async (): Promise<string[]> =>
    ((await volume.readdir('/chunks')) as string[]).filter((name) => /_\d{4}$/.test(name)).sort();

  it('reads as zeros where nothing was written, while an absent chunk alone is ENOENT', async () => {
    await using disk = await create();
    expect(await disk.read(0, SIZE)).toEqual(new Uint8Array(SIZE));
    expect(await listChunks()).toEqual([]);
    expect(await code(store.stat('disk_0000'))).toBe('ENOENT');
  });

  it('splits a write at the border of chunks', async () => {
    await using disk = await create();
    await disk.write(CHUNK_BYTES - 1, new Uint8Array([1, 2]));
    expect((await listChunks()).map((name) => name.slice(-5))).toEqual(['_0000', '_0001']);
    expect(await disk.read(CHUNK_BYTES - 2, 4)).toEqual(new Uint8Array([0, 1, 2, 0]));
  });

  it('refuses ranges beyond its end, and a second disk of its name', async () => {
    await using disk = await create();
    expect(await code(disk.write(SIZE - 1, new Uint8Array(2)))).toBe('EINVAL');
    expect(await code(disk.read(SIZE, 1))).toBe('EINVAL');
    expect(await code(create())).toBe('EEXIST');
    expect(await code(open('absent'))).toBe('ENOENT');
  });

  it('refuses a damaged header, and one of another version with both versions', async () => {
    for (const [text, reason] of [
      ['{"version":1}', 'damaged'],
      ['{', 'damaged'],
      ['{"version":9}', 'another version of glossa has written it (format 9; this one reads 1)'],
    ] as const) {
      await store.writeWhole('unknown.disk', new TextEncoder().encode(text));
      const refusal = { code: 'EBADMSG', message: expect.stringContaining(reason) };
      await expect(open('unknown')).rejects.toMatchObject(refusal);
      await expect(Disk.remove(store, 'unknown', { owner: 'test' })).rejects.toMatchObject(refusal);
    }
  });

  it('shares all chunks with its clone, which gets one of its own by a write', async () => {
    await using disk = await create();
    for (let index = 0; index < 4; index += 1)
      await disk.write(index * CHUNK_BYTES, new Uint8Array(CHUNK_BYTES).fill(index + 1));
    await disk.clone('clone');
    const before = await listChunks();
    await using clone = await open('clone');
    await clone.write(2 * CHUNK_BYTES + 5, new Uint8Array([9]));
    expect((await listChunks()).length).toBe(before.length + 1);
    const expected = await disk.read(0, SIZE);
    expected[2 * CHUNK_BYTES + 5] = 9;
    expect(await clone.read(0, SIZE)).toEqual(expected);
    expect((await disk.read(2 * CHUNK_BYTES + 5, 1))[0]).toBe(3);
  });

  it('leaves a snapshot unchanged by later writes, and refuses writes to it with EROFS', async () => {
    await using disk = await create();
    await disk.write(10, new Uint8Array([1, 2, 3]));
    await disk.snapshot('snapshot');
    await disk.write(10, new Uint8Array([4]));
    await disk.clear(CHUNK_BYTES, CHUNK_BYTES);
    await using snapshot = await open('snapshot');
    expect(await snapshot.read(9, 5)).toEqual(new Uint8Array([0, 1, 2, 3, 0]));
    expect(await disk.read(9, 5)).toEqual(new Uint8Array([0, 4, 2, 3, 0]));
    expect(await code(snapshot.write(0, new Uint8Array(1)))).toBe('EROFS');
    expect(await code(snapshot.clear(0, 1))).toBe('EROFS');
  });

  it('is opened by one owner at a time, or taken from the one before, whose writes then fail', async () => {
    const disk = await create();
    await expect(Disk.open(store, 'disk', { owner: 'other' })).rejects.toThrow("'test' has it");
    const other = await Disk.open(store, 'disk', { owner: 'other', breakLockOf: 'test' });
    expect(await code(disk.write(0, new Uint8Array(1)))).toBe('ESTALE');
    await other.write(0, new Uint8Array([7]));
    await other.close();
    expect((await store.locks.lockInfo('disk')).holder).toBeNull();
  });

  it('frees the chunks of cleared ranges, and hides those of older layers', async () => {
    await using disk = await create();
    await disk.write(0, new Uint8Array(SIZE).fill(1));
    await disk.clear(0, CHUNK_BYTES + 1);
    expect((await listChunks()).length).toBe(5);
    await disk.snapshot('snapshot');
    await disk.clear(0, SIZE);
    expect(await disk.read(0, SIZE)).toEqual(new Uint8Array(SIZE));
    await using snapshot = await open('snapshot');
    const expected = new Uint8Array(SIZE).fill(1).fill(0, 0, CHUNK_BYTES + 1);
    expect(await snapshot.read(0, SIZE)).toEqual(expected);
  });

  it('has the data of a model after any operations, and so do its snapshots and clones', async () => {
    const ranges = fc
      .tuple(fc.nat(SIZE - 1), fc.integer({ min: 1, max: 2 * CHUNK_BYTES + 3 }))
      .map(([offset, length]) => [offset, Math.min(length, SIZE - offset)] as const);
    const operations = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('write'),
          range: ranges,
          value: fc.integer({ min: 1, max: 255 }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('clear'), range: ranges, value: fc.constant(0) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constantFrom('flush', 'snapshot', 'clone', 'reopen', 'remove'),
          range: ranges,
          value: fc.constant(0),
        }),
      },
    );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operations, { minLength: 3, maxLength: 25 }), async (list) => {
        count += 1;
        let disk = await create(`model${count}`);
        const model = new Uint8Array(SIZE);
        const copies: [string, Uint8Array][] = [];
        let copyCount = 0;
        for (const { kind, range, value } of list) {
          const [offset, length] = range;
          copyCount += 1;
          const name = `copy${count}-${copyCount}`;
          if (kind === 'write') await disk.write(offset, new Uint8Array(length).fill(value));
          else if (kind === 'clear') await disk.clear(offset, length);
          else if (kind === 'flush') await disk.flush();
          else if (kind === 'reopen') {
            await disk.close();
            disk = await open(`model${count}`);
          } else if (kind === 'remove') {
            // Another of the copies at each length of the list.
            const [removed] = copies.splice(offset % Math.max(1, copies.length), 1);
            if (removed !== undefined) await Disk.remove(store, removed[0], { owner: 'test' });
          } else {
            await disk[kind as 'snapshot' | 'clone'](name);
            copies.push([name, model.slice()]);
          }
          if (kind === 'write' || kind === 'clear') model.fill(value, offset, offset + length);
          expect(await disk.read(offset, length)).toEqual(model.slice(offset, offset + length));
        }
        expect(await disk.read(0, SIZE)).toEqual(model);
        await disk.close();
        for (const [name, expected] of copies) {
          {
            await using copy = await open(name);
            expect(await copy.read(0, SIZE)).toEqual(expected);
          }
          await Disk.remove(store, name, { owner: 'test' });
        }
        {
          await using again = await open(`model${count}`);
          expect(await again.read(0, SIZE)).toEqual(model);
        }
        await Disk.remove(store, `model${count}`, { owner: 'test' });
        expect(await listFiles()).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('keeps simultaneous writes to ranges that do not overlap, also during a snapshot', async () => {
    await using disk = await create();
    await disk.write(0, new Uint8Array(SIZE).fill(255));
    await disk.snapshot('first');
    const writes = Array.from({ length: SIZE }, (_, offset) =>
      disk.write(offset, new Uint8Array([offset % 200])),
    );
    const snapshots = ['a', 'b'].map((name) => disk.snapshot(name));
    await Promise.all([...writes, ...snapshots, disk.flush()]);
    expect(await disk.read(0, SIZE)).toEqual(
      new Uint8Array(Array.from({ length: SIZE }, (_, offset) => offset % 200)),
    );
    await using first = await open('first');
    expect(await first.read(0, SIZE)).toEqual(new Uint8Array(SIZE).fill(255));
  });
});
