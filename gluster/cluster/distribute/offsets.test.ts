import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isOfSecondRound,
  joinOffset,
  readChildOffset,
  readOffsetChild,
} from './fops/listing-record.ts';

const BITS = 63n;
const TOP = 1n << (BITS - 1n);

/** GlusterFS's own formula with all its bits. */
function ofGlusterfs(offset: bigint, leaf: bigint, leaves: bigint): bigint {
  if (offset === 0n || leaves === 1n) return offset;
  let bits = 0n;
  while (1n << bits < leaves) bits += 1n;
  const isHuge = offset >> (BITS - bits - 1n) > 0n;
  return isHuge ? TOP | ((offset >> 1n) & ~((1n << bits) - 1n)) | leaf : offset * leaves + leaf;
}

const places = fc.integer({ min: 1, max: 65_536 }).chain((children) =>
  fc.record({
    children: fc.constant(children),
    child: fc.nat(children - 1),
    offset: fc.oneof(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.maxSafeNat().map((n) => Math.max(n, 1)),
      fc.nat(3).map((n) => Math.floor(Number.MAX_SAFE_INTEGER / children) - n),
    ),
  }),
);

test('an offset of a listing contains the child and its offset, in the same form as in GlusterFS', () => {
  fc.assert(
    fc.property(places, ({ children, child, offset }) => {
      const exact = BigInt(offset) * BigInt(children) + BigInt(child);
      const joined = joinOffset(child, offset, children);
      expect(joined === undefined).toBe(exact >= 2n ** 52n);
      if (joined === undefined) return;
      const again = joinOffset(child + children, offset, children)!;
      expect([joined, again].map(isOfSecondRound)).toEqual([false, true]);
      expect([readOffsetChild(again, children), readChildOffset(again, children)]).toEqual([
        child,
        offset,
      ]);
      expect([readOffsetChild(joined, children), readChildOffset(joined, children)]).toEqual([
        child,
        offset,
      ]);
      expect(BigInt(joined)).toBe(ofGlusterfs(BigInt(offset), BigInt(child), BigInt(children)));
    }),
    { numRuns: 1000 },
  );
});

test("GlusterFS's formula for listing offsets gives the large offsets of a captured listing", () => {
  expect([
    ofGlusterfs(0x1efc_e248_700a_9a17n, 0n, 3n),
    ofGlusterfs(0x583a_64d7_3040_ba1en, 1n, 3n),
    ofGlusterfs(0x583a_64d7_3040_ba1en, 2n, 3n),
  ]).toEqual([0x4f7e_7124_3805_4d08n, 0x6c1d_326b_9820_5d0dn, 0x6c1d_326b_9820_5d0en]);
});
