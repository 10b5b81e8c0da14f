/** The requests that a translator of performance/ winds, for requests from above. */
import { expect, test } from 'vitest';
import { ask, FakeContext, type Reply, startGraph } from '../../../test/support/core.ts';
import { SlowStorage } from '../../../test/support/slow-storage.ts';
import { Dict } from '../../core/dict.ts';
import { EFBIG, ENODATA } from '../../core/errno.ts';
import { SET_ATTR } from '../../core/fops.ts';
import { makeFirstFrame, Stack } from '../../core/frame.ts';
import { type FopName, wind } from '../../core/gen/fops.gen.ts';
import type { Graph } from '../../core/graph.ts';
import { Iatt } from '../../core/iatt.ts';
import type { Inode } from '../../core/inode.ts';
import { Fd, Loc } from '../../core/operands.ts';
import { invalidateInode } from '../../core/upcall.ts';
import type { Cbk, Translator } from '../../core/xlator.ts';
import errorGen from '../debug/error-gen/index.ts';
import memory from '../storage/memory/index.ts';
import ioCache from './io-cache/index.ts';
import mdCache from './md-cache/index.ts';
import openBehind from './open-behind/index.ts';
import quickRead from './quick-read/index.ts';
import writeBehind from './write-behind/index.ts';

interface Layer {
  readonly translator: unknown;
  readonly options?: Record<string, string>;
}

/** The text of a request: its name, with size and offset of data. */
const shown: Partial<Record<FopName, (args: readonly unknown[]) => string>> = {
  readv: ([, size, offset]) => `readv ${size}@${offset}`,
  writev: ([, data, offset]) => `writev ${(data as Uint8Array).length}@${offset}`,
};

class Rig {
  readonly slow: SlowStorage;
  readonly graph: Graph;
  readonly context: FakeContext;
  readonly inode: Inode;
  readonly fd: Fd;

  private constructor(slow: SlowStorage, graph: Graph, context: FakeContext) {
    this.slow = slow;
    this.graph = graph;
    this.context = context;
    const { inodes } = graph;
    this.inode = inodes.newInode();
    this.fd = new Fd(this.inode, 2, 1);
    const loc = new Loc(this.inode, inodes.root, 'f');
    const made = ask(graph, 'create', loc, 2, 0o600, 0, this.fd, null);
    inodes.link(this.inode, inodes.root, 'f', made.values[2] as Iatt);
  }

  /** The layers over a storage with a file `f` of `size` bytes. */
  static async over(size: number, ...layers: Layer[]): Promise<Rig> {
    const slow = new SlowStorage();
    const context = new FakeContext();
    const volumes = [
      { translator: memory as unknown as Translator<unknown> },
      { translator: slow.translator },
      ...layers.map(({ translator, options = {} }) => ({
        translator: translator as Translator<unknown>,
        options,
      })),
    ];
    const rig = new Rig(slow, await startGraph(volumes, context), context);
    if (size > 0) rig.write(0, size);
    context.advance(700_000);
    slow.requests.length = 0;
    return rig;
  }

  get loc(): Loc {
    return new Loc(this.inode, this.graph.inodes.root, 'f');
  }

  write(offset: number, length: number, fd = this.fd): Reply {
    return ask(this.graph, 'writev', fd, new Uint8Array(length).fill(120), offset, 0, null);
  }

  read(offset: number, size: number, fd = this.fd): Reply {
    return ask(this.graph, 'readv', fd, size, offset, 0, null);
  }

  lookup(): Reply {
    return ask(this.graph, 'lookup', this.loc, null);
  }

  open(flags = 2): Fd {
    const fd = new Fd(this.inode, flags, 1);
    expect(ask(this.graph, 'open', this.loc, flags, fd, null)).toMatchObject({ opRet: 0 });
    return fd;
  }

  fstat(fd = this.fd): Reply {
    return ask(this.graph, 'fstat', fd, null);
  }

  stat(): Iatt {
    return ask(this.graph, 'stat', this.loc, null).values[0] as Iatt;
  }

  /** Returns the requests that have arrived below since the last call. */
  below(): string[] {
    return this.slow.requests.splice(0).map(({ name, args }) => shown[name]?.(args) ?? name);
  }
}

test('write-behind does not join two writes if a pending write between them overlaps', async () => {
  const rig = await Rig.over(0, { translator: writeBehind });
  rig.slow.quick = false;
  rig.write(0, 10);
  rig.write(4096, 1);
  // The first of these joins up to the write at 4096, the second overlaps it.
  rig.write(10, 4086);
  rig.write(4096, 2048);
  rig.fstat();
  expect(rig.below()).toEqual(['writev 10@0', 'writev 1@4096', 'writev 4086@10']);
  rig.slow.releaseAll();
  expect(rig.below()).toEqual(['writev 2048@4096', 'fstat']);
});

