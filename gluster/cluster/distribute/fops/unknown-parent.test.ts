/** Fops on names in a directory whose layout the volume has not read, such as the root of a new volume. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Fd, Loc } from '../../../../runtime/core/operands.ts';
import { DistributedVolume, type FopReply } from '../../../../test/support/distributed-volume.ts';

const S_IFREG = 0o100000;
const NAMES = ['a', 'b', 'c'];

let volume: DistributedVolume;
afterEach(() => volume.stop());

/** Removes what the volume knows of an inode. */
function forget(inode: Inode): void {
  inode.ctxDel(volume.graph.top);
}

const makeLoc = (parent: Inode, name: string): Loc =>
  new Loc(volume.graph.inodes.newInode(), parent, name);

/** Fops that create a name in a directory. */
const CREATIONS: Readonly<Record<string, (loc: Loc) => FopReply>> = {
  mkdir: (loc) => volume.ask('mkdir', loc, 0o755, 0, volume.gfidRequest()),
  create: (loc) => {
    const fd = new Fd(loc.inode!, 2, 1);
    const reply = volume.ask('create', loc, 0o302, 0o644, 0, fd, volume.gfidRequest());
    fd.release();
    return reply;
  },
  mknod: (loc) => volume.ask('mknod', loc, S_IFREG | 0o644, 0, 0, volume.gfidRequest()),
  symlink: (loc) => volume.ask('symlink', 'target', loc, 0, volume.gfidRequest()),
};

describe('the first request to a volume over new bricks', () => {
  test.each(Object.entries(CREATIONS))('succeeds if it is %s in the root', async (_, create) => {
    volume = await DistributedVolume.start(NAMES, {}, undefined, { looksRootUp: false });
    expect(create(makeLoc(volume.root, 'new'))).toMatchObject({ opRet: 0, opErrno: 0 });
    // The lookup of the root has written its layout.
    expect(Object.values(volume.readXattr('/', 'trusted.glusterfs.dht'))).not.toContain(undefined);
    expect(volume.list('/')).toEqual(['new']);
  });
});

describe('in a directory that the volume has not looked up', () => {
  async function startWithFile(): Promise<Inode> {
    volume = await DistributedVolume.start(NAMES);
    volume.mkdir('/d');
    for (const name of NAMES) volume.create(`/d/${name}`, name);
    volume.mkdir('/d/dir');
    const directory = volume.findInode('/d');
    forget(directory);
    return directory;
  }

  test.each(Object.entries(CREATIONS))('%s succeeds', async (_, create) => {
    const directory = await startWithFile();
    expect(create(makeLoc(directory, 'new'))).toMatchObject({ opRet: 0, opErrno: 0 });
    expect(volume.list('/d').sort()).toEqual([...NAMES, 'dir', 'new']);
  });

  test.each(NAMES)('link of %s succeeds', async (name) => {
    const directory = await startWithFile();
    const inode = directory.children!.get(name)!;
    forget(inode);
    const newLoc = new Loc(inode, directory, 'new');
    const reply = volume.ask('link', new Loc(inode, directory, name), newLoc, null);
    expect(reply).toMatchObject({ opRet: 0, opErrno: 0 });
    expect(volume.read('/d/new')).toBe(name);
  });

  test.each([...NAMES, 'dir'])('rename of %s succeeds, also from the root', async (name) => {
    const directory = await startWithFile();
    const inode = directory.children!.get(name)!;
    for (const known of [inode, volume.root]) forget(known);
    const from = new Loc(inode, directory, name);
    const to = makeLoc(volume.root, 'new');
    expect(volume.ask('rename', from, to, null)).toMatchObject({ opRet: 0, opErrno: 0 });
    volume.graph.inodes.rename(directory, name, volume.root, 'new');
    expect(volume.list('/').sort()).toEqual(['d', 'new']);
  });

  test('unlink and rmdir succeed', async () => {
    const directory = await startWithFile();
    const file = directory.children!.get('a')!;
    const dir = directory.children!.get('dir')!;
    for (const known of [file, dir]) forget(known);
    expect(volume.ask('unlink', new Loc(file, directory, 'a'), 0, null).opErrno).toBe(0);
    forget(directory);
    expect(volume.ask('rmdir', new Loc(dir, directory, 'dir'), 0, null).opErrno).toBe(0);
    expect(volume.list('/d').sort()).toEqual(['b', 'c']);
  });
});
