import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  computeInoHi,
  computeInoLo,
  gfidFromBytes,
  gfidFromRandom,
  gfidToBytes,
  isGfid,
  NULL_GFID,
  ROOT_GFID,
  writeGfidBytes,
} from './gfid.ts';

const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });

test('a gfid converts from bytes to text and back, at any offset', () => {
  fc.assert(
    fc.property(sixteen, fc.nat(20), (bytes, offset) => {
      const padded = new Uint8Array(40);
      padded.set(bytes, offset);
      const gfid = gfidFromBytes(padded, offset);
      expect(isGfid(gfid)).toBe(true);
      expect(gfidToBytes(gfid)).toEqual(bytes);
      const out = new Uint8Array(40);
      writeGfidBytes(gfid, out, offset);
      expect(out).toEqual(padded);
    }),
  );
});

test('a gfid converts from text to bytes and back', () => {
  fc.assert(fc.property(fc.uuid(), (gfid) => gfidFromBytes(gfidToBytes(gfid)) === gfid));
});

test('a gfid is unchanged after another one is made', () => {
  const first = gfidFromBytes(gfidToBytes(ROOT_GFID));
  gfidFromBytes(new Uint8Array(16).fill(0xff));
  expect(first).toBe(ROOT_GFID);
});

test('the null gfid is 16 zero bytes, and the root gfid ends in 1', () => {
  expect(gfidToBytes(NULL_GFID)).toEqual(new Uint8Array(16));
  expect(gfidToBytes(ROOT_GFID)).toEqual(Uint8Array.from([...Array(15).fill(0), 1]));
});

test('the inode number of a gfid is its last eight bytes, without the highest bit, and never 0', () => {
  expect([computeInoHi(ROOT_GFID), computeInoLo(ROOT_GFID)]).toEqual([0, 1]);
  const ino = (gfid: string) => (BigInt(computeInoHi(gfid)) << 32n) | BigInt(computeInoLo(gfid));
  expect(ino('eab7a035-8f43-4e91-a561-e4e5c42fce07')).toBe(2693685727634378247n);
  expect(ino('eab7a035-8f43-4e91-8000-000000000000')).toBe(0xffff_ffffn);
  expect(ino(NULL_GFID)).toBe(0xffff_ffffn);
  fc.assert(
    fc.property(sixteen, (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const low = view.getBigUint64(8) & (2n ** 63n - 1n);
      expect(ino(gfidFromBytes(bytes))).toBe(low === 0n ? 0xffff_ffffn : low);
    }),
  );
});

test('gfidFromRandom makes a version 4 UUID, and leaves the random bytes unchanged', () => {
  fc.assert(
    fc.property(sixteen, (random) => {
      const before = random.slice();
      expect(gfidFromRandom(random)).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
      expect(random).toEqual(before);
    }),
  );
});

test.each([
  '',
  '0',
  '00000000-0000-0000-0000-00000000000',
  '00000000-0000-0000-0000-0000000000011',
  'EAB7A035-8F43-4E91-A561-E4E5C42FCE07',
  '00000000_0000-0000-0000-000000000001',
  '00000000-0000-0000-0000-00000000000g',
  '00000000-0000-0000-0000-00000000000\u0130',
  '0000000-00000-0000-0000-000000000001',
])('isGfid refuses %j', (text) => {
  expect(isGfid(text)).toBe(false);
  expect(() => gfidToBytes(text)).toThrow(RangeError);
});

test('gfidFromBytes throws for fewer than 16 bytes', () => {
  expect(() => gfidFromBytes(new Uint8Array(15))).toThrow('a gfid takes 16 bytes, not 15');
  expect(() => gfidFromBytes(new Uint8Array(20), 5)).toThrow(RangeError);
  expect(() => gfidFromBytes(new Uint8Array(20), -1)).toThrow(RangeError);
});
