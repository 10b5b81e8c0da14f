import { beforeEach, describe, expect, test } from 'vitest';
import { makeAttributes, makeGfid } from '../../test/support/core.ts';
import { NULL_GFID, ROOT_GFID } from './gfid.ts';
import { IA_IFREG } from './iatt.ts';
import { InodeTable } from './inode.ts';
import { joinPath, Loc } from './operands.ts';

let table: InodeTable;

beforeEach(() => {
  table = new InodeTable([]);
});

describe('a loc', () => {
  test('for a new name has a parent and the null gfid', () => {
    const loc = new Loc(table.newInode(), table.root, 'a');
    expect(loc).toMatchObject({ gfid: NULL_GFID, pargfid: ROOT_GFID, name: 'a', path: '/a' });
  });

  test('has the gfid of its inode once the inode is linked', () => {
    const inode = table.newInode();
    const loc = new Loc(inode, table.root, 'a');
    table.link(inode, table.root, 'a', makeAttributes(makeGfid(1), IA_IFREG));
    expect(loc.gfid).toBe(makeGfid(1));
  });

  test('made from a gfid has no parent, and the path <gfid:…>', () => {
    const loc = new Loc(null, null, null, makeGfid(1));
    expect(loc).toMatchObject({
      gfid: makeGfid(1),
      pargfid: NULL_GFID,
      path: `<gfid:${makeGfid(1)}>`,
    });
    expect(new Loc(table.newInode(), null, null, makeGfid(1)).gfid).toBe(makeGfid(1));
  });

  test('for the root has the path /', () => {
    expect(new Loc(table.root)).toMatchObject({ gfid: ROOT_GFID, pargfid: NULL_GFID, path: '/' });
  });

  test('has the new path after a rename above it', () => {
    const dir = table.link(table.newInode(), table.root, 'a', makeAttributes(makeGfid(1)))!;
    const loc = new Loc(table.newInode(), dir, 'file');
    table.rename(table.root, 'a', table.root, 'b');
    expect(loc.path).toBe('/b/file');
  });

  test('made from an inode alone has the path of the inode', () => {
    const dir = table.link(table.newInode(), table.root, 'a', makeAttributes(makeGfid(1)))!;
    expect(new Loc(dir).path).toBe('/a');
  });
});

test('joinPath joins with one slash', () => {
  expect([joinPath('/', 'a'), joinPath('/a', 'b')]).toEqual(['/a', '/a/b']);
});
