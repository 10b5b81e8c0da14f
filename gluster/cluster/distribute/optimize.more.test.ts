/**
 * Requests per absent name, counted at bricks of GlusterFS for both clients: after glossa's
 * fix-layout, in older directories and in new ones.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type BrickClient,
  BrickClients,
  bytes,
  distributedVolfile,
} from '../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { isWithoutBricks, RealBrick, RealMount } from '../../../test/support/gluster.ts';

const NAMES = ['wz', 'wa', 'wm'];
const OLDER = ['wz', 'wa'];
const LAYOUT = 'trusted.glusterfs.dht';
const COUNT = 20;

/** Forwards between clients and a brick, and records the clients' bytes. */
class Tap {
  private readonly sent: Buffer[][] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor(brick: number) {
    this.server = createServer((client) => {
      const own: Buffer[] = [];
      this.sent.push(own);
      const toBrick = connect(brick, '127.0.0.1');
      for (const [from, to] of [
        [client, toBrick],
        [toBrick, client],
      ] as const) {
        this.sockets.add(from);
        from.on('data', (bytes: Buffer) => void to.write(bytes));
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
      }
      client.on('data', (bytes: Buffer) => void own.push(bytes));
    });
  }

  static async open(brick: number): Promise<Tap> {
    const tap = new Tap(brick);
    tap.server.listen(0, '127.0.0.1');
    await once(tap.server, 'listening');
    return tap;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Counts the requests that contain a name. */
  count(text: string): number {
    return this.sent.reduce(
      (sum, own) => sum + Buffer.concat(own).toString('latin1').split(text).length - 1,
      0,
    );
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

describe.skipIf(isWithoutBricks())('a lookup of an absent name', () => {
  let folder: string;
  const bricks: RealBrick[] = [];
  const taps: Tap[] = [];
  let ports: Record<string, number>;
  let clients: BrickClients;
  let ours: BrickClient;
  let theirs: RealMount;
  /** The volume's commit hash, from the brick's root. */
  let hash: number;

  beforeAll(async () => {
    folder = makeFolder();
    for (const name of NAMES) {
      mkdirSync(join(folder, name));
      const brick = await RealBrick.start(join(folder, name));
      bricks.push(brick);
      taps.push(await Tap.open(brick.port));
    }
    ports = Object.fromEntries(NAMES.map((name, at) => [name, taps[at]!.port]));
    clients = new BrickClients();
    const before = Object.fromEntries(OLDER.map((name) => [name, ports[name]!]));
    const first = await clients.openDistributed(before);
    await first.ask('stat', '/');
    await first.ask('mkdir', '/old', 0o755);
    for (let n = 0; n < COUNT; n++) await first.ask('write', `/old/f${n}`, bytes(`${n}`), null);
    await first.end();
    const fixing = await clients.openDistributed(ports);
    for (const path of ['/', '/old']) {
      await fixing.ask('setxattr', path, 'distribute.fix.layout', bytes('yes'), 0);
    }
    hash = Math.floor(Date.now() / 1000);
    await fixing.ask('setxattr', '/', 'distribute.commit-hash', bytes(`${hash}`), 0);
    await fixing.end();
    ours = await clients.openDistributed(ports);
    await ours.ask('stat', '/');
    theirs = await RealMount.start(folder, 'mnt', distributedVolfile(ports));
  });
  afterAll(async () => {
    await theirs?.end();
    await clients?.end();
    for (const tap of taps) await tap.close();
    for (const brick of bricks) await brick.end();
  });

  /** A directory's xattr by brick, in hexadecimal. */
  const onBricks = (path: string, name: string): string[] =>
    bricks.map(({ files }) => {
      const args = ['-h', '-n', name, '-e', 'hex', '--only-values', '--absolute-names'];
      return spawnSync('getfattr', [...args, join(files, path)]).stdout.toString('hex');
    });
  const hashes = (path: string): number[] =>
    onBricks(path, LAYOUT).map((piece) => Number.parseInt(piece.slice(0, 8), 16));

  /** The number of requests for a name, over all bricks. */
  const asked = (name: string): number => taps.reduce((sum, tap) => sum + tap.count(name), 0);

  /** The lookups per absent name in a directory, by client. */
  async function costs(dir: string): Promise<{ ours: number[]; theirs: number[] }> {
    await ours.ask('stat', dir);
    await theirs.runScript(`ls .${dir}`);
    const namesOf = (whose: string): string[] =>
      [...Array(COUNT).keys()].map((n) => `absent-${dir.slice(1)}-${whose}-${n}.`);
    for (const name of namesOf('ours')) {
      await expect(ours.ask('stat', `${dir}/${name}`)).rejects.toThrow('ENOENT');
    }
    const tests = namesOf('theirs').map((name) => `[ ! -e .${dir}/${name} ]`);
    expect(await theirs.runScript(tests.join(' && '))).toBe('');
    const counts = (whose: string): number[] => [...new Set(namesOf(whose).map(asked))];
    return { ours: counts('ours'), theirs: counts('theirs') };
  }

  test("uses the volume's commit hash, which each brick's root stores as text", () => {
    const text = Buffer.from(`${hash}\0`).toString('hex');
    expect(onBricks('', `${LAYOUT}.commithash`)).toEqual(NAMES.map(() => text));
    expect(hashes('')).toEqual([1, 1, 1]);
    expect(hashes('old')).toEqual([0, 0, 0]);
  });

  test('sends one request in a directory that either client made after fix-layout', async () => {
    await ours.ask('mkdir', '/of-ours', 0o755);
    expect(await theirs.runScript('mkdir of-theirs')).toBe('');
    for (const dir of ['of-ours', 'of-theirs']) {
      expect(hashes(dir)).toEqual([hash, hash, hash]);
      expect([dir, await costs(`/${dir}`)]).toEqual([dir, { ours: [1], theirs: [1] }]);
    }
  });

  test('sends requests to all bricks in a directory whose files were not yet rebalanced', async () => {
    expect(await costs('/old')).toEqual({ ours: [4], theirs: [4] });
    // That finds the files that belong to another brick now.
    for (let n = 0; n < COUNT; n++) {
      expect(await ours.ask('read', `/old/f${n}`, 9, 0)).toEqual(bytes(`${n}`));
    }
    expect(await theirs.runScript('cat old/*')).toHaveLength(30);
  });
});