test('write-behind sends the first write at once, and joins the next ones while it is under way', async () => {
  const rig = await Rig.over(0, { translator: writeBehind });
  rig.slow.quick = false;
  for (let at = 0; at < 10; at++) {
    expect(rig.write(at * 4096, 4096)).toMatchObject({ count: 1, opRet: 4096 });
  }
  expect(rig.below()).toEqual(['writev 4096@0']);
  const stat = rig.fstat();
  rig.slow.releaseAll();
  expect(rig.below()).toEqual(['writev 36864@4096', 'fstat']);
  expect((stat.values[0] as Iatt).iaSize).toBe(40_960);
  // Overlapping writes are sent one after the other.
  rig.write(0, 100);
  rig.write(50, 100);
  expect(rig.below()).toEqual(['writev 100@0']);
  // A read elsewhere does not wait.
  rig.read(20_000, 10);
  expect(rig.below()).toEqual(['readv 10@20000']);
  rig.slow.releaseAll();
  expect(rig.below()).toEqual(['writev 100@50']);
  rig.write(3, 5);
  const synced = ask(rig.graph, 'fsync', rig.fd, 0, null);
  expect([rig.below(), synced.count]).toEqual([['writev 5@3'], 0]);
  rig.slow.releaseAll();
  expect([rig.below(), synced.count]).toEqual([['fsync'], 1]);
  rig.write(0, 5);
  const closed = ask(rig.graph, 'flush', rig.fd, null);
  expect(closed.count).toBe(0);
  rig.slow.releaseWind(0);
  rig.slow.releaseReply(0);
  // The caller does not wait for the flush itself.
  expect([rig.below(), closed.count]).toEqual([['writev 5@0', 'flush'], 1]);
});

test('write-behind joins sequential writes also over a fast storage', async () => {
  const rig = await Rig.over(0, { translator: writeBehind });
  for (let at = 0; at < 100; at++) rig.write(at * 4096, 4096);
  expect(rig.below()).toEqual([
    'writev 4096@0',
    ...[1, 33, 65].map((at) => `writev 131072@${at * 4096}`),
  ]);
  rig.context.advance(10);
  expect(rig.below()).toEqual([`writev 12288@${97 * 4096}`]);
  expect(rig.context.waiting).toBe(0);
});

test('write-behind without trickling-writes sends data when a fop needs it, or after a second', async () => {
  const options = { 'trickling-writes': 'off' };
  const rig = await Rig.over(0, { translator: writeBehind, options });
  for (let at = 0; at < 10; at++) rig.write(at * 4096, 4096);
  expect(rig.below()).toEqual([]);
  rig.fstat();
  expect(rig.below()).toEqual(['writev 40960@0', 'fstat']);
  rig.write(0, 100);
  expect(rig.below()).toEqual([]);
  rig.context.advance(1000);
  expect(rig.below()).toEqual(['writev 100@0']);
  expect(rig.context.waiting).toBe(0);
});

test('write-behind delays an unlock until the data is written', async () => {
  const rig = await Rig.over(0, { translator: writeBehind });
  rig.slow.quick = false;
  rig.write(0, 10);
  rig.below();
  ask(rig.graph, 'lk', rig.fd, 6, { type: 2, whence: 0, start: 0, len: 0 } as never, null);
  expect(rig.below()).toEqual([]);
  rig.slow.releaseWind(0);
  rig.slow.releaseReply(0);
  expect(rig.below()).toEqual(['lk']);
});

test('write-behind reports a failed write once for each open fd, and fails no other request', async () => {
  const slowAgain = new SlowStorage();
  const rig = await Rig.over(
    0,
    { translator: errorGen, options: { failure: '100%', 'error-no': 'EFBIG', enable: 'WRITE' } },
    { translator: slowAgain.translator },
    { translator: writeBehind },
  );
  const A = rig.fd;
  const B = rig.open();
  slowAgain.quick = false;
  expect(rig.write(16_384, 4096, A)).toMatchObject({ count: 1, opRet: 4096 });
  slowAgain.releaseAll();
  slowAgain.quick = true;
  // Reads and attributes succeed without the lost data.
  expect(rig.read(0, 10, A)).toMatchObject({ opRet: 0 });
  expect(rig.fstat(A)).toMatchObject({ opRet: 0 });
  expect(rig.lookup()).toMatchObject({ opRet: 0 });
  const later = rig.open();
  const sync = (fd: Fd): Reply => ask(rig.graph, 'fsync', fd, 0, null);
  const close = (fd: Fd): Reply => ask(rig.graph, 'flush', fd, null);
  expect(sync(A)).toMatchObject({ opRet: -1, opErrno: EFBIG });
  expect(sync(A)).toMatchObject({ opRet: 0 });
  expect(rig.write(0, 10, B)).toMatchObject({ opRet: -1, opErrno: EFBIG });
  expect(close(B)).toMatchObject({ opRet: 0 });
  // An fd opened after the failure reports nothing.
  expect(close(later)).toMatchObject({ opRet: 0 });
  expect(close(A)).toMatchObject({ opRet: 0 });
});

