import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EBADFD, EBUSY, ENODATA, ENOENT } from '../../../../runtime/core/errno.ts';
import { SET_ATTR } from '../../../../runtime/core/fops.ts';
import { tail, unwind, wind } from '../../../../runtime/core/gen/fops.gen.ts';
import { taps } from '../../../../runtime/core/gen/taps.gen.ts';
import { Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Fd, Loc } from '../../../../runtime/core/operands.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import type { Cbk } from '../../../../runtime/core/xlator.ts';
import { makeTranslator } from '../../../../test/support/core.ts';
import { DistributedVolume } from '../../../../test/support/distributed-volume.ts';

/** As in `<sys/xattr.h>`. */
const XATTR_CREATE = 1;
const XATTR_REPLACE = 2;
const LINKTO = 'trusted.glusterfs.dht.linkto';
const TWO = ['one', 'two'];
const text = (bytes: unknown): string => new TextDecoder().decode(bytes as Uint8Array);

let volume: DistributedVolume;
let inode: Inode;
let fd: Fd;
/** The child that holds the file, and the one to which it moves. */
let from: string;
let to: string;

/** Sets the mode of a child's copy, and the child that its xattr names. */
function set(child: string, mode: number, linkto: string): void {
  const loc = new Loc(inode, null, null, inode.gfid);
  const value = new TextEncoder().encode(`${linkto}\0`);
  volume.askChild(child, 'setxattr', loc, Dict.of({ [LINKTO]: value }), 0, null);
  const to = Object.assign(new Iatt(), { iaProt: mode });
  volume.askChild(child, 'setattr', loc, to, SET_ATTR.MODE, null);
}
const dataOf = (child: string): string => {
  const reply = volume.askChild(child, 'readv', new Fd(inode, 0, 1), 100, 0, 0, null);
  return reply.opRet < 0 ? `errno ${reply.opErrno}` : text(reply.values[0]);
};
const write = (data: string, offset: number): number =>
  volume.ask('writev', fd, new TextEncoder().encode(data), offset, 0, null).opRet;
const modeNow = (): number => (volume.ask('fstat', fd, null).values[0] as Iatt).iaProt;

beforeEach(async () => {
  volume = await DistributedVolume.start(TWO);
  volume.create('/f', 'before');
  inode = volume.findInode('/f');
  from = TWO.find((child) => volume.readChild(child, '/f') !== null)!;
  to = TWO.find((child) => child !== from)!;
  fd = new Fd(inode, 2, 1);
  volume.ask('open', new Loc(inode), 2, fd, null);
});
afterEach(async () => {
  fd.release();
  await volume.stop();
});

/** Starts a move as a rebalance does. */
function begin(): void {
  const loc = new Loc(volume.graph.inodes.newInode(), volume.root, 'f');
  const xdata = new Dict().setGfid(GFID_REQ, inode.gfid);
  volume.askChild(to, 'mknod', loc, 0o101000, 0, 0, xdata);
  set(to, 0o1000, from);
  set(from, 0o3644, to);
}

/** Completes it, after copying the data. */
function end(): void {
  const data = new TextEncoder().encode(dataOf(from));
  volume.askChild(to, 'writev', new Fd(inode, 2, 1), data, 0, 0, null);
  const loc = new Loc(inode, null, null, inode.gfid);
  set(from, 0o1000, to);
  volume.askChild(to, 'removexattr', loc, LINKTO, null);
  volume.askChild(
    to,
    'setattr',
    loc,
    Object.assign(new Iatt(), { iaProt: 0o644 }),
    SET_ATTR.MODE,
    null,
  );
}
const remove = (): void => {
  volume.askChild(from, 'unlink', new Loc(inode, volume.root, 'f'), 0, null);
};

/** The memory in which the children below reply to reads; the next reply reuses it. */
const memory = new Uint8Array(100);

/** Lookups that wait until the test lets them pass. */
const heldLookups: (() => void)[] = [];
let holdsLookups = false;

/** Replies to reads in `memory`, and holds lookups. */
const reusing = makeTranslator('reusing', {
  readv(frame, xl, ...args) {
    wind.readv(frame, 0, reuseMemory, xl.children[0]!, ...args);
  },
  lookup(frame, xl, ...args) {
    const pass = (): void => tail.lookup(frame, xl.children[0]!, ...args);
    if (holdsLookups) heldLookups.push(pass);
    else pass();
  },
});
const reuseMemory: Cbk<'readv', unknown> = (frame, _c, _xl, opRet, opErrno, vector, ...rest) => {
  if (opRet > 0) memory.set(vector!);
  unwind.readv(frame, opRet, opErrno, opRet > 0 ? memory.subarray(0, opRet) : null, ...rest);
};

