/**
 * STATX, TMPFILE, IOCTL, COPY_FILE_RANGE, SYNCFS, FALLOCATE and LSEEK; and the umask, truncation and privileges in
 * requests.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { type Answer, makeIatt, type Part, Rig, u32, u64 } from '../../../../test/support/fuse.ts';
import { Dict } from '../../../core/dict.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { O_TRUNC } from '../../../core/open-flags.ts';
import { DIRECT_IO_MODE } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { OP } from '../opcodes.ts';
import * as P from '../protocol.ts';

const [EBADF, EINVAL, ENXIO, ENOTTY, EFBIG, ENOSYS, ENODATA] = [9, 22, 6, 25, 27, 38, 61];
const [EOPNOTSUPP, ENOSPC, ESTALE, EXDEV, EOVERFLOW] = [95, 28, 116, 18, 75];

let rig: Rig;
afterEach(() => rig.close());

const open: Fops<null> = {
  open: (frame, _xl, _loc, _flags, fd) => unwind.open(frame, 0, 0, fd, null),
};

/** Node and handle of an open `file`. */
function openFile(flags = 2): readonly [number, number] {
  const { id } = rig.find('file');
  return [id, Number(rig.ask(OP.OPEN, id, u32(flags), u32(0)).body.readBigUInt64LE(0))];
}

describe('STATX', () => {
  const at = (body: Buffer, offset: number) => Number(body.readBigUInt64LE(offset));

  test('replies with all attributes, and with the birth time if it is known', async () => {
    const iatt = Object.assign(makeIatt(2), {
      iaProt: 0o4711,
      iaNlink: 3,
      iaUid: 4,
      iaGid: 5,
      iaSize: 2 ** 40 + 1,
      iaBlocks: 7,
      iaRdev: 8 * 2 ** 32 + 9,
      iaAtime: 10,
      iaAtimeNsec: 11,
      iaMtime: -12,
      iaMtimeNsec: 13,
      iaCtime: 14,
      iaCtimeNsec: 15,
      iaBtime: 16,
      iaBtimeNsec: 17,
    });
    rig = await Rig.make({ stat: (frame) => unwind.stat(frame, 0, 0, iatt, null) });
    const { id } = rig.find('file');
    const ask = () => rig.ask(OP.STATX, id, u32(0), u32(0), u64(0), u32(0), u32(0xfff));
    const { error, body } = ask();
    expect([error, body.length, at(body, 0)]).toEqual([0, 288, 1]);
    const sx = body.subarray(32);
    const words = [0, 4, 16, 20, 24].map((offset) => sx.readUInt32LE(offset));
    expect(words).toEqual([0xfff, 131072, 3, 4, 5]);
    expect([sx.readUInt16LE(28), at(sx, 32), at(sx, 40), at(sx, 48)]).toEqual([
      0o104711,
      2,
      2 ** 40 + 1,
      7,
    ]);
    const times = [64, 80, 96, 112].map((t) => [
      Number(sx.readBigInt64LE(t)),
      sx.readUInt32LE(t + 8),
    ]);
    expect(times).toEqual([
      [10, 11],
      [16, 17],
      [14, 15],
      [-12, 13],
    ]);
    expect([sx.readUInt32LE(128), sx.readUInt32LE(132)]).toEqual([8, 9]);
    // A Number rounds this size.
    Object.assign(iatt, { iaBtime: 0, iaBtimeNsec: 0, exactSize: 2n ** 62n + 1n });
    expect(ask().body.readBigUInt64LE(72)).toBe(2n ** 62n + 1n);
    expect(ask().body.readUInt32LE(32)).toBe(0x7ff);
  });

  test('STATX of an open file winds fstat', async () => {
    rig = await Rig.make({
      ...open,
      fstat: (frame) => unwind.fstat(frame, 0, 0, makeIatt(2), null),
    });
    const [id, fh] = openFile();
    const ask = (flags: number) =>
      rig.ask(OP.STATX, id, u32(flags), u32(0), u64(fh), u32(0), u32(0));
    expect([ask(1).error, ask(0).error]).toEqual([0, 0]);
    expect(rig.ask(OP.STATX, 99, u32(0), u32(0), u64(0), u32(0), u32(0)).error).toBe(-ESTALE);
  });
});

