/** The disk example: its protocol against a small client and random bytes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type MemoryPool, Volume } from 'glossa';
import { ChunkStore, Disk } from 'glossa/chunks';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import { NbdClient } from '../../test/support/nbd-client.ts';
import { makeMemory, parseSize, removeDeadSocket, serveDisk } from './disk.ts';
import { COMMAND, FUA, OPTION, ProtocolError, parseOption, parseRequest } from './nbd-codec.ts';

const VOLFILE = `volume files
  type storage/memory
end-volume
volume locks
  type features/locks
  subvolumes files
end-volume
volume watch
  type features/watch
  subvolumes locks
end-volume
`;
const SIZE = 1024 * 1024;
const EINVAL = 22;

/** Starts a server of a new disk. @returns its socket's path */
async function start(memory?: MemoryPool): Promise<{
  path: string;
  disk: Disk;
  store: ChunkStore;
  stop(): Promise<void>;
}> {
  const folder = makeFolder();
  const volume = await Volume.open({ volfile: VOLFILE });
  onTestFinished(() => volume.close());
  const store = await ChunkStore.open(volume, { chunkSize: 64 * 1024 });
  const disk = await Disk.create(store, 'disk', { size: SIZE, owner: 'test' });
  const path = join(folder, 'socket');
  const { stop } = await serveDisk(disk, { path }, memory);
  onTestFinished(stop);
  return { path, disk, store, stop };
}

/** Opens a client that is closed with the test. */
async function openClient(path: string): Promise<NbdClient> {
  const client = await NbdClient.open(path);
  onTestFinished(() => client.close());
  return client;
}

