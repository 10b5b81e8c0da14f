/** glossa's volfile server and client, with each other and with malformed calls. */
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { SocketAddress } from '../../runtime/core/addresses.ts';
import { EACCES } from '../../runtime/core/errno.ts';
import { makeRecordMark } from '../../runtime/wire/record.ts';
import { XdrReader, XdrWriter } from '../../runtime/wire/xdr.ts';
import { makeFolder } from '../../test/support/folder.ts';
import type { ResultsWriter } from '../rpc/call-server.ts';
import { writeTexts } from '../rpc/dict.ts';
import { AUTH_NULL, type ReceivedCall, writeCall } from '../rpc/message.ts';
import {
  DUMP_PROCEDURES,
  DUMP_PROGRAM,
  HANDSHAKE,
  HANDSHAKE_PROCEDURES,
  PORTMAP,
  PORTMAP_PROCEDURES,
} from '../rpc/programs.ts';
import { Portmap } from './portmap.ts';
import { FetchError, VolfileClient } from './volfile-client.ts';
import { computeVolumeId, VolfileFolder } from './volfile-folder.ts';
import { makePrograms } from './volfile-programs.ts';
import { VolfileServer } from './volfile-server.ts';

const TEXT = 'volume v\n  type storage/posix\n  option directory /\nend-volume\n';

let path: string;
let server: VolfileServer;
let clients: VolfileClient[];
let logLines: string[];
let warnings: string[];

interface Settings {
  readonly unix?: string;
  readonly servers?: string[];
  readonly port?: number;
  readonly connectionsMax?: number;
  readonly silenceMs?: number;
}

const start = ({ connectionsMax, silenceMs, ...settings }: Settings = {}) =>
  VolfileServer.start({
    ...(connectionsMax !== undefined && { connectionsMax }),
    ...(silenceMs !== undefined && { silenceMs }),
    folder: new VolfileFolder(path),
    tcp: settings.unix === undefined ? { host: '127.0.0.1', port: settings.port ?? 0 } : null,
    unix: settings.unix ?? null,
    servers: settings.servers ?? [],
    log: (text) => void logLines.push(text),
    warn: (text) => void warnings.push(text),
  });

beforeEach(async () => {
  path = makeFolder();
  [logLines, warnings, clients] = [[], [], []];
  writeFileSync(join(path, 'v.vol'), TEXT);
  server = await start();
});
afterEach(async () => {
  for (const client of clients) client.close();
  await server.close();
});

const here = (): SocketAddress => ({ host: '127.0.0.1', port: server.port! });

function client(servers: readonly SocketAddress[], key = '/v') {
  const changed = vi.fn();
  const fetching = new VolfileClient({
    servers,
    key,
    onChange: changed,
    log: (text) => void logLines.push(text),
    warn: (text) => void warnings.push(text),
  });
  clients.push(fetching);
  return { changed, fetch: () => fetching.fetch(), fetching };
}

const failing = (fetched: Promise<string>): Promise<string> =>
  fetched.then(
    () => 'fetched',
    (error: unknown) => {
      if (error instanceof FetchError) return error.message;
      throw error;
    },
  );

it('a volfile server serves a volfile, and sends clients few notices for many quick changes', async () => {
  const { changed, fetch } = client([here()]);
  expect(await fetch()).toBe(TEXT);
  expect(logLines.filter((text) => text.includes("asked for '/v' (flags 1)"))).toHaveLength(1);
  // Editors write so: another file takes the place.
  for (let at = 0; at < 50; at++) {
    writeFileSync(join(path, 'new'), `${TEXT}# ${at}\n`);
    renameSync(join(path, 'new'), join(path, 'v.vol'));
  }
  await vi.waitFor(() => expect(changed).toHaveBeenCalled());
  expect(await fetch()).toBe(`${TEXT}# 49\n`);
  const count = changed.mock.calls.length;
  expect(count).toBeLessThan(10);
  // An invalid volfile is not served, and an unchanged one causes no notice: the next notice
  // concerns the new volume.
  writeFileSync(join(path, 'v.vol'), `${TEXT}volume half\n`);
  await vi.waitFor(() => expect(warnings.join()).toMatch(/^v\.vol:5:\d+: error: volume 'half'/));
  expect(await failing(fetch())).toMatch(/^no volfile '\/v' can be fetched: .*: Invalid argument$/);
  writeFileSync(join(path, 'v.vol'), `${TEXT}# 49\n`);
  writeFileSync(join(path, 'w.vol'), TEXT);
  await vi.waitFor(() => expect(changed.mock.calls.length).toBeGreaterThan(count));
  expect(logLines.findLast((text) => text.startsWith('changed'))).toBe(
    'changed: w; notified 1 clients',
  );
});