describe('TMPFILE', () => {
  const ask = (flags = 0o20200002, mode = 0o100666) =>
    rig.ask(OP.TMPFILE, 1, u32(flags), u32(mode), u32(0o22), u32(0), '/');
  const icreate: Fops<null> = {
    icreate: (frame, _xl, loc) => unwind.icreate(frame, 0, 0, loc.inode, makeIatt(9), null),
  };

  test('winds icreate without a name, then open', async () => {
    const seen: unknown[] = [];
    rig = await Rig.make({
      icreate: (frame, _xl, loc, mode, xdata) => {
        const asked = ['mode', 'umask'].map((key) => xdata?.get(key));
        seen.push([loc.parent!.id, loc.name, mode, ...asked, xdata?.type('gfid-req')]);
        unwind.icreate(frame, 0, 0, loc.inode, makeIatt(9), null);
      },
      open: (frame, _xl, loc, flags, fd) => {
        seen.push([loc.inode!.gfid, flags]);
        unwind.open(frame, 0, 0, fd, null);
      },
    });
    const { error, body } = ask();
    expect([error, body.length]).toEqual([0, 144]);
    expect(seen).toEqual([
      [1, null, 0o100644, 0o100666, 0o22, 'gfuuid'],
      [makeIatt(9).iaGfid, 2],
    ]);
    const inode = rig.session.graph.inodes.byId.get(Number(body.readBigUInt64LE(0)))!;
    expect([inode.nlookup, inode.names, inode.fdCount]).toEqual([1, [], 1]);
    expect(rig.session.fds.get(Number(body.readBigUInt64LE(128)))!.inode).toBe(inode);
  });

  test.each([
    [EOPNOTSUPP, EOPNOTSUPP],
    [ENOSYS, ENOSYS],
    [ENOSPC, ENOSPC],
  ])(
    'gets errno %i from the storage, and replies errno %i to the kernel',
    async (errno, answer) => {
      rig = await Rig.make({ icreate: (frame) => fail.icreate(frame, errno) });
      expect(ask().error).toBe(-answer);
    },
  );

  test('TMPFILE whose open fails leaves no inode and no fd', async () => {
    rig = await Rig.make({ ...icreate, open: (frame) => fail.open(frame, ENOSPC) });
    const { size } = rig.graph.inodes;
    expect(ask().error).toBe(-ENOSPC);
    expect([rig.graph.inodes.size, rig.session.fds.size]).toEqual([size, 0]);
  });
});

