import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  latestTimes,
  MDATA_SIZE,
  readMdata,
  readWireMdata,
  type Times,
  writeMdata,
  writeWireMdata,
} from './mdata.ts';

const sec = fc.maxSafeInteger();
const nsec = fc.integer({ min: 0, max: 999_999_999 });
const anyTimes: fc.Arbitrary<Times> = fc.record({
  ...{ iaAtime: sec, iaAtimeNsec: nsec, iaMtime: sec, iaMtimeNsec: nsec },
  ...{ iaCtime: sec, iaCtimeNsec: nsec },
});

it("writeMdata and readMdata use GlusterFS's layout", () => {
  // Version, flags, and the times of change, modification and access.
  const hex =
    '01 0000000000000000 000000006affeadb 0000000025b0f5d9 000000006affeadc 0000000003ede24c ' +
    '000000006affeada 000000003aba2f17';
  const bytes = new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  const times = {
    ...{ iaCtime: 0x6affeadb, iaCtimeNsec: 0x25b0f5d9, iaMtime: 0x6affeadc },
    ...{ iaMtimeNsec: 0x3ede24c, iaAtime: 0x6affeada, iaAtimeNsec: 0x3aba2f17 },
  };
  expect(readMdata(bytes)).toEqual(times);
  expect(writeMdata(times)).toEqual(bytes);
});

it('any times are the same after they are written and read, on disk and on the wire', () => {
  fc.assert(
    fc.property(anyTimes, (times) => {
      expect(readMdata(writeMdata(times))).toEqual(times);
      expect(readWireMdata(writeWireMdata(times))).toEqual(times);
    }),
  );
});

it('readMdata returns null for bytes of a wrong length or version', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2 * MDATA_SIZE }), (bytes) => {
      expect(readMdata(bytes) === null).toBe(bytes.length < MDATA_SIZE || bytes[0] === 0);
      expect(readWireMdata(bytes) === null).toBe(bytes.length !== 36);
    }),
  );
});

it('latestTimes returns the later of two times, in either order', () => {
  fc.assert(
    fc.property(anyTimes, anyTimes, (a, b) => {
      const both = latestTimes(a, b);
      expect(latestTimes(b, a)).toEqual(both);
      expect(latestTimes(both, a)).toEqual(both);
      expect([a.iaMtime, b.iaMtime]).toContain(both.iaMtime);
      expect(both.iaMtime).toBe(Math.max(a.iaMtime, b.iaMtime));
    }),
  );
});