it('a client can fetch the id of a volume after it has fetched the volfile', async () => {
  const { fetch, fetching } = client([here()]);
  expect(await failing(fetching.fetchVolumeId())).toBe('no volfile server is connected');
  await fetch();
  expect(await fetching.fetchVolumeId()).toBe(computeVolumeId('v'));
  rmSync(join(path, 'v.vol'));
  expect(await failing(fetching.fetchVolumeId())).toBe('No such file or directory');
});

it('the error of a failed volfile fetch names each server with its reason, in one sentence', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const dead = { host: '127.0.0.1', port: (closed.address() as { port: number }).port };
  closed.close();
  expect(await failing(client([dead]).fetch())).toBe(
    `no volfile '/v' can be fetched: 127.0.0.1:${dead.port}: Connection refused`,
  );
  expect(await failing(client([dead, here()], 'nosuch').fetch())).toBe(
    `no volfile 'nosuch' can be fetched: 127.0.0.1:${dead.port}: Connection refused; ` +
      `127.0.0.1:${server.port}: it has no such volume`,
  );
  expect(await failing(client([{ path: join(path, 'nothing') }]).fetch())).toContain(
    'No such file or directory',
  );
  expect(await client([dead, here()]).fetch()).toBe(TEXT);
});

it('a volfile server creates its UNIX socket for its owner only, and replaces a stale socket', async () => {
  const unix = join(path, 'socket');
  const left = createServer().listen(unix);
  await once(left, 'listening');
  await expect(start({ unix })).rejects.toThrow('already');
  left.close();
  await once(left, 'close');
  writeFileSync(unix, '');
  await expect(start({ unix })).rejects.toThrow('not a socket');
  rmSync(unix);
  const other = await start({ unix });
  expect(statSync(unix).mode & 0o777).toBe(0o600);
  const { fetch, changed, fetching } = client([{ path: unix }]);
  expect(await fetch()).toBe(TEXT);
  expect(changed).not.toHaveBeenCalled();
  fetching.close();
  await other.close();
});

it('a client that loses its volfile server moves to a server that the lost one announced', async () => {
  const second = await start();
  const port = second.port!;
  const first = await start({ servers: [`127.0.0.1:${port}`] });
  const { fetch, changed } = client([{ host: '127.0.0.1', port: first.port! }]);
  expect(await fetch()).toBe(TEXT);
  await first.close();
  await vi.waitFor(() => expect(warnings.join()).toContain('is lost'));
  // A fetch that cannot wait asks at once.
  expect(await fetch()).toBe(TEXT);
  await second.close();
  await vi.waitFor(() =>
    expect(warnings.filter((text) => text.includes('is lost'))).toHaveLength(2),
  );
  const again = await start({ port });
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), 20_000);
  await again.close();
});

// -- byte by byte ---------------------------------------------------------------------------------

function record(write: (w: XdrWriter) => void): Uint8Array {
  const w = new XdrWriter();
  w.u32(0);
  write(w);
  w.patch(0, makeRecordMark(w.position - 4));
  return w.writtenBytes.slice();
}

const call = (
  { number: program, version }: { number: number; version: number },
  procedure: number,
  write: (w: XdrWriter) => void = () => {},
  xid = 7,
): Uint8Array =>
  record((w) => {
    writeCall(w, { xid, program, version, procedure }, AUTH_NULL, null);
    write(w);
  });

/** Collects replies until the server, or the reply to the last call, ends the connection. */
async function talk(...sent: readonly Uint8Array[]): Promise<Buffer> {
  const socket = connect(server.port!, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('error', () => {});
  for (const bytes of sent) socket.write(bytes);
  const last = call(DUMP_PROGRAM, DUMP_PROCEDURES.PING, () => {}, 0xfeed);
  socket.write(last);
  const isLast = () => Buffer.concat(chunks).includes(Buffer.from([0, 0, 0xfe, 0xed]));
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (isLast()) socket.destroy();
  });
  await once(socket, 'close');
  return Buffer.concat(chunks);
}

/** The results of the first reply, after its header. */
const first = (bytes: Buffer): XdrReader => new XdrReader(bytes.subarray(28));

