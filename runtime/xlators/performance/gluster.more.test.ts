/** All of performance/ over a real GlusterFS brick that sends upcalls for other clients' changes. */
import { execFileSync } from 'node:child_process';
import { constants, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BrickClient,
  BrickClients,
  bytes,
  type ClientSettings,
} from '../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { isWithoutBricks, RealBrick } from '../../../test/support/gluster.ts';
import { performanceStack } from '../../../test/support/performance-stack.ts';
import { EFBIG } from '../../core/errno.ts';
import type { Iatt } from '../../core/iatt.ts';
import { Fd, Loc } from '../../core/operands.ts';
import type { Dump } from '../../core/xlator.ts';

const CACHING: ClientSettings = {
  above: performanceStack.map(({ translator: { type }, options = {} }) => [
    type,
    type === 'performance/quick-read'
      ? { ...options, 'quick-read-cache-invalidation': 'on' }
      : options,
  ]),
};
const PATIENCE = { timeout: 60_000 };

const statOf = async ({ driver }: BrickClient, path: string): Promise<Iatt> =>
  (await driver.find(path)).buf;
const dumpOf = ({ graph }: BrickClient, type: string): Dump => {
  const xl = graph.xlators.find((each) => each.type === `performance/${type}`)!;
  return xl.translator.dump!(xl);
};
const textOf = async ({ ask }: BrickClient, path: string, size = 100): Promise<string> =>
  ((await ask('read', path, size, 0)) as [string, string])[1];

describe.skipIf(isWithoutBricks())('two clients of a GlusterFS brick', () => {
  let folder: string;
  let clients: BrickClients;
  let brick: RealBrick;
  let a: BrickClient;
  let b: BrickClient;

  beforeAll(async () => {
    folder = makeFolder();
    clients = new BrickClients();
    const upcall = { 'cache-invalidation': 'on', 'cache-invalidation-timeout': '600' };
    brick = await RealBrick.start(folder, { upcall });
    a = await clients.open(brick.port, CACHING);
    b = await clients.open(brick.port);
  });
  afterAll(async () => {
    await clients?.end();
    await brick?.end();
  });

  it('a change by one client invalidates entries that the other caches for ten minutes', async () => {
    await b.ask('write', '/f', bytes('one'), null);
    await b.ask('write', '/g', bytes('gee'), null);
    expect((await statOf(a, '/f')).iaSize).toBe(3);
    expect(await textOf(a, '/f')).toBe('one');
    const before = Number(dumpOf(a, 'md-cache').misses);
    for (let nth = 0; nth < 20; nth++) await statOf(a, '/f');
    expect(Number(dumpOf(a, 'md-cache').misses)).toBe(before);

    await b.ask('write', '/f', bytes('three'), 0);
    await expect.poll(async () => (await statOf(a, '/f')).iaSize, PATIENCE).toBe(5);
    await expect.poll(() => textOf(a, '/f'), PATIENCE).toBe('three');
    await b.ask('chmod', '/f', 0o640);
    await expect.poll(async () => (await statOf(a, '/f')).iaProt, PATIENCE).toBe(0o640);

    // One name disappears, another appears.
    await expect(statOf(a, '/moved')).rejects.toThrow('ENOENT');
    await expect(statOf(a, '/moved')).rejects.toThrow('ENOENT');
    expect(Number(dumpOf(a, 'nl-cache').hits)).toBeGreaterThan(0);
    await b.ask('rename', '/f', '/moved');
    await expect.poll(() => textOf(a, '/moved').catch(String), PATIENCE).toBe('three');
    await expect.poll(() => statOf(a, '/f').catch(String), PATIENCE).toMatch('ENOENT');
    await b.ask('unlink', '/g');
    await expect.poll(() => statOf(a, '/g').catch(String), PATIENCE).toMatch('ENOENT');
  });

  it('data that one client has written and closed is read by the other', async () => {
    for (let nth = 0; nth < 20; nth++)
      await a.ask('write', '/lines', bytes(`line ${10 + nth}\n`), 8 * nth);
    const text = await textOf(b, '/lines', 1000);
    expect(text.split('\n')).toHaveLength(21);
    expect(dumpOf(a, 'write-behind').bytes).toBe(0);
  });

  it('a second read of a small file sends no request to the brick', async () => {
    await b.ask('write', '/small', bytes('small'), null);
    expect(await textOf(a, '/small')).toBe('small');
    // The upcall for the new name may still be under way, and then prevents caching.
    const missed = async () => {
      const { misses } = dumpOf(a, 'md-cache');
      await textOf(a, '/small', 5);
      return Number(dumpOf(a, 'md-cache').misses) - Number(misses);
    };
    await expect.poll(missed, PATIENCE).toBe(0);
    const before = [dumpOf(a, 'md-cache').misses, dumpOf(a, 'open-behind').unused];
    for (let nth = 0; nth < 10; nth++) expect(await textOf(a, '/small', 5)).toBe('small');
    const after = [dumpOf(a, 'md-cache').misses, dumpOf(a, 'open-behind').unused];
    expect(after).toEqual([before[0], Number(before[1]) + 10]);
  });

  it('a listing has all 400 files, and no longer the file that the other client removes', async () => {
    await b.ask('mkdir', '/many', 0o755);
    for (let nth = 0; nth < 400; nth++) writeFileSync(join(brick.files, 'many', `n${nth}`), 'x');
    const names = (await a.ask('listdir', '/many')) as unknown[];
    expect(names.length).toBeGreaterThanOrEqual(400);
    await b.ask('unlink', '/many/n7');
    await expect
      .poll(async () => JSON.stringify(await a.ask('listdir', '/many')).includes('"n7"'), PATIENCE)
      .toBe(false);
  });
});