describe('IOCTL', () => {
  const [GETFLAGS, SETFLAGS, FSGETXATTR] = [0x80086601, 0x40086602, 0x801c581f];
  const send = (cmd: number, fh: number, outSize: number, data = new Uint8Array()) =>
    rig.send(OP.IOCTL, 1, u64(fh), u32(0), u32(cmd), u64(0), u32(data.length), u32(outSize), data);
  const ask = (...args: Parameters<typeof send>) => {
    const unique = send(...args);
    const answer = rig.receive();
    expect(answer.unique).toBe(unique);
    return answer;
  };

  test('IOCTL of inode flags winds fgetxattr and fsetxattr', async () => {
    let flags = Uint8Array.of(16, 0, 0, 0);
    rig = await Rig.make({
      ...open,
      fgetxattr: (frame, _xl, _fd, name) => {
        if (name !== 'glossa.fs-flags') return fail.fgetxattr(frame, ENODATA);
        unwind.fgetxattr(frame, 1, 0, new Dict().set(name, flags), null);
      },
      fsetxattr: (frame, _xl, _fd, dict) => {
        flags = dict!.bytes('glossa.fs-flags')!.slice();
        unwind.fsetxattr(frame, 0, 0, null);
      },
    });
    const [, fh] = openFile();
    // The kernel must reread the change time before the caller goes on.
    const unique = send(SETFLAGS, fh, 0, Uint8Array.of(32, 0, 0, 0));
    await rig.session.notices.awaitHandled();
    expect(rig.receive()).toMatchObject({ unique: 0, error: P.NOTIFY_INVAL_INODE });
    expect(rig.receive()).toEqual({ unique, error: 0, body: Buffer.alloc(16) });
    expect(ask(GETFLAGS, fh, 4).body).toEqual(Buffer.from([...Buffer.alloc(16), 32, 0, 0, 0]));
    expect(ask(FSGETXATTR, fh, 28).error).toBe(-ENOTTY);
    // Too little room, too little data, an unknown handle.
    expect(ask(GETFLAGS, fh, 3).error).toBe(-EINVAL);
    expect(ask(SETFLAGS, fh, 0, Uint8Array.of(1)).error).toBe(-EINVAL);
    expect(ask(GETFLAGS, fh + 1, 4).error).toBe(-EBADF);
  });

  test('IOCTL fails with ENOTTY for an unknown command, or for a storage without inode flags', async () => {
    rig = await Rig.make(open);
    const [, fh] = openFile();
    expect(ask(0x5401, fh, 0).error).toBe(-ENOTTY);
    // A storage without such attributes.
    expect(ask(GETFLAGS, fh, 4).error).toBe(-ENOTTY);
  });
});

describe('COPY_FILE_RANGE', () => {
  const send = (opcode: number, fh: number, len: number | bigint, flags = 0): number => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(len));
    const parts: Part[] = [u64(fh), u64(5), u64(1), u64(fh), u64(7), length, u64(flags)];
    return rig.send(opcode, 1, ...parts);
  };
  const ask = (...args: Parameters<typeof send>): Answer => {
    send(...args);
    return rig.receive();
  };

  test('requests no greater length than its 32-bit or 64-bit reply can hold', async () => {
    const asked: unknown[] = [];
    rig = await Rig.make({
      ...open,
      copy_file_range: (frame, _xl, _from, offIn, _to, offOut, len, flags) => {
        asked.push([offIn, offOut, len, flags]);
        unwind.copy_file_range(frame, len, 0, null, null, null, null);
      },
    });
    const [, fh] = openFile();
    // A notice invalidates the access time before the reply.
    const notice = { unique: 0, error: P.NOTIFY_INVAL_INODE };
    const copied = (opcode: number): Answer => {
      send(opcode, fh, 2 ** 33);
      expect(rig.receive()).toMatchObject(notice);
      return rig.receive();
    };
    const [old, wide] = [copied(OP.COPY_FILE_RANGE), copied(OP.COPY_FILE_RANGE_64)];
    expect([old.body.readUInt32LE(0), wide.body.readBigUInt64LE(0)]).toEqual([
      0xfffff000,
      2n ** 33n,
    ]);
    expect(asked).toEqual([
      [5, 7, 0xfffff000, 0],
      [5, 7, 2 ** 33, 0],
    ]);
    expect(ask(OP.COPY_FILE_RANGE_64, fh, 2n ** 63n).error).toBe(-EFBIG);
    expect(ask(OP.COPY_FILE_RANGE_64, fh + 1, 1).error).toBe(-EBADF);
  });

  test.each([EXDEV, ENOSYS])(
    'passes errno %i to the kernel, which then copies the data itself',
    async (errno) => {
      rig = await Rig.make({
        ...open,
        copy_file_range: (frame) => fail.copy_file_range(frame, errno),
      });
      const [, fh] = openFile();
      expect(ask(OP.COPY_FILE_RANGE, fh, 1).error).toBe(-errno);
      expect(ask(OP.COPY_FILE_RANGE_64, fh, 1).error).toBe(-errno);
    },
  );
});