it('a volfile server returns the ids of volumes, and the ports of connected bricks', async () => {
  const dict = new Map([
    ['flags', '1'],
    ['volname', 'v'],
  ]);
  const info = first(
    await talk(call(HANDSHAKE, HANDSHAKE_PROCEDURES.GET_VOLUME_INFO, (w) => writeTexts(w, dict))),
  );
  expect([info.i32(), info.i32(), info.string()]).toEqual([0, 0, '']);
  expect(Buffer.from(info.opaque()).toString()).toContain(computeVolumeId('v'));
  const none = first(
    await talk(call(HANDSHAKE, HANDSHAKE_PROCEDURES.GET_VOLUME_INFO, (w) => w.u32(0))),
  );
  expect(none.i32()).toBe(-1);
  const where = (w: XdrWriter) => w.string('/b');
  const signIn = call(
    PORTMAP,
    PORTMAP_PROCEDURES.SIGNIN,
    (w) => {
      where(w);
      w.i32(4711);
      w.i32(1);
    },
    0,
  );
  const answer = await talk(signIn, call(PORTMAP, PORTMAP_PROCEDURES.PORTBYBRICK, where));
  const ports = new XdrReader(answer.subarray(4 + 24 + 8 + 28));
  expect([ports.i32(), ports.i32(), ports.i32(), ports.i32()]).toEqual([0, 0, 1, 4711]);
  // The port is forgotten with its connection.
  await vi.waitFor(() => expect(logLines.at(-1)).toBe("brick '/b' disconnected"));
  expect(first(await talk(call(PORTMAP, PORTMAP_PROCEDURES.PORTBYBRICK, where))).i32()).toBe(-1);
});

it('a volfile server refuses unknown calls with the status codes of GlusterFS', async () => {
  const status = async (bytes: Uint8Array) => (await talk(bytes)).readUInt32BE(24);
  expect(await status(call({ number: 99_999, version: 1 }, 0))).toBe(1);
  expect(await status(call({ ...HANDSHAKE, version: 3 }, 2))).toBe(2);
  expect(await status(call(HANDSHAKE, 99))).toBe(3);
  expect(await status(call(HANDSHAKE, HANDSHAKE_PROCEDURES.GETSPEC))).toBe(4);
});

