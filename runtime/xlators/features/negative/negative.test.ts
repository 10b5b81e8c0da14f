import { describe, expect, test } from 'vitest';
import {
  ask,
  askArgs,
  FakeContext,
  HeldLeaf,
  type HeldRequest,
  linkDirectory,
  makeAttributes,
  makeGfid,
  makeLoc,
  startGraph,
} from '../../../../test/support/core.ts';
import { type Dict, timeoutsOf } from '../../../core/dict.ts';
import { EACCES, EEXIST, ENOENT } from '../../../core/errno.ts';
import type { EventName } from '../../../core/events.ts';
import { fops } from '../../../core/fops.ts';
import type { FopName, FopTable } from '../../../core/gen/fops.gen.ts';
import { ROOT_GFID } from '../../../core/gfid.ts';
import type { Graph } from '../../../core/graph.ts';
import { IA_IFREG } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { invalidateEntry, invalidateInode } from '../../../core/upcall.ts';
import type { Xlator } from '../../../core/xlator.ts';
import type { AbsentNames } from './absent-names.ts';
import negative from './index.ts';

const absent = (request: HeldRequest): void => request.answer(-1, ENOENT, null, null, null, null);

async function setUp(options: Record<string, string> = {}) {
  const leaf = new HeldLeaf();
  leaf.onRequest = absent;
  const context = new FakeContext();
  const volumes = [{ translator: leaf.translator }, { translator: negative, options }];
  const graph = await startGraph(volumes, context);
  const lookup = (parent: Inode, name: string) => ask(graph, 'lookup', makeLoc(parent, name), null);
  const xl = graph.top as Xlator<AbsentNames>;
  /** Whether a lookup is answered without the leaf; a miss is remembered. */
  const isHit = (parent: Inode, name: string): boolean => {
    const { hits } = xl.priv;
    expect(lookup(parent, name).opErrno).toBe(ENOENT);
    return xl.priv.hits > hits;
  };
  return { leaf, context, graph, xl, root: graph.inodes.root, lookup, isHit };
}

/** Returns each fop that creates `name`, with its arguments. */
function makers(graph: Graph, parent: Inode, name: string): [FopName, unknown[]][] {
  const loc = makeLoc(parent, name);
  const old = makeLoc(parent, 'old');
  const args: { readonly [N in FopName]?: FopTable[N]['args'] } = {
    mknod: [loc, 0o644, 0, 0, null],
    mkdir: [loc, 0o755, 0, null],
    symlink: ['target', loc, 0, null],
    rename: [old, loc, null],
    link: [old, loc, null],
    create: [loc, 0, 0o644, 0, new Fd(graph.inodes.root, 0, 1), null],
    put: [loc, 0o644, 0, 0, new Uint8Array(1), 0, null, null],
    namelink: [loc, null],
  };
  return Object.entries(args) as [FopName, unknown[]][];
}

