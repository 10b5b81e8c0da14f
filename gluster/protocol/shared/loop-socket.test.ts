/** Sockets that the loop of a mount serves: their listening, their bytes, and the buffer of replies. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { EBADF } from '../../../runtime/core/errno.ts';
import type { PumpSource } from '../../../runtime/core/pump-source.ts';
import { close, write } from '../../../runtime/sys/libc.ts';
import { makeSocketpair } from '../../../runtime/sys/socket.ts';
import {
  type AcceptedConnection,
  acceptStream,
  listenStream,
  receiveInto,
} from '../../../runtime/sys/stream.ts';
import type { ServedConnection } from '../../../runtime/wire/connection.ts';
import { makeRecordMark, RecordReader } from '../../../runtime/wire/record.ts';
import { XdrWriter } from '../../../runtime/wire/xdr.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { ListeningSocket, LoopConnection } from './loop-socket.ts';
import { Stream, type StreamEvents } from './stream.ts';

const MIB = 2 ** 20;

it('sent replies of a client that always has others to take are removed from the buffer', async () => {
  const folder = makeFolder();
  const path = join(folder, 'socket');
  const listening = listenStream({ path });
  const client = connect(path);
  await once(client, 'connect');
  const { fd } = acceptStream(listening) as AcceptedConnection;
  close(listening);
  let source: PumpSource | null = null;
  const sources = {
    add(added: PumpSource) {
      source = added;
    },
    remove() {},
    flushSoon() {},
    now: () => performance.now(),
  };
  const out = new XdrWriter();
  const served: ServedConnection = {
    records: new RecordReader(),
    out,
    isPaused: false,
    mayNeedEventLoop: false,
    serveMessages() {},
    noteAllSent() {},
    close() {},
  };
  const connection = new LoopConnection(
    fd,
    sources,
    () => served,
    () => {},
  );
  onTestFinished(() => connection.destroy());
  // Bytes that tell their position in the stream.
  const pattern = new Uint8Array(MIB).map((_, index) => index % 251);
  let written = 0;
  let taken = 0;
  let longest = 0;
  while (taken < 64 * MIB) {
    while (written - taken < MIB) {
      const offset = written % 251;
      out.fixed(pattern.subarray(offset, offset + 64 * 1024));
      written += 64 * 1024;
    }
    source!.flush();
    longest = Math.max(longest, out.bytes.length);
    const bytes: Buffer | null = client.read();
    if (bytes === null) {
      await once(client, 'readable');
      continue;
    }
    expect([bytes[0], bytes.at(-1)]).toEqual([taken % 251, (taken + bytes.length - 1) % 251]);
    taken += bytes.length;
  }
  expect(longest).toBeLessThan(4 * MIB);
  expect(connection.sentBytes).toBeGreaterThanOrEqual(taken);
  client.destroy();
});

it('a listening socket accepts a client that waits, and none once it is closed', async () => {
  const path = join(makeFolder(), 'socket');
  const ended: string[] = [];
  const settings = {
    accept({ fd }: AcceptedConnection) {
      close(fd);
      return { end: () => void ended.push('accepted') } as unknown as LoopConnection;
    },
    log: expect.unreachable,
    after: () => () => {},
  };
  const sources = { add() {}, remove() {}, flushSoon() {}, now: () => 0 };
  const listening = new ListeningSocket(listenStream({ path }), settings, sources);
  const client = connect(path);
  await once(client, 'connect');
  expect([listening.receive(), listening.receive()]).toEqual([true, false]);
  listening.close();
  expect(ended).toEqual(['accepted']);
  client.destroy();
});

it('a stream receives each byte once, is not blocked by what it has sent, and closes its socket', () => {
  const [own, peer] = makeSocketpair() as [number, number];
  onTestFinished(() => void close(peer));
  const records = new RecordReader();
  const onReceive = vi.fn();
  const events = { records, onReceive, countPending: () => 0 } as unknown as StreamEvents;
  const sources = { add() {}, remove() {}, flushSoon() {}, now: () => 0 };
  const stream = new Stream(own, sources, events, { isConnected: true, busyPollUs: 0 });
  const message = new XdrWriter();
  message.u32(makeRecordMark(4));
  message.u32(7);
  for (const [start, end] of [
    [0, 1],
    [1, 8],
  ] as const) {
    write(peer, message.writtenBytes.subarray(start, end), end - start);
    expect([stream.receive(), stream.receive()]).toEqual([true, false]);
  }
  expect([records.findNext(), records.end - records.start]).toEqual([true, 4]);
  expect([stream.send(Uint8Array.of(1, 2), 2, null), stream.awaitsWritable]).toEqual([2, false]);
  stream.close();
  expect(receiveInto(own, new Uint8Array(1))).toBe(-EBADF);
});
