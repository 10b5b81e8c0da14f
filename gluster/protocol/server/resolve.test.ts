/** Names and fds that a brick resolves, over the loopback network. */
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { dumpXlator } from '../../../runtime/core/dumps.ts';
import { EACCES } from '../../../runtime/core/errno.ts';
import { ROOT_GFID } from '../../../runtime/core/gfid.ts';
import { type Dirent, IA_IFDIR, type Iatt } from '../../../runtime/core/iatt.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import accessControl from '../../../runtime/xlators/features/access-control/index.ts';
import { BrickClients } from '../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { isRoot } from '../../../test/support/posix.ts';

const clients = new BrickClients(null, Infinity, { translators: [accessControl] as never });

afterEach(async () => {
  await clients.end();
});

test('a lookup of the name . returns the directory itself, which libgfapi needs for the root', async () => {
  const server = ['protocol/server', { 'auth.addr.c0.allow': '127.0.0.1' }] as const;
  const { graph } = await clients.openFolder(makeFolder(), { above: [server] });
  const port = Number(String(dumpXlator(graph.top)['listens-at']).split(':')[1]);
  const { driver } = await clients.open(port, { options: { 'remote-subvolume': 'c0' } });
  const { inodes } = driver.graph;
  const { values } = await driver.expect(
    'lookup',
    new Loc(inodes.newInode(), driver.root, '.'),
    null,
  );
  expect(values[1] as Iatt).toMatchObject({ iaGfid: ROOT_GFID, iaType: IA_IFDIR });
});

test('a file or directory that a client uses without opening it is closed after each request', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'file'), 'data');
  const server = ['protocol/server', { 'auth.addr.c0.allow': '127.0.0.1' }] as const;
  const { graph } = await clients.openFolder(folder, { above: [server] });
  const port = Number(String(dumpXlator(graph.top)['listens-at']).split(':')[1]);
  const { driver } = await clients.open(port, { options: { 'remote-subvolume': 'c0' } });
  const { inode } = await driver.find('/file');
  const brickFile = graph.inodes.grep(graph.inodes.root, 'file')!;
  const readCounts = () => ({
    descriptors: readdirSync('/proc/self/fd').length,
    openFds: graph.inodes.root.fdCount + brickFile.fdCount,
  });
  const before = readCounts();
  for (let count = 0; count < 20; count++) {
    const directory = driver.makeFd(driver.root, 0, true);
    const { values } = await driver.expect('readdirp', directory, 4096, 0, null);
    expect((values[0] as readonly Dirent[]).map(({ name }) => name)).toContain('file');
    directory.release();
    const file = driver.makeFd(inode, 0, false);
    const read = await driver.expect('readv', file, 16, 0, 0, null);
    expect(Buffer.from(read.values[0] as Uint8Array).toString()).toBe('data');
    file.release();
  }
  expect(readCounts()).toEqual(before);
});

test.runIf(isRoot)(
  'a directory that a client lists without opening it is opened as its user, where the brick checks permissions',
  async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'file'), 'data');
    chmodSync(folder, 0o700);
    const { graph } = await clients.openFolder(folder, {
      above: [
        'features/access-control',
        ['protocol/server', { 'auth.addr.c1.allow': '127.0.0.1' }],
      ],
    });
    const port = Number(String(dumpXlator(graph.top)['listens-at']).split(':')[1]);
    const list = async (uid: number) => {
      const { driver } = await clients.open(port, {
        options: { 'remote-subvolume': 'c1' },
        caller: { uid, gid: uid, groups: [] },
      });
      const directory = driver.makeFd(driver.root, 0, true);
      const { opRet, opErrno } = await driver.wind('readdirp', directory, 4096, 0, null);
      directory.release();
      return opRet < 0 ? opErrno : 0;
    };
    expect(await list(0)).toBe(0);
    expect(await list(4321)).toBe(EACCES);
  },
);
