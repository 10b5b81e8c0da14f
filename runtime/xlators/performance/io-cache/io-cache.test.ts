import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ask, FakeContext, HeldLeaf, startGraph } from '../../../../test/support/core.ts';
import { anyHistories, World } from '../../../../test/support/performance.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Translator } from '../../../core/xlator.ts';
import memory from '../../storage/memory/index.ts';
import ioCache from './index.ts';

const translator = ioCache as unknown as Translator<unknown>;

test('a read through io-cache returns data that the file had between the request and the reply', async () => {
  const options = { 'cache-timeout': '60' };
  const turns: Record<string, string>[] = [
    { 'cache-timeout': '0' },
    { 'pass-through': 'on' },
    { ...options, 'min-file-size': '4B', 'max-file-size': '8B' },
    options,
  ];
  await fc.assert(
    fc.asyncProperty(anyHistories({ read: 12, open: 6 }), async (steps) => {
      const stack = [{ translator, options }];
      const world = await World.start({ stack, turns, tells: true, timeoutMs: 60_000 });
      for (const step of steps) world.step(step);
      world.settle();
    }),
    { numRuns: 60 },
  );
});

test('io-cache does not start if min-file-size is larger than max-file-size', async () => {
  const options = { 'min-file-size': '4KB' };
  const volumes = [{ translator: new HeldLeaf().translator }, { translator, options }];
  await expect(startGraph(volumes, new FakeContext())).rejects.toThrow(
    'min-file-size (4096 bytes)',
  );
});

test('reads across pages and past the end return the bytes of the file', async () => {
  const size = 3 * 128 * 1024 + 1000;
  const data = Uint8Array.from({ length: size }, (_, at) => (at * 7 + (at >> 8)) % 251);
  const range = fc.tuple(fc.nat(size + 5000), fc.integer({ min: 1, max: size }));
  await fc.assert(
    fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 12 }), async (ranges) => {
      const volumes = [{ translator: memory as unknown as Translator<unknown> }, { translator }];
      const graph = await startGraph(volumes, new FakeContext());
      const inode = graph.inodes.newInode();
      const fd = new Fd(inode, 2, 1);
      const loc = new Loc(inode, graph.inodes.root, 'f');
      const made = ask(graph, 'create', loc, 2, 0o600, 0, fd, null);
      graph.inodes.link(inode, graph.inodes.root, 'f', made.values[2] as Iatt);
      ask(graph, 'writev', fd, data, 0, 0, null);
      for (const [offset, length] of [...ranges, ...ranges]) {
        const { values } = ask(graph, 'readv', fd, length, offset, 0, null);
        const want = data.subarray(offset, offset + length);
        expect(Buffer.compare(values[0] as Uint8Array, want)).toBe(0);
      }
      expect(ioCache.dump!(graph.top as never).hits).toBeGreaterThan(0);
    }),
    { numRuns: 12 },
  );
});

test('io-cache counts the bytes of all cached pages and stays within cache-size, in any order of reads', async () => {
  const PAGE = 128 * 1024;
  const size = 64 * PAGE;
  const data = Uint8Array.from({ length: size }, (_, at) => at >> 17);
  const range = fc.tuple(fc.nat(size - 1), fc.integer({ min: 1, max: 8 * PAGE }));
  await fc.assert(
    fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 60 }), async (ranges) => {
      const volumes = [
        { translator: memory as unknown as Translator<unknown> },
        { translator, options: { 'cache-size': '4MB' } },
      ];
      const graph = await startGraph(volumes, new FakeContext());
      const inode = graph.inodes.newInode();
      const fd = new Fd(inode, 2, 1);
      const loc = new Loc(inode, graph.inodes.root, 'f');
      const made = ask(graph, 'create', loc, 2, 0o600, 0, fd, null);
      graph.inodes.link(inode, graph.inodes.root, 'f', made.values[2] as Iatt);
      ask(graph, 'writev', fd, data, 0, 0, null);
      const dump = () => ioCache.dump!(graph.top as never) as Record<string, number>;
      for (const [offset, length] of ranges) {
        const { values } = ask(graph, 'readv', fd, length, offset, 0, null);
        // The caller may change the data that it got.
        const got = values[0] as Uint8Array;
        expect(Buffer.compare(got, data.subarray(offset, offset + length))).toBe(0);
        got.fill(255);
        const { bytes, limit, pages } = dump();
        expect(bytes).toBeLessThanOrEqual(limit!);
        expect(bytes).toBeGreaterThanOrEqual(pages! * PAGE);
      }
      ask(graph, 'writev', fd, data.subarray(0, 1), 0, 0, null);
      expect(dump()).toMatchObject({ bytes: 0, pages: 0 });
    }),
    { numRuns: 15 },
  );
});

test('io-cache holds a file as large as cache-size, and counts a partly filled page as its data and 256 bytes', async () => {
  const PAGE = 128 * 1024;
  const volumes = [
    { translator: memory as unknown as Translator<unknown> },
    { translator, options: { 'cache-size': '4MB' } },
  ];
  const graph = await startGraph(volumes, new FakeContext());
  const made = (name: string, data: Uint8Array): Fd => {
    const inode = graph.inodes.newInode();
    const fd = new Fd(inode, 2, 1);
    const loc = new Loc(inode, graph.inodes.root, name);
    const { values } = ask(graph, 'create', loc, 2, 0o600, 0, fd, null);
    graph.inodes.link(inode, graph.inodes.root, name, values[2] as Iatt);
    ask(graph, 'writev', fd, data, 0, 0, null);
    return fd;
  };
  const dump = () => ioCache.dump!(graph.top as never) as Record<string, number>;
  const large = made('large', new Uint8Array(4 * 2 ** 20));
  for (let round = 0; round < 2; round++) {
    for (let at = 0; at < 4 * 2 ** 20; at += 2 ** 20)
      ask(graph, 'readv', large, 2 ** 20, at, 0, null);
  }
  expect(dump()).toMatchObject({ hits: 4, misses: 4, pages: 32, bytes: 32 * PAGE, evicted: 0 });
  ask(graph, 'writev', large, new Uint8Array(1), 0, 0, null);
  for (let nth = 0; nth < 10; nth++) {
    ask(graph, 'readv', made(`small${nth}`, new Uint8Array(1)), PAGE, 0, 0, null);
  }
  expect(dump()).toMatchObject({ pages: 10, bytes: 10 * 257 });
});
