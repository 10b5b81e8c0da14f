import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ask, makeLoc, makeTranslator } from '../../../../test/support/core.ts';
import { anyHistories, World, type WorldSettings } from '../../../../test/support/performance.ts';
import { EACCES, EBADF, ENOENT, ENOTCONN } from '../../../core/errno.ts';
import { fail, tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Dirent } from '../../../core/iatt.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Cbk, Translator } from '../../../core/xlator.ts';
import readdirAhead from './index.ts';

const translator = readdirAhead as unknown as Translator<unknown>;

test.each([false, true])(
  'a listing through readdir-ahead has only entries that the directory had since its opendir (listed while it is being opened: %s)',
  async (listsUnopened) => {
    const turns: Record<string, string>[] = [{ 'pass-through': 'on' }, {}];
    const weights = { readdirp: 8, create: 5, unlink: 4, rename: 4, link: 3 };
    await fc.assert(
      fc.asyncProperty(anyHistories(weights), async (steps) => {
        const world = await World.start({
          stack: [{ translator }],
          turns,
          tells: true,
          listsUnopened,
          timeoutMs: 1,
        });
        for (const step of steps) world.step(step);
        world.settle();
        expect(readdirAhead.dump!(world.top as never).bytes).toBe(0);
      }),
      { numRuns: 60 },
    );
  },
);

const options = { 'rda-request-size': '4KB', 'rda-high-wmark': '8KB' };

interface Layer {
  readonly translator: Translator<unknown>;
  readonly options?: Record<string, string>;
}

async function setUp(
  names: number,
  stack: Layer[] = [{ translator, options }],
  settings: Partial<WorldSettings> = {},
) {
  const world = await World.start({ stack, timeoutMs: 1, ...settings });
  const { graph, slow } = world;
  const { root } = graph.inodes;
  for (let at = 0; at < names; at++) {
    ask(graph, 'mknod', makeLoc(root, `name-${at}`), 0o100644, 0, 0, null);
  }
  slow.requests.length = 0;
  const fd = new Fd(root, 0, 1, true);
  ask(graph, 'opendir', new Loc(root), fd, null);
  const readdir = (fop: 'readdir' | 'readdirp', size: number, offset: number) => {
    const { opRet, values } = ask(graph, fop, fd, size, offset, null);
    expect(opRet).toBe((values[0] as Dirent[]).length);
    return values[0] as readonly Dirent[];
  };
  const asked = () => slow.requests.splice(0).map(({ name, args }) => `${name} ${args[2] ?? ''}`);
  return { world, graph, slow, root, fd, readdir, asked };
}

test.each([1, 2, 3, 5])(
  'a listing through readdir-ahead has every name although reading ahead for the %sth time failed',
  async (failing) => {
    let count = 0;
    const lossy = makeTranslator('lossy', {
      readdirp: (frame, xl, ...args) => {
        count += 1;
        if (count === failing) unwind.readdirp(frame, -1, ENOTCONN, null, null);
        else tail.readdirp(frame, xl.children[0]!, ...args);
      },
    });
    const { readdir } = await setUp(200, [{ translator: lossy }, { translator, options }]);
    const names: string[] = [];
    for (let offset = 0, turns = 0; turns < 1000; turns++) {
      const entries = readdir('readdirp', 1024, offset);
      if (entries.length === 0) break;
      names.push(...entries.map(({ name }) => name));
      offset = Number(entries.at(-1)!.off);
    }
    expect(count).toBeGreaterThan(failing);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith('name-'))).toHaveLength(200);
  },
);

test('a directory that cannot be listed fails with the errno of the volume below', async () => {
  let count = 0;
  const refusing = makeTranslator('refusing', {
    readdirp: (frame) => {
      count += 1;
      if (count > 100) throw new Error('it is asked again and again');
      fail.readdirp(frame, ENOTCONN);
    },
  });
  const { graph, fd } = await setUp(3, [{ translator: refusing }, { translator, options }]);
  for (let time = 0; time < 3; time++)
    expect(ask(graph, 'readdirp', fd, 4096, 0, null)).toMatchObject({
      ...{ count: 1, opRet: -1, opErrno: ENOTCONN },
    });
});

