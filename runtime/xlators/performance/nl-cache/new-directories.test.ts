/** Directories that were made here: which names need no request in them. */
import { beforeEach, describe, expect, test } from 'vitest';
import {
  ask,
  FakeContext,
  HeldLeaf,
  type HeldRequest,
  makeLoc,
  reconfigure,
  startGraph,
} from '../../../../test/support/core.ts';
import { makeIatt } from '../../../../test/support/fuse.ts';
import { EIO, ENOENT } from '../../../core/errno.ts';
import type { Graph } from '../../../core/graph.ts';
import { type Dirent, IA_IFDIR } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/operands.ts';
import { invalidateEntries, invalidateEntry } from '../../../core/upcall.ts';
import type { Translator } from '../../../core/xlator.ts';
import nlCache from './index.ts';

const translator = nlCache as unknown as Translator<unknown>;
const WHOLE = { 'nl-cache-positive-entry': 'on', 'nl-cache-timeout': '600' };

let leaf: HeldLeaf;
let context: FakeContext;
let graph: Graph;
let dir: Inode;
/** Names that reached the storage. */
let asked: string[];
/** Requests of the listing that wait. */
let listing: HeldRequest[];

beforeEach(() => start(WHOLE));

async function start(options: Record<string, string>): Promise<void> {
  leaf = new HeldLeaf();
  context = new FakeContext();
  asked = [];
  listing = [];
  leaf.onRequest = (request) => {
    const { name, args, answer } = request;
    const named = (args[0] as Loc).name ?? null;
    if (name === 'lookup' && named !== null) {
      asked.push(named);
      answer(-1, ENOENT, null, null, null, null);
    } else if (['lookup', 'opendir', 'readdir'].includes(name)) listing.push(request);
    else answer(0, 0);
  };
  graph = await startGraph([{ translator: leaf.translator }, { translator, options }], context);
  dir = makeDirectory('dir', 7);
}

function makeDirectory(name: string, number: number): Inode {
  const loc = makeLoc(graph.inodes.root, name);
  ask(graph, 'mkdir', loc, 0o755, 0, null);
  return graph.inodes.link(loc.inode!, graph.inodes.root, name, makeIatt(number, IA_IFDIR))!;
}

/** Looks a name up; whether the storage was asked. */
function isAsked(name: string, parent = dir): boolean {
  const before = asked.length;
  const { opRet, opErrno } = ask(graph, 'lookup', makeLoc(parent, name), null);
  expect([opRet, opErrno]).toEqual([-1, ENOENT]);
  return asked.length > before;
}

/** Answers the listing's requests: the lookup, opendir, each listing, and its end. */
function list(...names: readonly string[]): void {
  const entries = names.map((name, index) => ({ name, off: index + 1 }) as Dirent);
  expect(listing.map(({ name }) => name)).toEqual(['lookup']);
  listing.shift()!.answer(0, 0, dir, makeIatt(7, IA_IFDIR), null, null);
  listing.shift()!.answer(0, 0);
  if (entries.length > 0) listing.shift()!.answer(entries.length, 0, entries, null);
  listing.shift()!.answer(0, 0, [], null);
  expect(listing).toEqual([]);
}

test('a name is not asked for after the listing, which the first lookup begins', () => {
  expect(listing).toEqual([]);
  expect([isAsked('a'), isAsked('b')]).toEqual([true, true]);
  list();
  for (let n = 0; n < 10_000; n++) expect(isAsked(`n${n}`)).toBe(false);
  expect(nlCache.dump!(graph.top as never)).toMatchObject({ unseen: 10_000, names: 2 });
});

test('names that were listed, or made here before or after the listing, are asked for', () => {
  const make = (name: string) => ask(graph, 'mknod', makeLoc(dir, name), 0o644, 0, 0, null);
  make('before');
  isAsked('begin');
  make('meanwhile');
  list('listed');
  make('after');
  ask(graph, 'symlink', 'to', makeLoc(dir, 'symlink'), 0, null);
  ask(graph, 'rename', makeLoc(graph.inodes.root, 'x'), makeLoc(dir, 'renamed'), null);
  const names = ['before', 'meanwhile', 'listed', 'after', 'symlink', 'renamed'];
  expect(names.filter((name) => !isAsked(name))).toEqual([]);
  expect(isAsked('other')).toBe(false);
});

