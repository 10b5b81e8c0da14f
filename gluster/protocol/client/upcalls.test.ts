/**
 * Caches above protocol/client act on the calls of a brick, whether the file was looked up or only
 * listed.
 */
import { expect, test } from 'vitest';
import type { Gfid } from '../../../runtime/core/gfid.ts';
import type { Graph } from '../../../runtime/core/graph.ts';
import { IA_IFDIR, IA_IFREG, Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import { sendUpcall, UP, type Upcall } from '../../../runtime/core/upcall.ts';
import type { Translator } from '../../../runtime/core/xlator.ts';
import { XdrReader, XdrWriter } from '../../../runtime/wire/xdr.ts';
import mdCache from '../../../runtime/xlators/performance/md-cache/index.ts';
import readdirAhead from '../../../runtime/xlators/performance/readdir-ahead/index.ts';
import { ask, FakeContext, HeldLeaf, makeGfid, startGraph } from '../../../test/support/core.ts';
import { CALLBACK, CALLBACK_PROCEDURES, writeInvalidation } from '../../rpc/programs.ts';
import { readCallback } from './upcalls.ts';

const GFID = makeGfid(7);
const WRITTEN = 0x18;
const FORGET = 0x100;

/** The upcalls that protocol/client derives from a brick's call. */
function changesOf(
  { inodes }: Graph,
  gfid: Gfid,
  flags: number,
  removed = new WeakSet<Inode>(),
  xattrs: ReadonlyMap<string, Uint8Array> | null = null,
): readonly Upcall[] {
  const w = new XdrWriter();
  writeInvalidation(w, {
    gfid,
    flags,
    expireSeconds: 60,
    stat: null,
    parent: null,
    oldParent: null,
    xattrs,
  });
  const reader = new XdrReader(w.writtenBytes);
  const changes = readCallback(
    CALLBACK.number,
    CALLBACK_PROCEDURES.CACHE_INVALIDATION,
    reader,
    inodes,
    removed,
  );
  if (typeof changes === 'boolean' || changes === null) throw new Error('nothing was reported');
  return changes;
}

/** A brick with one file; `write` changes it as another client, and reports that. */
async function setUp() {
  const leaf = new HeldLeaf();
  const file = { size: 3 };
  const attributes = (): Iatt =>
    Object.assign(new Iatt(), {
      ...{ iaGfid: GFID, iaType: IA_IFREG, iaProt: 0o644, iaNlink: 1, iaSize: file.size },
      iaCtime: 1000 + file.size,
    });
  leaf.onRequest = ({ name, args, answer }) => {
    if (name === 'opendir') answer(0, 0, args[1], null);
    else if (name === 'lookup') answer(0, 0, (args[0] as Loc).inode, attributes(), null, null);
    else if (name === 'stat') answer(0, 0, attributes(), null);
    else if (name === 'readdirp') {
      const isEnd = args[2] !== 0;
      const inode = graph.inodes.newInode();
      const entry = {
        name: 'f',
        off: 1,
        type: 8,
        gfid: GFID,
        stat: attributes(),
        dict: null,
        inode,
      };
      answer(isEnd ? 0 : 1, 0, isEnd ? [] : [entry], null);
    } else throw new Error(name);
  };
  const above = [
    { translator: readdirAhead as unknown as Translator<unknown> },
    {
      translator: mdCache as unknown as Translator<unknown>,
      options: { 'md-cache-timeout': '600', 'cache-invalidation': 'on' },
    },
  ];
  const volumes = [{ translator: leaf.translator }, ...above];
  const graph = await startGraph(volumes, new FakeContext());
  const { root } = graph.inodes;
  const fd = new Fd(root, 0, 1, true);
  /** Reports the change as protocol/client does. */
  const write = (size: number): void => {
    file.size = size;
    for (const each of changesOf(graph, GFID, WRITTEN)) sendUpcall(graph.xlators[0]!, each);
  };
  const list = () => {
    const { values } = ask(graph, 'readdirp', fd, 4096, 0, null);
    const [entry] = values[0] as { inode: Loc['inode']; stat: Iatt | null }[];
    // Links the inode as a front end does that receives attributes.
    const inode = entry!.inode ?? graph.inodes.newInode();
    if (entry!.stat !== null) graph.inodes.link(inode, root, 'f', entry!.stat);
    return inode;
  };
  const sizeOf = (inode: Loc['inode']) =>
    (ask(graph, 'stat', new Loc(inode!), null).values[0] as Iatt).iaSize;
  return { graph, root, fd, write, list, sizeOf };
}

const DIR = makeGfid(8);
test.each([
  ['a written file', GFID, WRITTEN, ['inode']],
  ['a changed mode', GFID, 0x45e, ['inode']],
  ['a name created in a directory', DIR, 0x10, ['inode', 'every-entry']],
  ['a removed name of a file', GFID, 0x211, ['inode', 'entry', 'every-entry']],
  ['a write to an unknown inode', makeGfid(9), WRITTEN, ['inode']],
  ['a file forgotten by the brick', GFID, FORGET, ['inode', 'entry']],
  ['a directory forgotten by the brick', DIR, FORGET, ['inode', 'entry', 'every-entry']],
  ['an unknown inode forgotten by the brick', makeGfid(9), FORGET, ['inode']],
])(
  'an invalidation for %s becomes upcalls for the affected inode and names',
  async (_what, gfid, flags, expected) => {
    const { graph, root } = await setUp();
    const known = (gfid: Gfid, iaType: number, name: string) => {
      const buf = Object.assign(new Iatt(), { iaGfid: gfid, iaType });
      graph.inodes.link(graph.inodes.newInode(), root, name, buf);
    };
    known(GFID, IA_IFREG, 'f');
    known(DIR, IA_IFDIR, 'd');
    const changes = changesOf(graph, gfid, flags);
    expect(changes.map(({ kind }) => kind)).toEqual(expected);
    expect(changes[0]).toMatchObject({ kind: 'inode', inode: { gfid }, data: true });
  },
);

test("a brick's FORGET of a directory that this client removed invalidates the names in it only the second time", async () => {
  const { graph, root } = await setUp();
  const buf = Object.assign(new Iatt(), { iaGfid: DIR, iaType: IA_IFDIR });
  const inode = graph.inodes.link(graph.inodes.newInode(), root, 'd', buf)!;
  const removed = new WeakSet([inode]);
  const changes = () => changesOf(graph, DIR, FORGET, removed).map(({ kind }) => kind);
  expect([changes(), changes()]).toEqual([
    ['inode', 'entry'],
    ['inode', 'entry', 'every-entry'],
  ]);
});

test('stat after a prefetched listing returns the size of a later write', async () => {
  const { graph, root, fd, write, list, sizeOf } = await setUp();
  ask(graph, 'opendir', new Loc(root), fd, null);
  write(5);
  expect(sizeOf(list())).toBe(5);
  fd.release();
});

test('stat after a listing returns the size of a later write', async () => {
  const { graph, root, fd, write, list, sizeOf } = await setUp();
  ask(graph, 'opendir', new Loc(root), fd, null);
  const inode = list();
  expect(sizeOf(inode)).toBe(3);
  write(5);
  expect(sizeOf(inode)).toBe(5);
  fd.release();
});

test('an invalidation for set extended attributes brings the new values, as copies', async () => {
  const { graph } = await setUp();
  const value = Uint8Array.of(0, 1, 255, 0);
  const xattrs = new Map([
    ['user.a', value],
    ['user.empty', new Uint8Array()],
  ]);
  const [change, ...others] = changesOf(graph, GFID, UP.XATTR, new WeakSet(), xattrs);
  expect(change).toMatchObject({ kind: 'inode', data: false, xattrs });
  expect(others).toEqual([]);
  const [none] = changesOf(graph, GFID, UP.XATTR);
  expect(none).not.toHaveProperty('xattrs');
  // Values of another change are not those of the inode's extended attributes.
  const [written] = changesOf(graph, GFID, WRITTEN, new WeakSet(), xattrs);
  expect(written).not.toHaveProperty('xattrs');
});

test('an invalidation that ends within its extended attributes still reports the change', async () => {
  const { graph } = await setUp();
  const w = new XdrWriter();
  const xattrs = new Map([['user.a', new Uint8Array(9)]]);
  const attributes = { stat: null, parent: null, oldParent: null };
  writeInvalidation(w, { gfid: GFID, flags: UP.XATTR, expireSeconds: 60, ...attributes, xattrs });
  const bytes = w.writtenBytes;
  const end = bytes.length;
  for (let length = end - 28; length < end; length += 1) {
    const reader = new XdrReader(bytes.subarray(0, length));
    const changes = readCallback(
      CALLBACK.number,
      CALLBACK_PROCEDURES.CACHE_INVALIDATION,
      reader,
      graph.inodes,
      new WeakSet(),
    );
    expect(changes).toMatchObject([{ kind: 'inode' }]);
    expect((changes as Upcall[])[0]).not.toHaveProperty('xattrs');
  }
});
