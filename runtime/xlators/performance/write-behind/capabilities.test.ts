/** A write removes a program's capabilities: getxattr must not return them after the write's reply. */
import { expect, test } from 'vitest';
import { ask, type Reply, startGraph } from '../../../../test/support/core.ts';
import { SlowStorage } from '../../../../test/support/slow-storage.ts';
import { Dict } from '../../../core/dict.ts';
import { ENODATA } from '../../../core/errno.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { O_RDWR } from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Translator } from '../../../core/xlator.ts';
import memory from '../../storage/memory/index.ts';
import writeBehind from './index.ts';

const CAPABILITY = 'security.capability';
const OTHER = 'user.other';

async function setUp(names: readonly string[]) {
  const slow = new SlowStorage();
  const graph = await startGraph([
    { translator: memory as unknown as Translator<unknown> },
    { translator: slow.translator },
    { translator: writeBehind as unknown as Translator<unknown> },
  ]);
  const { inodes } = graph;
  const { root } = inodes;
  const inode = inodes.newInode();
  const fd = new Fd(inode, O_RDWR, 1);
  const made = ask(graph, 'create', new Loc(inode, root, 'f'), O_RDWR, 0o700, 0, fd, null);
  inodes.link(inode, root, 'f', made.values[2] as Iatt);
  const dict = new Dict();
  for (const name of names) dict.set(name, new Uint8Array(20));
  ask(graph, 'setxattr', new Loc(inode), dict, 0, null);
  slow.quick = false;
  expect(ask(graph, 'writev', fd, new Uint8Array(10), 0, 0, null).opRet).toBe(10);
  const byName = (name: string | null): Reply => ask(graph, 'getxattr', new Loc(inode), name, null);
  const byFd = (name: string | null): Reply => ask(graph, 'fgetxattr', fd, name, null);
  return { slow, byName, byFd };
}

/** Lets the getxattr reach the storage before the write. */
const overtake = (slow: SlowStorage): void => {
  slow.releaseWind(1);
  slow.releaseReply(0);
};

test.each(['byName', 'byFd'] as const)(
  'a getxattr of security.capability (%s) after a write returns ENODATA, even if the storage gets it first',
  async (how) => {
    const { slow, [how]: get } = await setUp([CAPABILITY]);
    const reply = get(CAPABILITY);
    overtake(slow);
    expect(reply.count).toBe(0);
    slow.releaseAll();
    expect([reply.count, reply.opErrno]).toEqual([1, ENODATA]);
  },
);

test.each(['byName', 'byFd'] as const)(
  'a list of all attributes (%s) lacks security.capability after a write, even if the storage gets it first',
  async (how) => {
    const { slow, [how]: get } = await setUp([CAPABILITY, OTHER]);
    const reply = get(null);
    overtake(slow);
    expect(reply.count).toBe(0);
    slow.releaseAll();
    const names = [...(reply.values[0] as Dict).keys()];
    expect([reply.count, names.includes(CAPABILITY), names.includes(OTHER)]).toEqual([
      1,
      false,
      true,
    ]);
  },
);

test('a value of security.capability read before a write is discarded when it arrives after the write', async () => {
  const { slow, byName } = await setUp([CAPABILITY]);
  const reply = byName(CAPABILITY);
  slow.releaseWind(1);
  slow.releaseWind(0);
  slow.releaseReply(1);
  slow.releaseAll();
  expect([reply.count, reply.opErrno]).toEqual([1, ENODATA]);
});

test('a getxattr of another or an absent attribute does not wait for the write', async () => {
  const { slow, byName, byFd } = await setUp([OTHER]);
  const replies = [byName(OTHER), byFd(OTHER)];
  for (const get of [byName, byFd]) replies.push(get(CAPABILITY), get(null));
  while (replies.some(({ count }) => count === 0)) overtake(slow);
  expect(slow.waiting).toBe(1);
  expect(replies.map(({ opErrno }) => opErrno)).toEqual([0, 0, ENODATA, 0, ENODATA, 0]);
});
