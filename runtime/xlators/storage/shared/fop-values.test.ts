import { expect, test } from 'vitest';
import { computeWeakChecksum } from './fop-values.ts';

test.each([0, 1, 3800, 3801, 131_072])(
  'the weak checksum of %i bytes is Adler-32, started at 0',
  (length) => {
    const bytes = new Uint8Array(length).map((_, index) => 255 - (index % 3));
    let [low, high] = [0n, 0n];
    for (const byte of bytes) {
      low += BigInt(byte);
      high += low;
    }
    const expected = ((high % 65_521n) << 16n) | (low % 65_521n);
    expect(BigInt(computeWeakChecksum(bytes) >>> 0)).toBe(expected);
  },
);
