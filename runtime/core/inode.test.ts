import { beforeEach, describe, expect, test } from 'vitest';
import { makeAttributes, makeGfid, startGraph } from '../../test/support/core.ts';
import { NULL_GFID, ROOT_GFID } from './gfid.ts';
import { IA_IFDIR, IA_IFREG, Iatt } from './iatt.ts';
import { type Inode, InodeTable, ROOT_ID } from './inode.ts';
import { PATH_MAX } from './limits.ts';
import { Fd } from './operands.ts';
import { defineTranslator, type Xlator } from './xlator.ts';

const told: string[] = [];

const keeper = defineTranslator<null, Record<string, never>>({
  type: 'test/keeper',
  description: 'Writes down what is forgotten and released.',
  children: [0, 9],
  options: {},
  fops: {},
  init: () => null,
  forget: (xl, inode, value) => void told.push(`${xl.name} forget ${value} of ${inode.id}`),
  release: (xl, fd, value) => void told.push(`${xl.name} release ${value} of ${fd.inode.id}`),
  releasedir: (xl, fd, value) => void told.push(`${xl.name} releasedir ${value} of ${fd.inode.id}`),
});

let xlators: readonly Xlator[];
let table: InodeTable;

beforeEach(async () => {
  told.length = 0;
  const graph = await startGraph([{ translator: keeper }, { translator: keeper }]);
  ({ xlators } = graph);
  table = graph.inodes;
});

/** Links a fresh inode with the gfid made of `number`. */
function link(number: number, parent: Inode | null, name: string | null, type = IA_IFDIR): Inode {
  return table.link(table.newInode(), parent, name, makeAttributes(makeGfid(number), type))!;
}

describe('the inode table', () => {
  test('initially contains the root', () => {
    const { root } = table;
    expect(root).toMatchObject({ id: ROOT_ID, gfid: ROOT_GFID, isDir: true, inoHi: 0, inoLo: 1 });
    expect(table.find(ROOT_GFID)).toBe(root);
    expect(table.byId.get(ROOT_ID)).toBe(root);
    expect([table.size, table.lruSize]).toEqual([1, 0]);
    expect(root.path).toBe('/');
  });

  test('does not contain a new inode before link', () => {
    const inode = table.newInode();
    expect(inode).toMatchObject({ gfid: NULL_GFID, linked: false });
    expect(table.byId.get(inode.id)).toBe(undefined);
    expect(table.newInode().id).not.toBe(inode.id);
  });

  test('finds a linked inode by gfid, number and name', () => {
    const dir = link(1, table.root, 'dir');
    const file = link(2, dir, 'file', IA_IFREG);
    expect(file).toMatchObject({ gfid: makeGfid(2), iaType: IA_IFREG, isDir: false, linked: true });
    expect(table.find(makeGfid(2))).toBe(file);
    expect(table.byId.get(file.id)).toBe(file);
    expect(dir.children?.get('file')).toBe(file);
    expect(file.children?.get('file')).toBe(undefined);
    expect(file.path).toBe('/dir/file');
    expect(table.size).toBe(3);
  });

  test('returns the existing inode for a gfid that it contains, also under another name', () => {
    const file = link(2, table.root, 'a', IA_IFREG);
    expect(link(2, table.root, 'b', IA_IFREG)).toBe(file);
    expect(file.names.map((dentry) => dentry.name)).toEqual(['a', 'b']);
    table.unlink(table.root, 'a');
    expect(file.path).toBe('/b');
    expect(link(2, null, null)).toBe(file);
    expect(link(2, table.root, 'b', IA_IFREG).names).toHaveLength(1);
  });

  test('keeps the file type of an inode when a later link has another', () => {
    const file = link(2, table.root, 'a', IA_IFREG);
    link(2, table.root, 'a', IA_IFDIR);
    expect(file.iaType).toBe(IA_IFREG);
  });

  test('refuses to link without a gfid, below a file, or into another table', () => {
    const inode = table.newInode();
    expect(table.link(inode, table.root, 'a', new Iatt())).toBe(null);
    const file = link(2, table.root, 'file', IA_IFREG);
    expect(table.link(inode, file, 'a', makeAttributes(makeGfid(3)))).toBe(null);
    const elsewhere = new InodeTable(xlators);
    expect(table.link(inode, elsewhere.root, 'a', makeAttributes(makeGfid(3)))).toBe(null);
    expect(table.size).toBe(2);
  });

  test('does not link "." and ".." as names', () => {
    const dir = link(1, table.root, 'dir');
    expect(link(1, dir, '.')).toBe(dir);
    expect(table.link(table.newInode(), dir, '..', makeAttributes(ROOT_GFID))).toBe(table.root);
    expect([dir.children?.get('.'), dir.children?.get('..')]).toEqual([undefined, undefined]);
    expect(dir.path).toBe('/dir');
  });
});

