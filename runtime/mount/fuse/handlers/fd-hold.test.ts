/** Requests that use another program's open file. */
import { afterEach, expect, test } from 'vitest';
import { makeIatt, Rig, u32, u64 } from '../../../../test/support/fuse.ts';
import { unwind } from '../../../core/gen/fops.gen.ts';
import { OP } from '../opcodes.ts';

let rig: Rig;
afterEach(() => rig.close());

test.each([
  ['GETATTR', OP.GETATTR, [u32(0), u32(0), u64(0)]],
  ['SETATTR', OP.SETATTR, [u32(1), ...new Array(21).fill(u32(0))]],
])(
  "%s that uses another program's open file keeps the file open until the reply",
  async (_, opcode, parts) => {
    const released: number[] = [];
    const kept: (() => void)[] = [];
    rig = await Rig.make({
      open(frame, xl, _loc, _flags, fd) {
        fd.ctxSet(xl, 'open');
        unwind.open(frame, 0, 0, fd, null);
      },
      fstat: (frame) => void kept.push(() => unwind.fstat(frame, 0, 0, makeIatt(2), null)),
      fsetattr: (frame, _xl, _fd, stbuf) =>
        void kept.push(() => unwind.fsetattr(frame, 0, 0, stbuf, makeIatt(2), null)),
      release: (id) => void released.push(id),
    });
    const inode = rig.find('file');
    const handle = Number(rig.ask(OP.OPEN, inode.id, u32(2), u32(0)).body.readBigUInt64LE(0));
    rig.send(opcode, inode.id, ...parts);
    expect(kept).toHaveLength(1);
    const release = [u64(handle), u32(0), u32(0), u64(0)];
    expect(rig.ask(OP.RELEASE, inode.id, ...release).error).toBe(0);
    expect([released, inode.fdCount, rig.session.fds.size]).toEqual([[], 1, 0]);
    kept[0]!();
    expect(rig.receive().error).toBe(0);
    expect([released, inode.fdCount]).toEqual([[handle], 0]);
  },
);