it('a volfile server keeps serving after malformed calls', async () => {
  const good = call(HANDSHAKE, HANDSHAKE_PROCEDURES.GETSPEC, (w) => {
    w.u32(0);
    w.string('v');
    w.opaque(new Uint8Array());
  });
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const talks: Promise<Buffer>[] = [];
  for (let round = 0; round < 300; round++) {
    const bytes = good.slice(0, random(3) === 0 ? random(good.length) : good.length);
    for (let flips = random(6); flips > 0; flips--) bytes[random(bytes.length)] = random(256);
    const socket = connect(server.port!, '127.0.0.1');
    talks.push(
      new Promise((resolve) => {
        socket.on('error', () => {});
        socket.once('close', () => resolve(Buffer.alloc(0)));
        socket.resume();
        socket.end(bytes);
      }),
    );
  }
  await Promise.all(talks);
  await talk(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  expect(warnings.at(-1)).toContain('sent a malformed call: a message of');
  expect(await client([here()]).fetch()).toBe(TEXT);
});

it('a volfile server closes connections that send no complete call in time, and keeps the others', async () => {
  const strict = await start({ silenceMs: 100 });
  const { fetch, changed } = client([{ host: '127.0.0.1', port: strict.port! }]);
  await fetch();
  const silent = Array.from({ length: 100 }, (_, at) => {
    const socket = connect(strict.port!, '127.0.0.1');
    if (at % 2 === 1)
      socket.write(call(HANDSHAKE, HANDSHAKE_PROCEDURES.GETSPEC).subarray(0, at % 40));
    // The connection may end with a reset.
    socket.on('error', () => {});
    return new Promise((closed) => socket.resume().once('close', closed));
  });
  await Promise.all(silent);
  expect(warnings.filter((text) => text.includes('sent no call for'))).toHaveLength(100);
  strict.notify(['v']);
  await vi.waitFor(() => expect(changed).toHaveBeenCalled());
  await strict.close();
});

it('a volfile server refuses connections beyond connectionsMax', async () => {
  const few = await start({ connectionsMax: 2 });
  const address = { host: '127.0.0.1', port: few.port! };
  const [first, second] = [client([address]), client([address])];
  await Promise.all([first.fetch(), second.fetch()]);
  expect(await failing(client([address]).fetch())).toContain('it closed the connection');
  expect(warnings).toEqual(['a client was refused: there are 2 connections already']);
  first.fetching.close();
  await vi.waitFor(async () => expect(await client([address]).fetch()).toBe(TEXT));
  await few.close();
});

it('a volfile server strips passwords for clients on another machine, and refuses their port registrations', () => {
  writeFileSync(join(path, 'v.vol'), TEXT.replace('  option', '  option password p\n  option'));
  const shared = { folder: new VolfileFolder(path), portmap: new Portmap(), servers: [] };
  const ask = (
    isLocal: boolean,
    program: number,
    procedure: number,
    write: (w: XdrWriter) => void,
  ) => {
    const peer = { name: 'peer', isLocal, log: (text: string) => void logLines.push(text) };
    const [w, answer] = [new XdrWriter(), new XdrWriter()];
    write(w);
    const served = makePrograms(shared, peer)[program]!.procedures.get(procedure)!;
    const reply = served(new XdrReader(w.writtenBytes), {} as ReceivedCall) as ResultsWriter;
    reply(answer);
    const r = new XdrReader(answer.writtenBytes);
    return { opRet: r.i32(), errno: r.i32(), text: r.string() };
  };
  const key = (w: XdrWriter): void => {
    w.u32(0);
    w.string('v');
    w.u32(0);
  };
  const spec = (isLocal: boolean) => ask(isLocal, 0, HANDSHAKE_PROCEDURES.GETSPEC, key);
  expect(spec(true).text).toContain('password p');
  const stranger = spec(false);
  expect(stranger.text).toBe('volume v\ntype storage/posix\noption directory /\nend-volume\n');
  expect(stranger.opRet).toBe(stranger.text.length);
  const brick = (w: XdrWriter): void => {
    w.string('b');
    w.i32(1);
    w.i32(1);
  };
  const signIn = (isLocal: boolean) => ask(isLocal, 1, PORTMAP_PROCEDURES.SIGNIN, brick);
  expect([signIn(false).errno, shared.portmap.findPort('b')]).toEqual([EACCES, undefined]);
  expect([signIn(true).errno, shared.portmap.findPort('b')]).toEqual([0, 1]);
});

it('a volfile server finds changed volfiles again after its directory was replaced for a while', () => {
  const folder = new VolfileFolder(path);
  expect(folder.scan()).toEqual({ changed: [], problems: [] });
  const away = `${path}.away`;
  renameSync(path, away);
  expect(() => folder.scan()).toThrow('ENOENT');
  mkdirSync(path);
  writeFileSync(join(path, 'other.vol'), TEXT);
  expect(folder.scan()).toEqual({ changed: ['v', 'other'], problems: [] });
  rmSync(path, { recursive: true });
  renameSync(away, path);
  expect(folder.scan().changed).toEqual(['other', 'v']);
  // Each file is checked, and only changed ones are read.
  writeFileSync(join(path, 'empty.vol'), '');
  expect(folder.scan()).toEqual({ changed: [], problems: ['empty.vol is empty'] });
  expect(folder.scan()).toEqual({ changed: [], problems: [] });
});

it('a volfile server queues few replies for a client that does not read, and sends all replies once it reads', async () => {
  writeFileSync(join(path, 'big.vol'), `${TEXT}#${'x'.repeat(2 ** 20)}`);
  const ask = call(HANDSHAKE, HANDSHAKE_PROCEDURES.GETSPEC, (w) => {
    w.u32(0);
    w.string('big');
    w.opaque(new Uint8Array());
  });
  const TIMES = 64;
  const socket = connect(server.port!, '127.0.0.1').pause();
  socket.write(Buffer.concat(Array.from({ length: TIMES }, () => ask)));
  // Replies fill the kernel's buffers, and another client is served meanwhile.
  await vi.waitFor(() => expect(logLines.join()).toContain("asked for 'big'"));
  expect(await client([here()]).fetch()).toBe(TEXT);
  expect(logLines.filter((text) => text.includes("asked for 'big'")).length).toBeLessThan(
    TIMES / 2,
  );
  let size = 0;
  socket.resume();
  socket.on('data', (chunk) => {
    size += chunk.length;
    if (size > TIMES * 2 ** 20) socket.destroy();
  });
  await once(socket, 'close');
  expect(size).toBeGreaterThan(TIMES * 2 ** 20);
});