test.each(['known', 'unknown'])(
  'a read of a moving file, whose child is %s, keeps its data while it waits for lookups',
  async (state) => {
    await volume.stop();
    volume = await DistributedVolume.start(TWO, {}, () => ({ translator: reusing }));
    volume.create('/f', 'before');
    inode = volume.findInode('/f');
    begin();
    if (state === 'unknown') inode.ctxDel(volume.graph.top);
    holdsLookups = true;
    const reply = volume.ask('readv', new Fd(inode, 0, 1), 100, 0, 0, null);
    expect(reply.opRet).toBeNaN();
    while (Number.isNaN(reply.opRet)) {
      memory.fill(0);
      heldLookups.shift()!();
    }
    holdsLookups = false;
    expect(text(reply.values[0])).toBe('before');
  },
);

describe('a file that a rebalance is moving', () => {
  test('is written on both children, and shows its normal mode', () => {
    begin();
    expect(write('BE', 0)).toBe(2);
    expect([dataOf(from), dataOf(to)]).toEqual(['BEfore', 'BE']);
    expect(modeNow()).toBe(0o644);
    expect((volume.lookup('/f').values[1] as Iatt).iaProt).toBe(0o644);
    expect(volume.list('/')).toEqual(['f']);
    expect(volume.read('/f')).toBe('BEfore');
  });

  test('has its xattrs changed on both children', () => {
    const dict = (value: string): Dict => Dict.of({ 'user.a': new TextEncoder().encode(value) });
    const loc = new Loc(inode);
    const both = (): string[] =>
      [from, to].map((child) => {
        const at = new Loc(inode, null, null, inode.gfid);
        const { opRet, opErrno, values } = volume.askChild(child, 'getxattr', at, 'user.a', null);
        return opRet < 0 ? `errno ${opErrno}` : text((values[0] as Dict).get('user.a'));
      });
    volume.ask('setxattr', loc, dict('before'), 0, null);
    begin();
    expect(volume.ask('setxattr', loc, dict('1'), 0, null).opRet).toBe(0);
    expect(both()).toEqual(['1', '1']);
    expect(volume.ask('fsetxattr', fd, dict('2'), XATTR_REPLACE, null).opRet).toBe(0);
    expect(both()).toEqual(['2', '2']);
    expect(volume.ask('removexattr', loc, 'user.a', null).opRet).toBe(0);
    expect(both()).toEqual([`errno ${ENODATA}`, `errno ${ENODATA}`]);
    // The copy may still have a removed xattr, or lack a present one.
    const copy = new Loc(inode, null, null, inode.gfid);
    volume.askChild(to, 'setxattr', copy, dict('late'), 0, null);
    expect(volume.ask('setxattr', loc, dict('3'), XATTR_CREATE, null).opRet).toBe(0);
    expect(both()).toEqual(['3', '3']);
    volume.askChild(to, 'removexattr', copy, 'user.a', null);
    expect(volume.ask('setxattr', loc, dict('4'), XATTR_REPLACE, null).opRet).toBe(0);
    expect(both()).toEqual(['4', '4']);
    volume.askChild(to, 'removexattr', copy, 'user.a', null);
    expect(volume.ask('fremovexattr', fd, 'user.a', null).opRet).toBe(0);
    // A failure on the source is returned.
    expect(volume.ask('fremovexattr', fd, 'user.a', null).opErrno).toBe(ENODATA);
  });

  test('has its xattrs changed on the new child once the move has ended', () => {
    begin();
    end();
    const dict = Dict.of({ 'user.a': new TextEncoder().encode('1') });
    expect(volume.ask('setxattr', new Loc(inode), dict, 0, null).opRet).toBe(0);
    const copy = new Loc(inode, null, null, inode.gfid);
    const there = volume.askChild(to, 'getxattr', copy, 'user.a', null);
    expect(text((there.values[0] as Dict).get('user.a'))).toBe('1');
  });

  test("keeps a client's write when the rebalance copies older data", () => {
    begin();
    const copies = (data: string): number => {
      const xdata = Dict.of({ 'glusterfs.avoid.overwrite': 1 });
      const vector = new TextEncoder().encode(data);
      const reply = volume.askChild(to, 'writev', new Fd(inode, 2, 1), vector, 0, 0, xdata);
      return reply.opRet < 0 ? -reply.opErrno : reply.opRet;
    };
    expect(copies('before')).toBe(6);
    expect(write('BE', 0)).toBe(2);
    expect(copies('before')).toBe(-EBUSY);
    expect([dataOf(from), dataOf(to)]).toEqual(['BEfore', 'BEfore']);
  });

  test('is written only on the old child after the rebalance has failed', () => {
    begin();
    write('BE', 0);
    set(from, 0o644, to);
    write('be', 0);
    expect([dataOf(from), dataOf(to)]).toEqual(['before', 'BE']);
  });
});

