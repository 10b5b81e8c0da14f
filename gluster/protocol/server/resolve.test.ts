/** Names and fds that a brick resolves, over the loopback network. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { dumpXlator } from '../../../runtime/core/dumps.ts';
import { EACCES, ENOENT, ENOTDIR } from '../../../runtime/core/errno.ts';
import { unwind } from '../../../runtime/core/gen/fops.gen.ts';
import { ROOT_GFID } from '../../../runtime/core/gfid.ts';
import { type Dirent, IA_IFDIR, type Iatt } from '../../../runtime/core/iatt.ts';
import { Initiator, makeInitiatorTranslator } from '../../../runtime/core/initiator.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import accessControl from '../../../runtime/xlators/features/access-control/index.ts';
import { BrickClients } from '../../../test/support/brick-clients.ts';
import { makeTranslator } from '../../../test/support/core.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { isRoot } from '../../../test/support/posix.ts';
import { findDirectory } from './server-call.ts';

const incomplete = makeTranslator('incomplete', {
  mkdir: (frame, _xl, loc) => unwind.mkdir(frame, 0, 0, loc.inode, null, null, null, null),
});
const clients = new BrickClients(null, Infinity, {
  translators: [accessControl, incomplete] as never,
});

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

test('the directory that a client mounts as its root is found by names, without going up', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  writeFileSync(join(folder, 'a/file'), '');
  const { graph } = await clients.openFolder(folder);
  const translator = makeInitiatorTranslator('test/front', 'Asks.');
  const front = new Initiator(graph, 'front', translator, graph.top.log);
  const brick = { inodes: graph.inodes, links: front.links } as Parameters<typeof findDirectory>[1];
  const client = front.connect('client');
  const find = (path: string) =>
    new Promise((resolve) => findDirectory(client, brick, path, resolve));
  expect(await find('/a/./b/')).toMatchObject({ isDir: true });
  const refused = ['/a/..', '/none', '/a/file', '/a/file/b'].map(find);
  expect(await Promise.all(refused)).toEqual([ENOENT, ENOENT, ENOTDIR, ENOTDIR]);
});

test('a file or directory that a client uses without opening it is closed after each request', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'file'), 'data');
  const server = ['protocol/server', { 'auth.addr.c0.allow': '127.0.0.1' }] as const;
  const { graph } = await clients.openFolder(folder, { above: [server] });
  const port = Number(String(dumpXlator(graph.top)['listens-at']).split(':')[1]);
  const { driver } = await clients.open(port, { options: { 'remote-subvolume': 'c0' } });
  const { inode } = await driver.find('/file');
  const brickFile = graph.inodes.root.children!.get('file')!;
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

test('a client gets EIO for a success without the attributes of the new file', async () => {
  const { graph } = await clients.openFolder(makeFolder(), {
    above: ['test/incomplete', ['protocol/server', { 'auth.addr.c1.allow': '127.0.0.1' }]],
  });
  const port = Number(String(dumpXlator(graph.top)['listens-at']).split(':')[1]);
  const { ask } = await clients.open(port, { options: { 'remote-subvolume': 'c1' } });
  await expect(ask('mkdir', '/new')).rejects.toThrow('EIO');
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
