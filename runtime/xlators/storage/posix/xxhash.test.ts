/** Against values that xxHash's own tool and a brick of GlusterFS gave. */
import { expect, test } from 'vitest';
import { xxh64 } from './xxhash.ts';

test.each([
  ['', 'ef46db3751d8e999'],
  ['186e6fb8-ab5e-47bd-9897-21429640963f/f', '14122871e2413ff2'],
  ['8069f7bf-eb3c-40f5-9237-45382a4f17cf/hard', 'f013482f5d30998e'],
])('the hash of %j', (text, hash) => {
  expect(xxh64(Buffer.from(text))).toBe(hash);
});
