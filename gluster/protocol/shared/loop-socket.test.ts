/** The buffer of a connection whose client never takes all replies at once. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { PumpSource } from '../../../runtime/core/pump-source.ts';
import { close } from '../../../runtime/sys/libc.ts';
import {
  type AcceptedConnection,
  acceptStream,
  listenStream,
} from '../../../runtime/sys/stream.ts';
import type { ServedConnection } from '../../../runtime/wire/connection.ts';
import { RecordReader } from '../../../runtime/wire/record.ts';
import { XdrWriter } from '../../../runtime/wire/xdr.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { LoopConnection } from './loop-socket.ts';

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
