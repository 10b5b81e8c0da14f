/** Lookups of names that a listing has returned as directories. */
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { tail } from '../../../runtime/core/gen/fops.gen.ts';
import { IA_IFDIR, IA_IFREG, type Iatt } from '../../../runtime/core/iatt.ts';
import { InodeTable } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import { makeTranslator } from '../../../test/support/core.ts';
import { DistributedVolume, type FopReply } from '../../../test/support/distributed-volume.ts';
import { ListedDirectories } from './listed-directories.ts';

const CHILDREN = ['wz', 'wa', 'wm'];

/** Children that were asked for a name, in order. */
let lookups: string[];
let volume: DistributedVolume;
beforeEach(async () => {
  lookups = [];
  volume = await DistributedVolume.start(CHILDREN, {}, (name) => ({
    translator: makeTranslator('counting', {
      lookup(frame, xl, loc, xdata) {
        lookups.push(name);
        tail.lookup(frame, xl.children[0]!, loc, xdata);
      },
    }),
  }));
  onTestFinished(() => volume.stop());
});

/** Looks up a name of the root as one that the caller does not know. */
function lookUp(name: string): FopReply {
  lookups = [];
  return volume.ask('lookup', new Loc(volume.graph.inodes.newInode(), volume.root, name), null);
}

test('the first lookup of a listed directory sends one request to each child', () => {
  volume.mkdir('/d');
  volume.list('/');
  const reply = lookUp('d');
  expect(reply.opRet).toBe(0);
  expect((reply.values[1] as Iatt).iaType).toBe(IA_IFDIR);
  expect([...lookups].sort()).toEqual([...CHILDREN].sort());
});

test('the lookup of a file that replaced a listed directory finds the file', () => {
  volume.mkdir('/d');
  volume.list('/');
  for (const child of CHILDREN) {
    const loc = new Loc(null, volume.root, 'd');
    expect(volume.askChild(child, 'rmdir', loc, 0, null).opRet).toBe(0);
  }
  volume.graph.inodes.unlink(volume.root, 'd');
  volume.create('/d');
  expect((lookUp('d').values[1] as Iatt).iaType).toBe(IA_IFREG);
});

test('the lookup of a listed directory that is gone fails with ENOENT', () => {
  volume.mkdir('/d');
  volume.list('/');
  for (const child of CHILDREN) {
    volume.askChild(child, 'rmdir', new Loc(null, volume.root, 'd'), 0, null);
  }
  const reply = lookUp('d');
  expect([reply.opRet, reply.opErrno]).toEqual([-1, 2]);
});

test('ListedDirectories forgets a name when it is taken, and all names when there are too many', () => {
  const table = new InodeTable([]);
  const listed = new ListedDirectories();
  const gfid = '00000000-0000-4000-8000-000000000003';
  listed.add(table.root, 'd', gfid as never);
  expect([listed.take(table.root, 'd'), listed.take(table.root, 'd')]).toEqual([gfid, undefined]);
  for (let n = 0; n < 65_537; n++) listed.add(table.root, `n${n}`, gfid as never);
  expect([listed.take(table.root, 'n0'), listed.take(table.root, 'n65536')]).toEqual([
    undefined,
    gfid,
  ]);
});
