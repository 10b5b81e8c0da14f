import { expect, test } from 'vitest';
import { pack, u32, u64 } from '../../../../test/support/fuse.ts';
import { Cursor } from './cursor.ts';
import { encodeLkOut, LK_OUT_SIZE } from './reply-structs.ts';
import { decodeLkIn, LkIn } from './structs.gen.ts';

/** struct fuse_lk_in of fs/fuse/file.c: handle, owner, start, end, type, pid, flags, padding. */
const bytes = pack([
  u64(7),
  u32(0xdeadbeef),
  u32(0x01020304),
  u64(10),
  u64(14),
  u32(1),
  u32(99),
  u32(1),
  u32(0),
]);

test('a lock request decodes to its fields', () => {
  const cursor = new Cursor(bytes);
  const args = new LkIn();
  decodeLkIn(cursor, args);
  expect([cursor.isShort, cursor.position]).toEqual([false, 48]);
  expect({ ...args }).toEqual({
    fh: 7,
    ownerLo: 0xdeadbeef,
    ownerHi: 0x01020304,
    start: 10,
    end: 14,
    type: 1,
    pid: 99,
    lkFlags: 1,
  });
});

test('a lock request that is cut off at any byte is reported as incomplete', () => {
  for (let length = 0; length < bytes.length; length++) {
    const cursor = new Cursor(bytes.subarray(0, length));
    decodeLkIn(cursor, new LkIn());
    expect(cursor.isShort).toBe(true);
  }
});

test.each([
  [{ type: 1, start: 10, len: 5, pid: 99 }, '0a00000000000000 0e00000000000000 01000000 63000000'],
  [{ type: 0, start: 0, len: 0, pid: -1 }, '0000000000000000 ffffffffffffff7f 00000000 ffffffff'],
  [
    { type: 2, start: 2 ** 40, len: 1, pid: 0 },
    '0000000000010000 0000000000010000 02000000 00000000',
  ],
])('the lock %o is encoded as struct fuse_lk_out', (lock, expected) => {
  const out = new Uint8Array(LK_OUT_SIZE).fill(0xaa);
  encodeLkOut(new DataView(out.buffer), 0, lock);
  expect(Buffer.from(out).toString('hex')).toBe(expected.replaceAll(' ', ''));
});
