/** xxh64 against values of the xxhsum tool and of a GlusterFS brick. */
import { expect, test } from 'vitest';
import { computeXxh64 } from './xxhash.ts';

test.each([
  ['', 'ef46db3751d8e999'],
  ['186e6fb8-ab5e-47bd-9897-21429640963f/f', '14122871e2413ff2'],
  ['8069f7bf-eb3c-40f5-9237-45382a4f17cf/hard', 'f013482f5d30998e'],
])('xxh64 of %j is %s', (text, hash) => {
  expect(computeXxh64(Buffer.from(text))).toBe(hash);
});
