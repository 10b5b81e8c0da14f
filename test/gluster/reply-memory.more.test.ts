/** The limit of a brick's memory for replies that clients do not take, over all connections. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrowserContext } from '../../bridges/machine/browser/context.ts';
import server from '../../gluster/protocol/server/index.ts';
import { writeFields } from '../../gluster/rpc/fields.ts';
import { findWireFop } from '../../gluster/rpc/fops4.ts';
import { FOPS4 } from '../../gluster/rpc/programs.ts';
import { dumpXlator } from '../../runtime/core/dumps.ts';
import { EINVAL } from '../../runtime/core/errno.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { INFO } from '../../runtime/core/log.ts';
import type { SourceRegistry } from '../../runtime/core/pump-source.ts';
import { pump } from '../../runtime/pump/pump.ts';
import { collectGarbage } from '../../runtime/sys/garbage-collector.ts';
import { makeGraph } from '../../runtime/volfile/make-graph.ts';
import { Registry } from '../../runtime/volfile/registry.ts';
import { Source } from '../../runtime/volfile/source.ts';
import { readVolfile } from '../../runtime/volfile/volfile.ts';
import { RECORD_MAX } from '../../runtime/wire/record.ts';
import { PROGRESS_TIMEOUT_MS } from '../../runtime/wire/record-memory.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { RawPeer } from '../support/raw-rpc.ts';
import { selectVariants } from '../support/test-selection.ts';

const MIB = 2 ** 20;
const LIMIT = 32 * MIB;
const PATIENCE = { timeout: 60_000 };
const VOLFILE = `volume brick
  type storage/memory
end-volume
volume server
  type protocol/server
  option auth.addr.brick.allow 127.0.0.1
  option rpc.reply-memory-limit ${LIMIT}
  subvolumes brick
end-volume
`;
const registry = new Registry([memory, server] as never);

let graph: Graph;
let port: number;
let logLines: string[];
let peers: RawPeer[];
/** The server's timers that end its patience. */
let ends: Set<() => void>;
let file: { readonly gfid: string; readonly fd: number };

const used = (): number => Number(dumpXlator(graph.top)['reply-memory-used']);
const waiting = (): number => Number(dumpXlator(graph.top)['waiting-for-reply-memory']);

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
  port = Number(String(dumpXlator(graph.top)['listens-at']).split(':')[1]);
}

async function come(): Promise<RawPeer> {
  const peer = await RawPeer.connect(port);
  peers.push(peer);
  expect(await peer.setVolume()).toMatchObject({ opRet: 0 });
  return peer;
}

/** Reads a file by its gfid, as it is not open for this client. */
const read = async (peer: RawPeer, size = MIB): Promise<number> =>
  (await peer.callFop('readv', [file.gfid, -2, 0, size, 0, null])).opRet;

/** Sends reads, and takes none of their replies. */
function askInSilence(peer: RawPeer, count: number): void {
  const { call, procedure } = findWireFop('readv');
  peer.socket.pause();
  for (let n = 0; n < count; n++) {
    const { bytes } = peer.encodeCall(FOPS4, procedure, (w) =>
      writeFields(w, call, [file.gfid, -2, 0, MIB, 0, null]),
    );
    peer.socket.write(bytes);
  }
}

const sockets: readonly (readonly [string, SourceRegistry | undefined])[] = [
  ['the pump', pump],
  ["Node's event loop", undefined],
];
describe.each(selectVariants(sockets, ([name]) => name === 'the pump'))(
  'a brick with sockets of %s',
  (_, sources) => {
    let old: RawPeer;
    beforeEach(async () => {
      logLines = [];
      peers = [];
      ends = new Set();
      await start(sources);
      old = await come();
      file = await old.create('f');
      const data = new Uint8Array(MIB);
      const { opRet } = await old.callFop('writev', [file.gfid, file.fd, 0, MIB, 0, null], {
        data,
      });
      expect(opRet).toBe(MIB);
      expect(await read(old)).toBe(MIB);
    });
    afterEach(async () => {
      for (const peer of peers) peer.close();
      await graph.stop();
    });

    it('holds replies of silent clients within the limit, serves others, and closes stalled ones', async () => {
      const before = process.memoryUsage().arrayBuffers;
      for (let n = 0; n < 100; n++) askInSilence(await come(), 200);
      await expect.poll(waiting, PATIENCE).toBeGreaterThan(50);
      // Clients that have taken all of their replies are served without delay.
      for (let n = 0; n < 20; n++) expect(await read(old)).toBe(MIB);
      expect(used()).toBeLessThanOrEqual(LIMIT);
      collectGarbage();
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(LIMIT + 32 * MIB);
      // Short replies need none of the memory.
      const young = await come();
      expect(await read(young, 1000)).toBe(1000);
      const reading = read(young);
      await expect
        .poll(() => {
          endPatience();
          return waiting();
        }, PATIENCE)
        .toBe(0);
      expect(await reading).toBe(MIB);
      const closed = logLines.filter((line) => line.includes('wait for their memory'));
      expect(closed.length).toBeGreaterThan(50);
      expect(closed[0]).toMatch(
        /connection to 127.0.0.1 is closed: its client took only \d+ of \d+ bytes of replies in 10 s/,
      );
      for (const peer of peers.splice(0)) peer.close();
      await expect.poll(used, PATIENCE).toBe(0);
      await expect
        .poll(() => {
          collectGarbage();
          return process.memoryUsage().arrayBuffers - before;
        }, PATIENCE)
        .toBeLessThan(16 * MIB);
    });

    it('sends every reply to clients that pause for less than the patience, and closes none', async () => {
      const slow: RawPeer[] = [];
      for (let n = 0; n < 50; n++) slow.push(await come());
      const replies = slow.map((peer) => {
        const reading = Array.from({ length: 10 }, () => read(peer));
        peer.socket.pause();
        return Promise.all(reading);
      });
      await expect.poll(waiting, PATIENCE).toBeGreaterThan(10);
      for (const { socket } of slow) socket.resume();
      expect((await Promise.all(replies)).flat()).toEqual(new Array(500).fill(MIB));
      expect(waiting()).toBe(0);
      expect(logLines.filter((line) => line.includes('is closed'))).toEqual([]);
    });

    it('reclaims the memory of idle connections without closing them', async () => {
      for (let n = 0; n < 80; n++) {
        const peer = await come();
        expect(await read(peer)).toBe(MIB);
      }
      expect(used()).toBeLessThanOrEqual(LIMIT);
      for (const peer of peers) expect(await read(peer)).toBe(MIB);
      expect(logLines.filter((line) => line.includes('is closed'))).toEqual([]);
    });

    it('refuses a read whose reply no client would accept', async () => {
      const values = [file.gfid, -2, 0, RECORD_MAX + 1, 0, null];
      expect(await old.callFop('readv', values)).toMatchObject({ opRet: -1, opErrno: EINVAL });
    });
  },
);
