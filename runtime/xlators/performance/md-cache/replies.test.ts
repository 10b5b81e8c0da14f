/** The kernel timeouts that replies to changes carry, and the upcalls for attributes that have changed. */
import { expect, test } from 'vitest';
import { ask, FakeContext, HeldLeaf, makeGfid, startGraph } from '../../../../test/support/core.ts';
import { type Dict, timeoutsOf, Dict as Xdata } from '../../../core/dict.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { FopName, FopTable } from '../../../core/gen/fops.gen.ts';
import type { Graph } from '../../../core/graph.ts';
import { IA_IFREG, Iatt } from '../../../core/iatt.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { sendUpcall } from '../../../core/upcall.ts';
import type { Translator } from '../../../core/xlator.ts';
import memory from '../../storage/memory/index.ts';
import mdCache from './index.ts';

const OPTIONS = { 'md-cache-timeout': '600', 'cache-invalidation': 'on', 'kernel-timeout': '500' };

async function start(options: Readonly<Record<string, string>>) {
  const context = new FakeContext();
  const graph = await startGraph(
    [
      { translator: memory as unknown as Translator<unknown> },
      { translator: mdCache as unknown as Translator<unknown>, options },
    ],
    context,
  );
  const { inodes } = graph;
  let gfids = 100;
  const newLoc = (name: string) => new Loc(inodes.newInode(), inodes.root, name);
  const request = () => new Xdata().setGfid('gfid-req', makeGfid(++gfids));
  /** Returns the reply's values and timeouts of a fop that must succeed. */
  const told = <N extends FopName>(fop: N, ...args: FopTable[N]['args']) => {
    const { opRet, values } = ask(graph, fop, ...args);
    expect(opRet).toBeGreaterThanOrEqual(0);
    return { values, ...timeoutsOf(values.at(-1) as Dict | null) };
  };
  return { context, graph, inodes, newLoc, request, told };
}

/** Makes each kind of change once; returns its timeouts. */
async function changes(options: Readonly<Record<string, string>>) {
  const { inodes, newLoc, request, told } = await start(options);
  const at = newLoc('file');
  const fd = new Fd(at.inode!, 2, 1);
  const create = told('create', at, 2, 0o600, 0, fd, request());
  const file = inodes.link(at.inode!, inodes.root, 'file', create.values[2] as Iatt)!;
  const mode = Object.assign(new Iatt(), { iaProt: 0o640 });
  const replies = {
    create,
    mknod: told('mknod', newLoc('node'), 0o100600, 0, 0, request()),
    mkdir: told('mkdir', newLoc('folder'), 0o700, 0, request()),
    symlink: told('symlink', 'file', newLoc('symlink'), 0, request()),
    link: told('link', new Loc(file), new Loc(file, inodes.root, 'other'), null),
    setattr: told('setattr', new Loc(file), mode, SET_ATTR.MODE, null),
    fsetattr: told('fsetattr', fd, mode, SET_ATTR.MODE, null),
  };
  fd.release();
  return Object.entries(replies).map(([fop, { entry, attribute }]) => [fop, entry, attribute]);
}

test('md-cache gives replies with current attributes the same kernel timeouts as replies to lookups', async () => {
  expect(await changes(OPTIONS)).toEqual([
    ['create', 500, 500],
    ['mknod', 500, 500],
    ['mkdir', 500, 500],
    ['symlink', 500, 500],
    // The new name was not looked up yet.
    ['link', undefined, 500],
    // These replies name no entry.
    ['setattr', undefined, 500],
    ['fsetattr', undefined, 500],
  ]);
});

test('md-cache lets the kernel keep cached attributes only until its own timeout', async () => {
  const { context, inodes, newLoc, request, told } = await start(OPTIONS);
  const at = newLoc('file');
  const { values } = told('mknod', at, 0o100600, 0, 0, request());
  const inode = inodes.link(at.inode!, inodes.root, 'file', values[1] as Iatt)!;
  const timeouts = [0, 50_000, 300_000, 249_000].map((ms) => {
    context.advance(ms);
    return told('stat', new Loc(inode), null).attribute;
  });
  expect(timeouts).toEqual([500, 500, 250, 1]);
});

