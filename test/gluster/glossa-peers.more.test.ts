/** glossa's client with glossa's server, in one process, over loopback. */
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrowserContext } from '../../bridges/machine/browser/context.ts';
import { operations } from '../../bridges/testing/operations.ts';
import client from '../../gluster/protocol/client/index.ts';
import server from '../../gluster/protocol/server/index.ts';
import { ACCEPT_STATUS } from '../../gluster/rpc/message.ts';
import { DUMP_PROGRAM, FOPS4, HANDSHAKE, type Program } from '../../gluster/rpc/programs.ts';
import { connect, Driver } from '../../runtime/api/driver.ts';
import { Files } from '../../runtime/api/files.ts';
import { moveEntry } from '../../runtime/core/apply-reply.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { dumpXlator } from '../../runtime/core/dumps.ts';
import { EEXIST } from '../../runtime/core/errno.ts';
import { tail } from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { INFO } from '../../runtime/core/log.ts';
import { Loc } from '../../runtime/core/operands.ts';
import type { SourceRegistry } from '../../runtime/core/pump-source.ts';
import { isUpcall } from '../../runtime/core/upcall.ts';
import { RENAME_EXCHANGE, RENAME_FLAGS, RENAME_NOREPLACE } from '../../runtime/core/xdata.ts';
import { type Dump, defineTranslator } from '../../runtime/core/xlator.ts';
import { pump } from '../../runtime/pump/pump.ts';
import { makeGraph, makeVolumeSpecs } from '../../runtime/volfile/make-graph.ts';
import { Registry } from '../../runtime/volfile/registry.ts';
import { Source } from '../../runtime/volfile/source.ts';
import { readVolfile } from '../../runtime/volfile/volfile.ts';
import locks from '../../runtime/xlators/features/locks/index.ts';
import upcall from '../../runtime/xlators/features/upcall/index.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { makeFolder } from '../support/folder.ts';
import { RawPeer } from '../support/raw-rpc.ts';

/** Paths that the brick saw in stat requests. */
const paths: string[] = [];
const witness = defineTranslator({
  type: 'test/witness',
  description: 'Notes paths.',
  children: [1, 1],
  options: {},
  init: () => null,
  fops: {
    stat(frame, xl, loc, xdata) {
      paths.push(loc.path);
      tail.stat(frame, xl.children[0]!, loc, xdata);
    },
  },
});
const registry = new Registry([memory, locks, upcall, client, server, witness] as never);
const FILES = 'volume files\n  type storage/memory\nend-volume\n';
const BRICK = `${FILES}
volume witness
  type test/witness
  subvolumes files
end-volume
volume locked
  type features/locks
  subvolumes witness
end-volume
volume brick
  type features/upcall
  option cache-invalidation on
  option limit 50
  subvolumes locked
end-volume
volume server
  type protocol/server
  option auth.addr.brick.allow 127.0.0.1
  option rpc.outstanding-rpc-limit 2
  option handshake-limit 20
  subvolumes brick
end-volume
`;

let graphs: Graph[];
let port: number;
let logLines: string[];
let sources: SourceRegistry | undefined;

async function start(text: string): Promise<Graph> {
  const { description } = readVolfile(new Source('test.vol', text), { registry });
  const context = Object.assign(new BrowserContext((line) => void logLines.push(line)), {
    sourcePump: sources,
    wake: () => pump.wake(),
  });
  const graph = makeGraph(description, registry, context, { default: INFO, volumes: new Map() });
  await graph.start();
  graphs.push(graph);
  await graph.awaitUp(30_000);
  return graph;
}

/** The server's statedump. */
const dump = (): Dump => dumpXlator(graphs[0]!.top);

afterEach(async () => {
  for (const graph of graphs.reverse()) await graph.stop();
});

const volfile = (): string =>
  `volume c0\n  type protocol/client\n  option remote-host 127.0.0.1\n  option remote-port ${port}\n` +
  '  option remote-subvolume brick\nend-volume\n';

/** Calls of GlusterFS clients, as captured on the wire, by their names. */
const calls = new Map(
  readFileSync(new URL('../../gluster/rpc/testdata/records.jsonl', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; bytes: string })
    .filter(({ name }) => name.includes('c2s'))
    .map(({ name, bytes }) => [name, Buffer.from(bytes, 'base64')]),
);
const named = (part: string): Buffer => [...calls].find(([name]) => name.includes(part))![1];

