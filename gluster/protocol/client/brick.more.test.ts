/** protocol/client with bricks of GlusterFS. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceRegistry } from '../../../runtime/core/pump-source.ts';
import { pump } from '../../../runtime/pump/pump.ts';
import { type Ask, BrickClients, bytes } from '../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { type BrickSettings, isWithoutBricks, RealBrick } from '../../../test/support/gluster.ts';
import { skipWithoutTools } from '../../../test/support/tools.ts';

/** For operations that take long on a slow machine. */
const PATIENCE = { timeout: 120_000 };

let folder: string;
let brick: RealBrick;
let clients: BrickClients;

beforeEach(() => {
  folder = makeFolder();
});
afterEach(async () => {
  await clients.end();
  await brick.end();
});

const open = async (options: Readonly<Record<string, string>> = {}, waits = true): Promise<Ask> =>
  (await clients.open(brick.port, { options, waits })).ask;

const start = async (settings?: BrickSettings): Promise<void> => {
  brick = await RealBrick.start(folder, settings);
};

describe.skipIf(isWithoutBricks()).each<[string, SourceRegistry | null]>([
  ['the pump', pump],
  ["Node's event loop", null],
])('a client of a GlusterFS brick, served by %s', (_, served) => {
  beforeEach(() => {
    clients = new BrickClients(served);
  });

  it("stores files, directories, links and xattrs in the brick's directory", async () => {
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
    // No client has given it a gfid so far.
    expect(await ask('read', '/d/n7', 9, 0)).toEqual(bytes(''));
    await ask('setxattr', '/d/f', 'user.x', bytes('v\0w'), 0);
    expect(await ask('getxattr', '/d/f', 'user.x')).toEqual(bytes('v\0w'));
    expect(await ask('listxattr', '/d/f')).toEqual(['user.x']);
    await ask('truncate', '/d/f', 3);
    await ask('chmod', '/i', 0o640);
    expect(await ask('stat', '/i')).toEqual(await ask('stat', '/d/f'));
    for (const [path, error] of [
      ['/none', 'ENOENT'],
      ['/i/x', 'ENOTDIR'],
      [`/${'n'.repeat(256)}`, 'ENAMETOOLONG'],
    ]) {
      await expect(ask('lookup', path)).rejects.toThrow(error);
    }
    await expect(ask('rmdir', '/d')).rejects.toThrow('ENOTEMPTY');
    await ask('unlink', '/i');
    expect(readdirSync(brick.files)).toEqual(['.glusterfs', 'd']);
  });

  it('reopens files after the brick was killed and restarted', async () => {
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
    expect(clients.log.join('\n')).toMatch(/the connection to brick 'brick' at \S+ is lost/);
  });

  it('lets requests wait for a lost brick, for at most the time of reconnect-wait', async () => {
    await start();
    const ask = await open({ 'reconnect-wait': '100' });
    const hasty = await open({ 'reconnect-wait': '0.2' });
    await ask('write', '/f', bytes('there'), null);
    await brick.end('SIGKILL');
    await expect
      .poll(() => clients.log.filter((line) => line.includes('is lost')), PATIENCE)
      .toHaveLength(2);
    const read = ask('read', '/f', 5, 0);
    const write = ask('write', '/g', bytes('x'.repeat(200_000)), null);
    await expect(hasty('read', '/f', 5, 0)).rejects.toThrow('ENOTCONN');
    await brick.run();
    expect(await Promise.all([read, write])).toEqual([bytes('there'), 200_000]);
  });

  it('disconnects from a brick that is silent for ping-timeout, and reconnects once it responds', async () => {
    await start();
    const ask = await open({ 'ping-timeout': '2' });
    brick.pause(true);
    await expect(ask('listdir', '/')).rejects.toThrow('ENOTCONN');
    expect(clients.log.join('\n')).toMatch(/it was silent for 2 s/);
    brick.pause(false);
    await expect.poll(() => ask('listdir', '/').catch(() => null), PATIENCE).toEqual([]);
  });

  it("notifies the volumes above it of another client's write", async () => {
    await start({ upcall: { 'cache-invalidation': 'on', 'cache-invalidation-timeout': '60' } });
    const { ask, driver } = await clients.open(brick.port);
    const other = await open();
    await ask('write', '/f', bytes('mine'), null);
    const upcalls: unknown[] = [];
    driver.client.initiator.listen((event, data) => void upcalls.push([event, data]));
    await ask('stat', '/f');
    await other('write', '/f', bytes('theirs'), null);
    await expect
      .poll(
        () => JSON.stringify(upcalls.map((each) => (each as [string, { kind: string }])[1]?.kind)),
        PATIENCE,
      )
      .toContain('inode');
  });

  it('logs one line each for a wrong password and an unknown volume', async () => {
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
      .poll(() => clients.log.join('\n'), PATIENCE)
      .toContain(
        "Authentication failed (its volfile admits a client by 'option auth.addr.brick.allow ADDRESS', ",
      );
    await expect(refused('listdir', '/')).rejects.toThrow('ENOTCONN');
    await open({ 'remote-subvolume': 'nowhere' }, false);
    await expect
      .poll(() => clients.log.join('\n'), PATIENCE)
      .toMatch(/cannot connect to brick 'nowhere' at \S+: Brick not found/);
  });

  it('reads and writes with TLS, and cannot connect without TLS', async () => {
    skipWithoutTools('openssl version');
    const at = (name: string) => join(folder, name);
    const result = spawnSync('openssl', [
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
    expect(result.status).toBe(0);
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
    await expect.poll(() => clients.log.join('\n'), PATIENCE).toContain('cannot connect');
  });
});