test.each(['readdir', 'readdirp'] as const)(
  '%s through readdir-ahead returns each name once and in order',
  async (fop) => {
    const { graph, readdir, fd } = await setUp(300);
    for (let round = 0; round < 2; round++) {
      const names: string[] = [];
      let offset = 0;
      for (;;) {
        const entries = readdir(fop, 1000 + 500 * (names.length % 7), offset);
        if (entries.length === 0) break;
        names.push(...entries.map(({ name }) => name));
        offset = entries.at(-1)!.off;
        expect(Number(readdirAhead.dump!(graph.top as never).bytes)).toBeLessThan(8192 + 4096);
      }
      expect(names.filter((name) => name.startsWith('name-')).sort()).toEqual(
        Array.from({ length: 300 }, (_, at) => `name-${at}`).sort(),
      );
    }
    fd.release();
    expect(readdirAhead.dump!(graph.top as never).bytes).toBe(0);
  },
);

test('readdir-ahead requests entries up to its high mark, and drops them when the directory changes', async () => {
  const { graph, root, readdir, asked } = await setUp(100);
  expect(asked().map((each) => each.split(' ')[0])).toEqual([
    'opendir',
    'readdirp',
    'readdirp',
    'readdirp',
  ]);
  const first = readdir('readdirp', 4000, 0);
  expect(asked()).toEqual([]);
  ask(graph, 'unlink', makeLoc(root, 'name-40'), 0, null);
  ask(graph, 'mknod', makeLoc(root, 'new'), 0o100644, 0, 0, null);
  asked();
  const names: string[] = first.map(({ name }) => name);
  let offset = first.at(-1)!.off;
  for (let entries = readdir('readdirp', 4000, offset); entries.length > 0; ) {
    names.push(...entries.map(({ name }) => name));
    offset = entries.at(-1)!.off;
    entries = readdir('readdirp', 4000, offset);
  }
  expect(names).not.toContain('name-40');
  expect(names).toContain('new');
});

test('readdir-ahead requests no more entries after those that the storage marked as the last', async () => {
  const saying = makeTranslator('saying', {
    readdirp: (frame, xl, ...args) => wind.readdirp(frame, 0, lastCbk, xl.children[0]!, ...args),
  });
  // The storage marks no end, so the test's translator does.
  const lastCbk: Cbk<'readdirp', unknown> = (frame, _c, _xl, opRet, _errno, entries, xdata) => {
    const isLast = entries?.some(({ name }) => name === 'name-9') === true;
    unwind.readdirp(frame, opRet, isLast ? ENOENT : 0, entries, xdata);
  };
  const stack = [{ translator: saying }, { translator, options }];
  const { readdir, asked, graph } = await setUp(10, stack);
  const listed = ['opendir', 'readdirp'];
  expect(asked().map((each) => each.split(' ')[0])).toEqual(listed);
  const entries = readdir('readdirp', 8192, 0);
  expect(entries.filter(({ name }) => name.startsWith('name-'))).toHaveLength(10);
  expect(readdir('readdirp', 8192, entries.at(-1)!.off)).toEqual([]);
  expect(asked()).toEqual([]);
  // A new name shows when the listing restarts.
  ask(graph, 'mknod', makeLoc(graph.inodes.root, 'name-99'), 0o100644, 0, 0, null);
  asked();
  expect(readdir('readdirp', 8192, 0).map(({ name }) => name)).toContain('name-99');
});

test('the dump of readdir-ahead counts each reply as a hit, or as a miss if it waited for the storage', async () => {
  const { fd, graph, slow, world } = await setUp(300);
  slow.quick = false;
  let asked = 0;
  for (let offset = 0, isOver = false; !isOver; asked++) {
    const reply = ask(graph, 'readdirp', fd, 4096, offset, null);
    if (reply.count === 0) slow.releaseAll();
    const entries = reply.values[0] as readonly Dirent[];
    isOver = entries.length === 0;
    offset = entries.at(-1)?.off ?? offset;
  }
  const { hits, misses } = readdirAhead.dump!(world.top as never);
  expect(Number(hits) + Number(misses)).toBe(asked);
  expect(Number(misses)).toBeGreaterThan(0);
});