test('SYNCFS winds fsyncdir of the root with SYNC_VOLUME, and releases its fd', async () => {
  const seen: unknown[] = [];
  rig = await Rig.make({
    fsyncdir: (frame, _xl, fd, datasync, xdata) => {
      seen.push([fd.inode.id, fd.isDir, datasync, xdata?.get('glossa.sync-volume')]);
      fd.ctxSet(rig.graph.top, 'open');
      unwind.fsyncdir(frame, 0, 0, null);
    },
  });
  const held = rig.graph.inodes.root.fdCount;
  expect(rig.ask(OP.SYNCFS, 1, u64(0)).error).toBe(0);
  expect([seen, rig.graph.inodes.root.fdCount]).toEqual([[[1, true, 0, 1]], held]);
});

test('OPEN replies FOPEN_DIRECT_IO if the volumes ask for it', async () => {
  let xdata: Dict | null = null;
  rig = await Rig.make({ open: (frame, _x, _l, _f, fd) => unwind.open(frame, 0, 0, fd, xdata) });
  const ask = () => rig.ask(OP.OPEN, rig.find('file').id, u32(0), u32(0)).body.readUInt32LE(8);
  expect(ask()).toBe(0);
  xdata = new Dict().set(DIRECT_IO_MODE, 1);
  expect(ask()).toBe(1);
});

test('FSYNC winds fsync, for data only if the program called fdatasync(2)', async () => {
  const seen: unknown[] = [];
  const fsync: Fops<null>['fsync'] = (frame, _xl, _fd, datasync) => {
    seen.push(datasync);
    unwind.fsync(frame, 0, 0, null, null, null);
  };
  rig = await Rig.make({ ...open, fsync });
  const [id, fh] = openFile();
  for (const flags of [0, 1])
    expect(rig.ask(OP.FSYNC, id, u64(fh), u32(flags), u32(0)).error).toBe(0);
  expect(seen).toEqual([0, 1]);
});

test('FALLOCATE winds discard for holes, zerofill for zeros, and fallocate for other modes', async () => {
  const seen: unknown[] = [];
  rig = await Rig.make({
    ...open,
    fallocate: (frame, _xl, _fd, mode) => {
      seen.push(mode);
      unwind.fallocate(frame, 0, 0, null, null, null);
    },
    discard: (frame) => {
      seen.push('discard');
      unwind.discard(frame, 0, 0, null, null, null);
    },
    zerofill: (frame) => {
      seen.push('zerofill');
      unwind.zerofill(frame, 0, 0, null, null, null);
    },
  });
  const [id, fh] = openFile();
  for (const mode of [0, 1, 3, 16, 17, 8, 32]) {
    const ask = rig.ask(OP.FALLOCATE, id, u64(fh), u64(0), u64(10), u32(mode), u32(0));
    expect(ask.error).toBe(0);
  }
  expect(seen).toEqual([0, 1, 'discard', 'zerofill', 17, 8, 32]);
});

test('LSEEK and READ beyond 8 PiB report the end of the file, or EOVERFLOW for a longer file', async () => {
  const size = Object.assign(makeIatt(2), { iaSize: 5 });
  rig = await Rig.make({ ...open, fstat: (frame) => unwind.fstat(frame, 0, 0, size, null) });
  const [id, fh] = openFile();
  const far = Buffer.from('ffffffffffffff7f', 'hex');
  const seek = () => rig.ask(OP.LSEEK, id, u64(fh), far, u32(3), u32(0));
  const read = () => rig.ask(OP.READ, id, u64(fh), far, u32(9), u32(0), u64(0), u32(0), u32(0));
  expect([seek().error, read().error, read().body.length]).toEqual([-ENXIO, 0, 0]);
  size.exactSize = 2n ** 53n;
  expect([seek().error, read().error]).toEqual([-EOVERFLOW, -EOVERFLOW]);
});