describe('lookup', () => {
  test('the first lookup of an absent name reaches the storage, and the volume replies to the second itself', async () => {
    const { isHit, root, xl } = await setUp();
    expect(isHit(root, 'a')).toBe(false);
    expect(isHit(root, 'a')).toBe(true);
    expect(isHit(root, 'b')).toBe(false);
    expect(xl.priv.dump()).toEqual({ hits: 1, misses: 2, names: 2, evicted: 0, expired: 0 });
  });

  test('a lookup of a name cached as absent returns ENOENT, and neither inode nor attributes', async () => {
    const { lookup, root } = await setUp();
    lookup(root, 'a');
    expect(lookup(root, 'a')).toMatchObject({ count: 1, opRet: -1, opErrno: ENOENT });
    expect(lookup(root, 'a').values).toEqual([null, null, null, null]);
  });

  test('an ENOENT carries kernel-timeout, whether it comes from the storage or from the cache', async () => {
    const { lookup, root } = await setUp({ 'kernel-timeout': '25' });
    for (let times = 0; times < 2; times++) {
      const { opErrno, values } = lookup(root, 'a');
      expect([opErrno, timeoutsOf(values[2] as Dict)]).toEqual([ENOENT, { negative: 25 }]);
    }
  });

  test('an ENOENT carries no kernel-timeout if the name changed during the lookup', async () => {
    const { leaf, lookup, root, xl } = await setUp({ 'kernel-timeout': '25' });
    leaf.onRequest = (request) => void leaf.requests.push(request);
    const reply = lookup(root, 'a');
    xl.priv.noteChange(root, 'a');
    absent(leaf.requests[0]!);
    expect([reply.opErrno, reply.values[2]]).toEqual([ENOENT, null]);
  });

  test('an absent name is cached for its own directory alone, also after a rename of the directory', async () => {
    const { isHit, graph, root } = await setUp();
    const dir = linkDirectory(graph, 'dir', makeGfid(7));
    isHit(root, 'a');
    expect(isHit(dir, 'a')).toBe(false);
    graph.inodes.rename(root, 'dir', root, 'moved');
    expect(isHit(dir, 'a')).toBe(true);
  });

  test('a name whose lookup fails with EACCES is not cached as absent', async () => {
    const { leaf, lookup, isHit, root } = await setUp();
    leaf.onRequest = (request) => request.answer(-1, EACCES, null, null, null, null);
    expect(lookup(root, 'a').opErrno).toBe(EACCES);
    leaf.onRequest = absent;
    expect(isHit(root, 'a')).toBe(false);
  });

  test('a name whose lookup succeeds is not cached as absent, even with ENOENT as its errno', async () => {
    const { leaf, lookup, xl, root } = await setUp();
    leaf.onRequest = (request) => request.answer(0, ENOENT, null, null, null, null);
    lookup(root, 'a');
    expect(xl.priv.dump().names).toBe(0);
  });

  test('a lookup by gfid, or of "." or "..", is counted neither as a hit nor as a miss', async () => {
    const { graph, root, xl } = await setUp();
    for (const loc of [
      new Loc(null, null, null, makeGfid(9)),
      new Loc(root),
      new Loc(root, root, '.'),
      new Loc(root, root, '..'),
    ]) {
      for (let i = 0; i < 2; i++) expect(ask(graph, 'lookup', loc, null).opErrno).toBe(ENOENT);
    }
    expect(xl.priv.dump()).toMatchObject({ hits: 0, misses: 0, names: 0 });
  });

  test('a lookup with a known inode reaches the storage, and removes the cached name if it succeeds', async () => {
    const { leaf, graph, isHit, root, xl } = await setUp();
    isHit(root, 'a');
    const { inodes } = graph;
    const inode = inodes.link(inodes.newInode(), root, 'a', makeAttributes(makeGfid(5), IA_IFREG));
    leaf.onRequest = (request) => request.answer(0, 0, inode, null, null, null);
    expect(ask(graph, 'lookup', new Loc(inode, root, 'a'), null).opRet).toBe(0);
    expect(xl.priv.dump().names).toBe(0);
  });
});

describe('a fop that creates a name', () => {
  test('is covered by these tests for each such fop that glossa has', async () => {
    const { graph, root } = await setUp();
    const expected = fops.filter((fop) => fop.entry.creates !== undefined).map((fop) => fop.name);
    expect(makers(graph, root, 'a').map(([name]) => name)).toEqual(
      expect.arrayContaining(expected),
    );
  });

  test.each(
    fops.filter((fop) => fop.entry.creates !== undefined).map((fop) => fop.name as FopName),
  )('%s removes the cached name, and lookups under way do not cache it', async (name) => {
    const { leaf, graph, isHit, lookup, root, xl } = await setUp();
    const [, args] = makers(graph, root, 'a').find(([maker]) => maker === name)!;
    isHit(root, 'a');
    isHit(root, 'other');

    leaf.onRequest = (request) => void leaf.requests.push(request);
    const reply = askArgs(graph, name, args);
    expect(xl.priv.has(root, 'a')).toBe(false);
    // A lookup during the creation: its ENOENT is not remembered.
    const early = lookup(root, 'a');
    leaf.requests[1]!.answer(-1, ENOENT, null, null, null, null);
    expect(early.opErrno).toBe(ENOENT);
    expect(xl.priv.has(root, 'a')).toBe(false);

    const late = lookup(root, 'a');
    leaf.requests[0]!.answer(-1, EEXIST);
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EEXIST });
    leaf.requests[2]!.answer(-1, ENOENT, null, null, null, null);
    expect(late.opErrno).toBe(ENOENT);
    expect(xl.priv.has(root, 'a')).toBe(false);
    expect(xl.priv.has(root, 'other')).toBe(true);
  });

  test('in another directory does not prevent a lookup under way from caching its name', async () => {
    const { leaf, graph, lookup, root, xl } = await setUp();
    const dir = linkDirectory(graph, 'dir', makeGfid(7));
    leaf.onRequest = (request) => void leaf.requests.push(request);
    lookup(dir, 'a');
    ask(graph, 'mkdir', makeLoc(root, 'b'), 0o755, 0, null);
    leaf.requests[0]!.answer(-1, ENOENT, null, null, null, null);
    expect(xl.priv.has(dir, 'a')).toBe(true);
  });

  test('removes the cached name even if the directory has got a new inode meanwhile', async () => {
    const { leaf, graph, lookup, xl } = await setUp();
    const { inodes } = graph;
    const dir = linkDirectory(graph, 'dir', makeGfid(7));
    leaf.onRequest = (request) => void leaf.requests.push(request);
    ask(graph, 'mkdir', makeLoc(dir, 'a'), 0o755, 0, null);
    inodes.lruLimit = 0;
    inodes.forget(dir, 0);
    inodes.lruLimit = 10;
    const again = linkDirectory(graph, 'dir', makeGfid(7));
    expect(again).not.toBe(dir);
    lookup(again, 'a');
    lookup(again, 'a');
    leaf.requests[1]!.answer(-1, ENOENT, null, null, null, null);
    expect(xl.priv.has(again, 'a')).toBe(false);
    leaf.requests[0]!.answer(0, 0, null, null, null, null, null);
    leaf.requests[2]!.answer(-1, ENOENT, null, null, null, null);
    expect(xl.priv.has(again, 'a')).toBe(false);
  });
});

