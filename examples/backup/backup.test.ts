import * as disk from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Volume } from '../../server/index.ts';
import { makeFolder } from '../../test/support/folder.ts';
import { backUp, type Tree } from './backup.ts';

async function openVolume(): Promise<Volume> {
  const volume = await Volume.open({ volfile: 'volume m\n    type storage/memory\nend-volume\n' });
  onTestFinished(() => volume.close());
  await volume.mkdir('/data/empty', { recursive: true });
  await volume.mkdir('/data/d', { mode: 0o750 });
  await volume.writeFile('/data/a', 'text');
  await volume.writeFile('/data/d/large', Buffer.alloc(3_000_000, 'x'));
  await volume.chmod('/data/a', 0o640);
  await volume.utimes('/data/a', 1000.5, 2000.25);
  await volume.symlink('../a', '/data/d/link');
  return volume;
}

const inVolume = (volume: Volume, path: string): Tree => ({ files: volume as never, path });
const onDisk = (path: string): Tree => ({ files: disk, path });

/** The names of a tree with what a backup keeps of them. */
async function describeTree({ files, path }: Tree): Promise<string[]> {
  const names = (await files.readdir(path, { recursive: true })).sort();
  const lines = names.map(async (name) => {
    const { mode, mtime, size, isDirectory } = await files.lstat(join(path, name));
    const isLink = (mode & 0o170000) === 0o120000;
    return [
      name,
      mode.toString(8),
      isLink ? 0 : mtime.getTime(),
      typeof isDirectory === 'function' && (mode & 0o40000) !== 0 ? 0 : size,
    ].join(' ');
  });
  return Promise.all(lines);
}

describe('a backup', () => {
  it('copies a tree of a volume into a folder without differences, and restores it into a volume', async () => {
    const volume = await openVolume();
    const folder = makeFolder();
    const first = join(folder, '1');
    expect(await backUp(inVolume(volume, '/data'), onDisk(first))).toMatchObject({
      copiedCount: 2,
      linkedCount: 0,
      bytes: 3_000_004,
    });
    expect(await describeTree(onDisk(first))).toEqual(
      await describeTree(inVolume(volume, '/data')),
    );
    await backUp(onDisk(first), inVolume(volume, '/restored'));
    expect(await describeTree(inVolume(volume, '/restored'))).toEqual(
      await describeTree(onDisk(first)),
    );
    expect((await volume.readFile('/restored/d/large', 'utf8')) === 'x'.repeat(3_000_000)).toBe(
      true,
    );
  });

  it('makes hard links to unchanged files of the earlier backup, and copies the others', async () => {
    const volume = await openVolume();
    const folder = makeFolder();
    const [first, second] = [join(folder, '1'), join(folder, '2')];
    await backUp(inVolume(volume, '/data'), onDisk(first));
    await volume.writeFile('/data/a', 'TEXT');
    await volume.writeFile('/data/new', 'new');
    expect(await backUp(inVolume(volume, '/data'), onDisk(second), first)).toMatchObject({
      copiedCount: 2,
      linkedCount: 1,
    });
    const inode = async (path: string) => (await disk.stat(path)).ino;
    expect(await inode(join(second, 'd/large'))).toBe(await inode(join(first, 'd/large')));
    expect(await disk.readFile(join(first, 'a'), 'utf8')).toBe('text');
    expect(await disk.readFile(join(second, 'a'), 'utf8')).toBe('TEXT');
  });

  it('leaves no files behind when it fails, and never writes to an existing path', async () => {
    const volume = await openVolume();
    const folder = makeFolder();
    const signal = AbortSignal.timeout(0);
    await expect(
      backUp(inVolume(volume.with({ signal }), '/data'), onDisk(join(folder, '1'))),
    ).rejects.toThrow();
    expect(await disk.readdir(folder)).toEqual([]);
    await expect(backUp(inVolume(volume, '/data'), onDisk(folder))).rejects.toThrow(/exists/);
  });

  it('waits for its other copies to end before it removes them after a failure', async () => {
    const volume = await openVolume();
    let underWay = 0;
    const underWayAtRemoval: number[] = [];
    const files = {
      ...disk,
      async open(...args: Parameters<typeof disk.open>) {
        if (String(args[0]).endsWith('/a')) throw new Error('full');
        underWay += 1;
        await setTimeout(20);
        underWay -= 1;
        return disk.open(...args);
      },
      rm(...args: Parameters<typeof disk.rm>) {
        underWayAtRemoval.push(underWay);
        return disk.rm(...args);
      },
    };
    const folder = makeFolder();
    await volume.writeFile('/data/other', 'other');
    const target = { files, path: join(folder, '1') };
    await expect(backUp(inVolume(volume, '/data'), target)).rejects.toThrow('full');
    expect(underWayAtRemoval).toEqual([0, 0]);
    expect(await disk.readdir(folder)).toEqual([]);
  });

  it('skips special files such as pipes, and reports their paths', async () => {
    const volume = await openVolume();
    await volume.mknod('/data/pipe', 0o010600);
    const { skippedPaths } = await backUp(
      inVolume(volume, '/data'),
      onDisk(join(makeFolder(), '1')),
    );
    expect(skippedPaths).toEqual(['/data/pipe']);
  });
});