describe('the umask', () => {
  test('is applied to the mode of a new file, whose original mode is in xdata if it differs', async () => {
    const seen: unknown[] = [];
    rig = await Rig.make({
      mkdir: (frame, _xl, loc, mode, umask, xdata) => {
        seen.push([mode, umask, xdata?.get('mode')]);
        unwind.mkdir(frame, 0, 0, loc.inode, makeIatt(9), null, null, null);
      },
      mknod: (frame, _xl, loc, mode, _rdev, umask, xdata) => {
        seen.push([mode, umask, xdata?.get('mode')]);
        unwind.mknod(frame, 0, 0, loc.inode, makeIatt(9), null, null, null);
      },
      create: (frame, _xl, loc, _flags, mode, umask, fd, xdata) => {
        seen.push([mode, umask, xdata?.get('mode')]);
        unwind.create(frame, 0, 0, fd, loc.inode, makeIatt(9), null, null, null);
      },
    });
    rig.ask(OP.MKDIR, 1, u32(0o1777), u32(0o22), 'd');
    rig.ask(OP.MKDIR, 1, u32(0o755), u32(0o22), 'e');
    rig.ask(OP.MKNOD, 1, u32(0o10666), u32(0), u32(0o27), u32(0), 'p');
    rig.ask(OP.CREATE, 1, u32(2), u32(0o100666), u32(0o77), u32(0), 'f');
    expect(seen).toEqual([
      [0o1755, 0o22, 0o1777],
      [0o755, 0o22, undefined],
      [0o10640, 0o27, 0o10666],
      [0o100600, 0o77, 0o100666],
    ]);
  });
});

describe('O_TRUNC', () => {
  const asked: unknown[] = [];
  const fops: Fops<null> = {
    open: (frame, _xl, _loc, flags, fd) => {
      asked.push(['open', flags]);
      unwind.open(frame, 0, 0, fd, null);
    },
    ftruncate: (frame, _xl, fd, offset, xdata) => {
      asked.push(['ftruncate', fd.flags, offset, xdata?.get('glossa.kill-priv')]);
      unwind.ftruncate(frame, 0, 0, null, null, null);
    },
    truncate: (frame, _xl, loc, offset) => {
      asked.push(['truncate', loc.inode!.id, offset]);
      fail.truncate(frame, ENOSPC);
    },
  };

  test('winds ftruncate after open, with glossa.kill-priv in xdata if the kernel requests it', async () => {
    asked.length = 0;
    rig = await Rig.make(fops);
    const { id } = rig.find('file');
    expect(rig.ask(OP.OPEN, id, u32(1 | O_TRUNC), u32(0)).error).toBe(0);
    expect(rig.ask(OP.OPEN, id, u32(2 | O_TRUNC), u32(1)).error).toBe(0);
    expect(asked).toEqual([
      ['open', 1],
      ['ftruncate', 1, 0, undefined],
      ['open', 2],
      ['ftruncate', 2, 0, 1],
    ]);
    expect(rig.session.fds.size).toBe(2);
  });

  test('O_TRUNC of a read-only open winds truncate by the inode, and its failure closes the file', async () => {
    asked.length = 0;
    rig = await Rig.make(fops);
    const { id } = rig.find('file');
    expect(rig.ask(OP.OPEN, id, u32(O_TRUNC), u32(0)).error).toBe(-ENOSPC);
    expect(asked).toEqual([
      ['open', 0],
      ['truncate', id, 0],
    ]);
    expect(rig.session.fds.size).toBe(0);
  });
});

