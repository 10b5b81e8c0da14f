import { expect, it } from 'vitest';
import {
  FakeContext,
  makeAttributes,
  makeGfid,
  makeLoc,
  makeTranslator,
  startGraph,
} from '../../test/support/core.ts';
import { applyReply } from './apply-reply.ts';
import { Dict } from './dict.ts';
import { ENOENT, ESTALE } from './errno.ts';
import { findFop } from './fops.ts';
import type { FopName } from './gen/fops.gen.ts';
import { type Dirent, IA_IFREG } from './iatt.ts';
import type { Inode, InodeTable } from './inode.ts';
import { Fd, Loc } from './operands.ts';
import { RENAME_EXCHANGE, RENAME_FLAGS } from './xdata.ts';
import type { Xlator } from './xlator.ts';

interface Run {
  readonly inodes: InodeTable;
  readonly root: Inode;
  readonly top: Xlator;
  readonly forgotten: Inode[];
  apply(fop: FopName, args: unknown[], opRet: number, opErrno: number, reply: unknown[]): boolean;
  known(name: string, number: number): Inode;
}

async function start(): Promise<Run> {
  const forgotten: Inode[] = [];
  const translator = {
    ...makeTranslator('test/keeper', {}),
    children: [0, 0] as const,
    forget: (_xl: unknown, inode: Inode) => void forgotten.push(inode),
  };
  const graph = await startGraph([{ name: 'keeper', translator }], new FakeContext());
  const { inodes } = graph;
  const { root } = inodes;
  return {
    inodes,
    root,
    top: graph.top as Xlator,
    forgotten,
    apply: (fop, args, opRet, opErrno, reply) =>
      applyReply(findFop(fop)!, args, opRet, opErrno, reply),
    known: (name, number) =>
      inodes.link(inodes.newInode(), root, name, makeAttributes(makeGfid(number), IA_IFREG))!,
  };
}

it('a successful lookup reply without an inode links the inode of the request', async () => {
  const { root, apply } = await start();
  const loc = makeLoc(root, 'a');
  const reply = [null, makeAttributes(makeGfid(5), IA_IFREG)];
  expect(apply('lookup', [loc, null], 0, 0, reply)).toBe(true);
  expect(reply[0]).toBe(loc.inode);
  expect(root.children?.get('a')).toBe(loc.inode);
});

it('a successful mkdir reply without attributes counts as a failure, and the new inode is forgotten', async () => {
  const { root, top, forgotten, apply } = await start();
  const loc = makeLoc(root, 'a');
  loc.inode!.ctxSet(top, 1);
  expect(apply('mkdir', [loc, 0o755, 0, null], 0, 0, [loc.inode, null])).toBe(false);
  expect(root.children?.get('a')).toBe(undefined);
  expect(forgotten).toEqual([loc.inode]);
});

it('a failed create forgets the inode that was made for it', async () => {
  const { root, top, forgotten, apply } = await start();
  const loc = makeLoc(root, 'a');
  loc.inode!.ctxSet(top, 1);
  apply('create', [loc, 2, 0o644, 0, null, null], -1, ENOENT, []);
  expect(forgotten).toEqual([loc.inode]);
});

it.each([ENOENT, ESTALE])(
  'a lookup that fails with errno %d removes the name from the inode table',
  async (errno) => {
    const { root, known, apply } = await start();
    const inode = known('a', 5);
    apply('lookup', [new Loc(inode, root, 'a'), null], -1, errno, []);
    expect(root.children?.get('a')).toBe(undefined);
  },
);

it('a create that finds an existing file moves its fd to the inode of the file', async () => {
  const { root, top, forgotten, known, apply } = await start();
  const inode = known('a', 5);
  const loc = makeLoc(root, 'b');
  loc.inode!.ctxSet(top, 1);
  const fd = new Fd(loc.inode!, 2, 1);
  const reply = [fd, loc.inode, makeAttributes(makeGfid(5), IA_IFREG)];
  expect(apply('create', [loc, 2, 0o644, 0, fd, null], 0, 0, reply)).toBe(true);
  expect([fd.inode, reply[1]]).toEqual([inode, inode]);
  expect(forgotten).toEqual([loc.inode]);
});

it('link adds a name to an inode in the table', async () => {
  const { root, known, apply } = await start();
  const inode = known('a', 5);
  const args = [new Loc(inode), new Loc(inode, root, 'b'), null];
  apply('link', args, 0, 0, [inode, makeAttributes(makeGfid(5), IA_IFREG)]);
  expect([root.children?.get('a'), root.children?.get('b')]).toEqual([inode, inode]);
});

it('rename moves a name in the inode table, or swaps two names with RENAME_EXCHANGE', async () => {
  const { root, known, apply } = await start();
  const [a, b] = [known('a', 5), known('b', 6)];
  const locs = [new Loc(a, root, 'a'), new Loc(b, root, 'b')];
  apply('rename', [...locs, new Dict().set(RENAME_FLAGS, RENAME_EXCHANGE)], 0, 0, []);
  expect([root.children?.get('a'), root.children?.get('b')]).toEqual([b, a]);
  apply('rename', [...locs, null], 0, 0, []);
  expect([root.children?.get('a'), root.children?.get('b')]).toEqual([undefined, b]);
});

it('unlink and rmdir remove the name from the table', async () => {
  const { root, known, apply } = await start();
  for (const fop of ['unlink', 'rmdir'] as const) {
    apply(fop, [new Loc(known('a', 5), root, 'a'), 0, null], 0, 0, []);
    expect(root.children?.get('a')).toBe(undefined);
  }
});

it('readdirp links the inodes of entries with attributes, except "."', async () => {
  const { inodes, root, apply } = await start();
  const entry = (name: string, number: number): Dirent => {
    const gfid = makeGfid(number);
    const stat = name === 'bare' ? null : makeAttributes(gfid, IA_IFREG);
    return { name, off: number, type: 8, gfid, stat, dict: null, inode: inodes.newInode() };
  };
  const entries = [entry('.', 1), entry('a', 5), entry('bare', 6)];
  const fd = new Fd(root, 0, 1, true);
  apply('readdirp', [fd, 4096, 0, null], entries.length, 0, [entries]);
  expect(entries.map(({ inode }) => inode)).toEqual([null, root.children?.get('a'), null]);
  expect(root.children?.size).toBe(1);
});