test('io-cache reads each page once, and revalidates it by fstat after cache-timeout', async () => {
  const KB = 1024;
  const rig = await Rig.over(500 * KB, { translator: ioCache, options: { 'cache-timeout': '2' } });
  rig.read(0, 4096);
  rig.read(8192, 4096);
  expect(rig.below()).toEqual([`readv ${128 * KB}@0`]);
  rig.context.advance(2100);
  rig.read(0, 4096);
  expect(rig.below()).toEqual(['fstat']);
  rig.read(100_000, 300_000);
  expect(rig.below()).toEqual([`readv ${512 * KB}@0`]);
  // Appended data is read.
  rig.write(500 * KB, 1000);
  expect(rig.read(500 * KB, 4096).opRet).toBe(1000);
  rig.below();
  // A lock makes the next read revalidate.
  ask(rig.graph, 'lk', rig.fd, 6, { type: 0, whence: 0, start: 0, len: 0 } as never, null);
  rig.read(500 * KB, 10);
  expect(rig.below()).toEqual(['lk', 'fstat']);
});

test('quick-read fetches a small file with its lookup, and serves reads from memory until cache-timeout', async () => {
  const rig = await Rig.over(1000, { translator: quickRead, options: { 'cache-timeout': '2' } });
  rig.lookup();
  rig.below();
  expect(rig.read(0, 4096).opRet).toBe(1000);
  expect(rig.read(1000, 4096).opRet).toBe(0);
  expect(rig.below()).toEqual([]);
  rig.context.advance(2100);
  rig.read(0, 10);
  expect(rig.below()).toEqual(['readv 10@0']);
  rig.lookup();
  rig.read(0, 10);
  expect(rig.below()).toEqual(['lookup']);
  rig.write(0, 3);
  rig.read(0, 10);
  rig.lookup();
  rig.read(0, 10);
  expect(rig.below()).toEqual(['writev 3@0', 'readv 10@0', 'lookup']);
});

test('md-cache requests attributes once, and updates them from the reply to a change', async () => {
  const rig = await Rig.over(100, { translator: mdCache, options: { 'md-cache-timeout': '2' } });
  rig.lookup();
  rig.lookup();
  expect(rig.below()).toEqual(['lookup']);
  rig.context.advance(2100);
  rig.lookup();
  expect(rig.below()).toEqual(['lookup']);
  const fd = rig.open();
  rig.fstat(fd);
  rig.write(0, 10);
  rig.fstat(fd);
  expect(rig.below()).toEqual(['open', 'writev 10@0']);
  const to = Object.assign(new Iatt(), { iaProt: 0o640 });
  ask(rig.graph, 'setattr', rig.loc, to, SET_ATTR.MODE, null);
  expect(rig.stat().iaProt).toBe(0o640);
  expect(rig.below()).toEqual(['setattr']);
  // A lookup also caches the configured extended attributes, absent ones included.
  rig.context.advance(2100);
  rig.lookup();
  const key = 'security.capability';
  expect(ask(rig.graph, 'getxattr', rig.loc, key, null)).toMatchObject({ opErrno: ENODATA });
  ask(rig.graph, 'getxattr', rig.loc, 'user.a', null);
  ask(rig.graph, 'getxattr', rig.loc, 'user.a', null);
  expect(rig.below()).toEqual(['lookup', 'getxattr', 'getxattr']);
  ask(rig.graph, 'setxattr', rig.loc, new Dict().set(key, new Uint8Array([1])), 0, null);
  const { values } = ask(rig.graph, 'getxattr', rig.loc, key, null);
  expect((values[0] as Dict).bytes(key)).toEqual(new Uint8Array([1]));
});

test('md-cache sends a lookup for each name of a file', async () => {
  const options = { 'md-cache-timeout': '10' };
  const rig = await Rig.over(0, { translator: mdCache, options });
  rig.lookup();
  const { root } = rig.graph.inodes;
  ask(rig.graph, 'link', rig.loc, new Loc(rig.inode, root, 'g'), null);
  rig.below();
  // Each name is looked up: a reply validates only its own name.
  ask(rig.graph, 'lookup', new Loc(rig.inode, root, 'g'), null);
  ask(rig.graph, 'lookup', new Loc(rig.inode, root, 'g'), null);
  expect(rig.below()).toEqual(['lookup']);
  rig.lookup();
  expect(rig.below()).toEqual(['lookup']);
});

