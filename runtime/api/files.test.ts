import { expect, it } from 'vitest';
import { FakeContext, makeTranslator, startGraph } from '../../test/support/core.ts';
import {
  EBUSY,
  EEXIST,
  EINVAL,
  EIO,
  EISDIR,
  ELOOP,
  ENOENT,
  ENOTDIR,
  ENOTEMPTY,
  errnoName,
} from '../core/errno.ts';
import { unwind } from '../core/gen/fops.gen.ts';
import { IA_IFDIR, IA_IFLNK, IA_IFREG } from '../core/iatt.ts';
import { O_CREAT, O_EXCL, O_RDWR } from '../core/open-flags.ts';
import type { Fops } from '../core/xlator.ts';
import memory from '../xlators/storage/memory/index.ts';
import { connect, Driver, FopError, ROOT_CALLER } from './driver.ts';
import { Files, type FilesSettings } from './files.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A graph with /d, /d/sub, /d/f, and links /to-d, /to-f, /gone, /loop; `fops` stand above the storage. */
async function start(settings: FilesSettings = { asKernel: true }, fops: Fops<null> = {}) {
  const volumes = [
    { translator: memory },
    { translator: makeTranslator('test/above', fops) },
  ] as never;
  const graph = await startGraph(volumes, new FakeContext());
  const files = new Files(new Driver(connect(graph), ROOT_CALLER).steps, settings);
  await files.mkdir('/d');
  await files.mkdir('/d/sub');
  await files.writeFile('/d/f', text('text'));
  await files.symlink('d', '/to-d');
  await files.symlink('/d/f', '/to-f');
  await files.symlink('absent', '/gone');
  await files.symlink('loop', '/loop');
  return files;
}

const errnoOf = (what: Promise<unknown>): Promise<string> =>
  what.then(
    () => 'success',
    (error) => (error instanceof FopError ? errnoName(error.errno) : String(error)),
  );

it.each<[string, string, number]>([
  ['/d/..', 'the directory above', IA_IFDIR],
  ['/d/../d/f', '.. in the middle', IA_IFREG],
  ['/../d/./f', '.. of the root', IA_IFREG],
  ['/to-d/f', 'a link on the way', IA_IFREG],
  ['/to-d', 'a link at the end', IA_IFDIR],
  ['/to-d/../d/sub/', 'a directory with a slash', IA_IFDIR],
  ['/', 'the root', IA_IFDIR],
])('find of %s (%s) returns a file of type %d', async (path, _, type) => {
  const files = await start();
  expect((await files.find(path)).buf.iaType).toBe(type);
});

it.each<[string, number]>([
  ['/d/f/', ENOTDIR],
  ['/d/f/.', ENOTDIR],
  ['/d/f/..', ENOTDIR],
  ['/to-f/', ENOTDIR],
  ['/absent/..', ENOENT],
  ['/gone', ENOENT],
  ['/loop', ELOOP],
])('find of %s throws errno %d', async (path, errno) => {
  const files = await start();
  expect(await errnoOf(files.find(path))).toBe(errnoName(errno));
});

type Call = (files: Files) => Promise<unknown>;

it.each<[string, Call, number]>([
  ['mkdir of the root', (files) => files.mkdir('/'), EEXIST],
  ['mkdir of ..', (files) => files.mkdir('/d/..'), EEXIST],
  ['mkdir of a link that leads nowhere', (files) => files.mkdir('/gone'), EEXIST],
  ['mkdir of a file', (files) => files.mkdir('/d/f'), EEXIST],
  ['mknod of a path with a slash', (files) => files.mknod('/new/', 0o100644), ENOENT],
  ['link to a name that is there', (files) => files.link('/d/f', '/to-d'), EEXIST],
  ['symlink to a name that is there', (files) => files.symlink('x', '/d'), EEXIST],
  ['rmdir of the root', (files) => files.rmdir('/'), EBUSY],
  ['rmdir of .', (files) => files.rmdir('/d/.'), EINVAL],
  ['rmdir of ..', (files) => files.rmdir('/d/sub/..'), ENOTEMPTY],
  ['rmdir of a file', (files) => files.rmdir('/d/f'), ENOTDIR],
  ['unlink of the root', (files) => files.unlink('/'), EISDIR],
  ['unlink of a directory', (files) => files.unlink('/d'), EISDIR],
  ['unlink of a file with a slash', (files) => files.unlink('/d/f/'), ENOTDIR],
  ['rename of the root', (files) => files.rename('/', '/x'), EBUSY],
  ['rename to the root', (files) => files.rename('/d', '/'), EBUSY],
  ['rename of a file to a path with a slash', (files) => files.rename('/d/f', '/x/'), ENOTDIR],
  ['open of a directory', (files) => files.open('/d'), EISDIR],
  ['open with O_EXCL of a link', (files) => files.open('/gone', O_RDWR | O_CREAT | O_EXCL), EEXIST],
  ['create of a path with a slash', (files) => files.writeFile('/new/', text('')), EISDIR],
  ['readlink of a file', (files) => files.readlink('/d/f'), EINVAL],
  ['list of a file', (files) => files.list('/d/f'), ENOTDIR],
])('%s throws an error with the errno of Linux', async (_, call, errno) => {
  const files = await start();
  expect(await errnoOf(call(files))).toBe(errnoName(errno));
});

it('a new directory has the requested mode without the bits of the umask', async () => {
  const files = await start({ umask: 0o027 });
  expect((await files.mkdir('/new', 0o777)).iaProt).toBe(0o750);
});

it('a write through a dangling symbolic link creates its target', async () => {
  const files = await start();
  await files.writeFile('/gone', text('made'));
  expect((await files.lookup('/absent')).buf.iaType).toBe(IA_IFREG);
});

it('a symbolic link at the end of a path is not followed without asKernel, and open throws ELOOP', async () => {
  const files = await start({});
  expect((await files.find('/to-d')).buf.iaType).toBe(IA_IFLNK);
  expect(await errnoOf(files.open('/to-f'))).toBe(errnoName(ELOOP));
  expect((await files.find('/to-d/f')).buf.iaType).toBe(IA_IFREG);
});

it('chown does not change an id that is -1 or omitted', async () => {
  const files = await start();
  await files.chown('/d', 5, 6);
  await files.chown('/d', -1, 7);
  const { iaUid, iaGid } = await files.chown('/d', 8);
  expect([iaUid, iaGid]).toEqual([8, 7]);
});

it('a listing that returns the same offset twice throws EIO', async () => {
  const entry = { name: 'a', off: 7, type: 8, gfid: '', stat: null, dict: null, inode: null };
  const files = await start(undefined, {
    readdir: (frame) => unwind.readdir(frame, 1, 0, [entry] as never, null),
  });
  expect(await errnoOf(files.list('/d'))).toBe(errnoName(EIO));
});

it('a create that finds an existing file returns an fd on its inode', async () => {
  const files = await start({});
  const { inode } = await files.find('/d/f');
  await files.link('/d/f', '/other');
  files.driver.graph.inodes.unlink(files.driver.root, 'other');
  const file = await files.create('/other', O_RDWR | O_CREAT);
  expect(file.fd.inode).toBe(inode);
  await file.close();
});

it('unlink and rename change the names in the inode table', async () => {
  const files = await start();
  const { inode } = await files.find('/d/sub');
  await files.rename('/d/sub', '/moved');
  expect(files.driver.root.children?.get('moved')).toBe(inode);
  await files.rmdir('/moved');
  expect(files.driver.root.children?.get('moved')).toBe(undefined);
});
