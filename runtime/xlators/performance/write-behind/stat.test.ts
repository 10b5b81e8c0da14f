/** A stat of a file whose writes are under way: the reply to a write answers it only if that shows all that was answered. */
import { expect, test } from 'vitest';
import { ask, type Reply, startGraph } from '../../../../test/support/core.ts';
import { SlowStorage } from '../../../../test/support/slow-storage.ts';
import { Dict } from '../../../core/dict.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { Iatt } from '../../../core/iatt.ts';
import { O_RDWR, O_SYNC, O_TRUNC } from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Translator } from '../../../core/xlator.ts';
import memory from '../../storage/memory/index.ts';
import writeBehind from './index.ts';

type Any = Translator<unknown>;

/** An open file with two names, over a storage that handles requests when the test says so. */
async function setUp() {
  const slow = new SlowStorage();
  const graph = await startGraph([
    { translator: memory as unknown as Any },
    { translator: slow.translator },
    { translator: writeBehind as unknown as Any },
  ]);
  const { inodes } = graph;
  const { root } = inodes;
  const inode = inodes.newInode();
  const fd = new Fd(inode, O_RDWR, 1);
  const made = ask(graph, 'create', new Loc(inode, root, 'f'), O_RDWR, 0o600, 0, fd, null);
  inodes.link(inode, root, 'f', made.values[2] as Iatt);
  const [loc, other] = [new Loc(inode), new Loc(inode, root, 'other')];
  ask(graph, 'link', loc, other, null);
  slow.requests.length = 0;
  slow.quick = false;
  const data = new Uint8Array(10);
  const write = (offset: number, flags = 0) => ask(graph, 'writev', fd, data, offset, flags, null);
  const stat = (xdata: Dict | null = null): Reply => ask(graph, 'fstat', fd, xdata);
  const seen = ({ values }: Reply) => values[0] as Iatt;
  return { graph, slow, fd, inode, root, loc, other, write, stat, seen };
}
type Rig = Awaited<ReturnType<typeof setUp>>;

const TRUNC = O_RDWR | O_TRUNC;
const mode = Object.assign(new Iatt(), { iaProt: 0o640 });

/** Changes of the file while a write of 10 bytes is under way, and what they leave. */
const changes: Readonly<Record<string, [(rig: Rig) => Reply, object]>> = {
  fsetattr: [
    ({ graph, fd }) => ask(graph, 'fsetattr', fd, mode, SET_ATTR.MODE, null),
    { iaProt: 0o640 },
  ],
  setattr: [
    ({ graph, loc }) => ask(graph, 'setattr', loc, mode, SET_ATTR.MODE, null),
    { iaProt: 0o640 },
  ],
  ftruncate: [({ graph, fd }) => ask(graph, 'ftruncate', fd, 100, null), { iaSize: 100 }],
  truncate: [({ graph, loc }) => ask(graph, 'truncate', loc, 100, null), { iaSize: 100 }],
  'a write with O_SYNC': [({ write }) => write(50, O_SYNC), { iaSize: 60 }],
  fallocate: [({ graph, fd }) => ask(graph, 'fallocate', fd, 0, 0, 70, null), { iaSize: 70 }],
  unlink: [({ graph, other }) => ask(graph, 'unlink', other, 0, null), { iaNlink: 1 }],
  'an open with O_TRUNC': [
    ({ graph, inode, loc }) => ask(graph, 'open', loc, TRUNC, new Fd(inode, TRUNC, 1), null),
    { iaSize: 0 },
  ],
  'a create of an existing file with O_TRUNC': [
    ({ graph, inode, other }) =>
      ask(graph, 'create', other, TRUNC, 0o600, 0, new Fd(inode, TRUNC, 1), null),
    { iaSize: 0 },
  ],
  link: [
    ({ graph, inode, root, loc }) => ask(graph, 'link', loc, new Loc(inode, root, 'g'), null),
    { iaNlink: 3 },
  ],
};

test.each(Object.entries(changes))(
  'a stat after the reply to %s shows it, even if a write under way has no sign of it in its reply',
  async (_name, [change, expected]) => {
    const rig = await setUp();
    const { slow, write, stat, seen } = rig;
    const changed = change(rig);
    expect(write(0).opRet).toBe(10);
    // The storage handles the write first, and answers it last.
    slow.releaseWind(1);
    slow.releaseWind(0);
    slow.releaseReply(1);
    expect(changed.opRet).toBeGreaterThanOrEqual(0);
    const reply = stat();
    slow.releaseAll();
    expect(seen(reply)).toMatchObject({ iaSize: 10, ...expected });
  },
);

test('a stat shows all writes in any order of requests and replies', async () => {
  for (const winds of [0, 1])
    for (const replies of [0, 1]) {
      const { slow, write, stat, seen } = await setUp();
      write(0);
      write(20);
      const reply = stat();
      slow.releaseWind(winds);
      slow.releaseWind(0);
      slow.releaseReply(replies);
      slow.releaseAll();
      expect(seen(reply).iaSize).toBe(30);
    }
});

test('the reply to a lone write answers a stat; one that asks for more is sent', async () => {
  const { slow, write, stat, seen } = await setUp();
  write(0);
  const [plain, more] = [stat(), stat(new Dict().set('user.a', 0))];
  slow.releaseAll();
  expect([seen(plain).iaSize, seen(more).iaSize]).toEqual([10, 10]);
  expect(slow.requests.map(({ name }) => name)).toEqual(['writev', 'fstat']);
});
