/** Directories that were listed once are listed from the cache, until something in them changes. */
import { describe, expect, test } from 'vitest';
import {
  ask,
  askArgs,
  FakeContext,
  makeTranslator,
  startGraph,
} from '../../../../test/support/core.ts';
import { Dict } from '../../../core/dict.ts';
import { ENOENT } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { makeFirstFrame, Stack } from '../../../core/frame.ts';
import { collectCbk, type FopName, tail, wind } from '../../../core/gen/fops.gen.ts';
import { type Dirent, Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { invalidateEntries, invalidateInode } from '../../../core/upcall.ts';
import type { Translator } from '../../../core/xlator.ts';
import memory from '../../storage/memory/index.ts';
import mdCache from './index.ts';
import { KeptListings, ListingUnderWay } from './listings.ts';

const TIMEOUT_S = 600;
const caching = { 'md-cache-timeout': `${TIMEOUT_S}`, 'cache-invalidation': 'on' };

/** An entry as a client sees it. */
type Listed = readonly [name: string, off: number, type: number, mode: number | null];

/** Starts md-cache over a storage with the files `f0`, `f1` and so on. */
async function start(fileCount: number, options: Readonly<Record<string, string>> = caching) {
  /** The listing fops that reached the storage. */
  const requested: FopName[] = [];
  const recorder = makeTranslator('recorder', {
    readdir(frame, xl, ...args) {
      requested.push('readdir');
      tail.readdir(frame, xl.children[0]!, ...args);
    },
    readdirp(frame, xl, ...args) {
      requested.push('readdirp');
      tail.readdirp(frame, xl.children[0]!, ...args);
    },
  });
  const context = new FakeContext();
  const graph = await startGraph(
    [
      { translator: memory as unknown as Translator<unknown> },
      { translator: recorder },
      { translator: mdCache as unknown as Translator<unknown>, options },
    ],
    context,
  );
  const { inodes } = graph;
  const { root } = inodes;
  const make = (name: string): Inode => {
    const inode = inodes.newInode();
    const fd = new Fd(inode, 2, 1);
    const reply = ask(graph, 'create', new Loc(inode, root, name), 2, 0o644, 0, fd, null);
    fd.release();
    return inodes.link(inode, root, name, reply.values[2] as Iatt)!;
  };
  const files = Array.from({ length: fileCount }, (_, index) => make(`f${index}`));
  const open = (): Fd => {
    const fd = new Fd(root, 0, 1, true);
    ask(graph, 'opendir', new Loc(root), fd, null);
    return fd;
  };
  /** Lists a page as this user; links the inodes, as a mount does. */
  const listPage = (fd: Fd, offset: number, size: number, fop: FopName, uid = 0) => {
    const { opRet, opErrno, values } = askArgs(graph, fop, [fd, size, offset, null], 1, uid);
    const entries = opRet < 0 ? [] : (values[0] as readonly Dirent[]);
    for (const { name, stat, inode } of entries)
      if (stat !== null && name !== '.' && name !== '..') inodes.link(inode!, root, name, stat);
    return { opRet, opErrno, entries };
  };
  /** Lists the root to its end. */
  const list = ({ size = 4096, fop = 'readdirp' as FopName, uid = 0 } = {}): Listed[] => {
    const fd = open();
    const listed: Listed[] = [];
    for (;;) {
      const { opRet, opErrno, entries } = listPage(fd, listed.at(-1)?.[1] ?? 0, size, fop, uid);
      for (const { name, off, type, stat } of entries)
        listed.push([name, off, type, name.startsWith('.') ? null : (stat?.iaProt ?? null)]);
      if (opRet <= 0 || opErrno === ENOENT) break;
    }
    fd.release();
    return listed;
  };
  const dump = () => mdCache.dump!(graph.top as never);
  return { graph, context, root, files, requested, make, open, listPage, list, dump };
}

/** Empties what was requested, and returns its length. */
const take = (requested: FopName[]): number => requested.splice(0).length;

describe('a directory that md-cache has listed', () => {
  test.each([[4096], [400]])(
    'is listed again without the storage, in pages of %d bytes',
    async (size) => {
      const { requested, list, dump } = await start(20);
      const first = list({ size });
      expect(first.map(([name]) => name)).toEqual([
        ...['.', '..'],
        ...Array.from({ length: 20 }, (_, index) => `f${index}`),
      ]);
      expect(take(requested)).toBeGreaterThan(0);
      expect(list({ size })).toEqual(first);
      expect(list({ size: 700 })).toEqual(first);
      expect(list({ fop: 'readdir' })).toEqual(
        first.map(([...entry]) => [...entry.slice(0, 3), null]),
      );
      expect(take(requested)).toBe(0);
      expect(dump()).toMatchObject({ listing_hits: 3, listings: 1 });
    },
  );

  test('is listed by the storage if the cache keeps no values, or is told of no changes', async () => {
    for (const options of [{ ...caching, 'md-cache-timeout': '0' }, { 'md-cache-timeout': '1' }]) {
      const { requested, list } = await start(3, options);
      list();
      const count = take(requested);
      list();
      expect(take(requested)).toBe(count);
    }
  });

  test('is listed by the storage after the time for which values are kept', async () => {
    const { context, requested, list } = await start(3);
    list();
    const count = take(requested);
    context.advance(TIMEOUT_S * 1000);
    list();
    expect(take(requested)).toBe(count);
  });

  test('is listed by the storage for another user, who may not be permitted to list it', async () => {
    const { requested, list } = await start(3);
    const first = list();
    const count = take(requested);
    expect(list({ uid: 1000 })).toEqual(first);
    expect(take(requested)).toBe(count);
    list({ uid: 1000 });
    expect(take(requested)).toBe(0);
  });

  test('is listed by the storage for a caller with other groups, or for one that asks for keys', async () => {
    const { graph, requested, open, list } = await start(3);
    list();
    take(requested);
    const fd = open();
    const listWith = (groups: readonly number[], xdata: Dict | null): number => {
      const frame = makeFirstFrame(new Stack(0, 0, 1, 'READDIRP', () => groups), graph.top);
      const cbk = collectCbk.readdirp(() => {});
      wind.readdirp(frame, 0, cbk as never, graph.links, fd, 4096, 0, xdata);
      return take(requested);
    };
    expect(listWith([], null)).toBe(0);
    expect(listWith([7], null)).toBe(1);
    expect(listWith([], new Dict().set('user.key', 0))).toBe(1);
    fd.release();
  });
});

describe('a change in a directory that md-cache has listed', () => {
  const changes: [string, (rig: Awaited<ReturnType<typeof start>>) => void][] = [
    ['a new file', ({ make }) => void make('new')],
    [
      'a removed file',
      ({ graph, root, files }) =>
        void ask(graph, 'unlink', new Loc(files[1]!, root, 'f1'), 0, null),
    ],
    [
      'a rename',
      ({ graph, root, files }) =>
        void ask(
          graph,
          'rename',
          new Loc(files[1]!, root, 'f1'),
          new Loc(files[1]!, root, 'z'),
          null,
        ),
    ],
    [
      'a chmod of the directory',
      ({ graph, root }) => {
        const to = Object.assign(new Iatt(), { iaProt: 0o700 });
        ask(graph, 'setattr', new Loc(root), to, SET_ATTR.MODE, null);
      },
    ],
    ['an upcall', ({ graph, root }) => invalidateInode(graph.xlators[0]!, root)],
    ['an upcall about all names', ({ graph }) => invalidateEntries(graph.xlators[0]!)],
    [
      'a brick that was away',
      ({ graph }) => graph.xlators[1]!.notify('CHILD_UP', graph.xlators[0]!),
    ],
  ];

  test.each(changes)('has the storage list it again: %s', async (_what, change) => {
    const rig = await start(5);
    rig.list();
    take(rig.requested);
    change(rig);
    const reaches = (['readdir', 'readdirp', 'readdirp'] as const).map((fop) => {
      rig.list({ fop });
      return take(rig.requested) > 0;
    });
    expect(reaches).toEqual([true, true, false]);
  });

  test.each(changes)(
    'between two pages of a listing keeps that from being cached: %s',
    async (_what, change) => {
      const rig = await start(20);
      const fd = rig.open();
      const { entries } = rig.listPage(fd, 0, 700, 'readdirp');
      change(rig);
      for (let offset = entries.at(-1)!.off; ; ) {
        const page = rig.listPage(fd, offset, 700, 'readdirp');
        if (page.opRet <= 0 || page.opErrno === ENOENT) break;
        offset = page.entries.at(-1)!.off;
      }
      fd.release();
      expect(rig.dump().listings).toBe(0);
    },
  );

  test('md-cache lets a client that is reading a cached listing continue where it was', async () => {
    const { root, graph, open, listPage, list, requested } = await start(20);
    const names = list().map(([name]) => name);
    take(requested);
    const fd = open();
    const { entries } = listPage(fd, 0, 700, 'readdirp');
    expect(take(requested)).toBe(0);
    invalidateInode(graph.xlators[0]!, root);
    const rest = listPage(fd, entries.at(-1)!.off, 4096, 'readdirp');
    fd.release();
    expect([...entries, ...rest.entries].map(({ name }) => name)).toEqual(names);
    expect(take(requested)).toBe(1);
  });

  test('md-cache serves a kept listing without the attributes of a changed file, and drops it if several have changed', async () => {
    const { graph, files, requested, list } = await start(5);
    const first = list();
    take(requested);
    invalidateInode(graph.xlators[0]!, files[2]!);
    expect(list()).toEqual(
      first.map((entry) => (entry[0] === 'f2' ? [...entry.slice(0, 3), null] : entry)),
    );
    invalidateInode(graph.xlators[0]!, files[3]!);
    expect(list({ fop: 'readdir' })).toHaveLength(first.length);
    expect(take(requested)).toBe(0);
    expect(list()).toEqual(first);
    expect(take(requested)).toBeGreaterThan(0);
  });
});

test('md-cache passes a listing on whose size has room for no name', async () => {
  const { open, listPage, list, requested } = await start(3);
  list();
  take(requested);
  const fd = open();
  listPage(fd, 0, 10, 'readdirp');
  fd.release();
  expect(take(requested)).toBe(1);
});

test('kept listings take no more than 16 MiB, and one of them no more than 10,000 names', () => {
  const listings = new KeptListings();
  const caller = new Stack(0, 0, 1, 'READDIRP');
  const makeListing = (count: number): boolean => {
    const underWay = new ListingUnderWay(1, 0, caller);
    const entries = Array.from(
      { length: count },
      (_, index): Dirent => ({
        ...{ name: `name-${index}`, off: index + 1, type: 8, gfid: '' },
        ...{ stat: null, dict: null, inode: null },
      }),
    );
    const isWhole = underWay.add(caller, 0, entries);
    if (isWhole) listings.keep({ listing: null }, underWay);
    return isWhole;
  };
  for (let round = 0; round < 50; round++) expect(makeListing(10_000)).toBe(true);
  expect(listings.bytes).toBeLessThanOrEqual(16 * 2 ** 20);
  expect(listings.count).toBeGreaterThan(5);
  expect(makeListing(10_001)).toBe(false);
  listings.clear();
  expect([listings.bytes, listings.count]).toEqual([0, 0]);
});
