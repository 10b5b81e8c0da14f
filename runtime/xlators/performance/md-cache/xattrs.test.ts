/** The memory of cached extended attributes. */
import { expect, test } from 'vitest';
import {
  ask,
  FakeContext,
  makeGfid,
  type Reply,
  startGraph,
} from '../../../../test/support/core.ts';
import { Dict } from '../../../core/dict.ts';
import { ENODATA } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { Iatt } from '../../../core/iatt.ts';
import { Loc } from '../../../core/operands.ts';
import { GFID_REQ } from '../../../core/xdata.ts';
import type { Translator } from '../../../core/xlator.ts';
import memory from '../../storage/memory/index.ts';
import mdCache from './index.ts';
import { MAX_XATTR_BYTES } from './xattr-cache.ts';

type Any = Translator<unknown>;

/** Bytes of two inodes without extended attributes. */
const INODES = 1024;

async function setUp() {
  const graph = await startGraph(
    [
      { translator: memory as unknown as Any },
      {
        translator: mdCache as unknown as Any,
        options: {
          'xattr-cache-list': 'user.*',
          'md-cache-timeout': '600',
          'cache-invalidation': 'on',
        },
      },
    ],
    new FakeContext(),
  );
  const { inodes } = graph;
  const inode = inodes.newInode();
  const loc = new Loc(inode, inodes.root, 'f');
  const made = ask(graph, 'mknod', loc, 0o100600, 0, 0, new Dict().setGfid(GFID_REQ, makeGfid(9)));
  inodes.link(inode, inodes.root, 'f', made.values[1] as Iatt);
  const get = (name: string): Reply => ask(graph, 'getxattr', new Loc(inode), name, null);
  const set = (name: string, value: Uint8Array): void => {
    ask(graph, 'setxattr', new Loc(inode), new Dict().set(name, value), 0, null);
  };
  const figure = (name: string): number => Number(mdCache.dump!(graph.top as never)[name as never]);
  const isCached = (name: string): boolean => {
    const before = figure('xattr_hits');
    get(name);
    return figure('xattr_hits') > before;
  };
  return { graph, get, set, figure, isCached };
}

test('md-cache stays within its limit for one inode when 5000 absent attributes are requested', async () => {
  const { get, figure, isCached } = await setUp();
  let most = 0;
  for (let nth = 0; nth < 5000; nth++) {
    expect(get(`user.${nth}`).opErrno).toBe(ENODATA);
    most = Math.max(most, figure('bytes'));
  }
  expect(most).toBeGreaterThan(MAX_XATTR_BYTES / 2);
  expect(most).toBeLessThanOrEqual(MAX_XATTR_BYTES + INODES);
  // The newest name is cached, the oldest was evicted.
  expect([isCached('user.4999'), isCached('user.0')]).toEqual([true, false]);
});

test('md-cache stays within its limit for 200 attributes of 1000 bytes, and still returns each', async () => {
  const { set, get, figure } = await setUp();
  const value = new Uint8Array(1000);
  for (let nth = 0; nth < 200; nth++) set(`user.${nth}`, value.fill(nth));
  for (let round = 0; round < 2; round++) {
    for (let nth = 0; nth < 200; nth++) {
      const { opRet, values } = get(`user.${nth}`);
      expect(opRet).toBeGreaterThanOrEqual(0);
      expect((values[0] as Dict).bytes(`user.${nth}`)![0]).toBe(nth);
      expect(figure('bytes')).toBeLessThanOrEqual(MAX_XATTR_BYTES + INODES);
    }
  }
});

test("md-cache counts the length of each attribute's name in its cached bytes", async () => {
  const { get, figure } = await setUp();
  const added = (name: string): number => {
    const before = figure('bytes');
    get(name);
    return figure('bytes') - before;
  };
  expect(added(`user.${'x'.repeat(200)}`) - added('user.y')).toBe(199);
});

test('md-cache counts no bytes for a value that a setxattr or a CHILD_DOWN has removed', async () => {
  const { graph, get, set, figure } = await setUp();
  set('user.a', new Uint8Array(5000));
  get('user.a');
  get('user.none');
  expect(figure('bytes')).toBeGreaterThan(5000);
  // A shorter value replaces it.
  set('user.a', new Uint8Array(100));
  expect(figure('bytes')).toBeLessThan(5000);
  get('user.a');
  // The second inode is the root.
  expect([figure('inodes'), figure('bytes') > 100]).toEqual([2, true]);
  graph.xlators[0]!.notify('CHILD_DOWN', graph.xlators[0]!);
  expect([figure('inodes'), figure('bytes')]).toEqual([0, 0]);
  expect(get('user.a').opRet).toBeGreaterThanOrEqual(0);
  expect([figure('inodes'), figure('bytes') > 100]).toEqual([1, true]);
});

test('md-cache keeps an attribute absent after a change of mode, owner or times, but not after a setxattr', async () => {
  const { graph, get, set, isCached } = await setUp();
  const { inodes } = graph;
  const loc = new Loc(inodes.root.children!.get('f')!);
  set('user.present', new Uint8Array(1));
  get('user.none');
  get('user.present');
  for (const valid of [SET_ATTR.MODE, SET_ATTR.UID, SET_ATTR.MTIME]) {
    const buf = new Iatt();
    buf.iaProt = 0o640;
    expect(ask(graph, 'setattr', loc, buf, valid, null).opRet).toBe(0);
    expect([isCached('user.none'), isCached('user.present')]).toEqual([true, false]);
  }
  set('user.none', new Uint8Array(1));
  expect(get('user.none').opRet).toBeGreaterThanOrEqual(0);
});
