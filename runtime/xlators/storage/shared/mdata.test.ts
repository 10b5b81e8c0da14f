import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  decodeMdata,
  decodeWireMdata,
  encodeMdata,
  encodeWireMdata,
  MDATA_SIZE,
  selectLatestTimes,
  type Times,
} from './mdata.ts';

const sec = fc.maxSafeInteger();
const nsec = fc.integer({ min: 0, max: 999_999_999 });
const anyTimes: fc.Arbitrary<Times> = fc.record({
  ...{ iaAtime: sec, iaAtimeNsec: nsec, iaMtime: sec, iaMtimeNsec: nsec },
  ...{ iaCtime: sec, iaCtimeNsec: nsec },
});

it("encodeMdata and decodeMdata use GlusterFS's layout", () => {
  // Version, flags, and the times of change, modification and access.
  const hex =
    '01 0000000000000000 000000006affeadb 0000000025b0f5d9 000000006affeadc 0000000003ede24c ' +
    '000000006affeada 000000003aba2f17';
  const bytes = new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  const times = {
    ...{ iaCtime: 0x6affeadb, iaCtimeNsec: 0x25b0f5d9, iaMtime: 0x6affeadc },
    ...{ iaMtimeNsec: 0x3ede24c, iaAtime: 0x6affeada, iaAtimeNsec: 0x3aba2f17 },
  };
  expect(decodeMdata(bytes)).toEqual(times);
  expect(encodeMdata(times)).toEqual(bytes);
});

it("a file's times are the same after encoding and decoding, for the disk and for the wire", () => {
  fc.assert(
    fc.property(anyTimes, (times) => {
      expect(decodeMdata(encodeMdata(times))).toEqual(times);
      expect(decodeWireMdata(encodeWireMdata(times))).toEqual(times);
    }),
  );
});

it('decodeMdata returns null for bytes of a wrong length or version', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2 * MDATA_SIZE }), (bytes) => {
      expect(decodeMdata(bytes) === null).toBe(bytes.length < MDATA_SIZE || bytes[0] === 0);
      expect(decodeWireMdata(bytes) === null).toBe(bytes.length !== 36);
    }),
  );
});

it('selectLatestTimes returns the later of two times, in either order', () => {
  fc.assert(
    fc.property(anyTimes, anyTimes, (a, b) => {
      const both = selectLatestTimes(a, b);
      expect(selectLatestTimes(b, a)).toEqual(both);
      expect(selectLatestTimes(both, a)).toEqual(both);
      expect([a.iaMtime, b.iaMtime]).toContain(both.iaMtime);
      expect(both.iaMtime).toBe(Math.max(a.iaMtime, b.iaMtime));
    }),
  );
});
