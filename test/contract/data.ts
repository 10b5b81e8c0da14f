/** Checks of the storage contract: a file's data. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { O_APPEND, O_RDWR, O_TRUNC, O_WRONLY } from '../../runtime/core/open-flags.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { bareFd, type Checks, content, file, iatt, mkdir, ok } from './check.ts';
import type { TestVolume } from './driver.ts';

const MIB = 1 << 20;
const GIB = 2 ** 30;
const KEEP_SIZE = 1;
const [DATA, HOLE] = [0, 1];

async function openFile(vol: TestVolume, text = '') {
  const { fd, inode } = ok(await vol.create(vol.root, 'f'));
  if (text !== '') ok(await vol.write(fd!, text, 0));
  return { fd: fd!, inode: inode! };
}

function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 2654435761) >>> 13;
  return bytes;
}

const reading: Checks = {
  'reads and writes apply at their offset': async (vol) => {
    const { fd } = await openFile(vol, 'hello world');
    const wrote = ok(await vol.write(fd, 'W', 6));
    expect(wrote.opRet).toBe(1);
    expect([wrote.prebuf!.iaSize, wrote.postbuf!.iaSize]).toEqual([11, 11]);
    const part = ok(await vol.read(fd, 5, 6));
    expect([part.text, part.opRet, part.stbuf!.iaSize]).toEqual(['World', 5, 11]);
    expect(ok(await vol.read(fd, 0, 3)).opRet).toBe(0);
    fd.release();
  },

  'a read past the end returns 0 bytes': async (vol) => {
    const { fd } = await openFile(vol, 'abc');
    const short = ok(await vol.read(fd, 4096, 1));
    expect([short.text, short.opRet, short.vector!.length]).toEqual(['bc', 2, 2]);
    for (const offset of [3, 4, 5 * GIB]) {
      const none = ok(await vol.read(fd, 4096, offset));
      expect([none.opRet, none.vector!.length]).toEqual([0, 0]);
    }
    fd.release();
  },

  'a block of 1 MiB at an odd offset reads back unchanged': async (vol) => {
    const { fd } = await openFile(vol);
    const data = noise(MIB + 12345);
    expect(ok(await vol.write(fd, data, 777)).opRet).toBe(data.length);
    const read = ok(await vol.read(fd, 2 * MIB, 777));
    expect(Buffer.compare(read.vector!, data)).toBe(0);
    const middle = ok(await vol.read(fd, 8192, 500_000));
    expect(Buffer.compare(middle.vector!, data.subarray(499_223, 507_415))).toBe(0);
    fd.release();
  },

  'a sparse file of 5 GiB takes less than 1 MiB': async (vol) => {
    const { fd, inode } = await openFile(vol, 'first');
    const far = 5 * GIB + 3;
    ok(await vol.write(fd, 'last', far));
    const { iaSize, iaBlocks } = await iatt(vol, inode);
    expect(iaSize).toBe(far + 4);
    expect(iaBlocks * 512).toBeLessThan(MIB);
    expect((await vol.read(fd, 10, far)).text).toBe('last');
    expect((await vol.read(fd, 8, 3 * GIB)).vector).toEqual(new Uint8Array(8));
    expect((await vol.read(fd, 6, far - 2)).text).toBe('\0\0last');
    ok(await vol.fop('truncate', new Loc(inode), 7 * GIB, null));
    expect((await iatt(vol, inode)).iaSize).toBe(7 * GIB);
    fd.release();
  },

  'a write copies its buffer': async (vol) => {
    const { fd } = await openFile(vol);
    const buffer = new TextEncoder().encode('mine');
    ok(await vol.write(fd, buffer, 0));
    buffer.fill(0);
    expect((await vol.read(fd, 4, 0)).text).toBe('mine');
    fd.release();
  },

  'a write with O_APPEND goes to the end of the file': async (vol) => {
    const f = await file(vol, vol.root, 'f', 'one');
    const { fd } = ok(await vol.open(f, O_WRONLY | O_APPEND));
    ok(await vol.write(fd!, ' two', 0));
    expect(await content(vol, f)).toBe('one two');
    fd!.release();
  },

  'an fd refuses fops that its flags do not allow': async (vol) => {
    const f = await file(vol, vol.root, 'f', 'text');
    const reader = ok(await vol.open(f, 0)).fd!;
    const writer = ok(await vol.open(f, O_WRONLY)).fd!;
    expect((await vol.write(reader, 'x', 0)).err).toBe('EBADF');
    expect((await vol.fop('ftruncate', reader, 0, null)).err).toBe('EINVAL');
    expect((await vol.read(writer, 4, 0)).err).toBe('EBADF');
    reader.release();
    writer.release();
    const d = await mkdir(vol, vol.root, 'd');
    expect((await vol.open(d, O_RDWR)).err).toBe('EISDIR');
    expect((await vol.opendir(f)).err).toBe('ENOTDIR');
  },

  'an fd without an open reads and writes': async (vol) => {
    const f = await file(vol, vol.root, 'f', 'text');
    const fd = bareFd(f, O_RDWR);
    expect((await vol.read(fd, 9, 0)).text).toBe('text');
    ok(await vol.write(fd, 'T', 0));
    expect(ok(await vol.fop('fstat', fd, null)).buf!.iaSize).toBe(4);
    fd.release();
  },

  'invalid offsets fail with EINVAL or EFBIG': async (vol) => {
    const { fd, inode } = await openFile(vol);
    expect((await vol.read(fd, 1, -1)).err).toBe('EINVAL');
    expect((await vol.write(fd, 'x', -1)).err).toBe('EINVAL');
    expect((await vol.write(fd, 'xx', Number.MAX_SAFE_INTEGER)).err).toBe('EFBIG');
    expect((await vol.fop('truncate', new Loc(inode), -1, null)).err).toBe('EINVAL');
    expect((await vol.fop('ftruncate', fd, -1, null)).err).toBe('EINVAL');
    fd.release();
  },
};

const sizing: Checks = {
  'truncate cuts a file or extends it with zeros': async (vol) => {
    const { fd, inode } = await openFile(vol, 'hello world');
    const cut = ok(await vol.fop('truncate', new Loc(inode), 5, null));
    expect([cut.prebuf!.iaSize, cut.postbuf!.iaSize]).toEqual([11, 5]);
    ok(await vol.fop('ftruncate', fd, 8, null));
    expect((await vol.read(fd, 100, 0)).text).toBe('hello\0\0\0');
    ok(await vol.fop('ftruncate', fd, 0, null));
    expect((await vol.read(fd, 100, 0)).opRet).toBe(0);
    fd.release();
    const d = await mkdir(vol, vol.root, 'd');
    expect((await vol.fop('truncate', new Loc(d), 0, null)).err).toBe('EISDIR');
    const { inode: link } = ok(await vol.symlink(vol.root, 'l', 'f'));
    expect((await vol.fop('truncate', new Loc(link), 0, null)).err).toBe('EINVAL');
    expect((await iatt(vol, inode)).iaSize).toBe(0);
  },

  'an extension after a cut reads as zeros': async (vol) => {
    const { fd } = await openFile(vol);
    ok(await vol.write(fd, noise(10_000), 0));
    ok(await vol.fop('ftruncate', fd, 4100, null));
    ok(await vol.fop('ftruncate', fd, 10_000, null));
    expect((await vol.read(fd, 5900, 4100)).vector!.every((byte) => byte === 0)).toBe(true);
    fd.release();
  },

  'open with O_TRUNC empties the file': async (vol) => {
    const f = await file(vol, vol.root, 'f', 'text');
    const { fd } = ok(await vol.open(f, O_RDWR | O_TRUNC));
    expect((await iatt(vol, f)).iaSize).toBe(0);
    fd!.release();
  },

  'fallocate extends a file, or keeps its size under KEEP_SIZE': async (vol) => {
    const { fd, inode } = await openFile(vol, 'abc');
    ok(await vol.fop('fallocate', fd, KEEP_SIZE, 0, 10_000, null));
    expect((await iatt(vol, inode)).iaSize).toBe(3);
    const grown = ok(await vol.fop('fallocate', fd, 0, 0, 10_000, null));
    expect([grown.prebuf!.iaSize, grown.postbuf!.iaSize]).toEqual([3, 10_000]);
    expect((await vol.read(fd, 5, 0)).text).toBe('abc\0\0');
    expect((await vol.fop('fallocate', fd, 0, 0, 0, null)).err).toBe('EINVAL');
    expect((await vol.fop('fallocate', fd, 0, -1, 5, null)).err).toBe('EINVAL');
    fd.release();
  },

  'discard and zerofill turn ranges to zeros': async (vol) => {
    const { fd, inode } = await openFile(vol);
    ok(await vol.write(fd, noise(20_000).fill(65, 0, 100), 0));
    ok(await vol.fop('discard', fd, 50, 12_000, null));
    expect((await iatt(vol, inode)).iaSize).toBe(20_000);
    const { vector } = ok(await vol.read(fd, 12_000, 50));
    expect(vector!.every((byte) => byte === 0)).toBe(true);
    expect((await vol.read(fd, 50, 0)).text).toBe('A'.repeat(50));
    ok(await vol.fop('zerofill', fd, 10, 5, null));
    expect((await vol.read(fd, 20, 5)).text).toBe(`AAAAA\0\0\0\0\0${'A'.repeat(10)}`);
    ok(await vol.fop('zerofill', fd, 19_000, 5_000, null));
    expect((await iatt(vol, inode)).iaSize).toBe(24_000);
    expect((await vol.fop('discard', fd, 0, 0, null)).err).toBe('EINVAL');
    fd.release();
  },

  'seek finds data and holes, and fails with ENXIO beyond them': async (vol) => {
    const { fd } = await openFile(vol);
    ok(await vol.write(fd, 'x'.repeat(4096), MIB));
    ok(await vol.fop('ftruncate', fd, 2 * MIB, null));
    const seek = async (offset: number, whence: number) => {
      const reply = await vol.fop('seek', fd, offset, whence, null);
      return reply.opRet < 0 ? reply.err : reply.offset;
    };
    expect(await seek(0, DATA)).toBe(MIB);
    expect(await seek(0, HOLE)).toBe(0);
    expect(await seek(MIB, HOLE)).toBe(MIB + 4096);
    expect(await seek(MIB + 10, DATA)).toBe(MIB + 10);
    expect(await seek(MIB + 4096, DATA)).toBe('ENXIO');
    expect(await seek(2 * MIB, HOLE)).toBe('ENXIO');
    expect(await seek(0, 7)).toBe('EINVAL');
    fd.release();
  },
};

const rest: Checks = {
  'flush, fsync and fsyncdir succeed on open fds': async (vol) => {
    const { fd } = await openFile(vol, 'kept');
    ok(await vol.fop('flush', fd, null));
    for (const datasync of [0, 1]) {
      const synced = ok(await vol.fop('fsync', fd, datasync, null));
      expect(synced.postbuf!.iaSize).toBe(4);
    }
    fd.release();
    const d = ok(await vol.opendir(vol.root)).fd!;
    ok(await vol.fop('fsyncdir', d, 0, null));
    d.release();
  },

  'rchecksum returns the weak and MD5 checksums of a range': async (vol) => {
    const { fd } = await openFile(vol, 'abcabcx');
    const md5 = createHash('md5').update('abc').digest();
    for (const offset of [0, 3]) {
      const { weak, strong } = ok(await vol.fop('rchecksum', fd, offset, 3, null));
      // Adler-32 begun at 0: a = 97+98+99, b = 97 + (97+98) + (97+98+99).
      expect(weak).toBe(((97 * 3 + 98 * 2 + 99) << 16) | (97 + 98 + 99));
      expect(Buffer.compare(strong!, Buffer.concat([md5, Buffer.alloc(16)]))).toBe(0);
    }
    expect((await vol.fop('rchecksum', fd, -1, 3, null)).err).toBe('EINVAL');
    fd.release();
  },

  'copy_file_range copies up to the end, and refuses flags and overlaps': async (vol) => {
    const { fd } = await openFile(vol, 'hello world');
    const to = ok(await vol.create(vol.root, 'g')).fd!;
    const copy = (len: number, flags = 0) =>
      vol.fop('copy_file_range', fd, 6, to, 2, len, flags, null);
    const copied = ok(await copy(100));
    expect([copied.opRet, copied.stbuf!.iaSize, copied.postbuf_dst!.iaSize]).toEqual([5, 11, 7]);
    expect((await vol.read(to, 100, 0)).text).toBe('\0\0world');
    expect((await copy(5, 1)).err).toBe('EINVAL');
    expect((await vol.fop('copy_file_range', fd, 0, fd, 2, 5, 0, null)).err).toBe('EINVAL');
    fd.release();
    to.release();
  },

  '64 concurrent writes and reads of one fd keep their data apart': async (vol) => {
    const { fd } = await openFile(vol);
    const blocks = Array.from({ length: 64 }, (_, i) => i);
    await Promise.all(blocks.map((i) => vol.write(fd, `${i}`.padEnd(1000, '.'), i * 1000)));
    const replies = await Promise.all(blocks.map((i) => vol.read(fd, 1000, i * 1000)));
    replies.forEach((reply, i) => {
      expect(reply.text).toBe(`${i}`.padEnd(1000, '.'));
    });
    fd.release();
  },

  'a read completes after the release of its fd': async (vol) => {
    const { fd } = await openFile(vol, 'still there');
    const reply = vol.read(fd, 100, 0);
    fd.release();
    expect((await reply).text).toBe('still there');
  },
};

export const dataChecks: Checks = { ...reading, ...sizing, ...rest };