test('md-cache over write-behind returns the size after all writes in fstat', async () => {
  const rig = await Rig.over(0, { translator: writeBehind }, { translator: mdCache });
  rig.slow.quick = false;
  rig.write(0, 10);
  const stat = rig.fstat();
  rig.slow.releaseAll();
  expect((stat.values[0] as Iatt).iaSize).toBe(10);
  expect(rig.below()).toEqual(['writev 10@0']);
  rig.fstat();
  expect(rig.below()).toEqual([]);
});

test('open-behind sends an open at the first use, before a setattr, or at once with O_TRUNC', async () => {
  const rig = await Rig.over(10, { translator: openBehind });
  const flush = (fd: Fd) => ask(rig.graph, 'flush', fd, null);
  const unused = rig.open();
  flush(unused);
  unused.release();
  expect(rig.below()).toEqual([]);
  rig.fstat(rig.open());
  expect(rig.below()).toEqual(['open', 'fstat']);
  const fd = rig.open();
  rig.write(0, 3, fd);
  rig.read(0, 3, fd);
  flush(fd);
  expect(rig.below()).toEqual(['open', 'writev 3@0', 'readv 3@0', 'flush']);
  rig.open();
  const to = Object.assign(new Iatt(), { iaProt: 0o600 });
  ask(rig.graph, 'setattr', rig.loc, to, SET_ATTR.MODE, null);
  expect(rig.below()).toEqual(['open', 'setattr']);
  rig.open(0o1002);
  expect(rig.below()).toEqual(['open']);
});

test('md-cache, quick-read and open-behind send no request for a second read of a small file', async () => {
  const options = { 'md-cache-timeout': '60' };
  const rig = await Rig.over(
    4096,
    ...[{ translator: openBehind }, { translator: quickRead }, { translator: mdCache, options }],
  );
  const again = (): string[] => {
    rig.lookup();
    const fd = rig.open(0);
    expect(rig.read(0, 4096, fd).opRet).toBe(4096);
    ask(rig.graph, 'flush', fd, null);
    fd.release();
    return rig.below();
  };
  expect(again()).toEqual(['lookup']);
  expect(again()).toEqual([]);
});

test("glusterd's default stack joins small writes, and sends one lookup for a later read", async () => {
  const layers = [writeBehind, openBehind, quickRead, mdCache].map((translator) => ({
    translator,
  }));
  const rig = await Rig.over(0, ...layers);
  rig.slow.quick = false;
  for (const at of [0, 1000, 2000]) rig.write(at, 1000);
  expect(rig.below()).toEqual(['writev 1000@0']);
  const closed = ask(rig.graph, 'flush', rig.fd, null);
  rig.slow.releaseAll();
  expect([closed.count, rig.below()]).toEqual([1, ['writev 2000@1000', 'flush']]);
  rig.slow.quick = true;
  rig.context.advance(1200);
  rig.lookup();
  const fd = rig.open(0);
  expect(rig.read(0, 4096, fd).opRet).toBe(3000);
  // GlusterFS's client sends a request at the end of a file.
  expect(rig.read(3000, 4096, fd).opRet).toBe(0);
  expect(rig.below()).toEqual(['lookup']);
});

test('quick-read under md-cache sends the next lookup and read to the brick after an upcall', async () => {
  const layers: Layer[] = [
    { translator: quickRead, options: { 'cache-timeout': '600' } },
    { translator: mdCache, options: { 'md-cache-timeout': '600', 'cache-invalidation': 'on' } },
  ];
  const rig = await Rig.over(100, ...layers);
  rig.lookup();
  rig.read(0, 100);
  rig.below();
  invalidateInode(rig.graph.xlators[0]!, rig.inode, { data: false });
  rig.lookup();
  rig.read(0, 100);
  expect(rig.below()).toEqual(['lookup']);
  invalidateInode(rig.graph.xlators[0]!, rig.inode);
  rig.read(0, 100);
  expect(rig.below()).toEqual(['readv 100@0']);
});

test.each([
  ['quick-read', quickRead],
  ['io-cache', ioCache],
])('%s returns no old data after an fstat has shown that the file changed', async (_n, type) => {
  const rig = await Rig.over(10, { translator: type, options: { 'cache-timeout': '60' } });
  rig.lookup();
  rig.read(0, 10);
  // A write below the cache, without an upcall.
  const { graph } = rig;
  const behind = graph.xlators[1]!;
  const call = makeFirstFrame(new Stack(0, 0, 1, 'WRITE'), graph.top);
  const done: Cbk<'writev', unknown> = () => {};
  wind.writev(call, 0, done, behind.children[0]!, rig.fd, new Uint8Array([89]), 0, 0, null);
  expect((rig.read(0, 1).values[0] as Uint8Array)[0]).toBe(120);
  rig.fstat();
  expect((rig.read(0, 1).values[0] as Uint8Array)[0]).toBe(89);
});
