/** The client with bricks of the real GlusterFS. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrowserContext } from '../../../../bridges/machine/browser/context.ts';
import { operations } from '../../../../bridges/testing/operations.ts';
import { type BrickSettings, RealBrick } from '../../../../test/support/gluster.ts';
import { isInstalled } from '../../../../test/support/tools.ts';
import { connect, Driver } from '../../../api/driver.ts';
import type { Client } from '../../../core/client.ts';
import type { Graph } from '../../../core/graph.ts';
import { INFO } from '../../../core/log.ts';
import { activate, Registry } from '../../../graph/activate.ts';
import { Source } from '../../../graph/source.ts';
import { readVolfile } from '../../../graph/volfile.ts';
import client from './translator.ts';

/** For what takes as long as the machine is slow. */
const PATIENCE = { timeout: 120_000 };
const registry = new Registry([client as never]);

let folder: string;
let brick: RealBrick;
let graphs: { graph: Graph; asker: Client }[];
let log: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glossa-brick-'));
  graphs = [];
  log = [];
});
afterEach(async () => {
  for (const { graph, asker } of graphs) {
    asker.disconnect();
    await graph.stop();
  }
  await brick.end();
  rmSync(folder, { recursive: true });
});

type Do = (operation: string, ...args: readonly unknown[]) => Promise<unknown>;

/** A graph of the client alone; what its volume can be asked. */
async function open(options: Readonly<Record<string, string>> = {}, waits = true): Promise<Do> {
  const all = { 'remote-host': '127.0.0.1', 'remote-port': String(brick.port), ...options };
  const given = Object.entries(all).map(([key, value]) => `  option ${key} ${value}\n`);
  const text = `volume c0\n  type protocol/client\n  option remote-subvolume brick\n${given.join('')}end-volume\n`;
  const { description } = readVolfile(new Source('client.vol', text), { registry });
  const context = new BrowserContext((line) => void log.push(line));
  const graph = activate(description, registry, context, { default: INFO, volumes: new Map() });
  await graph.start();
  const asker = connect(graph, 'test');
  graphs.push({ graph, asker });
  if (waits) await graph.whenUp(PATIENCE.timeout);
  const driver = new Driver(asker, { uid: 0, gid: 0, groups: [], pid: 4242 } as never);
  return (operation, ...args) => operations[operation]!(driver, args as never) as Promise<unknown>;
}

const bytes = (text: string) => ['bytes', text];
const start = async (settings?: BrickSettings): Promise<void> => {
  brick = await RealBrick.start(folder, settings);
};