describe('a disk served by NBD', () => {
  it('reads what was written, as zeros where nothing was or what was trimmed', async () => {
    const { path, disk } = await start();
    const client = await openClient(path);
    const replies = await client.go('disk');
    expect(replies.map(([type]) => type)).toEqual([3, 3, 1]);
    expect(replies[0]![1].readBigUInt64BE(2)).toBe(BigInt(SIZE));
    const data = Buffer.from('written');
    expect(await client.command(COMMAND.WRITE, 65_533, 7, { data, flags: FUA })).toEqual([
      0,
      Buffer.alloc(0),
    ]);
    const [, read] = await client.command(COMMAND.READ, 65_532, 9);
    expect(read.toString()).toBe('\0written\0');
    expect((await client.command(COMMAND.FLUSH, 0, 0))[0]).toBe(0);
    expect((await client.command(COMMAND.TRIM, 0, 65_536))[0]).toBe(0);
    expect((await client.command(COMMAND.ZERO, 65_536, 2))[0]).toBe(0);
    expect(Buffer.from(await disk.read(65_532, 9)).toString()).toBe('\0\0\0\0\0\0en\0');
  });

  it('refuses ranges beyond its end and unknown commands, and serves on', async () => {
    const { path } = await start();
    const client = await openClient(path);
    await client.go('');
    for (const [command, offset, length] of [
      [COMMAND.READ, SIZE, 1],
      [COMMAND.READ, 0, 0xffff_ffff],
      [COMMAND.TRIM, SIZE - 1, 2],
      [99, 0, 1],
    ] as const)
      expect((await client.command(command, offset, length))[0]).toBe(EINVAL);
    expect((await client.command(COMMAND.READ, 0, 1))[0]).toBe(0);
  });

  it('lists its name, and refuses others and unknown options', async () => {
    const { path } = await start();
    const client = await openClient(path);
    const [[, entry]] = (await client.ask(OPTION.LIST, Buffer.alloc(0))) as [[number, Buffer]];
    expect(entry.toString('latin1', 4)).toBe('disk');
    expect((await client.go('other'))[0]![0]).toBe(0x8000_0006);
    expect((await client.ask(99, Buffer.from('data')))[0]![0]).toBe(0x8000_0001);
    expect((await client.ask(OPTION.GO, Buffer.from('malformed')))[0]![0]).toBe(0x8000_0003);
    expect((await client.go('disk')).at(-1)![0]).toBe(1);
  });

  it('serves several connections, each of which sees the others’ writes', async () => {
    const { path } = await start();
    const clients = await Promise.all(Array.from({ length: 4 }, () => openClient(path)));
    for (const client of clients) await client.go('disk');
    await Promise.all(
      clients.map((client, index) =>
        client.command(COMMAND.WRITE, index * 4096, 4096, { data: Buffer.alloc(4096, index + 1) }),
      ),
    );
    const [, bytes] = await clients[0]!.command(COMMAND.READ, 0, 4 * 4096);
    expect([0, 4096, 8192, 12_288].map((offset) => bytes[offset])).toEqual([1, 2, 3, 4]);
  });

  it('executes few requests of a client that does not read the replies, and serves others', async () => {
    const { path, disk } = await start();
    const [slow, other] = [await openClient(path), await openClient(path)];
    for (const client of [slow, other]) await client.go('disk');
    const length = 4096;
    const read = vi.spyOn(disk, 'read');
    slow.pause();
    for (let count = 0; count < 10_000; count += 1) slow.sendCommand(COMMAND.READ, 0, length);
    // By then the server has read what it reads of the others.
    for (let count = 0; count < 200; count += 1)
      expect((await other.command(COMMAND.READ, 0, 1))[0]).toBe(0);
    expect(read.mock.calls.length).toBeLessThan(1000);
    slow.resume();
    const replies = new Set<string>();
    for (let count = 0; count < 10_000; count += 1) {
      replies.add((await slow.takeReplyHead()).join(' '));
      await slow.take(length);
    }
    const expected = Array.from({ length: 10_000 }, (_, index) => `0 ${index + 1}`);
    expect([...replies].sort()).toEqual(expected.sort());
  });

  it('holds no more memory than its limit for clients that do not read, and serves others', async () => {
    const limit = 2 * SIZE;
    const memory = makeMemory(limit, 200);
    const { path } = await start(memory);
    const slow = await Promise.all(Array.from({ length: 12 }, () => openClient(path)));
    for (const [index, client] of slow.entries()) {
      await client.go('disk');
      client.pause();
      // Half of them ask and do not read; the others send the beginning of a write.
      if (index % 2 === 0) {
        for (let count = 0; count < 4; count += 1) client.sendCommand(COMMAND.READ, 0, SIZE);
      } else client.sendCommand(COMMAND.WRITE, 0, SIZE, { data: Buffer.alloc(SIZE / 2) });
    }
    const other = await openClient(path);
    await other.go('disk');
    for (let count = 0; count < 20; count += 1) {
      const [errno, bytes] = await other.command(COMMAND.READ, 0, SIZE);
      expect([errno, bytes.length]).toEqual([0, SIZE]);
      expect(memory.usedBytes).toBeLessThanOrEqual(limit);
    }
    // Nothing is held once all have gone.
    for (const client of [...slow, other]) client.close();
    await vi.waitFor(() => expect(memory.usedBytes).toBe(0));
  });

  it('replies to all requests before the end of the client’s messages', async () => {
    const { path } = await start();
    const client = await openClient(path);
    await client.go('disk');
    for (let count = 0; count < 1000; count += 1) client.sendCommand(COMMAND.READ, 0, 4096);
    client.end();
    for (let count = 0; count < 1000; count += 1) {
      expect((await client.takeReplyHead())[0]).toBe(0);
      await client.take(4096);
    }
  });

  it('fails the writes of a server whose disk another has taken', async () => {
    const { path, store } = await start();
    const client = await openClient(path);
    await client.go('disk');
    const other = await Disk.open(store, 'disk', { owner: 'other', breakLockOf: 'test' });
    const data = Buffer.from('x');
    expect((await client.command(COMMAND.WRITE, 0, 1, { data }))[0]).not.toBe(0);
    await other.close();
  });

  it('survives random bytes at any point', async () => {
    const { path } = await start();
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.boolean(),
        async (bytes, hasGone) => {
          const client = await NbdClient.open(path);
          if (hasGone) await client.go('disk');
          client.send(Buffer.from(bytes));
          client.send(Buffer.alloc(40));
          client.close();
        },
      ),
      { numRuns: 100 },
    );
    const client = await openClient(path);
    expect((await client.go('disk')).at(-1)![0]).toBe(1);
  });
});

it('the parsers of NBD take any bytes, or refuse them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (array) => {
      for (const parse of [parseOption, parseRequest]) {
        try {
          const { value, byteCount } = parse(Buffer.from(array));
          if (value !== null) expect(byteCount).toBeLessThanOrEqual(array.length);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }
    }),
  );
});

it('a file that is not a socket stays where a socket was to be', async () => {
  const folder = makeFolder();
  const path = join(folder, 'image');
  writeFileSync(path, 'data');
  await expect(removeDeadSocket(path)).rejects.toThrow(`'${path}' exists and is not a socket`);
  expect(readFileSync(path, 'utf8')).toBe('data');
});

it('a size is a number with a unit', () => {
  expect(['0', '12', '3K', '10G'].map(parseSize)).toEqual([0, 12, 3072, 10 * 1024 ** 3]);
  for (const text of ['', 'G', '1T', '-1', '1.5G'])
    expect(() => parseSize(text)).toThrow('is no size');
});
