import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ask,
  HeldLeaf,
  makeAttributes,
  makeGfid,
  type Reply,
  startGraph,
} from '../../../../test/support/core.ts';
import { anyHistories, World } from '../../../../test/support/performance.ts';
import { IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { invalidateInode } from '../../../core/upcall.ts';
import type { Translator } from '../../../core/xlator.ts';
import readAhead from './index.ts';

const translator = readAhead as unknown as Translator<unknown>;
const PAGE = 4096;
const fileOf = (size: number): Iatt =>
  Object.assign(makeAttributes(makeGfid(9), IA_IFREG), { iaSize: size });
const options = { 'page-size': '4KB', 'page-count': '3' };

test('every request gets the same reply with read-ahead as without it', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistories({ read: 12 }), async (steps) => {
      const turns: Record<string, string>[] = [{ 'pass-through': 'on' }, options];
      const stack = [{ translator, options }];
      const world = await World.start({ stack, turns, tells: true, timeoutMs: 2000 });
      for (const step of steps) world.step(step);
      world.settle();
    }),
    { numRuns: 50 },
  );
});

const BYTES = Uint8Array.from({ length: 32 * PAGE }, (_, at) => (at * 7 + (at >> 8)) % 251);

async function setUp(size: number) {
  const world = await World.start({ stack: [{ translator, options }], timeoutMs: 1 });
  const { graph, slow } = world;
  const inode = graph.inodes.newInode();
  const fd = new Fd(inode, 2, 1);
  const loc = new Loc(inode, graph.inodes.root, 'f');
  const made = ask(graph, 'create', loc, 2, 0o600, 0, fd, null);
  graph.inodes.link(inode, graph.inodes.root, 'f', made.values[2] as Iatt);
  const data = BYTES.slice(0, size);
  ask(graph, 'writev', fd, data, 0, 0, null);
  slow.requests.length = 0;
  const read = (offset: number, length: number) => ask(graph, 'readv', fd, length, offset, 0, null);
  const asked = () =>
    slow.requests.splice(0).map(({ name, args }) => `${name} ${args[1]}@${args[2]}`);
  const dump = () => readAhead.dump!(graph.top as never);
  return { world, graph, slow, fd, data, read, asked, dump };
}

test('read-ahead requests pages ahead after a page is read in sequence, up to the end of the file', async () => {
  const { read, asked, fd, dump } = await setUp(5 * PAGE + 100);
  read(0, PAGE);
  expect(asked()).toEqual([`readv ${PAGE}@0`, `readv ${PAGE}@${PAGE}`]);
  read(PAGE, PAGE);
  expect(asked()).toEqual([`readv ${PAGE}@${2 * PAGE}`, `readv ${PAGE}@${3 * PAGE}`]);
  for (let at = 2; at < 6; at++) read(at * PAGE, PAGE);
  expect(asked()).toEqual([`readv ${PAGE}@${4 * PAGE}`, `readv ${PAGE}@${5 * PAGE}`]);
  expect(dump()).toMatchObject({ hits: 5 });
  fd.release();
  expect(dump().bytes).toBe(0);
});

test('read-ahead requests as many bytes as the program reads at once, and no byte twice', async () => {
  const { read, asked, data } = await setUp(32 * PAGE);
  const large = 5 * PAGE;
  read(0, large);
  expect(asked()).toEqual([`readv ${large}@0`, `readv ${large}@${large}`]);
  read(large, large);
  expect(asked()).toEqual([`readv ${large}@${2 * large}`]);
  // A read past the requested part requests only the rest.
  const reply = read(2 * large, large + PAGE);
  expect(asked()[0]).toBe(`readv ${PAGE}@${3 * large}`);
  const want = data.slice(2 * large, 3 * large + PAGE);
  expect(Buffer.compare(reply.values[0] as Uint8Array, want)).toBe(0);
});