test('a name is asked for if the fop that made it failed, or has not been answered', () => {
  isAsked('begin');
  list();
  const { onRequest } = leaf;
  leaf.onRequest = (request) => {
    if (request.name === 'mknod') request.answer(-1, EIO);
    else if (request.name !== 'mkdir') onRequest(request);
  };
  ask(graph, 'mknod', makeLoc(dir, 'failed'), 0o644, 0, 0, null);
  ask(graph, 'mkdir', makeLoc(dir, 'waits'), 0o755, 0, null);
  expect([isAsked('failed'), isAsked('waits'), isAsked('other')]).toEqual([true, true, false]);
});

describe.each(['before the listing ends', 'after the listing'])('%s', (when) => {
  const act = (deed: () => void): void => {
    isAsked('begin');
    if (when === 'after the listing') list();
    deed();
    if (when !== 'after the listing') list();
  };
  const changes: Record<string, () => void> = {
    'bricks tell of a change': () => invalidateEntries(graph.xlators[0]!),
    'a brick goes': () => graph.top.notify('CHILD_DOWN', graph.xlators[0]),
    'a brick comes': () => graph.top.notify('CHILD_UP', graph.xlators[0]),
    'the option is switched off': () => reconfigure(graph.top, { 'nl-cache-timeout': '600' }),
    'all passes through': () => reconfigure(graph.top, { ...WHOLE, 'pass-through': 'on' }),
    'more names appeared than the limit allows': () => {
      for (let n = 0; n < 1000; n++)
        ask(graph, 'mknod', makeLoc(dir, `name-${n}`), 0o644, 0, 0, null);
    },
  };
  test.each(Object.keys(changes))('names are asked for when %s', (what) => {
    act(changes[what]!);
    expect(isAsked('other')).toBe(true);
  });

  test('a name is asked for when bricks tell of it alone', () => {
    act(() => invalidateEntry(graph.xlators[0]!, dir, 'told'));
    expect([isAsked('told'), isAsked('other')]).toEqual([true, false]);
  });
});

test('names are asked for again after the timeout, counted from the beginning of the listing', () => {
  isAsked('begin');
  context.advance(500_000);
  list();
  expect(isAsked('a')).toBe(false);
  context.advance(100_001);
  expect(isAsked('b')).toBe(true);
});

test.each([0, 1, 2])('names are asked for when request %i of the listing fails', (failing) => {
  isAsked('begin');
  for (let n = 0; n < failing; n++) listing.shift()!.answer(0, 0);
  listing.shift()!.answer(-1, EIO, null, null);
  expect([listing.length, isAsked('a'), isAsked('b')]).toEqual([0, true, true]);
});

test('names are asked for in a directory that was first looked into while a brick was away', () => {
  graph.xlators[0]!.up = false;
  isAsked('begin');
  graph.xlators[0]!.up = true;
  expect([isAsked('a'), isAsked('b'), listing]).toEqual([true, true, []]);
});

test('names are asked for in a directory that was filled at once', () => {
  isAsked('begin');
  const entries = Array.from({ length: 1001 }, (_, n) => ({ name: `${n}`, off: n + 1 }) as Dirent);
  listing.shift()!.answer(0, 0);
  listing.shift()!.answer(0, 0);
  listing.shift()!.answer(entries.length, 0, entries, null);
  expect([listing.length, isAsked('a')]).toEqual([0, true]);
});

test.each([
  ['was not made here', () => graph.inodes.root],
  [
    'was made without the option',
    async () => {
      await start({ 'nl-cache-timeout': '600' });
      return dir;
    },
  ],
])('no directory is listed that %s', async (_what, find) => {
  const parent = await find();
  expect([isAsked('a', parent), isAsked('b', parent), listing]).toEqual([true, true, []]);
});

test('10,000 directories that are made, listed, filled and removed leave nothing behind', () => {
  for (let n = 0; n < 10_000; n++) {
    dir = makeDirectory('d', 8 + n);
    isAsked('a');
    list();
    ask(graph, 'mknod', makeLoc(dir, 'f'), 0o644, 0, 0, null);
    const loc = makeLoc(graph.inodes.root, 'd');
    ask(graph, 'rmdir', { ...loc, inode: dir } as Loc, 0, null);
    graph.inodes.unlink(graph.inodes.root, 'd');
  }
  // The directory of the other tests, and the names that are absent now in the root.
  expect(nlCache.dump!(graph.top as never)).toMatchObject({ directories: 1, names: 1, bytes: 130 });
});
