/** The time for which the kernel may cache a reply, from the reply's xdata or the mount's options. */
import { afterEach, describe, expect, test } from 'vitest';
import { makeIatt, type Part, Rig, u32, u64 } from '../../../../test/support/fuse.ts';
import { Dict, withTimeouts } from '../../../core/dict.ts';
import { ENOENT } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { unwind } from '../../../core/gen/fops.gen.ts';
import { IA_IFDIR, type Iatt } from '../../../core/iatt.ts';
import { TIMEOUT_MAX } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { OP } from '../opcodes.ts';

let rig: Rig;
afterEach(() => rig.close());

const seconds = (body: Buffer, sec: number, nsec: number): number =>
  Number(body.readBigUInt64LE(sec)) + body.readUInt32LE(nsec) / 1e9;
/** Timeouts [entry, attribute] of a reply that begins with struct fuse_entry_out. */
const entryOf = (body: Buffer, at = 0): number[] => [
  seconds(body, at + 16, at + 32),
  seconds(body, at + 24, at + 36),
];
/** Timeout of a struct fuse_attr_out. */
const attributesOf = (body: Buffer): number[] => [seconds(body, 0, 8)];

/** A leaf whose cacheable replies have this xdata. */
function replying(xdata: Dict | null): Fops<null> {
  const buf = (): Iatt => makeIatt(5);
  return {
    lookup: (frame, _xl, loc) => {
      const there = loc.name === null || loc.name === 'file';
      if (there) unwind.lookup(frame, 0, 0, loc.inode, makeIatt(2), xdata, null);
      else unwind.lookup(frame, -1, ENOENT, null, null, xdata, null);
    },
    mknod: (frame, _xl, loc) => unwind.mknod(frame, 0, 0, loc.inode, buf(), null, null, xdata),
    mkdir: (frame, _xl, loc) =>
      unwind.mkdir(frame, 0, 0, loc.inode, makeIatt(6, IA_IFDIR), null, null, xdata),
    symlink: (frame, _xl, _target, loc) =>
      unwind.symlink(frame, 0, 0, loc.inode, buf(), null, null, xdata),
    link: (frame, _xl, oldloc) =>
      unwind.link(frame, 0, 0, oldloc.inode, makeIatt(2), null, null, xdata),
    create: (frame, _xl, loc, _flags, _mode, _umask, fd) =>
      unwind.create(frame, 0, 0, fd, loc.inode, buf(), null, null, xdata),
    stat: (frame) => unwind.stat(frame, 0, 0, buf(), xdata),
    setattr: (frame) => unwind.setattr(frame, 0, 0, buf(), buf(), xdata),
    truncate: (frame) => unwind.truncate(frame, 0, 0, buf(), buf(), xdata),
    opendir: (frame, _xl, _loc, fd) => unwind.opendir(frame, 0, 0, fd, null),
    readdirp: (frame) => {
      const entry = (name: string, number: number, dict: Dict | null) => ({
        name,
        off: number,
        type: 8,
        gfid: makeIatt(number).iaGfid,
        stat: makeIatt(number),
        dict,
        inode: null,
      });
      const entries = [
        entry('plain', 7, null),
        entry('other', 8, new Dict().set('user.x', 'y')),
        entry('own', 9, withTimeouts({ entry: 9, attribute: 8 })),
      ];
      unwind.readdirp(frame, 3, 0, entries, xdata);
    },
  };
}

const SETATTR = (valid: number): Part[] => [u32(valid), u32(0), ...Array(10).fill(u64(0))];

const answers: [name: string, ask: () => Buffer, read: (body: Buffer) => number[]][] = [
  ['LOOKUP', () => rig.ask(OP.LOOKUP, 1, 'file').body, entryOf],
  ['MKNOD', () => rig.ask(OP.MKNOD, 1, u32(0o644), u32(0), u32(0), u32(0), 'n').body, entryOf],
  ['MKDIR', () => rig.ask(OP.MKDIR, 1, u32(0o755), u32(0), 'd').body, entryOf],
  ['SYMLINK', () => rig.ask(OP.SYMLINK, 1, 's', 'target').body, entryOf],
  ['LINK', () => rig.ask(OP.LINK, 1, u64(rig.find('file').id), 'l').body, entryOf],
  ['CREATE', () => rig.ask(OP.CREATE, 1, u32(2), u32(0o644), u32(0), u32(0), 'c').body, entryOf],
  ['GETATTR', () => rig.ask(OP.GETATTR, 1, u32(0), u32(0), u64(0)).body, attributesOf],
  ['SETATTR', () => rig.ask(OP.SETATTR, 1, ...SETATTR(SET_ATTR.MODE)).body, attributesOf],
  ['SETATTR of a size', () => rig.ask(OP.SETATTR, 1, ...SETATTR(SET_ATTR.SIZE)).body, attributesOf],
];