describe('a name in the inode table', () => {
  test('leads to the inode that was linked last, and the earlier inode loses it', () => {
    const before = link(1, table.root, 'a', IA_IFREG);
    const after = link(2, table.root, 'a', IA_IFREG);
    expect(table.root.children?.get('a')).toBe(after);
    expect(before.names).toEqual([]);
    expect(before.path).toBe(`<gfid:${makeGfid(1)}>`);
  });

  test('moves by rename with all names below it, and replaces the name at the new place', () => {
    const a = link(1, table.root, 'a');
    const b = link(2, table.root, 'b');
    const file = link(3, a, 'file', IA_IFREG);
    const target = link(4, b, 'c');
    table.rename(table.root, 'a', b, 'c');
    expect(file.path).toBe('/b/c/file');
    expect(target.names).toEqual([]);
    expect(table.root.children?.get('a')).toBe(undefined);
  });

  test('survives a rename onto itself, and is forgotten by a rename of an unknown name onto it', () => {
    const a = link(1, table.root, 'a');
    table.rename(table.root, 'a', table.root, 'a');
    expect(a.path).toBe('/a');
    table.rename(table.root, 'unknown', table.root, 'a');
    expect(table.root.children?.get('a')).toBe(undefined);
  });

  test('below a nameless inode has a path that begins with <gfid:…>', () => {
    const lost = link(1, null, null);
    const file = link(2, lost, 'file', IA_IFREG);
    expect(file.path).toBe(`<gfid:${makeGfid(1)}>/file`);
  });

  test('in a circle of names has a path of limited length', () => {
    const a = link(1, table.root, 'a');
    const b = link(2, a, 'b');
    link(1, b, 'a');
    table.unlink(table.root, 'a');
    expect(a.path).toMatch(/^<gfid:.*>\/[ab/]+\/b\/a$/);
    expect(a.path.length).toBeLessThan(2 * PATH_MAX);
  });
});