/** Limits the brick's file size: a larger write fails with EFBIG. */
const limit = ({ pid }: RealBrick, size: string): void => {
  execFileSync('prlimit', [`--fsize=${size}:`, '--pid', `${pid}`]);
};

describe.skipIf(isWithoutBricks())(
  'a GlusterFS brick that refuses a write after write-behind has replied to it',
  () => {
    it('makes each fd report EFBIG once, fails no other request, and accepts writes once there is room', async () => {
      const folder = makeFolder();
      const clients = new BrickClients();
      // SIGXFSZ would end the brick.
      const wrapper = ['sh', '-c', `trap '' XFSZ; exec "$@"`, 'sh'];
      const brick = await RealBrick.start(folder, { wrapper });
      try {
        const client = await clients.open(brick.port, { above: ['performance/write-behind'] });
        const { driver, ask } = client;
        await ask('write', '/f', bytes('x'.repeat(4096)), null);
        const { inode } = await driver.find('/f');
        const loc = new Loc(inode, driver.root, 'f');
        const open = async (): Promise<Fd> => {
          const fd = new Fd(inode, constants.O_RDWR, 4242);
          await driver.expect('open', loc, constants.O_RDWR, fd, null);
          return fd;
        };
        const [a, b] = [await open(), await open()];
        const write = (fd: Fd, offset: number) =>
          driver.wind('writev', fd, new Uint8Array(4096), offset, 0, null);
        const sync = (fd: Fd) => driver.wind('fsync', fd, 0, null);
        const close = (fd: Fd) => driver.wind('flush', fd, null);
        const [done, refused] = [{ opErrno: 0 }, { opRet: -1, opErrno: EFBIG }];

        limit(brick, '8192');
        expect(await write(a, 16_384)).toMatchObject({ opRet: 4096 });
        await expect.poll(() => dumpOf(client, 'write-behind').failures, PATIENCE).toBe(1);
        expect(await driver.wind('readv', a, 10, 0, 0, null)).toMatchObject({ opRet: 10 });
        expect(await driver.wind('readv', a, 10, 16_384, 0, null)).toMatchObject({ opRet: 0 });
        for (const fd of [a, b]) expect(await driver.wind('fstat', fd, null)).toMatchObject(done);
        expect((await statOf(client, '/f')).iaSize).toBe(4096);
        expect(await sync(a)).toMatchObject(refused);
        expect(await sync(a)).toMatchObject(done);
        expect(await close(b)).toMatchObject(refused);
        expect(await close(b)).toMatchObject(done);
        expect(await close(a)).toMatchObject(done);
        // The write is not retried.
        expect(dumpOf(client, 'write-behind')).toMatchObject({ failures: 1, bytes: 0 });

        limit(brick, 'unlimited');
        expect(await write(a, 16_384)).toMatchObject({ opRet: 4096 });
        expect(await sync(a)).toMatchObject(done);
        expect(statSync(join(brick.files, 'f')).size).toBe(20_480);
        for (const fd of [a, b]) fd.release();
      } finally {
        await clients.end();
        await brick.end();
      }
    });
  },
);