describe('a fop that removes a name', () => {
  const parents = [null, null, null];

  test.each(['unlink', 'rmdir'] as const)('%s records the removed name as absent', async (name) => {
    const { leaf, graph, isHit, root } = await setUp();
    leaf.onRequest = (request) => request.answer(0, 0, ...parents);
    ask(graph, name, makeLoc(root, 'a'), 0, null);
    leaf.onRequest = absent;
    expect(isHit(root, 'a')).toBe(true);
  });

  test('does not record the name as absent if it fails, or if the name is being created', async () => {
    const { leaf, graph, root, xl } = await setUp();
    leaf.onRequest = (request) => request.answer(-1, EACCES, ...parents);
    ask(graph, 'unlink', makeLoc(root, 'a'), 0, null);
    expect(xl.priv.has(root, 'a')).toBe(false);

    leaf.onRequest = (request) => void leaf.requests.push(request);
    ask(graph, 'unlink', makeLoc(root, 'a'), 0, null);
    ask(graph, 'mkdir', makeLoc(root, 'a'), 0o755, 0, null);
    leaf.requests[1]!.answer(0, 0, null, null, ...parents);
    leaf.requests[0]!.answer(0, 0, ...parents);
    expect(xl.priv.has(root, 'a')).toBe(false);
  });

  test('records the name as absent, except for rename, which may keep two names of one file', async () => {
    const { leaf, graph, root, xl } = await setUp();
    leaf.onRequest = (request) => request.answer(0, 0, null, ...parents, null, null);
    const dir = linkDirectory(graph, 'dir', makeGfid(7));
    ask(graph, 'rename', makeLoc(dir, 'a'), makeLoc(root, 'b'), null);
    expect(xl.priv.dump().names).toBe(0);
  });

  test('also removes the cached names within a directory if it is an rmdir', async () => {
    const { leaf, graph, isHit, root, xl } = await setUp();
    const dir = linkDirectory(graph, 'dir', makeGfid(7));
    isHit(dir, 'a');
    isHit(dir, 'b');
    leaf.onRequest = (request) => request.answer(0, 0, ...parents);
    ask(graph, 'rmdir', new Loc(dir, root, 'dir'), 0, null);
    expect(xl.priv.dump().names).toBe(1);
    expect(xl.priv.has(root, 'dir')).toBe(true);
  });
});

