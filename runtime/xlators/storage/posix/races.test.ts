/**
 * A second process swaps directories and files of the brick for symbolic links to outside of it, at
 * full speed, while the volume works: fops may fail, and nothing outside changes or is read.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { TestVolume } from '../../../../test/contract/driver.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import { getStore, isRoot, startPosix } from '../../../../test/support/posix.ts';
import { selected } from '../../../../test/support/test-selection.ts';
import { Dict } from '../../../core/dict.ts';
import { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/operands.ts';
import * as libc from '../../../sys/libc.ts';
import { toCString } from '../../../sys/struct.ts';

const NAMES = ['a', 'b', 'c'];
const ROUNDS = selected.others ? 300 : 60;
const SECRET = 'secret text';

/** A program that swaps each name, and the names in it, for a link to outside and back. */
const SWAPPER = `
  const fs = require('node:fs');
  const [brick, names] = [process.argv[1], process.argv[2].split(',')];
  const quietly = (call) => { try { call(); } catch {} };
  const swap = (path) => {
    quietly(() => fs.renameSync(path, path + '.real'));
    quietly(() => fs.renameSync(path + '.link', path));
    quietly(() => fs.renameSync(path, path + '.link'));
    quietly(() => fs.renameSync(path + '.real', path));
  };
  process.stdout.write('swapping');
  for (;;) for (const name of names) {
    swap(brick + '/' + name);
    swap(brick + '/' + name + '/f');
    swap(brick + '/' + name + '/d');
  }
`;

/** All state of a tree that a volume could change. */
function stateOf(directory: string): string[] {
  const paths = ['.', ...(fs.readdirSync(directory, { recursive: true }) as string[])].sort();
  return paths.map((path) => {
    const at = join(directory, path);
    const { mode, uid, gid, nlink, size, mtimeNs, ctimeNs } = fs.lstatSync(at, { bigint: true });
    const list = new Uint8Array(4096);
    const length = libc.llistxattr(toCString(at), list, list.length);
    const xattrs = Buffer.from(list.subarray(0, length)).toString('latin1');
    return [path, mode, uid, gid, nlink, size, mtimeNs, ctimeNs, xattrs].join(' ');
  });
}

/** Makes the same tree inside and outside, so that every path exists in both. */
function plant(directory: string, text: string): void {
  for (const name of NAMES) {
    fs.mkdirSync(join(directory, name, 'd'), { recursive: true });
    fs.writeFileSync(join(directory, name, 'f'), text);
    fs.writeFileSync(join(directory, name, 'd/g'), text);
  }
}

function linkOutside(brick: string, outside: string): void {
  for (const name of NAMES) {
    fs.symlinkSync(join(outside, name), join(brick, `${name}.link`));
    for (const inner of ['f', 'd']) {
      fs.symlinkSync(join(outside, name, inner), join(brick, name, `${inner}.link`));
    }
  }
}

async function startSwapper(brick: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', SWAPPER, brick, NAMES.join(',')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(
    () =>
      new Promise<void>((done) => {
        child.once('exit', () => done());
        child.kill('SIGKILL');
      }),
  );
  await new Promise((ready) => child.stdout!.once('data', ready));
  return child;
}

/** Runs every kind of change on the entry of a name; each of them may fail. */
async function meddle(vol: TestVolume, name: string, read: string[]): Promise<void> {
  const dir = (await vol.lookup(vol.root, name)).inode;
  if (dir === null) return;
  for (const made of ['new', 'f']) await use(vol, (await vol.create(dir, made)).inode, read);
  await use(vol, (await vol.lookup(dir, 'f')).inode, read);
  const inner = (await vol.lookup(dir, 'd')).inode;
  if (inner !== null) {
    (await vol.create(inner, 'made')).fd?.release();
    await vol.mkdir(inner, 'dir');
    await use(vol, (await vol.lookup(inner, 'g')).inode, read);
    const { fd } = await vol.opendir(inner);
    if (fd !== null) {
      await vol.fop('readdirp', fd, 4096, 0, null);
      fd.release();
    }
    await vol.rename(inner, 'made', dir, 'moved');
    await vol.unlink(inner, 'made');
    await vol.rmdir(inner, 'dir');
  }
  await vol.symlink(dir, 'link', '/nowhere');
  for (const gone of ['new', 'moved', 'link', 'hard']) await vol.unlink(dir, gone);
}

async function use(vol: TestVolume, inode: Inode | null, read: string[]): Promise<void> {
  if (inode === null) return;
  const loc = new Loc(inode);
  const to = new Iatt();
  to.iaProt = 0o640;
  await vol.fop('setattr', loc, to, 1, null);
  await vol.fop('setxattr', loc, new Dict().set('user.touched', 'x'), 0, null);
  await vol.fop('truncate', loc, 5, null);
  const { fd } = await vol.open(inode);
  if (fd === null) return;
  const reply = await vol.read(fd, 100, 0);
  if (reply.opRet > 0) read.push(reply.text);
  await vol.write(fd, 'inside', 0);
  fd.release();
}

for (const option of ['off', 'on']) {
  test(`names swapped for symbolic links never lead a fop outside a brick with gfid handles ${option}`, {
    timeout: 60_000,
  }, async () => {
    const [brick, outside] = [makeFolder(), makeFolder()];
    plant(brick, 'inside');
    plant(outside, SECRET);
    linkOutside(brick, outside);
    const before = stateOf(outside);
    const vol = await startPosix(brick, { 'gfid-handles': option, 'handle-limit': '16' });
    await startSwapper(brick);
    const read: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await meddle(vol, NAMES[round % NAMES.length]!, read);
      const { handles } = getStore(vol);
      // As at the handle limit: the volume has to open the inode by its name again.
      for (const name of NAMES) {
        const known = vol.root.children?.get(name);
        const handle = known === undefined ? undefined : handles.find(known.gfid);
        if (handle !== undefined && round % 2 === 0) handles.close(handle);
      }
    }
    expect(stateOf(outside)).toEqual(before);
    expect(read.length).toBeGreaterThan(ROUNDS / 10);
    expect(read.filter((text) => text.includes('secret'))).toEqual([]);
  });
}

test.runIf(isRoot)(
  'a listing of a directory that was moved out sets no gfid on its new parent',
  async () => {
    const [brick, outside] = [makeFolder(), makeFolder()];
    fs.mkdirSync(join(brick, 'd'));
    const vol = await startPosix(brick);
    const d = (await vol.lookup(vol.root, 'd')).inode!;
    const before = stateOf(outside);
    const { fd } = await vol.opendir(d);
    fs.renameSync(join(brick, 'd'), join(outside, 'd'));
    const reply = await vol.fop('readdirp', fd!, 4096, 0, null);
    expect(reply.entries!.map(({ name }) => name).sort()).toEqual(['.', '..']);
    fd!.release();
    fs.renameSync(join(outside, 'd'), join(brick, 'd'));
    expect(stateOf(outside).map((line) => line.split(' ').at(-1))).toEqual(
      before.map((line) => line.split(' ').at(-1)),
    );
  },
);