describe('a directory that is being opened', () => {
  const settings = { listsUnopened: true };
  /** Opens the root over a storage that answers when told. */
  async function setUpOpening(stack?: Layer[]) {
    const rig = await setUp(10, stack, settings);
    const { graph, slow, root, fd, asked } = rig;
    fd.release();
    asked();
    slow.quick = false;
    const openingFd = new Fd(root, 0, 1, true);
    const opened = ask(graph, 'opendir', new Loc(root), openingFd, null);
    const list = () => ask(graph, 'readdirp', openingFd, 8192, 0, null);
    const readBytes = () => Number(readdirAhead.dump!(graph.top as never).bytes);
    return { ...rig, openingFd, opened, list, readBytes };
  }
  const bothAsked = ['opendir ', 'readdirp 0'];

  test('is listed at the same time, and the opendir ends when it would without', async () => {
    const { asked, opened, slow, list, openingFd, readBytes } = await setUpOpening();
    expect(asked()).toEqual(bothAsked);
    // The listing's reply comes first.
    slow.releaseWind(1);
    slow.releaseReply(0);
    expect([opened.count, readBytes() > 0]).toEqual([0, true]);
    slow.releaseAll();
    expect([opened.count, opened.opRet]).toEqual([1, 0]);
    const listed = list();
    expect([listed.count, (listed.values[0] as Dirent[]).length]).toEqual([1, 12]);
    expect(asked()).toEqual([]);
    openingFd.release();
    expect(readBytes()).toBe(0);
  });

  test('is listed by a request that waits for the entries asked for before its opendir', async () => {
    const { asked, opened, slow, list } = await setUpOpening();
    slow.releaseWind(0);
    slow.releaseReply(0);
    expect(opened.opRet).toBe(0);
    const listed = list();
    expect(listed.count).toBe(0);
    slow.releaseAll();
    expect([listed.count, (listed.values[0] as Dirent[]).length]).toEqual([1, 12]);
    expect(asked()).toEqual(bothAsked);
  });

  test('keeps no entries if its opendir fails', async () => {
    const refusing = makeTranslator('refusing', {
      opendir: (frame, xl, ...args) => wind.opendir(frame, 0, refuseCbk, xl.children[0]!, ...args),
    });
    const refuseCbk: Cbk<'opendir', unknown> = (frame) => fail.opendir(frame, EACCES);
    const { slow, opened, openingFd, readBytes, asked } = await setUpOpening([
      { translator: { ...refusing, listsUnopened: true } },
      { translator, options },
    ]);
    expect(asked()).toEqual(bothAsked);
    slow.releaseAll();
    expect([opened.opRet, opened.opErrno]).toEqual([-1, EACCES]);
    openingFd.release();
    expect([slow.waiting, readBytes()]).toEqual([0, 0]);
  });

  test('is listed again if the listing before its opendir failed', async () => {
    let failures = 0;
    const refusing = makeTranslator('refusing', {
      readdirp: (frame, xl, ...args) => {
        failures += 1;
        if (failures === 1) unwind.readdirp(frame, -1, EBADF, null, null);
        else tail.readdirp(frame, xl.children[0]!, ...args);
      },
    });
    const { slow, opened, list } = await setUpOpening([
      { translator: refusing },
      { translator, options },
    ]);
    slow.releaseAll();
    expect(opened.opRet).toBe(0);
    const listed = list();
    slow.releaseAll();
    expect((listed.values[0] as Dirent[]).length).toBe(12);
  });

  test('is not listed before its opendir if a volume below needs the open directory', async () => {
    const opening = makeTranslator('opening', {
      opendir: (frame, xl, ...args) => tail.opendir(frame, xl.children[0]!, ...args),
    });
    const { asked } = await setUpOpening([{ translator: opening }, { translator, options }]);
    expect(asked()).toEqual(['opendir ']);
  });
});