describe('the cache of absent names', () => {
  test('expires a name within the last sixteenth of the timeout', async () => {
    const { context, isHit, root, xl } = await setUp({ timeout: '16' });
    isHit(root, 'a');
    context.advance(14_999);
    expect(isHit(root, 'a')).toBe(true);
    context.advance(1_000);
    isHit(root, 'b');
    context.advance(1);
    expect(xl.priv.dump()).toMatchObject({ names: 1, expired: 1 });
    expect(isHit(root, 'b')).toBe(true);
    context.advance(16_000);
    expect(xl.priv.dump()).toMatchObject({ names: 0, expired: 2 });
    expect(context.waiting).toBe(0);
  });

  test('expires a thousand names with one timer', async () => {
    const { context, isHit, root, xl } = await setUp({ timeout: '16' });
    for (let i = 0; i < 1000; i++) {
      isHit(root, `n${i}`);
      context.advance(1);
    }
    expect(context.waiting).toBe(1);
    context.advance(15_000);
    expect(xl.priv.dump()).toMatchObject({ names: 0, expired: 1000 });
  });

  test('stays empty with a timeout of 0', async () => {
    const { context, isHit, root, xl } = await setUp({ timeout: '0' });
    for (let i = 0; i < 2; i++) expect(isHit(root, 'a')).toBe(false);
    expect(xl.priv.dump()).toMatchObject({ names: 0, misses: 2 });
    expect(context.waiting).toBe(0);
  });

  test('expires a name also after a timeout longer than one timer can wait', async () => {
    const { context, isHit, root } = await setUp({ timeout: '10w' });
    isHit(root, 'a');
    const week = 7 * 86_400_000;
    context.advance(9 * week);
    expect(isHit(root, 'a')).toBe(true);
    context.advance(week);
    expect(isHit(root, 'a')).toBe(false);
  });

  test('evicts the oldest name beyond the limit', async () => {
    const { isHit, root, xl } = await setUp({ limit: '2' });
    for (const name of ['a', 'b', 'c']) isHit(root, name);
    expect(xl.priv.dump()).toMatchObject({ names: 2, evicted: 1 });
    expect(['a', 'b', 'c'].map((name) => xl.priv.has(root, name))).toEqual([false, true, true]);
  });

  test('obeys a reconfigured timeout and limit', async () => {
    const { context, isHit, root, xl } = await setUp();
    for (const name of ['a', 'b', 'c']) isHit(root, name);
    negative.reconfigure!(xl, { timeout: 60, 'kernel-timeout': 0, limit: 2 });
    expect(xl.priv.dump()).toMatchObject({ names: 2, evicted: 1 });
    negative.reconfigure!(xl, { timeout: 10, 'kernel-timeout': 0, limit: 2 });
    context.advance(10_000);
    expect(xl.priv.dump()).toMatchObject({ names: 0, expired: 2 });
    isHit(root, 'a');
    negative.reconfigure!(xl, { timeout: 0, 'kernel-timeout': 0, limit: 2 });
    expect(isHit(root, 'a')).toBe(false);
  });

  test('drops the names of a forgotten directory', async () => {
    const { graph, isHit, root, xl } = await setUp();
    const dir = linkDirectory(graph, 'dir', makeGfid(7));
    isHit(dir, 'a');
    isHit(root, 'b');
    graph.inodes.lruLimit = 0;
    graph.inodes.forget(dir, 0);
    expect(xl.priv.dump().names).toBe(1);
  });

  test('has no timer after the volume has ended', async () => {
    const { context, graph, isHit, root, xl } = await setUp();
    isHit(root, 'a');
    expect(context.waiting).toBe(1);
    await negative.fini!(xl);
    expect(context.waiting).toBe(0);
    await graph.stop();
    expect(xl.priv.dump().names).toBe(0);
  });
});

describe('events', () => {
  test.each<EventName>(['CHILD_UP', 'CHILD_DOWN', 'SOME_DESCENDENT_UP', 'UPCALL'])(
    '%s empties the cache of absent names, discards replies under way, and is passed on upwards',
    async (event) => {
      const { leaf, graph, isHit, lookup, root, xl } = await setUp();
      const seen: EventName[] = [];
      graph.top.master = (name) => void seen.push(name);
      isHit(root, 'a');
      leaf.onRequest = (request) => void leaf.requests.push(request);
      lookup(root, 'b');
      graph.xlators[0]!.notify(event, { gfid: ROOT_GFID });
      leaf.requests[0]!.answer(-1, ENOENT, null, null, null, null);
      expect(xl.priv.dump().names).toBe(0);
      expect(seen).toEqual([event]);
    },
  );

  test('UPCALL about a name removes it from the cache, and discards a reply about it under way', async () => {
    const { leaf, graph, isHit, lookup, root, xl } = await setUp();
    isHit(root, 'a');
    isHit(root, 'b');
    leaf.onRequest = (request) => void leaf.requests.push(request);
    lookup(root, 'c');
    invalidateEntry(graph.xlators[0]!, root, 'c');
    leaf.requests[0]!.answer(-1, ENOENT, null, null, null, null);
    invalidateEntry(graph.xlators[0]!, root, 'a');
    invalidateInode(graph.xlators[0]!, root);
    expect(xl.priv.dump().names).toBe(1);
    expect(isHit(root, 'b')).toBe(true);
  });

  test('CHILD_PING keeps the cached names', async () => {
    const { graph, isHit, root, xl } = await setUp();
    isHit(root, 'a');
    graph.xlators[0]!.notify('CHILD_PING', null);
    expect(xl.priv.dump().names).toBe(1);
  });
});
