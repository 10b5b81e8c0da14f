/** All of performance/ over a brick of the real GlusterFS, which tells what others change. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BrickClient,
  BrickClients,
  bytes,
  type ClientSettings,
} from '../../../test/support/brick-clients.ts';
import { noBricks, RealBrick } from '../../../test/support/gluster.ts';
import type { Iatt } from '../../core/iatt.ts';
import type { Dump } from '../../core/xlator.ts';

const CACHING: ClientSettings = {
  above: [
    'performance/write-behind',
    'performance/read-ahead',
    'performance/readdir-ahead',
    ['performance/io-cache', { 'cache-timeout': '60' }],
    'performance/open-behind',
    ['performance/quick-read', { 'cache-timeout': '600', 'quick-read-cache-invalidation': 'on' }],
    ['performance/nl-cache', { 'nl-cache-timeout': '600' }],
    ['performance/md-cache', { 'md-cache-timeout': '600', 'cache-invalidation': 'on' }],
    'performance/io-threads',
  ],
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

describe.skipIf(noBricks())('two clients of a real brick', () => {
  let folder: string;
  let clients: BrickClients;
  let brick: RealBrick;
  let a: BrickClient;
  let b: BrickClient;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'glossa-caches-'));
    clients = new BrickClients();
    const upcall = { 'cache-invalidation': 'on', 'cache-invalidation-timeout': '600' };
    brick = await RealBrick.start(folder, { upcall });
    a = await clients.open(brick.port, CACHING);
    b = await clients.open(brick.port);
  });
  afterAll(async () => {
    await clients?.end();
    await brick?.end();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  it('what one has cached for ten minutes it asks for again when the other changes it', async () => {
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

    // A name that is gone, and one that is there now.
    await expect(statOf(a, '/moved')).rejects.toThrow('ENOENT');
    await expect(statOf(a, '/moved')).rejects.toThrow('ENOENT');
    expect(Number(dumpOf(a, 'nl-cache').hits)).toBeGreaterThan(0);
    await b.ask('rename', '/f', '/moved');
    await expect.poll(() => textOf(a, '/moved').catch(String), PATIENCE).toBe('three');
    await expect.poll(() => statOf(a, '/f').catch(String), PATIENCE).toMatch('ENOENT');
    await b.ask('unlink', '/g');
    await expect.poll(() => statOf(a, '/g').catch(String), PATIENCE).toMatch('ENOENT');
  });

  it('what one writes the other reads once the file is closed', async () => {
    for (let nth = 0; nth < 20; nth++)
      await a.ask('write', '/lines', bytes(`line ${10 + nth}\n`), 8 * nth);
    const text = await textOf(b, '/lines', 1000);
    expect(text.split('\n')).toHaveLength(21);
    expect(dumpOf(a, 'write-behind').bytes).toBe(0);
  });

  it('a small file that is read again asks the brick for nothing', async () => {
    await b.ask('write', '/small', bytes('small'), null);
    expect(await textOf(a, '/small')).toBe('small');
    // The brick's word that a name has come may be under way still: what is asked then is not learnt.
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

  it('lists a folder, and what is in it, while files come and go', async () => {
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