test('read-ahead requests whole pages from the second small read in sequence', async () => {
  const { read, asked, dump } = await setUp(5 * PAGE);
  for (let at = 0; at < 2 * PAGE; at += 512) read(at, 512);
  const ahead = [0, PAGE, 2 * PAGE].map((from) => `readv ${PAGE}@${from + 1024}`);
  expect(asked()).toEqual(['readv 512@0', 'readv 512@512', ...ahead]);
  expect(dump()).toMatchObject({ hits: 14 });
});

test('read-ahead stops while its reader has two reads in sequence under way', async () => {
  const { read, asked, slow } = await setUp(20 * PAGE);
  slow.quick = false;
  read(0, PAGE);
  read(PAGE, PAGE);
  expect(asked()).toEqual([`readv ${PAGE}@0`, `readv ${PAGE}@${PAGE}`]);
  slow.releaseAll();
  for (let at = 2; at < 6; at++) read(at * PAGE, PAGE);
  expect(asked()).toEqual([2, 3, 4, 5].map((at) => `readv ${PAGE}@${at * PAGE}`));
  slow.releaseAll();
  // Elsewhere in the file it begins anew.
  slow.quick = true;
  read(10 * PAGE, PAGE);
  read(11 * PAGE, PAGE);
  expect(asked().slice(0, 3)).toEqual([10, 11, 12].map((at) => `readv ${PAGE}@${at * PAGE}`));
});

test('read-ahead passes on a read out of sequence unchanged', async () => {
  const { read, asked } = await setUp(20 * PAGE);
  read(7 * PAGE + 5, 100);
  read(100, 50);
  expect(asked()).toEqual([`readv 100@${7 * PAGE + 5}`, 'readv 50@100']);
});

test("every read through read-ahead returns the file's data, in any order of the storage's replies", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 3 * PAGE }), { minLength: 5, maxLength: 15 });
  const orders = fc.array(fc.nat(7), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      sizes,
      orders,
      fc.nat(10),
      fc.boolean(),
      async (lengths, order, writeAt, waits) => {
        const { slow, data, read, graph, fd } = await setUp(6 * PAGE + 77);
        slow.quick = false;
        const replies: [Reply, Uint8Array][] = [];
        let offset = 0;
        for (const [nth, length] of lengths.entries()) {
          if (nth === writeAt) {
            slow.releaseAll();
            const written = new Uint8Array(9000).fill(nth);
            data.set(written, PAGE);
            ask(graph, 'writev', fd, written, PAGE, 0, null);
            slow.releaseAll();
          }
          replies.push([read(offset, length), data.slice(offset, offset + length)]);
          offset += length;
          for (const which of order.slice(4 * nth, 4 * nth + 4)) {
            slow.releaseWind(which);
            slow.releaseReply(which);
          }
          // Reads in turn, or several at once.
          while (waits && replies.at(-1)![0].count === 0) {
            slow.releaseWind(0);
            slow.releaseReply(0);
          }
        }
        slow.releaseAll();
        for (const [{ count, opRet, values }, want] of replies) {
          expect(count).toBe(1);
          expect(opRet).toBe(want.length);
          expect(Buffer.compare(values[0] as Uint8Array, want)).toBe(0);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('read-ahead does not use data requested before a change, even if it has no state of the file yet', async () => {
  const leaf = new HeldLeaf();
  const graph = await startGraph([{ translator: leaf.translator }, { translator, options }]);
  const { inodes } = graph;
  const inode = inodes.link(inodes.newInode(), inodes.root, 'f', fileOf(8 * PAGE))!;
  const fd = new Fd(inode, 0, 1);
  const answer = (fill: number): void => {
    for (const { args, answer: tell } of leaf.requests.splice(0)) {
      const data = new Uint8Array(args[1] as number).fill(fill);
      tell(data.length, 0, data, fileOf(8 * PAGE), null);
    }
  };
  ask(graph, 'readv', fd, PAGE, 0, 0, null);
  // Another client writes while the data read ahead is under way.
  invalidateInode(graph.xlators[0]!, inode);
  answer(1);
  const next = ask(graph, 'readv', fd, PAGE, PAGE, 0, null);
  answer(2);
  expect((next.values[0] as Uint8Array)[0]).toBe(2);
});
