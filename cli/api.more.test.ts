/** `glossa api` with programs of other users, and with those that leave without a word. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { makeGreeting, makeRequest, readU32, SocketClient } from '../test/support/api-client.ts';
import { connectTo, listenApi, makeVolfileFolder, openSocket } from '../test/support/api-server.ts';
import { isSkipped } from '../test/support/obstacle.ts';

const O_RDWR_CREAT = 0o102;
const F_SETLKW = 7;
const LOCKS =
  'volume files\n    type storage/memory\nend-volume\n' +
  'volume locks\n    type features/locks\n    subvolumes files\nend-volume\n';

/** Connects to the socket, and prints the object of the greeting. */
const PROGRAM = `
import socket, struct, sys
program = socket.socket(socket.AF_UNIX)
program.connect(sys.argv[1])
reply = b""
while more := program.recv(4096):
    reply += more
print(reply[12:].decode())
`;

const why = process.getuid?.() === 0 ? '' : 'only root can be another user';

describe.skipIf(isSkipped('glossa api and other users', why))('glossa api', () => {
  it('refuses a program of another user, and logs the refusal', async () => {
    const folder = makeVolfileFolder();
    const { path } = await listenApi(folder);
    chmodSync(folder, 0o755);
    chmodSync(path, 0o666);
    const program = spawn('python3', ['-c', PROGRAM, path], { uid: 65_534, gid: 65_534 });
    const reason = 'it is of the user with uid 65534, who may not use the volume';
    expect(JSON.parse(await text(program.stdout))).toEqual({ error: reason });
    const log = readFileSync(join(folder, 'log'), 'utf8');
    expect(log).toContain(`process ${program.pid} is refused: ${reason}`);
  });
});

describe('a program connected to glossa api', () => {
  it('loses its locks when it disconnects, and the next waiting program gets them', async () => {
    const { path } = await listenApi(makeVolfileFolder(LOCKS));
    const socket = await openSocket(path);
    const [holder, waiter] = [await SocketClient.greet(socket), await connectTo(path)];
    for (const client of [holder, waiter]) {
      expect(readU32(await client.do('open', [O_RDWR_CREAT, 0o644, '/file']))).toBe(1);
    }
    await holder.do('lock', [1, F_SETLKW, 1, 0, 0]);
    const waiting = waiter.do('lock', [1, F_SETLKW, 1, 0, 0]);
    await waiter.do('stat', ['/file']);
    socket.destroy();
    expect(readU32(await waiting)).toBe(1);
  });

  it('has its open files closed when it disconnects', async () => {
    const folder = makeVolfileFolder();
    const store = `volume files\n    type storage/posix\n    option directory ${folder}\nend-volume\n`;
    const posix = makeVolfileFolder(store);
    const { server, path } = await listenApi(posix);
    const countDescriptors = (): number => readdirSync(`/proc/${server.pid}/fd`).length;
    await connectTo(path).then((client) => client.do('stat', ['/']));
    const socket = await openSocket(path);
    const client = await SocketClient.greet(socket);
    const before = countDescriptors();
    const opens = Array.from({ length: 300 }, () =>
      client.do('open', [O_RDWR_CREAT, 0o644, '/file']),
    );
    await Promise.all(opens);
    expect(countDescriptors()).toBeGreaterThanOrEqual(before + 300);
    socket.destroy();
    await expect.poll(countDescriptors, { timeout: 30_000 }).toBeLessThanOrEqual(before);
  });

  it('cannot keep the server from ending by not reading its replies', async () => {
    const { server, path } = await listenApi(makeVolfileFolder());
    const client = await connectTo(path);
    await client.do('write_file', [0o101, 0o644, '/file', new Uint8Array(1_000_000)]);
    const socket = await openSocket(path);
    socket.write(makeGreeting());
    await once(socket, 'readable');
    for (let id = 1; id <= 200; id++)
      socket.write(makeRequest(id, 'read_file', [2 ** 20, '/file']));
    await client.do('stat', ['/file']);
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
  });
});
