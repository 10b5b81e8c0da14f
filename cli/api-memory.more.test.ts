/** The memory of `glossa api` for clients that ask and do not read, over all connections. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REPLY_MEMORY_BYTES } from '../runtime/wire/reply-memory.ts';
import { makeGreeting, makeRequest, type SocketClient } from '../test/support/api-client.ts';
import { connectTo, listenApi, makeVolfileFolder, openSocket } from '../test/support/api-server.ts';
import { selected } from '../test/support/test-selection.ts';

const MIB = 2 ** 20;
/** Replies that each silent client asks for: more than the bound of one connection. */
const REQUESTS = 12;
/** Memory of 300 connections themselves, and of buffers that await the collector. */
const MARGIN_BYTES = 192 * MIB;
const PATIENCE = { timeout: 180_000, interval: 500 };

const readRss = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;

/** Connects a client that asks for files of 1 MiB, and never reads. */
async function askInSilence(path: string): Promise<() => void> {
  const socket = await openSocket(path);
  socket.pause();
  socket.write(makeGreeting());
  for (let id = 1; id <= REQUESTS; id++) socket.write(makeRequest(id, 'read_file', [MIB, '/file']));
  return () => void socket.destroy();
}

/** Connects a client that sends all but the last byte of a write of 1 MiB. */
async function sendAlmost(path: string): Promise<() => void> {
  const socket = await openSocket(path);
  socket.on('error', () => {});
  socket.write(makeGreeting());
  await once(socket, 'readable');
  const request = makeRequest(1, 'write_file', [0o101, 0o644, '/other', new Uint8Array(MIB)]);
  socket.write(request.subarray(0, -1));
  return () => void socket.destroy();
}

const read = async (client: SocketClient): Promise<number> =>
  (await client.do('read_file', [MIB, '/file'])).body.length;

describe('glossa api with 300 clients that ask for 1 MiB each and do not read', () => {
  it('keeps its memory within the bound, serves others, and gives the memory back', async () => {
    const { server, path } = await listenApi(makeVolfileFolder());
    const pid = server.pid!;
    const [old, young] = [await connectTo(path), await connectTo(path)];
    await old.do('write_file', [0o101, 0o644, '/file', new Uint8Array(MIB)]);
    for (let count = 0; count < 4; count++) expect(await read(old)).toBe(MIB);
    const before = readRss(pid);
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, readRss(pid));
    }, 20);
    try {
      const leave: (() => void)[] = [];
      for (let n = 0; n < 300; n++) {
        leave.push(await askInSilence(path));
        // Short replies need no memory of the bound.
        if (n % 10 === 0) await young.do('stat', ['/file']);
      }
      // A client that has taken its replies so far is served beside those that have not.
      const startedAt = performance.now();
      for (let count = 0; count < 100; count++) expect(await read(old)).toBe(MIB);
      expect(performance.now() - startedAt).toBeLessThan(9000);
      // A new one is served when silent ones have lost their turns.
      expect(await read(young)).toBe(MIB);
      expect(await read(young)).toBe(MIB);
      expect(most - before).toBeLessThan(REPLY_MEMORY_BYTES + MARGIN_BYTES);
      for (const each of leave) each();
    } finally {
      clearInterval(watching);
    }
    await expect
      .poll(async () => {
        await read(old);
        return readRss(pid) - before;
      }, PATIENCE)
      .toBeLessThan(MARGIN_BYTES);
  });
});

if (selected.others)
  describe('glossa api with 300 clients that send all but the last byte of 1 MiB', () => {
    it('keeps its memory within the bound, and serves others', async () => {
      const { server, path } = await listenApi(makeVolfileFolder());
      const client = await connectTo(path);
      await client.do('write_file', [0o101, 0o644, '/file', new Uint8Array(MIB)]);
      const before = readRss(server.pid!);
      for (let n = 0; n < 300; n++) await sendAlmost(path);
      expect(await read(client)).toBe(MIB);
      expect(readRss(server.pid!) - before).toBeLessThan(REPLY_MEMORY_BYTES / 2 + MARGIN_BYTES);
      // A write waits its turn: the stalled ones lose theirs.
      await client.do('write_file', [0o101, 0o644, '/file', new Uint8Array(MIB)]);
    });
  });
