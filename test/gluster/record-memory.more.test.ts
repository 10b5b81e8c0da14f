/** The limit of a brick's memory for incomplete messages of all connections. */
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrowserContext } from '../../bridges/machine/browser/context.ts';
import server from '../../gluster/protocol/server/index.ts';
import { dumpXlator } from '../../runtime/core/dumps.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { INFO } from '../../runtime/core/log.ts';
import type { SourceRegistry } from '../../runtime/core/pump-source.ts';
import type { Dump } from '../../runtime/core/xlator.ts';
import { pump } from '../../runtime/pump/pump.ts';
import { makeGraph } from '../../runtime/volfile/make-graph.ts';
import { Registry } from '../../runtime/volfile/registry.ts';
import { Source } from '../../runtime/volfile/source.ts';
import { readVolfile } from '../../runtime/volfile/volfile.ts';
import { makeRecordMark } from '../../runtime/wire/record.ts';
import { PROGRESS_TIMEOUT_MS } from '../../runtime/wire/record-memory.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { RawPeer } from '../support/raw-rpc.ts';
import { selectVariants } from '../support/test-selection.ts';

const MIB = 2 ** 20;
const LIMIT = 256 * MIB;
/** The limit holds two such messages at a time. */
const LONG = 60 * MIB;
const PATIENCE = { timeout: 120_000 };
const VOLFILE = `volume brick
  type storage/memory
end-volume
volume server
  type protocol/server
  option auth.addr.brick.allow 127.0.0.1
  option rpc.record-memory-limit ${LIMIT}
  subvolumes brick
end-volume
`;
const registry = new Registry([memory, server] as never);
/** The bytes of every message, allocated once. */
const zeros = Buffer.alloc(LONG);

let graph: Graph;
let port: number;
let logLines: string[];
let peers: RawPeer[];
/** The server's timers that end its patience. */
let ends: Set<() => void>;

const dump = (): Dump => dumpXlator(graph.top);
const waiting = (): unknown => dump()['waiting-for-record-memory'];
const filled = (): number => Number(dump()['record-memory-filled']);
const used = (): number => Number(dump()['record-memory-used']);

/** Fires the server's patience timers once. */
function endPatience(): void {
  for (const end of [...ends]) {
    ends.delete(end);
    end();
  }
}

async function start(sources: SourceRegistry | undefined): Promise<void> {
  const { description } = readVolfile(new Source('test.vol', VOLFILE), { registry });
  const context = new BrowserContext((line) => void logLines.push(line));
  const { after } = context;
  Object.assign(context, {
    sourcePump: sources,
    wake: () => pump.wake(),
    after(ms: number, fn: () => void) {
      if (ms !== PROGRESS_TIMEOUT_MS) return after.call(context, ms, fn);
      ends.add(fn);
      return () => ends.delete(fn);
    },
  });
  graph = makeGraph(description, registry, context, { default: INFO, volumes: new Map() });
  await graph.start();
  await graph.awaitUp(30_000);
  port = Number(String(dump()['listens-at']).split(':')[1]);
}

async function come(): Promise<RawPeer> {
  const peer = await RawPeer.connect(port);
  peers.push(peer);
  expect(await peer.setVolume()).toMatchObject({ opRet: 0 });
  return peer;
}

/** Sends a part of a message of this length, which is no valid call. */
function begin(socket: Socket, length: number, sent: number): void {
  const mark = Buffer.alloc(4);
  mark.writeUInt32BE(makeRecordMark(length));
  socket.write(mark);
  socket.write(zeros.subarray(0, sent));
}

/** Writes a file in one call. */
async function write(peer: RawPeer, name: string, length: number): Promise<number> {
  const { gfid, fd } = await peer.create(name);
  const data = zeros.subarray(0, length);
  return (await peer.callFop('writev', [gfid, fd, 0, length, 0, null], { data })).opRet;
}

