/** A create that finds a known file with writes under way. */
import { expect, test } from 'vitest';
import { ask, type Reply, startGraph } from '../../../../test/support/core.ts';
import { SlowStorage } from '../../../../test/support/slow-storage.ts';
import { EEXIST, ENOSPC } from '../../../core/errno.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Translator } from '../../../core/xlator.ts';
import errorGen from '../../debug/error-gen/index.ts';
import memory from '../../storage/memory/index.ts';
import writeBehind from './index.ts';

type Any = Translator<unknown>;

/** A file with a second name, over a storage that handles requests when the test says so. */
async function setUp(failing: Readonly<Record<string, string>> = {}) {
  const slow = new SlowStorage();
  const graph = await startGraph([
    { translator: memory as unknown as Any },
    { translator: errorGen as unknown as Any, options: failing },
    { translator: slow.translator },
    { translator: writeBehind as unknown as Any },
  ]);
  const { inodes } = graph;
  const { root } = inodes;
  const inode = inodes.newInode();
  const first = new Fd(inode, O_RDWR, 1);
  const made = ask(graph, 'create', new Loc(inode, root, 'f'), O_RDWR, 0o600, 0, first, null);
  inodes.link(inode, root, 'f', made.values[2] as Iatt);
  ask(graph, 'link', new Loc(inode), new Loc(inode, root, 'other'), null);
  slow.requests.length = 0;
  slow.quick = false;

  const write = (length = 10): Reply =>
    ask(graph, 'writev', first, new Uint8Array(length).fill(65), 0, 0, null);
  /** @param flags besides O_CREAT */
  const create = (name: string, flags: number) => {
    const loc = new Loc(inodes.newInode(), root, name);
    const fd = new Fd(loc.inode!, flags | O_CREAT, 1);
    return { fd, reply: ask(graph, 'create', loc, flags | O_CREAT, 0o600, 0, fd, null) };
  };
  const size = (): number => {
    slow.releaseAll();
    slow.quick = true;
    return (ask(graph, 'stat', new Loc(inode), null).values[0] as Iatt).iaSize;
  };
  const sent = (): string => slow.requests.map(({ name }) => name).join(' ');
  return { graph, slow, first, inode, inodes, root, write, create, size, sent };
}

test.each([
  ['to write', O_WRONLY],
  ['to write and read', O_RDWR],
  ['to read', O_RDONLY],
])('a create with O_TRUNC %s leaves the file empty after an earlier write', async (_how, mode) => {
  const { slow, write, create, size } = await setUp();
  expect(write().opRet).toBe(10);
  const { reply } = create('other', mode | O_TRUNC);
  // The storage handles the create first.
  slow.releaseWind(1);
  slow.releaseReply(0);
  expect(reply.count).toBe(0);
  slow.releaseAll();
  expect([reply.count, reply.opRet]).toEqual([1, 0]);
  expect((reply.values[2] as Iatt).iaSize).toBe(0);
  expect(size()).toBe(0);
});

test('a create with O_TRUNC leaves the file empty when the write ends before the create', async () => {
  const { slow, write, create, size } = await setUp();
  expect(write().opRet).toBe(10);
  const { reply } = create('other', O_RDWR | O_TRUNC);
  slow.releaseWind(1);
  slow.releaseWind(0);
  // The reply to the write arrives first.
  slow.releaseReply(1);
  expect(reply.count).toBe(0);
  slow.releaseAll();
  expect((reply.values[2] as Iatt).iaSize).toBe(0);
  expect(size()).toBe(0);
});

test('data written after a create with O_TRUNC stays', async () => {
  const { graph, slow, inodes, root, write, create, size } = await setUp();
  write();
  const { fd, reply } = create('other', O_RDWR | O_TRUNC);
  slow.releaseAll();
  fd.moveTo(inodes.link(reply.values[1] as never, root, 'other', reply.values[2] as Iatt)!);
  expect(ask(graph, 'writev', fd, new Uint8Array(3).fill(66), 0, 0, null).opRet).toBe(3);
  expect(size()).toBe(3);
  const { values } = ask(graph, 'readv', fd, 100, 0, 0, null);
  expect(Buffer.from(values[0] as Uint8Array).toString()).toBe('BBB');
});

test("a create without O_TRUNC returns the file's size after all earlier writes", async () => {
  const { slow, write, create, size } = await setUp();
  write();
  const { reply } = create('other', O_RDWR);
  slow.releaseWind(1);
  slow.releaseReply(0);
  expect(reply.count).toBe(0);
  slow.releaseAll();
  expect([reply.count, (reply.values[2] as Iatt).iaSize]).toEqual([1, 10]);
  expect(size()).toBe(10);
});

test.each([
  ['a new file', 'new', O_TRUNC, 0],
  ['a new file with O_EXCL', 'new', O_TRUNC | O_EXCL, 0],
  ['an existing file with O_EXCL', 'other', O_TRUNC | O_EXCL, EEXIST],
])(
  'a create of %s does not wait for an earlier write, and sends no further request',
  async (_what, name, how, errno) => {
    const { slow, write, create, size, sent } = await setUp();
    write();
    const { reply } = create(name, O_RDWR | how);
    slow.releaseWind(1);
    slow.releaseReply(0);
    expect([reply.count, reply.opErrno]).toEqual([1, errno]);
    expect(size()).toBe(10);
    expect(sent()).toBe('writev create stat');
  },
);

test('a write lost before a create is reported by the fd that wrote, not by the fd of the create', async () => {
  const full = { failure: '100%', 'error-no': 'ENOSPC', enable: 'WRITE' };
  const { graph, slow, first, inodes, root, write, create } = await setUp(full);
  write();
  const { fd, reply } = create('other', O_RDWR | O_TRUNC);
  slow.releaseAll();
  slow.quick = true;
  fd.moveTo(inodes.link(reply.values[1] as never, root, 'other', reply.values[2] as Iatt)!);
  expect(reply.opRet).toBe(0);
  expect(ask(graph, 'fsync', fd, 0, null).opRet).toBe(0);
  expect(ask(graph, 'fsync', first, 0, null).opErrno).toBe(ENOSPC);
});

test('a create with O_TRUNC fails with the errno of the truncate that write-behind adds', async () => {
  const full = { failure: '100%', 'error-no': 'ENOSPC', enable: 'FTRUNCATE' };
  const { slow, write, create } = await setUp(full);
  write();
  const { reply } = create('other', O_RDWR | O_TRUNC);
  slow.releaseAll();
  expect([reply.count, reply.opRet, reply.opErrno]).toEqual([1, -1, ENOSPC]);
});
