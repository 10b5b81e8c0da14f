/** Offsets in a listing: each leads back to its position, and their number is bounded. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DirectoryPositions } from './directory-positions.ts';

const wide = (lo: number) => ({ hi: lo >>> 3, lo });

test('an offset of a directory listing leads back to the position for which it was assigned', () => {
  const steps = fc.array(fc.tuple(fc.nat(50), fc.nat(30)), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (path) => {
      const positions = new DirectoryPositions();
      const positionsByIndex = new Map<number, number>([[0, 0]]);
      for (const [pick, lo] of path) {
        const from = [...positionsByIndex.keys()][pick % positionsByIndex.size]!;
        const index = positions.assignIndex(from, wide(lo));
        expect(index).toBeGreaterThan(0);
        if (positionsByIndex.has(index)) expect(positionsByIndex.get(index)).toBe(lo);
        positionsByIndex.set(index, lo);
      }
      for (const [index, lo] of positionsByIndex) expect(positions.find(index)).toEqual(wide(lo));
      expect(positions.find(path.length + 1)).toBeUndefined();
    }),
  );
});

test('a client remembers a bounded number of positions in a directory that changes constantly', () => {
  const positions = new DirectoryPositions();
  let before = 0;
  let lost = 0;
  for (let n = 1; n <= 200_000; n++) {
    before = positions.assignIndex(n % 1000 === 0 ? 0 : before, wide(n));
    if (positions.find(before)?.lo !== n) lost += 1;
  }
  expect([lost, positions.find(1), positions.find(0)]).toEqual([0, undefined, wide(0)]);
});