const sockets: readonly (readonly [string, SourceRegistry | undefined])[] = [
  ['the pump', pump],
  ["Node's event loop", undefined],
];
describe.each(selectVariants(sockets, ([name]) => name === 'the pump'))(
  'a brick with sockets of %s',
  (_, sources) => {
    beforeEach(async () => {
      logLines = [];
      peers = [];
      ends = new Set();
      await start(sources);
    });
    afterEach(async () => {
      for (const peer of peers) peer.close();
      await graph.stop();
    });

    it('limits the memory of long messages, serves short ones, and closes stalled connections', async () => {
      const before = process.memoryUsage().arrayBuffers;
      for (let n = 0; n < 10; n++) begin((await come()).socket, LONG, LONG - MIB);
      await expect.poll(waiting, PATIENCE).toBe(8);
      expect(used()).toBeLessThanOrEqual(LIMIT / 2);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(LIMIT);
      // Short messages of another client are served meanwhile.
      const other = await come();
      expect(await write(other, 'f', MIB)).toBe(MIB);
      // A long message gets its turn after all stalled ones.
      const written = write(await come(), 'long', 50 * MIB);
      await expect.poll(waiting, PATIENCE).toBe(9);
      await expect
        .poll(() => {
          endPatience();
          return waiting();
        }, PATIENCE)
        .toBe(0);
      expect(await written).toBe(50 * MIB);
      const closed = logLines.filter((line) => line.includes('wait for its memory'));
      expect(closed.length).toBeGreaterThanOrEqual(8);
      expect(closed[0]).toMatch(
        /connection to 127.0.0.1 is closed: only \d+ of 62914564 bytes of a message arrived in 10 s/,
      );
      expect(await write(other, 'g', MIB)).toBe(MIB);
      for (const peer of peers) peer.close();
      await expect.poll(used, PATIENCE).toBe(0);
    });

    it('reclaims memory from silent connections without closing them', async () => {
      const half = LIMIT / 2;
      const others: RawPeer[] = [];
      for (let n = 0; n < 100; n++) {
        const other = await come();
        expect(await write(other, `f${n}`, MIB)).toBe(MIB);
        others.push(other);
      }
      expect(used()).toBeLessThanOrEqual(half);
      expect(waiting()).toBe(0);
      for (const [n, other] of others.entries()) expect(await write(other, `g${n}`, 9)).toBe(9);
      expect(logLines.filter((line) => line.includes('is closed'))).toEqual([]);
    });

    it('does not close a connection that makes progress while others wait for memory', async () => {
      const slow = [await come(), await come()];
      for (const { socket } of slow) begin(socket, LONG, 0);
      const third = await come();
      begin(third.socket, LONG, 0);
      await expect.poll(waiting, PATIENCE).toBe(1);
      for (let n = 0; n < 3; n++) {
        const before = filled();
        for (const { socket } of slow) socket.write(zeros.subarray(0, 2 * MIB));
        await expect.poll(filled, PATIENCE).toBe(before + 4 * MIB);
        endPatience();
        expect(slow.map(({ isClosed }) => isClosed)).toEqual([false, false]);
      }
      endPatience();
      await expect.poll(() => slow.every(({ isClosed }) => isClosed), PATIENCE).toBe(true);
      await expect.poll(waiting, PATIENCE).toBe(0);
      expect(third.isClosed).toBe(false);
    });

    it('counts the memory of messages from connections without a handshake', async () => {
      const strangers: RawPeer[] = [];
      for (let n = 0; n < 100; n++) {
        const stranger = await RawPeer.connect(port);
        peers.push(stranger);
        strangers.push(stranger);
        begin(stranger.socket, 65_536, 65_000);
      }
      // A message, its mark, and the room to receive behind it.
      await expect.poll(used, PATIENCE).toBe(100 * (65_536 + 4 + 4096));
      for (const stranger of strangers) stranger.close();
      await expect.poll(used, PATIENCE).toBe(0);
    });
  },
);
