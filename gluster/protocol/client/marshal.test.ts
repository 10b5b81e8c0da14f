import { expect, it } from 'vitest';
import { makeListingOffset } from '../../../runtime/core/listing-offset.ts';
import { isBrickOffset, toBrickListingSize } from './listed-entries.ts';
import { marshals } from './marshal.ts';

it("the client's wire-format table covers more than 50 fops", () => {
  expect(marshals.length).toBeGreaterThan(50);
});

it('a listing continues at a glossa brick by any offset, and at a GlusterFS brick from the start of a bucket', () => {
  const check = (isGlusterBrick: boolean, ...offsets: number[]): boolean[] =>
    offsets.map((offset) => isBrickOffset(offset, isGlusterBrick));
  expect(check(false, 0, 2 ** 43, 2 ** 53, -1)).toEqual([true, true, false, false]);
  expect(check(true, 0, 2 ** 43 - 1, 2 ** 43, -1)).toEqual([true, true, false, false]);
  const third = makeListingOffset(2 ** 20, 0, 0) + 3;
  const sizes = [false, true].map((isGlusterBrick) => toBrickListingSize(9, third, isGlusterBrick));
  expect(sizes).toEqual([9, 9 + 3 * 1024]);
});
