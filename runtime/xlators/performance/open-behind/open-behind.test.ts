import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ask,
  FakeContext,
  HeldLeaf,
  makeAttributes,
  makeGfid,
  startGraph,
} from '../../../../test/support/core.ts';
import { anyHistories, World } from '../../../../test/support/performance.ts';
import { EACCES, ESTALE } from '../../../core/errno.ts';
import { IA_IFREG } from '../../../core/iatt.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Translator } from '../../../core/xlator.ts';
import openBehind from './index.ts';

const translator = openBehind as unknown as Translator<unknown>;

test('every request gets the same reply with open-behind as without it', async () => {
  const turns: Record<string, string>[] = [
    { 'lazy-open': 'off' },
    { 'use-anonymous-fd': 'on', 'read-after-open': 'off' },
    { 'pass-through': 'on' },
    {},
  ];
  await fc.assert(
    fc.asyncProperty(anyHistories({ open: 9, unlink: 3, rename: 3, flush: 3 }), async (steps) => {
      const world = await World.start({ stack: [{ translator }], turns, timeoutMs: 1 });
      for (const step of steps) world.step(step);
      world.settle();
      expect(openBehind.dump!(world.top as never).pending).toBe(0);
    }),
    { numRuns: 60 },
  );
});

async function setUp(options: Record<string, string> = {}) {
  const leaf = new HeldLeaf();
  const graph = await startGraph(
    [{ translator: leaf.translator }, { translator, options }],
    new FakeContext(),
  );
  const { inodes } = graph;
  const buf = makeAttributes(makeGfid(1), IA_IFREG);
  const inode = inodes.link(inodes.newInode(), inodes.root, 'f', buf)!;
  const open = (flags = 2) => {
    const fd = new Fd(inode, flags, 1);
    return { fd, reply: ask(graph, 'open', new Loc(inode, inodes.root, 'f'), flags, fd, null) };
  };
  const names = () => leaf.requests.map(({ name }) => name);
  return { leaf, graph, inode, open, names };
}

describe('an open through open-behind', () => {
  test('does not reach the storage if its file is never used', async () => {
    const { graph, open, names } = await setUp();
    const { fd, reply } = open();
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(ask(graph, 'flush', fd, null)).toMatchObject({ count: 1, opRet: 0 });
    fd.release();
    expect(names()).toEqual([]);
    expect(openBehind.dump!(graph.top as never)).toMatchObject({
      opens: 1,
      late: 0,
      unused: 1,
      pending: 0,
    });
  });

  test('reaches the storage with the first use, and later requests wait for it', async () => {
    const { leaf, graph, open, names } = await setUp();
    const { fd } = open();
    ask(graph, 'readv', fd, 10, 0, 0, null);
    ask(graph, 'fstat', fd, null);
    expect(names()).toEqual(['open']);
    // Released before the reply: the waiting requests keep the fd.
    fd.release();
    leaf.requests.shift()!.answer(0, 0, fd, null);
    expect(names()).toEqual(['readv', 'fstat']);
  });

  test('gives its errno to every request on its fd if it fails after the program got its reply', async () => {
    const { leaf, graph, open } = await setUp();
    const { fd } = open();
    const replies = [ask(graph, 'readv', fd, 10, 0, 0, null), ask(graph, 'fstat', fd, null)];
    leaf.requests.shift()!.answer(-1, EACCES, null, null);
    replies.push(ask(graph, 'flush', fd, null), ask(graph, 'fsync', fd, 0, null));
    for (const reply of replies) {
      expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EACCES });
    }
    expect(leaf.requests).toEqual([]);
  });

  test('is sent before an unlink of its file', async () => {
    const { leaf, graph, inode, open, names } = await setUp();
    const { fd } = open();
    const loc = new Loc(inode, graph.inodes.root, 'f');
    ask(graph, 'unlink', loc, 0, null);
    expect(names()).toEqual(['open']);
    leaf.requests.shift()!.answer(0, 0, fd, null);
    expect(names()).toEqual(['unlink']);
  });

  test('with O_TRUNC is sent at once, and the caller waits', async () => {
    const { open, names } = await setUp();
    const { reply } = open(0o1002);
    expect(names()).toEqual(['open']);
    expect(reply.count).toBe(0);
  });

  test("with lazy-open off is sent at once with the caller's identity, and the caller does not wait", async () => {
    const { leaf, open } = await setUp({ 'lazy-open': 'off' });
    const { reply } = open();
    expect(reply.count).toBe(1);
    expect(leaf.requests[0]!.frame.root).toMatchObject({ uid: 0, pid: 1, op: 'OPEN' });
  });
});

test('with use-anonymous-fd, reads and fstat reach the storage without an open', async () => {
  const { graph, open, names } = await setUp({
    'use-anonymous-fd': 'on',
    'read-after-open': 'off',
  });
  const { fd } = open();
  ask(graph, 'fstat', fd, null);
  ask(graph, 'readv', fd, 10, 0, 0, null);
  expect(names()).toEqual(['fstat', 'readv']);
});

