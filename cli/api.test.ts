/** `glossa api` through real sockets. */
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { DATA_MAX } from '../runtime/api/protocol/handle-operations.ts';
import { OPERATION_FLAGS } from '../runtime/api/protocol/values.ts';
import { decodeName } from '../runtime/core/bytes.ts';
import { readU32, SocketClient } from '../test/support/api-client.ts';
import { connectTo, listenApi, makeVolfileFolder, startApi } from '../test/support/api-server.ts';
import { runCommand } from '../test/support/cli.ts';

describe('glossa api', () => {
  it('serves several programs at --socket, which its user alone can open, until SIGTERM', async () => {
    const folder = makeVolfileFolder();
    const path = join(folder, 'socket');
    const server = startApi(folder, '--socket', path);
    const [line] = await once(server.stdout!, 'data');
    expect(String(line)).toBe(`${path}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [one, other] = [await connectTo(path), await connectTo(path)];
    expect(one.facts).toMatchObject({ volume: 'files', dataMax: 1_048_576 });
    await one.do('write_file', [0o101, 0o644, '/file', new Uint8Array(1_000_000).fill(7)]);
    const reads = Array.from({ length: 40 }, () => other.do('read_file', [2 ** 20, '/file']));
    for (const { body } of await Promise.all(reads)) expect(body.length).toBe(1_000_000);
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
    expect(existsSync(path)).toBe(false);
  });

  it('serves the program that has started it at --fd, and ends when that program disconnects', async () => {
    const server = startApi(makeVolfileFolder(), '--fd', '3');
    const socket = server.stdio[3] as Duplex as Socket;
    const client = await SocketClient.greet(socket);
    await client.do('mkdir', [0o755, 0, '/folder']);
    expect(decodeName((await client.do('opendir', [0, '/'])).body.subarray(12))).toBe('folder');
    socket.destroy();
    expect(await once(server, 'exit')).toEqual([0, null]);
  });

  it('sends all of a large reply that was made between two turns of its loop', async () => {
    const { path } = await listenApi(makeVolfileFolder());
    const client = await connectTo(path);
    const store = readU32(await client.do('chunk_store', [0, 0, 0xffff_ffff, 0, '']));
    const { CREATE } = OPERATION_FLAGS;
    const chunk = readU32(await client.do('chunk_open', [store, CREATE, 0, 0, 'a']));
    await client.do('chunk_write', [chunk, 0, 0, 0, new Uint8Array(DATA_MAX).fill(7)]);
    const { body } = await client.do('chunk_read', [chunk, 0, 0, 0, DATA_MAX]);
    expect(body.length).toBe(DATA_MAX);
  });

  it('disconnects a program that sends invalid bytes, and serves the others', async () => {
    const { path } = await listenApi(makeVolfileFolder());
    const client = await connectTo(path);
    const stranger = connect(path);
    stranger.on('error', () => {});
    stranger.write('GET / HTTP/1.1\r\n\r\n');
    await once(stranger, 'close');
    await client.do('stat', ['/']);
  });

  it.each([
    [[], 'use either --socket PATH or --fd N'],
    [['--socket', 'a', '--fd', '3'], 'use either --socket PATH or --fd N'],
    [['--fd', '999'], '--fd 999: the descriptor is no connected unix socket'],
  ])('refuses the arguments %j with the reason', async (args, message) => {
    const { status, err } = await runCommand([
      'api',
      join(makeVolfileFolder(), 'files.vol'),
      ...args,
    ]);
    expect([status, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it.each([
    ['a file', async (path: string) => writeFileSync(path, 'content')],
    [
      'the socket of a server that runs',
      async (path: string) => void (await listenApi(dirname(path))),
    ],
  ])('fails if --socket names %s, and leaves it unchanged', async (_, occupy) => {
    const folder = makeVolfileFolder();
    const path = join(folder, 'socket');
    await occupy(path);
    const { ino } = statSync(path);
    const command = ['api', join(folder, 'files.vol'), '-N', '-l', join(folder, 'second-log')];
    const { status, err } = await runCommand([...command, '--socket', path]);
    expect([status, err]).toEqual([
      1,
      `glossa: cannot listen at ${path}: Address already in use\n`,
    ]);
    expect(statSync(path).ino).toBe(ino);
  });

  it('fails with the path of --socket in the message if it cannot listen there', async () => {
    const folder = makeVolfileFolder();
    const path = join(folder, 'absent', 'socket');
    const log = join(folder, 'log');
    const command = ['api', join(folder, 'files.vol'), '-N', '-l', log, '--socket', path];
    const { status, err } = await runCommand(command);
    expect([status, err]).toEqual([
      1,
      `glossa: cannot listen at ${path}: No such file or directory\n`,
    ]);
  });
});