describe('glossa.kill-priv', () => {
  const setattr = (id: number, valid: number) =>
    rig.ask(OP.SETATTR, id, u32(valid), u32(0), u64(0), u64(9), ...Array(8).fill(u64(0)));

  test('is in xdata of writes, truncates, chowns and empty SETATTRs if the kernel asks to clear privileges', async () => {
    const seen: unknown[] = [];
    rig = await Rig.make({
      ...open,
      writev: (frame, _xl, _fd, vector, _offset, _flags, xdata) => {
        seen.push(['write', xdata?.get('glossa.kill-priv')]);
        unwind.writev(frame, vector.length, 0, null, null, null);
      },
      truncate: (frame, _xl, _loc, _offset, xdata) => {
        seen.push(['truncate', xdata?.get('glossa.kill-priv')]);
        unwind.truncate(frame, 0, 0, null, makeIatt(2), null);
      },
      fsetattr: (frame, _xl, _fd, _stbuf, valid, xdata) => {
        seen.push([valid, xdata?.get('glossa.kill-priv')]);
        unwind.fsetattr(frame, 0, 0, null, makeIatt(2), null);
      },
      setattr: (frame, _xl, _loc, _stbuf, valid, xdata) => {
        seen.push([valid, xdata?.get('glossa.kill-priv')]);
        unwind.setattr(frame, 0, 0, null, makeIatt(2), null);
      },
    });
    const { id } = rig.find('file');
    const KILL = 1 << 11;
    for (const valid of [1, 2, 2 | KILL, 8, 8 | KILL, 0]) expect(setattr(id, valid).error).toBe(0);
    // Without changes: only a file open for writing is about to get new data.
    const [, fh] = openFile();
    expect(setattr(id, 0).error).toBe(0);
    for (const flags of [0, 4]) {
      const head = [u64(fh), u64(0), u32(1), u32(flags), u64(0), u32(2), u32(0)];
      expect(rig.ask(OP.WRITE, id, ...head, Buffer.from('x')).error).toBe(0);
    }
    expect(seen).toEqual([
      [1, undefined],
      [2, undefined],
      [2, 1],
      ['truncate', undefined],
      ['truncate', 1],
      [0, undefined],
      [0, 1],
      ['write', undefined],
      ['write', 1],
    ]);
  });
});

test('GETXATTR of an ACL fails with ENODATA if the storage has no ACLs, so that the mode applies', async () => {
  rig = await Rig.make({ getxattr: (frame) => fail.getxattr(frame, EOPNOTSUPP) });
  const ask = (name: string) => rig.ask(OP.GETXATTR, 1, u32(0), u32(0), name).error;
  expect(ask('system.posix_acl_access')).toBe(-ENODATA);
  expect(ask('system.posix_acl_default')).toBe(-ENODATA);
  expect(ask('system.other')).toBe(-EOPNOTSUPP);
});

test('GETXATTR and SETXATTR of an ACL fail with EOPNOTSUPP at a mount without ACLs, without a fop', async () => {
  const asked: unknown[] = [];
  const names = ['system.posix_acl_access', 'user.x', 'system.posix_acl_default'];
  rig = await Rig.make(
    {
      getxattr: (frame, _xl, _loc, name) => {
        asked.push(name);
        const all = new Dict();
        for (const each of names) all.set(each, Uint8Array.of(1), 'bin');
        unwind.getxattr(frame, 0, 0, all, null);
      },
      setxattr: (frame, _xl, _loc, dict) => {
        asked.push(...dict!.keys());
        unwind.setxattr(frame, 0, 0, null);
      },
      removexattr: (frame, _xl, _loc, name) => {
        asked.push(name);
        unwind.removexattr(frame, 0, 0, null);
      },
    },
    { acl: false },
  );
  const ask = (name: string): number[] => [
    rig.ask(OP.GETXATTR, 1, u32(9), u32(0), name).error,
    rig.ask(OP.SETXATTR, 1, u32(1), u32(0), name, Uint8Array.of(1)).error,
    rig.ask(OP.REMOVEXATTR, 1, name).error,
  ];
  for (const name of [names[0]!, names[2]!]) {
    expect(ask(name)).toEqual([-EOPNOTSUPP, -EOPNOTSUPP, -EOPNOTSUPP]);
  }
  expect(asked).toEqual([]);
  expect(ask('user.x')).toEqual([0, 0, 0]);
  expect(rig.ask(OP.LISTXATTR, 1, u32(99), u32(0)).body.toString()).toBe('user.x\0');
});