describe('a file that has moved', () => {
  test.each(['is a linkto', 'is gone'])(
    'is read and written on its new child if the old copy %s',
    (state) => {
      begin();
      write('BE', 0);
      end();
      if (state === 'is gone') remove();
      expect(write('fo', 4)).toBe(2);
      expect(dataOf(to)).toBe('BEfofo');
      expect(text(volume.ask('readv', fd, 100, 0, 0, null).values[0])).toBe('BEfofo');
      expect(modeNow()).toBe(0o644);
      expect(volume.read('/f')).toBe('BEfofo');
    },
  );

  test('is read and written on its new child if the file is not open any more on the old one', async () => {
    fd.release();
    await volume.stop();
    const notOpen = new Set<string>();
    volume = await DistributedVolume.start(TWO, {}, () => ({
      translator: makeTranslator(
        'brick',
        // protocol/client replies EBADFD if the brick has not opened the file.
        taps(['writev', 'readv'], ({ root }, { name }) =>
          root.pid >= 0 && notOpen.has(name) ? EBADFD : 0,
        ),
      ),
    }));
    volume.create('/f', 'before');
    inode = volume.findInode('/f');
    fd = new Fd(inode, 2, 1);
    volume.ask('open', new Loc(inode), 2, fd, null);
    begin();
    end();
    remove();
    notOpen.add(from);
    expect(write('x', 0)).toBe(1);
    expect(text(volume.ask('readv', fd, 100, 0, 0, null).values[0])).toBe('xefore');
  });

  test('is opened and written on its new child even if the client did not notice the move', () => {
    begin();
    end();
    remove();
    const other = new Fd(inode, 2, 1);
    expect(volume.ask('open', new Loc(inode), 2, other, null).opRet).toBe(0);
    expect(write('x', 0)).toBe(1);
    expect(text(volume.ask('readv', other, 100, 0, 0, null).values[0])).toBe('xefore');
    other.release();
  });
});

describe('unlink of a file while a rebalance moves it', () => {
  /** Makes a misplaced file that moves to its own child, as most in a rebalance do. */
  function misplaced(): void {
    fd.release();
    volume.ask('unlink', volume.findLoc('/f'), 0, null);
    const reply = volume.askChild(
      to,
      'mknod',
      new Loc(volume.graph.inodes.newInode(), volume.root, 'f'),
      0o100644,
      0,
      0,
      volume.gfidRequest(),
    );
    volume.graph.inodes.unlink(volume.root, 'f');
    [from, to] = [to, from];
    expect([reply.opRet, volume.lookup('/f').opRet]).toEqual([0, 0]);
    inode = volume.findInode('/f');
    fd = new Fd(inode, 2, 1);
    volume.ask('open', new Loc(inode), 2, fd, null);
  }
  const unlink = (): number => volume.ask('unlink', volume.findLoc('/f'), 0, null).opErrno;
  const left = (): string[] => TWO.filter((child) => volume.readChild(child, '/f') !== null);

  test('removes the file and its copy, even if the rebalance has the copy open', () => {
    misplaced();
    set(from, 0o3644, to);
    const copying = new Fd(inode, 2, 2);
    expect(volume.askChild(to, 'open', new Loc(inode), 2, copying, null).opRet).toBe(0);
    expect(unlink()).toBe(0);
    copying.release();
    expect(left()).toEqual([]);
  });

  test.each(['is a linkto', 'is gone'])(
    'removes the file from the child that its name belongs to, if the old copy %s',
    (state) => {
      misplaced();
      set(from, 0o3644, to);
      end();
      if (state === 'is gone') remove();
      expect(unlink()).toBe(0);
      expect(left()).toEqual([]);
    },
  );

  test('removes the file after it was moved away from the child that its name belongs to', () => {
    begin();
    end();
    remove();
    expect(unlink()).toBe(0);
    expect(left()).toEqual([]);
    expect(unlink()).toBe(ENOENT);
  });

  test('does not remove another file that has the same name by then', () => {
    misplaced();
    set(from, 0o1000, to);
    volume.askChild(to, 'unlink', new Loc(inode, volume.root, 'f'), 0, null);
    const loc = new Loc(volume.graph.inodes.newInode(), volume.root, 'f');
    volume.askChild(to, 'mknod', loc, 0o100644, 0, 0, volume.gfidRequest());
    expect(unlink()).toBe(0);
    expect(left()).toEqual([to]);
  });
});

test('write to an open file that another client has removed succeeds', () => {
  remove();
  expect(write('x', 0)).toBe(1);
  expect(volume.lookup('/f').opErrno).toBe(ENOENT);
});

test('stat and lookup return mode bits set by an application even if they look like a file being moved', () => {
  const stbuf = Object.assign(new Iatt(), { iaProt: 0o7755 });
  const set = volume.ask('setattr', new Loc(inode), stbuf, SET_ATTR.MODE, null);
  expect((set.values[1] as Iatt).iaProt).toBe(0o7755);
  expect([modeNow(), (volume.lookup('/f').values[1] as Iatt).iaProt]).toEqual([0o7755, 0o7755]);
  expect(write('x', 0)).toBe(1);
});
