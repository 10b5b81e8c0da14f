/** Writes that fail after their reply: the fds that report the error, and for how long. */
import { expect, test } from 'vitest';
import { ask, HeldLeaf, startGraph } from '../../../../test/support/core.ts';
import { SlowStorage } from '../../../../test/support/slow-storage.ts';
import { EIO, ENOSPC } from '../../../core/errno.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { O_APPEND, O_CREAT, O_RDWR } from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Translator } from '../../../core/xlator.ts';
import errorGen from '../../debug/error-gen/index.ts';
import memory from '../../storage/memory/index.ts';
import openBehind from '../open-behind/index.ts';
import writeBehind from './index.ts';

const FULL = { failure: '100%', 'error-no': 'ENOSPC', enable: 'WRITE' };

/** A file over a full, slow storage. @param above translators above write-behind */
async function setUp(above: readonly { translator: unknown }[] = []) {
  const slow = new SlowStorage();
  const volumes = [
    { translator: memory },
    { translator: errorGen, options: FULL },
    { translator: slow.translator },
    { translator: writeBehind },
    ...above,
  ];
  const graph = await startGraph(
    volumes as unknown as { translator: Translator<unknown>; options?: Record<string, string> }[],
  );
  const { inodes, top } = graph;
  const { root } = inodes;
  const inode = inodes.newInode();
  const first = new Fd(inode, O_RDWR, 1);
  const made = ask(graph, 'create', new Loc(inode, root, 'f'), O_RDWR, 0o600, 0, first, null);
  inodes.link(inode, root, 'f', made.values[2] as Iatt);
  const open = (flags = O_RDWR): Fd => {
    const fd = new Fd(inode, flags, 1);
    ask(graph, 'open', new Loc(inode), flags, fd, null);
    return fd;
  };
  /** 0 for a success. */
  const write = (fd: Fd): number => {
    const reply = ask(graph, 'writev', fd, new Uint8Array(10), 0, 0, null);
    return reply.opRet < 0 ? reply.opErrno : 0;
  };
  const lose = (fd: Fd): void => {
    slow.quick = false;
    expect(write(fd)).toBe(0);
    slow.releaseAll();
    slow.quick = true;
  };
  const fsync = (fd: Fd): number => {
    const reply = ask(graph, 'fsync', fd, 0, null);
    return reply.opRet < 0 ? reply.opErrno : 0;
  };
  const holds = () => writeBehind.holds!(top as never);
  return { graph, inodes, root, inode, first, open, write, lose, fsync, holds };
}

test('an fd, and its replacement after O_APPEND was cleared, report each lost write once in all', async () => {
  const { inode, open, write, lose, fsync } = await setUp();
  const appends = open(O_RDWR | O_APPEND);
  /** The fd that the mount uses after a program has cleared O_APPEND. */
  const standIn = (): Fd => new Fd(inode, O_RDWR, 1, false, appends);
  lose(standIn());
  expect(write(standIn())).toBe(ENOSPC);
  expect(fsync(appends)).toBe(0);
  lose(standIn());
  expect(fsync(appends)).toBe(ENOSPC);
  lose(standIn());
  expect([write(standIn()), fsync(appends)]).toEqual([ENOSPC, 0]);
});

test('the fd of a later create does not report an earlier lost write', async () => {
  const { graph, inodes, root, first, inode, lose, fsync } = await setUp();
  lose(first);
  const loc = new Loc(inodes.newInode(), root, 'f');
  const later = new Fd(loc.inode!, O_RDWR | O_CREAT, 1);
  const { opRet, values } = ask(graph, 'create', loc, O_RDWR | O_CREAT, 0o600, 0, later, null);
  expect(opRet).toBe(0);
  later.moveTo(inodes.link(loc.inode!, root, 'f', values[2] as Iatt)!);
  expect(later.inode).toBe(inode);
  expect([fsync(later), fsync(first), fsync(later)]).toEqual([0, ENOSPC, 0]);
  lose(first);
  expect([fsync(later), fsync(first), fsync(later)]).toEqual([ENOSPC, ENOSPC, 0]);
});

test("an fd that open-behind opens late reports writes lost since the program's open", async () => {
  const { first, open, write, lose, fsync } = await setUp([{ translator: openBehind }]);
  const [writes, syncs] = [open(), open()];
  lose(first);
  const later = open();
  expect([fsync(later), fsync(syncs), fsync(syncs)]).toEqual([0, ENOSPC, 0]);
  expect([write(writes), fsync(writes), fsync(first)]).toEqual([ENOSPC, 0, ENOSPC]);
});

test('a volume keeps a write error until every open fd has reported it or is closed', async () => {
  const { first, open, lose, fsync, holds } = await setUp();
  const second = open();
  expect(holds()).toBe(null);
  lose(second);
  expect(holds()).toBe('write error of /f');
  const later = open();
  fsync(first);
  expect(holds()).not.toBe(null);
  first.release();
  later.release();
  expect(holds()).not.toBe(null);
  fsync(second);
  expect(holds()).toBe(null);
  lose(second);
  expect(holds()).not.toBe(null);
  second.release();
  expect(holds()).toBe(null);
});

test('write-behind over a fast storage returns the length of a short write, ENOSPC for the next one, and EIO for one that writes nothing', async () => {
  const leaf = new HeldLeaf();
  const graph = await startGraph([
    { translator: leaf.translator },
    { translator: writeBehind as unknown as Translator<unknown> },
  ]);
  let room = 6;
  leaf.onRequest = ({ args, answer }) => {
    const { length } = args[1] as Uint8Array;
    const fits = Math.min(length, room);
    room -= fits;
    if (fits > 0) answer(fits, 0, null, null, null);
    else answer(-1, ENOSPC, null, null, null);
  };
  const fd = new Fd(graph.inodes.newInode(), O_RDWR, 1);
  const write = () => ask(graph, 'writev', fd, new Uint8Array(10), 0, 0, null);
  expect(write()).toMatchObject({ opRet: 6, opErrno: 0 });
  expect(write()).toMatchObject({ opRet: -1, opErrno: ENOSPC });
  leaf.onRequest = ({ answer }) => answer(0, 0, null, null, null);
  expect(write()).toMatchObject({ opRet: -1, opErrno: EIO });
});