describe.each(answers)('%s', (_name, ask, read) => {
  test('has the timeouts of the mount if the reply has no xdata', async () => {
    rig = await Rig.make(replying(null), { entryTimeout: 2, attributeTimeout: 1 });
    const wanted = read === entryOf ? [2, 1] : [1];
    expect(read(ask())).toEqual(wanted);
  });

  test('has the timeouts in the xdata of the reply, fractions included', async () => {
    rig = await Rig.make(replying(withTimeouts({ entry: 3.25, attribute: 7.5 })));
    const wanted = read === entryOf ? [3.25, 7.5] : [7.5];
    expect(read(ask())).toEqual(wanted);
  });

  test('is not cached if the timeouts in the reply are 0', async () => {
    rig = await Rig.make(replying(withTimeouts({ entry: 0, attribute: 0 })));
    expect(read(ask()).every((timeout) => timeout === 0)).toBe(true);
  });
});

test("a timeout in a reply may be decimal text, and is the mount's if it is not a number", async () => {
  const xdata = new Dict().set('glossa.entry-timeout', '30').set('glossa.attribute-timeout', 'x');
  rig = await Rig.make(replying(xdata), { attributeTimeout: 1 });
  expect(entryOf(rig.ask(OP.LOOKUP, 1, 'file').body)).toEqual([30, 1]);
});

test.each([
  [1e300, TIMEOUT_MAX],
  [Number.POSITIVE_INFINITY, TIMEOUT_MAX],
  [-1, 0],
  [Number.NaN, 0],
])('a timeout of %d seconds is sent to the kernel as %d', async (given, cached) => {
  rig = await Rig.make(replying(withTimeouts({ entry: given })));
  expect(entryOf(rig.ask(OP.LOOKUP, 1, 'file').body)[0]).toBe(cached);
});

test('unknown attributes are not cached, even with a timeout in the reply', async () => {
  const unknown = Object.assign(makeIatt(2), { iaCtime: 0, iaNlink: 0 });
  rig = await Rig.make({
    lookup: (frame, _xl, loc) =>
      unwind.lookup(frame, 0, 0, loc.inode, unknown, withTimeouts({ attribute: 60 }), null),
  });
  expect(entryOf(rig.ask(OP.LOOKUP, 1, 'file').body)[1]).toBe(0);
});

describe('an absent name', () => {
  test('is cached for the timeout of the reply, even if the mount has 0', async () => {
    rig = await Rig.make(replying(withTimeouts({ negative: 60.5 })), { negativeTimeout: 0 });
    const { error, body } = rig.ask(OP.LOOKUP, 1, 'none');
    expect([error, body.readBigUInt64LE(0), entryOf(body)[0]]).toEqual([0, 0n, 60.5]);
  });

  test('is not cached for a timeout of 0 in the reply, even if the mount has one', async () => {
    rig = await Rig.make(replying(withTimeouts({ negative: 0 })), { negativeTimeout: 10 });
    expect(rig.ask(OP.LOOKUP, 1, 'none').error).toBe(-ENOENT);
  });

  test('an absent name has the negative timeout of the mount if the reply has no timeout', async () => {
    rig = await Rig.make(replying(withTimeouts({ entry: 60 })), { negativeTimeout: 10 });
    expect(entryOf(rig.ask(OP.LOOKUP, 1, 'none').body)[0]).toBe(10);
  });

  test('is not cached if the error is not ENOENT', async () => {
    rig = await Rig.make({
      lookup: (frame) =>
        unwind.lookup(frame, -1, 5, null, null, withTimeouts({ negative: 60 }), null),
    });
    expect(rig.ask(OP.LOOKUP, 1, 'none').error).toBe(-5);
  });
});

test("READDIRPLUS entries have the timeouts in the entry's dict, or else those of the reply", async () => {
  rig = await Rig.make(replying(withTimeouts({ entry: 3, attribute: 4 })));
  const fh = Number(rig.ask(OP.OPENDIR, 1, u32(0), u32(0)).body.readBigUInt64LE(0));
  const read = [u64(fh), u64(0), u32(4096), u32(0), u64(0), u32(0), u32(0)];
  const { body } = rig.ask(OP.READDIRPLUS, 1, ...read);
  const size = 128 + 24 + 8;
  const all = [0, 1, 2].map((i) => entryOf(body, i * size));
  expect(all).toEqual([
    [3, 4],
    [3, 4],
    [9, 8],
  ]);
});
