/** rmdir with the recursive flag moves the directory to a landfill, and empties that bit by bit. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { content, file, iatt, mkdir, ok } from '../../../../test/contract/check.ts';
import type { Reply, TestVolume } from '../../../../test/contract/driver.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import { listGfidHandles, startBrick, startPosix } from '../../../../test/support/posix.ts';
import { Dict } from '../../../core/dict.ts';
import type { Gfid } from '../../../core/gfid.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/operands.ts';

const ON = { 'gfid-handles': 'on' };
const PATIENCE = { timeout: 20_000, interval: 20 };
const GFID_REQ = 'gfid-req';

const landfill = (directory: string): string => join(directory, '.glusterfs/landfill');

const emptied = (directory: string): Promise<void> =>
  expect.poll(() => fs.readdirSync(landfill(directory)), PATIENCE).toEqual([]);

async function removeWhole(vol: TestVolume, parent: Inode, name: string): Promise<Reply> {
  const { inodes } = vol.graph;
  const inode = parent.children?.get(name) ?? inodes.newInode();
  const reply = await vol.fop('rmdir', new Loc(inode, parent, name), 1, null);
  if (reply.opRet >= 0) inodes.unlink(parent, name);
  return reply;
}

const byGfid = (vol: TestVolume, gfid: Gfid): Promise<Reply> =>
  vol.fop('lookup', new Loc(vol.graph.inodes.newInode(), null, null, gfid), null);

/** Makes a directory with 300 files, 30 levels of folders, a pipe and links to outside. */
async function fill(vol: TestVolume, parent: Inode, outside: string): Promise<Inode> {
  const big = await mkdir(vol, parent, 'big');
  for (let n = 0; n < 300; n++) await file(vol, big, `f${n}`);
  let deep = big;
  for (let n = 0; n < 30; n++) deep = await mkdir(vol, deep, 'deep');
  await file(vol, deep, 'last');
  ok(await vol.mknod(big, 'pipe', fs.constants.S_IFIFO | 0o644));
  ok(await vol.symlink(big, 'out', outside));
  ok(await vol.symlink(deep, 'out', '../..'));
  ok(await vol.symlink(big, 'file', join(outside, 'file')));
  return big;
}

test('a recursive rmdir removes a directory at once and its contents later, but not hard links and open files', async () => {
  const [directory, outside] = [makeFolder(), makeFolder()];
  fs.writeFileSync(join(outside, 'file'), 'not to be touched');
  const vol = await startPosix(directory, ON);
  const d = await mkdir(vol, vol.root, 'd');
  const stays = await mkdir(vol, vol.root, 'stays');
  const big = await fill(vol, d, outside);
  const linked = await file(vol, stays, 'linked', 'linked');
  for (const name of ['one', 'two']) ok(await vol.link(linked, big, name));
  const { fd } = ok(await vol.create(big, 'open'));
  ok(await vol.write(fd!, 'open', 0));
  const listed = ok(await vol.opendir(big)).fd!;
  const inner = ok(await vol.lookup(big, 'deep')).inode!;

  expect((await vol.rmdir(d, 'big')).err).toBe('ENOTEMPTY');
  const gone = ok(await removeWhole(vol, d, 'big'));
  expect(gone.preparent!.iaNlink).toBe(3);
  expect(gone.postparent!.iaNlink).toBe(2);
  expect(await vol.names(d)).toEqual([]);
  expect((await vol.lookup(d, 'big')).err).toBe('ENOENT');
  for (const { gfid } of [big, inner]) expect((await byGfid(vol, gfid)).err).toBe('ESTALE');
  expect((await vol.fop('create', vol.newLoc(inner, 'new'), 2, 0o644, 0, fd!, null)).opRet).toBe(
    -1,
  );
  // The name is free.
  await file(vol, await mkdir(vol, d, 'big'), 'f1', 'again');

  await emptied(directory);
  expect(ok(await vol.read(fd!, 100, 0)).text).toBe('open');
  fd!.release();
  listed.release();
  expect(fs.readdirSync(outside)).toEqual(['file']);
  expect(fs.readFileSync(join(outside, 'file'), 'utf8')).toBe('not to be touched');
  expect(await content(vol, linked)).toBe('linked');
  expect((await iatt(vol, linked)).iaNlink).toBe(1);
  const again = ok(await vol.lookup(d, 'big')).inode!;
  const living = [d, stays, linked, again, ok(await vol.lookup(again, 'f1')).inode!];
  expect([...listGfidHandles(directory).keys()].sort()).toEqual(living.map((of) => of.gfid).sort());
});

test('a restarted brick deletes the files that its last run left in the landfill', async () => {
  const directory = makeFolder();
  const first = await startBrick(directory, ON);
  await fill(first, first.root, '/nowhere');
  ok(await removeWhole(first, first.root, 'big'));
  await first.stop();
  expect(fs.readdirSync(landfill(directory))).not.toEqual([]);
  await startPosix(directory, ON);
  await emptied(directory);
  expect([...listGfidHandles(directory).keys()]).toEqual([]);
});

test('a mknod with the gfid of a file in the landfill links that file, with its data', async () => {
  const directory = makeFolder();
  const vol = await startPosix(directory, ON);
  const moved = await file(vol, await mkdir(vol, vol.root, 'd'), 'f', 'text');
  ok(await removeWhole(vol, vol.root, 'd'));
  const xdata = new Dict().setGfid(GFID_REQ, moved.gfid).set('glusterfs-internal-fop', 1);
  ok(await vol.fop('mknod', vol.newLoc(vol.root, 'g'), 0o100644, 0, 0, xdata));
  await emptied(directory);
  const found = ok(await vol.lookup(vol.root, 'g')).inode!;
  expect(found.gfid).toBe(moved.gfid);
  expect(await content(vol, found)).toBe('text');
  expect((await iatt(vol, found)).iaNlink).toBe(1);
  expect([...listGfidHandles(directory).keys()]).toEqual([moved.gfid]);
});

test('a mknod with the gfid of a removed, open file makes a new file, and the open one keeps its data', async () => {
  const vol = await startPosix(makeFolder(), ON);
  const { fd, inode } = ok(await vol.create(vol.root, 'f'));
  ok(await vol.write(fd!, 'old', 0));
  ok(await vol.unlink(vol.root, 'f'));
  const xdata = new Dict().setGfid(GFID_REQ, inode!.gfid);
  const made = ok(await vol.fop('mknod', vol.newLoc(vol.root, 'g'), 0o100644, 0, 0, xdata));
  expect(made.buf!.iaGfid).toBe(inode!.gfid);
  expect(ok(await vol.read(fd!, 100, 0)).text).toBe('old');
  fd!.release();
});

test('a recursive rmdir of a full directory fails with ENOTEMPTY without gfid handles', async () => {
  const vol = await startPosix(makeFolder());
  await file(vol, await mkdir(vol, vol.root, 'd'), 'f');
  expect((await removeWhole(vol, vol.root, 'd')).err).toBe('ENOTEMPTY');
  expect(await vol.names(vol.root)).toEqual(['d']);
});
