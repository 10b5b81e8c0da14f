/** The flags of open(2) in the kernel's requests, from kernels of each machine. */
import { afterEach, describe, expect, test } from 'vitest';
import { makeIatt, Rig, u32, u64 } from '../../../../test/support/fuse.ts';
import { unwind } from '../../../core/gen/fops.gen.ts';
import { IA_IFREG } from '../../../core/iatt.ts';
import {
  O_CREAT,
  O_DIRECT,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_RDWR,
  O_SYNC,
} from '../../../core/open-flags.ts';
import type { Fops } from '../../../core/xlator.ts';
import { OP } from '../opcodes.ts';

let rig: Rig;
afterEach(() => rig.close());

/** The numbers of O_DIRECT, O_DIRECTORY, O_NOFOLLOW and O_TMPFILE by the kernel's machine. */
const KERNELS = {
  x86_64: { direct: 0o40000, directory: 0o200000, nofollow: 0o400000, tmpfile: 0o20200000 },
  aarch64: { direct: 0o200000, directory: 0o40000, nofollow: 0o100000, tmpfile: 0o20040000 },
};

describe.each(Object.entries(KERNELS))('open flags of a kernel on %s', (machine, own) => {
  let received: [fop: string, flags: number, fdFlags: number][] = [];
  const fops: Fops<null> = {
    open(frame, _xl, _loc, flags, fd) {
      received.push(['open', flags, fd.flags]);
      unwind.open(frame, 0, 0, fd, null);
    },
    opendir(frame, _xl, _loc, fd) {
      received.push(['opendir', fd.flags, fd.flags]);
      unwind.opendir(frame, 0, 0, fd, null);
    },
    create(frame, _xl, loc, flags, _mode, _umask, fd) {
      received.push(['create', flags, fd.flags]);
      unwind.create(frame, 0, 0, fd, loc.inode, makeIatt(9), null, null, null);
    },
    icreate(frame, _xl, loc) {
      unwind.icreate(frame, 0, 0, loc.inode, makeIatt(8, IA_IFREG), null);
    },
    readv(frame, _xl, fd, _size, _offset, flags) {
      received.push(['readv', flags, fd.flags]);
      unwind.readv(frame, 0, 0, new Uint8Array(0), makeIatt(2), null);
    },
    writev(frame, _xl, fd, vector, _offset, flags) {
      received.push(['writev', flags, fd.flags]);
      unwind.writev(frame, vector!.length, 0, makeIatt(2), makeIatt(2), null);
    },
  };
  const start = async (): Promise<Rig> => {
    received = [];
    return Rig.make(fops, { machine });
  };

  test('OPEN, READ and WRITE reach the graph with its numbers', async () => {
    rig = await start();
    const flags = O_RDWR | O_SYNC | own.direct | own.nofollow;
    const { body } = rig.ask(OP.OPEN, rig.find('file').id, u32(flags), u32(0));
    const handle = Number(body.readBigUInt64LE(0));
    rig.ask(OP.READ, 2, u64(handle), u64(0), u32(10), u32(0), u64(0), u32(flags), u32(0));
    const write = [u64(handle), u64(0), u32(1), u32(0), u64(0), u32(flags), u32(0), Buffer.of(1)];
    rig.ask(OP.WRITE, 2, ...write);
    const expected = O_RDWR | O_SYNC | O_DIRECT | O_NOFOLLOW;
    expect(received).toEqual([
      ['open', expected, expected],
      ['readv', expected, expected],
      ['writev', expected, expected],
    ]);
  });

  test('CREATE, TMPFILE and OPENDIR reach the graph with its numbers', async () => {
    rig = await start();
    const ask = (opcode: number, flags: number): void =>
      void rig.ask(opcode, 1, u32(flags), u32(0o644), u32(0), u32(0), 'new');
    ask(OP.CREATE, O_CREAT | O_RDWR | own.direct);
    ask(OP.TMPFILE, own.tmpfile | O_RDWR | own.direct);
    rig.ask(OP.OPENDIR, 1, u32(own.directory), u32(0));
    expect(received).toEqual([
      ['create', O_CREAT | O_RDWR | O_DIRECT, O_CREAT | O_RDWR | O_DIRECT],
      ['open', O_RDWR | O_DIRECT, O_RDWR | O_DIRECT],
      ['opendir', O_DIRECTORY, O_DIRECTORY],
    ]);
  });
});