type Do = (operation: string, ...args: readonly unknown[]) => Promise<unknown>;

async function openDriver(text: string): Promise<Driver> {
  const graph = await start(text);
  return new Driver(connect(graph, 'test'), { uid: 0, gid: 0, groups: [], pid: 7 });
}

async function open(text: string): Promise<Do> {
  const files = new Files((await openDriver(text)).steps);
  return (operation, ...args) => operations[operation]!(files, args as never) as Promise<unknown>;
}

const bytes = (text: string) => ['bytes', text];

describe.each<[string, SourceRegistry | undefined]>([
  ['the pump', pump],
  ["Node's event loop", undefined],
])('protocol/client and protocol/server, with sockets of %s', (_, served) => {
  beforeEach(async () => {
    logLines = [];
    graphs = [];
    sources = served;
    await start(BRICK);
    port = Number(String(dump()['listens-at']).split(':')[1]);
  });

  it('return the same results as the storage without a network', async () => {
    const far = await open(volfile());
    const near = await open(FILES);
    // Differences by design: gfids, times, and which fields are filled.
    const plain = (answer: unknown): string =>
      JSON.stringify(answer)
        .replace(/"[0-9a-f-]{36}"/g, 'G')
        .replace(/1\d{9},\d+/g, 'T')
        .replaceAll(',6143,', ',0,');
    const both = async (operation: string, ...args: readonly unknown[]): Promise<string> => {
      const [a, b] = await Promise.all(
        [far, near].map((ask) =>
          ask(operation, ...args).then(plain, (error: Error) => error.message),
        ),
      );
      expect([operation, ...args, a]).toEqual([operation, ...args, b]);
      return a!;
    };
    await both('mkdir', '/d', 0o750);
    await both('write', '/d/f', bytes('x'.repeat(200_000)), null);
    await both('write', '/d/f', bytes('yy'), 100);
    expect(await both('read', '/d/f', 5, 98)).toContain('xxyyx');
    await both('read', '/d/f', 10, 300_000);
    await both('symlink', '../somewhere', '/d/l');
    await both('readlink', '/d/l');
    await both('link', '/d/f', '/h');
    await both('rename', '/h', '/d/\udcff\u00fc');
    await both('mknod', '/d/fifo', 0o10644, 0);
    await both('mknod', '/d/null', 0o20666, 259);
    for (const name of ['f', 'l', 'fifo', 'null', '\udcff\u00fc']) await both('stat', `/d/${name}`);
    await both('chmod', '/d/f', 0o4711);
    await both('chown', '/d/f', 12, 34);
    await both('truncate', '/d/f', 7);
    await both('utime', '/d/f', 1, 2);
    await both('setxattr', '/d/f', 'user.a', bytes('v\0\xff'), 0);
    await both('setxattr', '/d/f', 'user.a', bytes('w'), 1);
    await both('getxattr', '/d/f', 'user.a');
    await both('getxattr', '/d/f', 'user.none');
    await both('listxattr', '/d/f');
    await both('removexattr', '/d/f', 'user.a');
    await both('listdir', '/d');
    for (const [operation, ...args] of [
      ['lookup', '/none'],
      ['mkdir', '/d', 0o755],
      ['rmdir', '/d'],
      ['unlink', '/none'],
      ['readlink', '/d/f'],
      ['rename', '/none', '/x'],
      ['rename', '/d', '/d/x'],
      ['link', '/d/f', '/d/l'],
    ]) {
      await both(operation as string, ...args);
    }
    for (let n = 0; n < 200; n++) await both('mknod', `/d/n${n}`, 0o644, 0);
    await both('listdir', '/d');
    await both('statfs');
  });

  it('send upcalls with the new path after a rename, and with both new paths after RENAME_EXCHANGE', async () => {
    const driver = await openDriver(volfile());
    const inodes: Inode[] = [];
    for (const name of ['a', 'b', 'c']) {
      const loc = driver.makeLoc({ parent: driver.root, name });
      const { values } = await driver.expect(
        'mknod',
        loc,
        0o100644,
        0,
        0,
        driver.makeGfidRequest(),
      );
      inodes.push(values[0] as Inode);
    }
    const pathsNow = async (): Promise<string[]> => {
      paths.length = 0;
      for (const inode of inodes) await driver.expect('stat', new Loc(inode), null);
      return [...paths];
    };
    const rename = async (from: string, to: string, flags: number): Promise<number> => {
      const locs = [from, to].map((name) => driver.makeKnownLoc(`/${name}`)) as [Loc, Loc];
      const xdata = Dict.of({ [RENAME_FLAGS]: flags });
      const { opRet, opErrno } = await driver.wind('rename', ...locs, xdata);
      if (opRet >= 0) moveEntry(...locs, xdata);
      return opErrno;
    };
    expect(await pathsNow()).toEqual(['/a', '/b', '/c']);
    expect(await rename('a', 'b', RENAME_EXCHANGE)).toBe(0);
    expect(await pathsNow()).toEqual(['/b', '/a', '/c']);
    expect(await rename('a', 'c', RENAME_NOREPLACE)).toBe(EEXIST);
    expect(await pathsNow()).toEqual(['/b', '/a', '/c']);
    expect(await rename('a', 'd', RENAME_NOREPLACE)).toBe(0);
    expect(await pathsNow()).toEqual(['/b', '/d', '/c']);
  });

  it('keep no connection of a client that has disconnected', async () => {
    const far = await open(volfile());
    await far('open', '/f', 0o102, 0o644);
    expect(dump()).toMatchObject({ connections: 1, 'conn.1.bound_xl': 'brick' });
    await graphs.pop()!.stop();
    await expect.poll(() => dump().connections, { timeout: 60_000 }).toBe(0);
  });

  it('reply PROG_MISMATCH to a call for another version of a program', async () => {
    const raw = await RawPeer.connect(port);
    const accepted = async ({ number, version }: Program, more: number): Promise<number> =>
      (await raw.call({ name: '', number, version: version + more }, 0, () => {})).accept;
    for (const program of [DUMP_PROGRAM, HANDSHAKE]) {
      expect(await accepted(program, 0)).toBe(ACCEPT_STATUS.SUCCESS);
      expect(await accepted(program, 1)).toBe(ACCEPT_STATUS.PROG_MISMATCH);
    }
    expect(await accepted(FOPS4, 1)).toBe(ACCEPT_STATUS.PROG_MISMATCH);
    expect(await accepted({ ...FOPS4, number: 99_999 }, 0)).toBe(ACCEPT_STATUS.PROG_UNAVAIL);
    raw.close();
  });

  it('close a connection that sends a malformed message, and no other', async () => {
    const far = await open(volfile());
    for (const nonsense of [Buffer.alloc(64, 0xff), Buffer.from('GET / HTTP/1.0\r\n\r\n')]) {
      const socket = connectTcp(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(nonsense);
      await new Promise((done) => socket.once('close', done));
    }
    expect(logLines.join('\n')).toMatch(/is closed: a message of \d+ bytes or more/);
    expect(await far('listdir', '/')).toEqual([]);
  });
  it("invalidate the caches of a client after another client's change, but not after its own", async () => {
    const reader = await open(volfile());
    const events: string[] = [];
    graphs.at(-1)!.listen((event, data) => {
      if (event !== 'UPCALL' || !isUpcall(data)) return;
      events.push(data.kind === 'inode' ? `${data.inode.path} ${data.data}` : data.kind);
    });
    const until = (what: string) => expect.poll(() => events, { timeout: 60_000 }).toContain(what);
    const writer = await open(volfile());
    await writer('write', '/f', bytes('1'), null);
    await reader('stat', '/f');
    await reader('write', '/f', bytes('2'), 0);
    expect(events).toEqual([]);
    await writer('chmod', '/f', 0o600);
    await until('/f true');
    events.length = 0;
    // The reader had looked the name up as absent.
    await expect(reader('stat', '/new')).rejects.toThrow();
    await writer('mkdir', '/new', 0o755);
    await until('every-entry');
    events.length = 0;
    // Beyond the limit, invalidations precede forgetting.
    await reader('stat', '/f');
    for (let n = 0; n < 60; n++) await writer('mknod', `/n${n}`, 0o644, 0);
    await until('/f true');
    const [tells] = graphs[0]!.xlators.filter(({ type }) => type === 'features/upcall');
    expect(dumpXlator(tells!).registrations).toBe(50);
  });

  it('disconnect clients that the changed auth options no longer allow', async () => {
    const far = await open(volfile());
    expect(await far('listdir', '/')).toEqual([]);
    const text = BRICK.replace('auth.addr.brick.allow 127.0.0.1', 'auth.addr.brick.allow 10.0.0.1');
    const { description } = readVolfile(new Source('test.vol', text), { registry });
    graphs[0]!.reconfigure(makeVolumeSpecs(description, registry));
    await expect.poll(() => dump().connections, { timeout: 60_000 }).toBe(0);
    await expect(far('listdir', '/')).rejects.toThrow();
    expect(logLines.join('\n')).toMatch(
      /from 127.0.0.1 is disconnected: auth options changed: no option accepts it; 'option auth.addr.brick.allow 127.0.0.1' would/,
    );
  });

  it('serve several bricks on one UNIX socket, each with its own root', async () => {
    const folder = makeFolder();
    const socket = join(folder, 'socket');
    try {
      const memory = (name: string) => `volume ${name}\n  type storage/memory\nend-volume\n`;
      await start(`${memory('a')}${memory('b')}volume server
  type protocol/server
  option transport-type unix
  option transport.socket.listen-path ${socket}
  option auth.addr.a.allow *
  option auth.addr.b.allow *
  subvolumes a b
end-volume
`);
      const [a, b] = await Promise.all(
        ['a', 'b'].map((name) =>
          open(`volume c0
  type protocol/client
  option transport-type unix
  option transport.socket.connect-path ${socket}
  option remote-subvolume ${name}
end-volume
`),
        ),
      );
      await a!('write', '/f', bytes('of a'), null);
      await b!('mkdir', '/f', 0o755);
      await b!('write', '/f/g', bytes('of b'), null);
      expect(await a!('read', '/f', 10, 0)).toEqual(bytes('of a'));
      expect(await b!('listdir', '/f')).toEqual(['g']);
      expect(await a!('listdir', '/')).toEqual(['f']);
    } finally {
      // The clients end before their server.
      for (const graph of graphs.splice(1).reverse()) await graph.stop();
    }
  });

  it('limit the active requests to outstanding-rpc-limit, and reply to every request', async () => {
    const far = await open(volfile());
    const names = Array.from({ length: 100 }, (_, n) => `/f${n}`);
    await Promise.all(names.map((name) => far('write', name, bytes(name), null)));
    expect(((await far('listdir', '/')) as string[]).length).toBe(100);
    expect(dump()['conn.1.requests-under-way']).toBe(0);
  });

  it('close the oldest connections without a handshake beyond handshake-limit, and still accept clients', async () => {
    let closed = 0;
    const silent: Socket[] = [];
    const come = (): void => {
      const socket = connectTcp(port, '127.0.0.1').on('error', () => {});
      socket.on('close', () => {
        closed += 1;
      });
      silent.push(socket);
    };
    const far = await open(volfile());
    // In waves: this process has descriptors for a few hundred.
    for (let wave = 1; wave <= 10; wave++) {
      for (let n = 0; n < 100; n++) come();
      await expect.poll(() => closed, { timeout: 60_000 }).toBeGreaterThanOrEqual(wave * 100 - 20);
    }
    expect(dump()['not-introduced']).toBeLessThanOrEqual(20);
    expect(await far('listdir', '/')).toEqual([]);
    for (const socket of silent) socket.destroy();
  });

  it('keep serving other clients when a connection sends any damaged requests', async () => {
    const far = await open(volfile());
    await far('write', '/own', bytes('text'), null);
    const noise = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
    const damaged = fc.tuple(fc.constantFrom(...calls.values()), noise).map(([call, changes]) => {
      const bytes = Buffer.from(call);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    });
    const sayings = fc.array(damaged, { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(sayings, async (records) => {
        const socket = connectTcp(port, '127.0.0.1');
        socket.on('error', () => {});
        socket.end(Buffer.concat([named('mount/0004-c2s-SETVOLUME'), ...records]));
        socket.resume();
        await new Promise((done) => socket.once('close', done));
      }),
      { numRuns: 200 },
    );
    // The connections completed their handshake, and ended.
    expect(logLines.join('\n')).toMatch(/connected to brick/);
    await expect.poll(() => dump().connections, { timeout: 60_000 }).toBe(1);
    expect(await far('read', '/own', 10, 0)).toEqual(bytes('text'));
  });
});
