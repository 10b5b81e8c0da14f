/** Stream sockets by system calls, with Node's sockets as peers. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import type { SocketAddress } from '../core/addresses.ts';
import { EAGAIN, ECONNREFUSED, ENAMETOOLONG, ENODEV } from '../core/errno.ts';
import { close } from './libc.ts';
import {
  type AcceptedConnection,
  acceptStream,
  listenStream,
  openStream,
  readConnectionError,
  readPort,
  receiveInto,
  sendBoth,
} from './stream.ts';

const folder = makeFolder();
const fds: number[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const fd of fds.splice(0)) close(fd);
  for (const socket of sockets.splice(0)) socket.destroy();
});

const used = (fd: number): number => {
  expect(fd).toBeGreaterThan(0);
  fds.push(fd);
  return fd;
};

/** Text received within a few turns of the event loop. */
async function received(fd: number): Promise<string> {
  const room = new Uint8Array(100);
  await expect.poll(() => receiveInto(fd, room)).toBeGreaterThan(0);
  return new TextDecoder().decode(room).replace(/\0.*/s, '');
}

test.each<[string, SocketAddress, string]>([
  ['TCP', { host: '127.0.0.1', port: 0 }, '127.0.0.1'],
  ['TCP, version 6', { host: '::1', port: 0 }, '::1'],
  ['a path', { path: join(folder, 'socket') }, ''],
])(
  'a connection over %s is accepted, receives data, and sends two buffers at once',
  async (_, address, peer) => {
    const listening = used(listenStream(address));
    expect(acceptStream(listening)).toBe(-EAGAIN);
    const to = 'path' in address ? address.path : { host: address.host, port: readPort(listening) };
    const socket = connect(to as never);
    sockets.push(socket);
    await once(socket, 'connect');
    const accepted = acceptStream(listening) as AcceptedConnection;
    used(accepted.fd);
    expect([accepted.address, accepted.port]).toEqual([peer, socket.localPort ?? 0]);
    expect(receiveInto(accepted.fd, new Uint8Array(9))).toBe(-EAGAIN);
    socket.write('words');
    expect(await received(accepted.fd)).toBe('words');
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    expect(sendBoth(accepted.fd, bytes('one, and more'), 5, bytes('two'))).toBe(8);
    const [chunk] = await once(socket, 'data');
    expect(String(chunk)).toBe('one, two');
  },
);

test('openStream connects to an address with a zone, and returns ENODEV for an unknown zone', async () => {
  const listening = used(listenStream({ host: '::1', port: 0 }));
  const port = readPort(listening);
  for (const zone of ['lo', '1']) {
    const fd = used(openStream({ host: `::1%${zone}`, port }));
    const accepted = await vi.waitFor(() => {
      const next = acceptStream(listening);
      expect(next).toMatchObject({ address: '::1' });
      return next as AcceptedConnection;
    });
    used(accepted.fd);
    expect(readConnectionError(fd)).toBe(0);
  }
  for (const zone of ['nowhere0', '..', 'a/b']) {
    expect(openStream({ host: `fe80::1%${zone}`, port })).toBe(-ENODEV);
  }
});

test('openStream connects to a server, or readConnectionError returns the errno of the failure', async () => {
  const server = createServer((socket) => void sockets.push(socket.end('welcome')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const fd = used(openStream({ host: '127.0.0.1', port }));
  expect(await received(fd)).toBe('welcome');
  expect(readConnectionError(fd)).toBe(0);
  server.close();
  for (const open of fds.splice(0)) close(open);
  await once(server, 'close');
  const refused = used(openStream({ host: '127.0.0.1', port }));
  await expect.poll(() => readConnectionError(refused)).toBe(ECONNREFUSED);
  const long = { path: `/${'x'.repeat(120)}` } as const;
  expect([openStream(long), listenStream(long)]).toEqual([-ENAMETOOLONG, -ENAMETOOLONG]);
});