describe('an inode', () => {
  beforeEach(() => {
    table.lruLimit = 2;
  });

  test('is evicted when it has been idle longest and the table exceeds its limit', () => {
    const inodes = [1, 2, 3].map((number) => link(number, table.root, `n${number}`));
    expect(table.lruSize).toBe(2);
    expect(inodes.map((inode) => table.find(inode.gfid))).toEqual([undefined, ...inodes.slice(1)]);
    expect(table.byId.get(inodes[0]!.id)).toBe(undefined);
    expect(table.root.children?.get('n1')).toBe(undefined);
  });

  test('counts as newly used when it is linked again', () => {
    const [a] = [link(1, table.root, 'a'), link(2, table.root, 'b')];
    link(1, table.root, 'a');
    link(3, table.root, 'c');
    expect(table.find(makeGfid(1))).toBe(a);
    expect(table.find(makeGfid(2))).toBe(undefined);
  });

  test('is not evicted until all its lookups are forgotten, by count or at once', () => {
    const held = link(1, table.root, 'held');
    for (let i = 0; i < 3; i++) table.lookup(held);
    for (const number of [2, 3, 4]) link(number, table.root, `n${number}`);
    expect(table.find(held.gfid)).toBe(held);
    table.forget(held, 2);
    expect(held.nlookup).toBe(1);
    table.forget(held, 7);
    expect([held.nlookup, table.lruSize]).toEqual([0, 2]);
    table.lookup(held);
    table.forget(held, 0);
    expect([held.nlookup, table.lruSize]).toEqual([0, 2]);
  });

  test('is not evicted while it has an open fd', () => {
    const held = link(1, table.root, 'held');
    const fd = new Fd(held, 0, 1);
    for (const number of [2, 3, 4]) link(number, table.root, `n${number}`);
    expect(table.find(held.gfid)).toBe(held);
    fd.release();
    fd.release();
    expect(held.fdCount).toBe(0);
    for (const number of [5, 6]) link(number, table.root, `n${number}`);
    expect(table.find(held.gfid)).toBe(undefined);
  });

  test('is not evicted while an inode below it is in use, and an idle branch is evicted as a whole', () => {
    const b = link(2, table.root, 'b');
    const c = link(3, b, 'c');
    const d = link(4, c, 'd', IA_IFREG);
    table.lookup(d);
    expect(table.lruSize).toBe(0);
    table.lruLimit = 0;
    table.forget(d, 1);
    expect([table.size, table.lruSize]).toEqual([1, 0]);
    expect([b, c, d].map((inode) => inode.names)).toEqual([[], [], []]);
  });

  test('without a name is evicted when its last lookup and fd end', () => {
    const [file, dir] = [link(1, table.root, 'file', IA_IFREG), link(2, table.root, 'dir')];
    table.unlink(table.root, 'dir');
    expect(table.find(dir.gfid)).toBe(undefined);
    const fd = new Fd(file, 0, 1);
    table.lookup(file);
    table.unlink(table.root, 'file');
    table.forget(file, 1);
    expect(table.find(file.gfid)).toBe(file);
    fd.release();
    expect(table.find(file.gfid)).toBe(undefined);
  });

  test('is not evicted when a file is linked in it, even at the limit', () => {
    table.lruLimit = 1;
    const dir = link(1, table.root, 'dir');
    const file = link(2, dir, 'file', IA_IFREG);
    expect(table.find(makeGfid(1))).toBe(dir);
    expect(file.path).toBe('/dir/file');
  });

  test('can be linked again after its eviction, unless another inode has its gfid', () => {
    const old = link(1, table.root, 'a');
    link(2, table.root, 'b');
    link(3, table.root, 'c');
    expect(table.find(makeGfid(1))).toBe(undefined);
    expect(table.link(old, table.root, 'a', makeAttributes(makeGfid(1)))).toBe(old);
    expect(table.find(makeGfid(1))).toBe(old);
    link(4, table.root, 'd');
    link(5, table.root, 'e');
    const other = link(1, table.root, 'a');
    expect(other).not.toBe(old);
    expect(table.link(old, table.root, 'a', makeAttributes(makeGfid(1)))).toBe(other);
    expect(table.link(table.newInode(), old, 'x', makeAttributes(makeGfid(6)))).not.toBe(null);
    expect(old.children?.get('x')).toBe(undefined);
  });

  test('keeps its gfid, since a link with another gfid makes another inode', () => {
    const a = link(1, table.root, 'a');
    const other = table.link(a, table.root, 'a', makeAttributes(makeGfid(2)))!;
    expect(other).not.toBe(a);
    expect([a.gfid, other.gfid]).toEqual([makeGfid(1), makeGfid(2)]);
    expect(table.root.children?.get('a')).toBe(other);
    expect(table.link(a, table.root, 'b', makeAttributes(makeGfid(2)))).toBe(other);
  });
});

describe('the context of a translator', () => {
  test('set on an inode causes forget for its translator only', () => {
    table.lruLimit = 0;
    const inode = table.newInode();
    inode.ctxSet(xlators[0]!, 'zero');
    inode.ctxSet(xlators[1]!, 'one');
    expect(inode.ctxDel(xlators[1]!)).toBe('one');
    expect(inode.ctxDel(xlators[1]!)).toBe(undefined);
    table.link(inode, null, null, makeAttributes(makeGfid(1)));
    expect(told).toEqual([`v0 forget zero of ${inode.id}`]);
    expect(inode.ctxGet(xlators[0]!)).toBe(undefined);
  });

  test('set on an fd causes release or releasedir once', () => {
    const inode = link(1, table.root, 'a');
    const fds = [new Fd(inode, 0, 1), new Fd(inode, 0, 1, true), new Fd(inode, 0, 1)] as const;
    fds[0].ctxSet(xlators[0]!, 'file');
    fds[1].ctxSet(xlators[1]!, 'dir');
    fds[2].ctxSet(xlators[0]!, 'gone');
    expect(fds[2].ctxDel(xlators[0]!)).toBe('gone');
    for (const fd of [...fds, ...fds]) fd.release();
    expect(told).toEqual([`v0 release file of ${inode.id}`, `v1 releasedir dir of ${inode.id}`]);
    expect(inode.fdCount).toBe(0);
    expect(new Set(fds.map((fd) => fd.id)).size).toBe(3);
  });

  test('set on an inode in use or on the root causes forget when the table is cleared', () => {
    const held = link(1, table.root, 'a');
    table.lookup(held);
    held.ctxSet(xlators[0]!, 'held');
    table.root.ctxSet(xlators[1]!, 'root');
    table.clear();
    expect(told.sort()).toEqual([`v0 forget held of ${held.id}`, 'v1 forget root of 1']);
    expect([...table.all()]).toEqual([table.root]);
    expect([table.size, table.lruSize]).toEqual([1, 0]);
    expect(table.root.children?.get('a')).toBe(undefined);
  });
});
