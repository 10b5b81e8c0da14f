/** Offsets of listings in directories with positions of any size, for any pages, opens and changes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bucketStart,
  isBeforeOffset,
  isListingOffset,
  makeListingOffset,
  readPositionHi,
  readPositionLo,
} from './listing-offset.ts';

/** The position after the last entry of an ext4 directory. */
const EXT4_END = 2n ** 63n - 1n;

interface Entry {
  readonly name: string;
  readonly off: number;
}

/** A directory whose entries have positions, the first one 0; it is listed in their order, from any position. */
class Directory {
  readonly positions: bigint[];

  constructor(positions: readonly bigint[]) {
    this.positions = [0n, ...positions].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /** Lists `count` entries after an offset, as a storage does in a fresh open. */
  list(offset: number, count: number): Entry[] {
    const start = (BigInt(readPositionHi(offset)) << 32n) | BigInt(readPositionLo(offset));
    const entries: Entry[] = [];
    let previous = bucketStart(offset);
    for (const [index, position] of this.positions.entries()) {
      if (position < start || entries.length === count) continue;
      const next = this.positions[index + 1] ?? EXT4_END;
      const off = makeListingOffset(Number(next >> 32n), Number(next & 0xffff_ffffn), previous);
      previous = off;
      if (!isBeforeOffset(off, offset)) entries.push({ name: String(index), off });
    }
    return entries;
  }
}

/** Positions of any size, some of them close together or equal; never more in a bucket than there are ranks. */
const clusters = fc.array(
  fc.record({
    base: fc.oneof(
      fc.bigInt(1n, EXT4_END - 2n ** 20n),
      fc.bigInt(2n ** 42n - 40n, 2n ** 42n + 40n),
      fc.bigInt(1n, 2n ** 20n),
    ),
    distances: fc.array(fc.oneof(fc.constant(0n), fc.bigInt(0n, 2n ** 20n)), {
      minLength: 1,
      maxLength: 12,
    }),
  }),
  { minLength: 1, maxLength: 30 },
);

test('a listing that continues in a fresh open after each page has each name once', () => {
  fc.assert(
    fc.property(
      clusters,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 }),
      (all, pages) => {
        const isSmall = (position: bigint): boolean => position < 2n ** 42n;
        const positions = all.flatMap(({ base, distances }) => distances.map((d) => base + d));
        // Entries with one small position are one entry: only hashes collide.
        const directory = new Directory([
          ...new Set(positions.filter(isSmall)),
          ...positions.filter((position) => !isSmall(position)),
        ]);
        const counts = new Map<number, number>();
        for (const position of directory.positions) {
          const start = bucketStart(
            makeListingOffset(Number(position >> 32n), Number(position & 0xffff_ffffn), 0),
          );
          counts.set(start, (counts.get(start) ?? 0) + 1);
        }
        fc.pre(Math.max(...counts.values()) < 32);
        const names: string[] = [];
        for (let offset = 0, page = 0; ; page++) {
          const entries = directory.list(offset, pages[page % pages.length]!);
          if (entries.length === 0) break;
          names.push(...entries.map(({ name }) => name));
          offset = entries.at(-1)!.off;
          expect(isListingOffset(offset)).toBe(true);
        }
        expect(names).toEqual(directory.positions.map((_, index) => String(index)));
      },
    ),
    { numRuns: 500 },
  );
});

test('the removal of one of two names in a bucket hides no name from a listing that continues there', () => {
  const base = 2n ** 60n;
  const directory = new Directory([base, base + 1n, 2n ** 61n]);
  const [, first] = directory.list(0, 2);
  const later = new Directory([base + 1n, 2n ** 61n]);
  expect(later.list(first!.off, 9).map(({ name }) => name)).toEqual(['1', '2']);
});

test('offsets beyond all positions, negative ones and no numbers are refused', () => {
  expect([0, 1, 2 ** 42, 2 ** 43 - 1].map(isListingOffset)).toEqual([true, true, true, true]);
  expect([-1, 2 ** 43, 2 ** 63, Number.NaN].map(isListingOffset)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
