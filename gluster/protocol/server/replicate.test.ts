/** Replies on which GlusterFS's replicate relies, over the loopback network. */
import { readdirSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { dumpXlator } from '../../../runtime/core/dumps.ts';
import { ENOENT, ENOTEMPTY } from '../../../runtime/core/errno.ts';
import type { Dirent } from '../../../runtime/core/iatt.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import { type BrickClient, BrickClients, bytes } from '../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../test/support/folder.ts';

const clients = new BrickClients(null);

afterEach(async () => {
  await clients.end();
});

async function clientOf(directory: string): Promise<BrickClient> {
  // The volume below the server is the clients' remote-subvolume.
  const server = ['protocol/server', { 'auth.addr.c0.allow': '127.0.0.1' }] as const;
  const { graph } = await clients.openFolder(directory, { above: [server] });
  const port = Number(String(dumpXlator(graph.top)['listens-at']).split(':')[1]);
  return clients.open(port, { options: { 'remote-subvolume': 'c0' } });
}

test.each([
  ['readdir', 512],
  ['readdirp', 2048],
] as const)(
  '%s returns ENOENT with the last entries of a directory, and not before',
  async (how, first) => {
    const client = await clientOf(makeFolder());
    await client.ask('mkdir', '/d', 0o755);
    for (let n = 0; n < 20; n++) await client.ask('write', `/d/${n}`, bytes('x'), null);
    const { inode } = await client.driver.find('/d');
    const fd = client.driver.makeFd(inode, 0, true);
    await client.driver.expect('opendir', new Loc(inode), fd, null);
    const list = (size: number, offset: number) => client.driver.wind(how, fd, size, offset, null);
    const some = await list(first, 0);
    expect(some.opErrno).toBe(0);
    const rest = await list(65536, (some.values[0] as readonly Dirent[]).at(-1)!.off);
    expect([rest.opErrno, some.opRet + rest.opRet]).toEqual([ENOENT, 22]);
    expect(rest.opRet).toBeGreaterThan(0);
    fd.release();
  },
);

test('rmdir with flag 1 removes a directory with its content, and without the flag returns ENOTEMPTY', async () => {
  const directory = makeFolder();
  const client = await clientOf(directory);
  await client.ask('mkdir', '/d', 0o755);
  await client.ask('mkdir', '/d/e', 0o755);
  await client.ask('write', '/d/e/f', bytes('x'), null);
  const { inode } = await client.driver.find('/');
  const rmdir = (flags: number) =>
    client.driver.wind('rmdir', new Loc(null, inode, 'd'), flags, null);
  expect((await rmdir(0)).opErrno).toBe(ENOTEMPTY);
  expect((await rmdir(1)).opRet).toBe(0);
  expect(readdirSync(directory)).toEqual(['.glusterfs']);
  expect((await rmdir(1)).opErrno).toBe(ENOENT);
});