describe.skipIf(!isInstalled('glusterfsd'))('a real brick', () => {
  it('has the files that are made through it', async () => {
    await start();
    const ask = await open();
    await ask('mkdir', '/d', 0o755);
    const long = 'x'.repeat(300_000);
    expect(await ask('write', '/d/f', bytes(long), null)).toBe(300_000);
    expect(readFileSync(join(brick.files, 'd/f'), 'latin1')).toBe(long);
    expect(await ask('read', '/d/f', 5, 299_998)).toEqual(bytes('xx'));
    await ask('symlink', 'f', '/d/l');
    expect(await ask('readlink', '/d/l')).toBe('f');
    await ask('link', '/d/f', '/d/h');
    await ask('rename', '/d/h', '/i');
    for (let n = 0; n < 300; n++) writeFileSync(join(brick.files, 'd', `n${n}`), '');
    const names = (await ask('listdir', '/d')) as string[];
    expect(names.sort()).toEqual(readdirSync(join(brick.files, 'd')).sort());
    await ask('setxattr', '/d/f', 'user.x', bytes('v\0w'), 0);
    expect(await ask('getxattr', '/d/f', 'user.x')).toEqual(bytes('v\0w'));
    expect(await ask('listxattr', '/d/f')).toEqual(['user.x']);
    await ask('truncate', '/d/f', 3);
    await ask('chmod', '/i', 0o640);
    expect(await ask('stat', '/i')).toEqual(await ask('stat', '/d/f'));
    for (const [path, error] of [
      ['/none', 'ENOENT'],
      // Not ENOTDIR: so GlusterFS has it.
      ['/i/x', 'EPERM'],
      [`/${'n'.repeat(256)}`, 'ENAMETOOLONG'],
    ]) {
      await expect(ask('lookup', path)).rejects.toThrow(error);
    }
    await expect(ask('rmdir', '/d')).rejects.toThrow('ENOTEMPTY');
    await ask('unlink', '/i');
    expect(readdirSync(brick.files)).toEqual(['.glusterfs', 'd']);
  });

  it('that is killed and comes back has the open files, too', async () => {
    await start();
    const ask = await open();
    await ask('write', '/f', bytes('before'), null);
    const [, id] = (await ask('open', '/f', 2, 0)) as [string, number];
    await ask('file.write', id, bytes('later'), 0);
    await brick.end('SIGKILL');
    await expect.poll(() => ask('file.read', id, 9, 0).catch(String), PATIENCE).toMatch('ENOTCONN');
    await brick.run();
    await expect
      .poll(() => ask('file.read', id, 9, 0).catch(() => null), PATIENCE)
      .toEqual(bytes('latere'));
    await ask('file.write', id, bytes('!'), 6);
    await ask('file.close', id);
    expect(readFileSync(join(brick.files, 'f'), 'utf8')).toBe('latere!');
    expect(log.join('\n')).toMatch(/the connection to brick is lost/);
  });

  it('that says nothing is given up', async () => {
    await start();
    const ask = await open({ 'ping-timeout': '2' });
    brick.pause(true);
    await expect(ask('listdir', '/')).rejects.toThrow('ENOTCONN');
    expect(log.join('\n')).toMatch(/it has said nothing for 2 s/);
    brick.pause(false);
    await expect.poll(() => ask('listdir', '/').catch(() => null), PATIENCE).toEqual([]);
  });

  it('tells of what others have changed', async () => {
    await start({ upcall: { 'cache-invalidation': 'on', 'cache-invalidation-timeout': '60' } });
    const ask = await open();
    const other = await open();
    await ask('write', '/f', bytes('mine'), null);
    const told: unknown[] = [];
    graphs[0]!.asker.initiator.listen((event, data) => void told.push([event, data]));
    await ask('stat', '/f');
    await other('write', '/f', bytes('theirs'), null);
    await expect
      .poll(
        () => JSON.stringify(told.map((each) => (each as [string, { what: string }])[1]?.what)),
        PATIENCE,
      )
      .toContain('inode');
  });

  it('is refused, and refuses, in one line', async () => {
    await start({
      server: {
        'auth.addr.brick.allow': '10.9.9.9',
        'auth.login.brick.allow': 'alice',
        'auth.login.alice.password': 's3cret',
      },
    });
    const ask = await open({ username: 'alice', password: 's3cret' });
    expect(await ask('listdir', '/')).toEqual([]);
    const refused = await open({ username: 'alice', password: 'wrong' }, false);
    await expect
      .poll(() => log.join('\n'), PATIENCE)
      .toContain('Authentication failed: this is not tried again');
    await expect(refused('listdir', '/')).rejects.toThrow('ENOTCONN');
    await open({ 'remote-subvolume': 'nowhere' }, false);
    await expect.poll(() => log.join('\n'), PATIENCE).toContain('cannot connect: Brick not found');
  });

  it.skipIf(!isInstalled('openssl'))('may be spoken to in secret', async () => {
    const at = (name: string) => join(folder, name);
    const made = spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=test',
      '-days',
      '2',
      '-keyout',
      at('key'),
      '-out',
      at('pem'),
    ]);
    expect(made.status).toBe(0);
    const ssl = {
      'transport.socket.ssl-enabled': 'on',
      'transport.socket.ssl-own-cert': at('pem'),
      'transport.socket.ssl-private-key': at('key'),
      'transport.socket.ssl-ca-list': at('pem'),
    };
    await start({ server: ssl });
    const ask = await open(ssl);
    await ask('write', '/f', bytes('secret'), null);
    expect(readFileSync(join(brick.files, 'f'), 'utf8')).toBe('secret');
    await open({}, false);
    await expect.poll(() => log.join('\n'), PATIENCE).toContain('cannot connect');
  });
});