describe('an opendir through open-behind', () => {
  /** A directory over a storage that lists an unopened one, or does not. */
  async function setUpDirectory(listsUnopened: boolean) {
    const leaf = new HeldLeaf();
    const graph = await startGraph(
      [{ translator: { ...leaf.translator, listsUnopened } }, { translator }],
      new FakeContext(),
    );
    const { inodes } = graph;
    const inode = inodes.link(inodes.newInode(), inodes.root, 'd', makeAttributes(makeGfid(1)))!;
    const loc = new Loc(inode, inodes.root, 'd');
    const fd = new Fd(inode, 0, 1, true);
    expect(ask(graph, 'opendir', loc, fd, null)).toMatchObject({ count: 1, opRet: 0 });
    expect(leaf.requests).toEqual([]);
    const names = () => leaf.requests.map(({ name }) => name);
    const answer = (name: string, opRet: number, opErrno: number, ...reply: readonly unknown[]) => {
      const index = leaf.requests.findIndex((request) => request.name === name);
      leaf.requests.splice(index, 1)[0]!.answer(opRet, opErrno, ...reply);
    };
    return { graph, loc, fd, names, answer };
  }

  test('does not reach the storage if the directory is never used', async () => {
    const { graph, fd, names } = await setUpDirectory(true);
    fd.release();
    expect(names()).toEqual([]);
    expect(openBehind.dump!(graph.top as never)).toMatchObject({ opens: 1, unused: 1, pending: 0 });
  });

  test('comes before the first listing, and before other requests on the directory', async () => {
    const { graph, fd, names, answer } = await setUpDirectory(false);
    const replies = [
      ask(graph, 'readdirp', fd, 4096, 0, null),
      ask(graph, 'readdir', fd, 4096, 0, null),
      ask(graph, 'fsyncdir', fd, 0, null),
    ];
    expect(names()).toEqual(['opendir']);
    answer('opendir', 0, 0, fd, null);
    expect(names()).toEqual(['readdirp', 'readdir', 'fsyncdir']);
    answer('readdirp', 0, 0, [], null);
    expect(replies.map(({ count }) => count)).toEqual([1, 0, 0]);
    ask(graph, 'readdirp', fd, 4096, 0, null);
    expect(names()).toEqual(['readdir', 'fsyncdir', 'readdirp']);
  });

  type Answer = readonly [name: string, opRet: number, opErrno: number, ...unknown[]];
  const [listed, refused]: readonly [Answer, Answer] = [
    ['readdirp', 0, 0, [], null],
    ['readdirp', -1, ESTALE, null, null],
  ];
  const opened: Answer = ['opendir', 0, 0, null, null];
  test.each([
    ['the open', opened, listed],
    ['the listing', listed, opened],
  ])(
    'goes down together with the first listing where the storage allows it: %s is answered first',
    async (_which, first, second) => {
      const { graph, fd, names, answer } = await setUpDirectory(true);
      const reply = ask(graph, 'readdirp', fd, 4096, 0, null);
      expect(names()).toEqual(['opendir', 'readdirp']);
      answer(...first);
      expect(reply.count).toBe(0);
      answer(...second);
      expect(reply).toMatchObject({ count: 1, opRet: 0 });
      expect(names()).toEqual([]);
    },
  );

  test.each([
    ['the open', opened, refused],
    ['the listing', refused, opened],
  ])(
    'is followed by another listing if the first one failed: %s is answered first',
    async (_which, first, second) => {
      const { graph, fd, names, answer } = await setUpDirectory(true);
      const reply = ask(graph, 'readdirp', fd, 4096, 0, null);
      answer(...first);
      answer(...second);
      expect([reply.count, names()]).toEqual([0, ['readdirp']]);
      answer(...listed);
      expect(reply).toMatchObject({ count: 1, opRet: 0 });
    },
  );

  test.each([true, false])(
    'fails every listing if it fails (listed while it is opened: %s)',
    async (listsUnopened) => {
      const { graph, fd, names, answer } = await setUpDirectory(listsUnopened);
      const replies = [ask(graph, 'readdirp', fd, 4096, 0, null)];
      if (listsUnopened) answer(...listed);
      answer('opendir', -1, EACCES, null, null);
      replies.push(ask(graph, 'readdir', fd, 4096, 0, null));
      for (const reply of replies)
        expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EACCES });
      expect(names()).toEqual([]);
    },
  );

  test('comes before the removal of the directory', async () => {
    const { graph, loc, fd, names, answer } = await setUpDirectory(true);
    ask(graph, 'rmdir', loc, 0, null);
    expect(names()).toEqual(['opendir']);
    answer('opendir', 0, 0, fd, null);
    expect(names()).toEqual(['rmdir']);
  });

  test('comes before fstat, though other opens need not with use-anonymous-fd', async () => {
    const { graph, fd, names } = await setUpDirectory(true);
    openBehind.reconfigure!(
      graph.top as never,
      { ...(graph.top.priv as { values: object }).values, 'use-anonymous-fd': true } as never,
    );
    ask(graph, 'fstat', fd, null);
    expect(names()).toEqual(['opendir']);
  });
});