test('replies of md-cache carry no timeouts without option kernel-timeout, or with pass-through', async () => {
  const { 'kernel-timeout': _, ...without } = OPTIONS;
  for (const options of [without, { ...OPTIONS, 'pass-through': 'on' }]) {
    for (const [, entry, attribute] of await changes(options)) {
      expect([entry, attribute]).toEqual([undefined, undefined]);
    }
  }
});

test.each([
  ['on', 3],
  ['off', 0],
])(
  'md-cache with global-cache-invalidation %s sends %i upcalls for three changes of a file',
  async (invalidates, count) => {
    const { context, graph, inodes, newLoc, request, told } = await start({
      ...{ 'md-cache-timeout': '60', 'global-cache-invalidation': invalidates },
    });
    const at = newLoc('file');
    const { values } = told('mknod', at, 0o100600, 0, 0, request());
    const inode = inodes.link(at.inode!, inodes.root, 'file', values[1] as Iatt)!;
    const upcalls: unknown[] = [];
    graph.listen((event, data) => event === 'UPCALL' && upcalls.push(data));
    const below = { ...graph, top: graph.top, links: graph.top.children[0]! } as Graph;
    for (const size of [5, 5, 7]) {
      ask(below, 'truncate', new Loc(inode), size, null);
      context.advance(100_000);
      told('stat', new Loc(inode), null);
    }
    expect(upcalls).toEqual(Array(count).fill({ kind: 'inode', inode, data: true }));
  },
);

test('an upcall of a name makes md-cache request the attributes of its file anew', async () => {
  const { graph, inodes, newLoc, request, told } = await start(OPTIONS);
  const at = newLoc('file');
  const { values } = told('mknod', at, 0o100600, 0, 0, request());
  const inode = inodes.link(at.inode!, inodes.root, 'file', values[1] as Iatt)!;
  const below = { ...graph, top: graph.top, links: graph.top.children[0]! } as Graph;
  ask(below, 'truncate', new Loc(inode), 5, null);
  const readSize = () => (told('stat', new Loc(inode), null).values[0] as Iatt).iaSize;
  expect(readSize()).toBe(0);
  const upcall = { kind: 'entry', parent: inodes.root, name: 'file', expire: false } as const;
  sendUpcall(graph.top.below[0]!, upcall);
  expect(readSize()).toBe(5);
});

test.each(['before', 'after'])(
  'md-cache keeps no attributes that were asked for while they change, %s the inode is forgotten',
  async (when) => {
    const leaf = new HeldLeaf();
    const cache = mdCache as unknown as Translator<unknown>;
    const graph = await startGraph([{ translator: leaf.translator }, { translator: cache }]);
    const { inodes } = graph;
    const { root } = inodes;
    const attributes = (iaProt: number) =>
      Object.assign(new Iatt(), { iaProt, iaType: IA_IFREG, iaGfid: makeGfid(7), iaNlink: 1 });
    const known = inodes.link(inodes.newInode(), root, 'file', attributes(0o600))!;
    ask(graph, 'setattr', new Loc(known), attributes(0o640), SET_ATTR.MODE, null);
    const found = inodes.newInode();
    const steps = [
      () => void ask(graph, 'lookup', new Loc(found, root, 'file'), null),
      () => inodes.unlink(root, 'file'),
    ];
    for (const step of when === 'before' ? steps : steps.reverse()) step();
    const [change, lookup] = leaf.requests;
    lookup!.answer(0, 0, found, attributes(0o600), null, new Iatt());
    change!.answer(0, 0, attributes(0o600), attributes(0o640), null);
    const inode = inodes.link(found, root, 'file', attributes(0o600))!;
    const askForMode = () => ask(graph, 'stat', new Loc(inode), null);
    const reply = askForMode();
    expect(leaf.requests.map(({ name }) => name)).toEqual(['setattr', 'lookup', 'stat']);
    leaf.requests[2]!.answer(0, 0, attributes(0o640), null);
    for (const { values } of [reply, askForMode()]) expect(values[0]).toEqual(attributes(0o640));
    expect(leaf.requests.length).toBe(3);
  },
);
