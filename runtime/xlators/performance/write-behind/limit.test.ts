/** Memory of writes to many files at once, over a storage that does not reply. */
import { expect, test } from 'vitest';
import { ask, startGraph } from '../../../../test/support/core.ts';
import { SlowStorage } from '../../../../test/support/slow-storage.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { O_RDWR } from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Translator } from '../../../core/xlator.ts';
import memory from '../../storage/memory/index.ts';
import writeBehind from './index.ts';

type Any = Translator<unknown>;

const KB = 1024;
const WINDOW = 512 * KB;
const MOST = 64 * WINDOW;
/** The last write to a file waits for room in its own window. */
const SIZE = 128 * KB;
const WRITES = 4;
/** So many files exceed the common limit. */
const FILES = 100;

async function setUp() {
  const slow = new SlowStorage();
  const graph = await startGraph([
    { translator: memory as unknown as Any },
    { translator: slow.translator },
    { translator: writeBehind as unknown as Any, options: { 'cache-size': `${WINDOW}` } },
  ]);
  const { inodes } = graph;
  const fds = Array.from({ length: FILES }, (_, nth) => {
    const loc = new Loc(inodes.newInode(), inodes.root, `f${nth}`);
    const fd = new Fd(loc.inode!, O_RDWR, 1);
    const { values } = ask(graph, 'create', loc, O_RDWR, 0o600, 0, fd, null);
    inodes.link(loc.inode!, inodes.root, `f${nth}`, values[2] as Iatt);
    return fd;
  });
  slow.quick = false;
  const bytes = (): number => Number(writeBehind.dump!(graph.top as never).bytes);
  const write = (fd: Fd, nth: number) =>
    ask(graph, 'writev', fd, new Uint8Array(SIZE).fill(nth), nth * SIZE, 0, null);
  return { graph, slow, fds, bytes, write };
}

test('write-behind holds no more data of all files than its limit, and every write can be read back', async () => {
  const { graph, slow, fds, bytes, write } = await setUp();
  const replies = [];
  for (let nth = 0; nth < WRITES; nth++) {
    for (const fd of fds) {
      replies.push(write(fd, nth));
      expect(bytes()).toBeLessThanOrEqual(MOST);
    }
  }
  const answered = replies.filter(({ count }) => count > 0).length;
  expect(answered).toBeGreaterThan(MOST / SIZE / 2);
  expect(answered).toBeLessThan(FILES * (WRITES - 1));
  while (slow.waiting > 0) {
    slow.releaseWind(3);
    slow.releaseReply(1);
    slow.releaseWind(0);
    slow.releaseReply(0);
    expect(bytes()).toBeLessThanOrEqual(MOST);
  }
  for (const { count, opRet } of replies) expect([count, opRet]).toEqual([1, SIZE]);
  expect(bytes()).toBe(0);
  slow.quick = true;
  for (const fd of fds) {
    const read = ask(graph, 'readv', fd, WRITES * SIZE, 0, 0, null);
    const data = read.values[0] as Uint8Array;
    expect(data.length).toBe(WRITES * SIZE);
    for (let nth = 0; nth < WRITES; nth++) expect(data[nth * SIZE + 17]).toBe(nth);
  }
});

test('write-behind replies to a write at once again after the storage has replied to earlier ones', async () => {
  const { slow, fds, write } = await setUp();
  const fill = () => fds.flatMap((fd) => [write(fd, 0), write(fd, 1), write(fd, 2)]);
  expect(fill().at(-1)!.count).toBe(0);
  slow.releaseAll();
  expect(write(fds.at(-1)!, 0).count).toBe(1);
  slow.releaseAll();
});

test("a write that waits for its file's share of the memory is answered when an earlier one has ended", async () => {
  const { slow, fds, bytes, write } = await setUp();
  const replies = [0, 1, 2, 3].map((nth) => write(fds[0]!, nth));
  expect(replies.map(({ count }) => count)).toEqual([1, 1, 1, 0]);
  slow.releaseWind(0);
  slow.releaseReply(0);
  expect(replies[3]).toMatchObject({ count: 1, opRet: SIZE });
  slow.releaseAll();
  expect(bytes()).toBe(0);
});
