/** Directories that the kernel lists: READDIR and READDIRPLUS. */
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { makeIatt, Rig, u32, u64 } from '../../../../test/support/fuse.ts';
import { EINVAL, ENOENT } from '../../../core/errno.ts';
import { unwind } from '../../../core/gen/fops.gen.ts';
import type { Dirent } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Fops } from '../../../core/xlator.ts';
import { OP } from '../opcodes.ts';

let rig: Rig;
afterEach(() => rig.close());

const opening: Fops<null> = {
  opendir: (frame, _xl, _loc, fd) => unwind.opendir(frame, 0, 0, fd, null),
};
const openFile = (inode: Inode, opcode: number): number =>
  Number(rig.ask(opcode, inode.id, u32(2), u32(0)).body.readBigUInt64LE(0));

describe('a directory listing', () => {
  /** Offsets of the requests that reached the leaf. */
  const offsets: number[] = [];

  /** A leaf that lists `names`, in batches of any size. @param marksEnd to return ENOENT with the last entries */
  const listing = (names: readonly string[], atOnce: number, marksEnd = false): Fops<null> => {
    const endErrno = (offset: number): number =>
      marksEnd && offset + atOnce >= names.length ? ENOENT : 0;
    const from = (offset: number): Dirent[] =>
      names.slice(offset, offset + atOnce).map((name, i) => ({
        name,
        off: offset + i + 1,
        type: 8,
        gfid: makeIatt(100 + offset + i).iaGfid,
        stat: makeIatt(100 + offset + i),
        dict: null,
        inode: null,
      }));
    return {
      ...opening,
      readdir: (frame, _xl, _fd, _size, offset) => {
        offsets.push(offset);
        unwind.readdir(frame, from(offset).length, endErrno(offset), from(offset), null);
      },
      readdirp: (frame, _xl, _fd, _size, offset) => {
        offsets.push(offset);
        unwind.readdirp(frame, from(offset).length, endErrno(offset), from(offset), null);
      },
    };
  };

  /** All entries of a directory, read as the kernel does; nodeids are 0 for READDIR. */
  function list(handle: number, plus: boolean, size: number): [name: string, nodeid: number][] {
    const all: [string, number][] = [];
    for (let offset = 0; ; ) {
      const opcode = plus ? OP.READDIRPLUS : OP.READDIR;
      const args = [u64(handle), u64(offset), u32(size), u32(0), u64(0), u32(0), u32(0)];
      const { error, body } = rig.ask(opcode, 1, ...args);
      expect(error).toBe(0);
      expect(body.length).toBeLessThanOrEqual(size);
      if (body.length === 0) return all;
      const skip = plus ? 128 : 0;
      for (let at = 0; at < body.length; ) {
        const nameBytes = body.readUInt32LE(at + skip + 16);
        const start = at + skip + 24;
        const nodeid = plus ? Number(body.readBigUInt64LE(at)) : 0;
        all.push([body.toString('utf8', start, start + nameBytes), nodeid]);
        offset = Number(body.readBigUInt64LE(at + skip + 8));
        at += (skip + 24 + nameBytes + 7) & ~7;
      }
    }
  }

  const anyNames = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }), {
    maxLength: 30,
  });

  test('has every entry once, in order, for any buffer size', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyNames,
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 700, max: 4096 }),
        async (names, plus, marksEnd, atOnce, size) => {
          const used = names.filter((name) => Buffer.byteLength(name) <= 255);
          rig = await Rig.make(listing(used, atOnce, marksEnd));
          try {
            const handle = openFile(rig.graph.inodes.root, OP.OPENDIR);
            expect(list(handle, plus, size).map(([name]) => name)).toEqual(used);
          } finally {
            await rig.close();
          }
        },
      ),
      { numRuns: 40 },
    );
    rig = await Rig.make();
  });

  test.each([
    ['READDIR', OP.READDIR],
    ['READDIRPLUS', OP.READDIRPLUS],
  ])(
    '%s after a reply with the last entry is answered without a fop, but not twice',
    async (_name, opcode) => {
      rig = await Rig.make(listing(['a', 'b', 'c'], 2, true));
      const handle = openFile(rig.graph.inodes.root, OP.OPENDIR);
      const read = (offset: number): number => {
        const args = [u64(handle), u64(offset), u32(4096), u32(0), u64(0), u32(0), u32(0)];
        return rig.ask(opcode, 1, ...args).body.length;
      };
      offsets.length = 0;
      expect([0, 2, 3].map((offset) => read(offset) > 0)).toEqual([true, true, false]);
      expect(offsets).toEqual([0, 2]);
      // A program that waits for new entries.
      read(3);
      expect(offsets).toEqual([0, 2, 3]);
      // seekdir(3) to before the last entry, and rewinddir(3).
      for (const offset of [2, 1, 0, 2, 3]) read(offset);
      expect(offsets).toEqual([0, 2, 3, 2, 1, 0, 2]);
    },
  );

  test('by READDIRPLUS counts a lookup of every entry but "." and ".."', async () => {
    rig = await Rig.make(listing(['.', '..', 'a', 'b'], 10));
    const handle = openFile(rig.graph.inodes.root, OP.OPENDIR);
    const got = list(handle, true, 4096);
    expect(got.slice(0, 2)).toEqual([
      ['.', 0],
      ['..', 0],
    ]);
    for (const [name, nodeid] of got.slice(2)) {
      expect(rig.session.graph.inodes.byId.get(nodeid)).toMatchObject({
        nlookup: 1,
        path: `/${name}`,
      });
    }
  });

  test('omits and logs an entry whose name is too long or cannot be encoded as bytes', async () => {
    rig = await Rig.make(listing(['a', 'lone\ud800', 'x'.repeat(300), '\udcff', 'b'], 10));
    const handle = openFile(rig.graph.inodes.root, OP.OPENDIR);
    expect(list(handle, false, 4096).map(([name]) => name)).toEqual(['a', '\ufffd', 'b']);
    expect(rig.lines.filter((line) => /invalid name/.test(line)).length).toBe(2);
  });

  test('into a buffer too small for one entry fails with EINVAL', async () => {
    rig = await Rig.make(listing(['x'.repeat(100)], 1));
    const handle = openFile(rig.graph.inodes.root, OP.OPENDIR);
    const args = [u64(handle), u64(0), u32(64), u32(0), u64(0), u32(0), u32(0)];
    expect(rig.ask(OP.READDIR, 1, ...args).error).toBe(-EINVAL);
  });
});
