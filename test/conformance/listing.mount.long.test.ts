/** Listings of bricks, modules and mounts: no name is missing or repeated. `npm run conformance -- --listing` has all. */
import { expect, it, vi } from 'vitest';
import { isWithoutBricks } from '../support/gluster.ts';
import { describeMounts } from '../support/mount.ts';
import { isRight } from './listing.ts';
import { listingStacks, listStack } from './listing-stacks.ts';

const STACKS = [
  "readdir-ahead over a brick of glossa's",
  "open-behind over a brick of glossa's",
  "all caches over a brick of GlusterFS's",
  'three bricks of both',
  'a module in Python',
  'a file system by path',
  'caches over a file system by path',
  "a mount of GlusterFS's over a brick of glossa's",
];

vi.setConfig({ testTimeout: 120_000 });

describeMounts('listings', () => {
  for (const name of STACKS) {
    const row = listingStacks[name]!;
    const isSkipped = row.needs.includes('bricks') && isWithoutBricks();
    it.skipIf(isSkipped)(`a listing of ${name} has each of 2,000 names once`, async () => {
      const results = await listStack(row, 2000);
      expect(isRight(results), JSON.stringify(results)).toBe(true);
    });
  }
});
