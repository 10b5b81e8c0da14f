/** Tests of listings: each name is there once, in every way to list. */
import { expect, it, vi } from 'vitest';
import { isSkipped } from '../support/obstacle.ts';
import { isRight } from './listing.ts';
import { listingStacks, listStack } from './listing-stacks.ts';

/** @param counts how many names a directory has, by the stack that lists it */
export function defineListingTests(counts: Readonly<Record<string, number>>): void {
  vi.setConfig({ testTimeout: 120_000 });
  for (const [name, count] of Object.entries(counts)) {
    const title = `a listing of ${name} has each of ${count} names once: in fresh opens, over a restart, while names change`;
    const why =
      name === 'cluster/distribute' && process.getuid?.() !== 0
        ? 'only root can store layouts in a local folder'
        : '';
    it.skipIf(isSkipped(title, why))(title, async () => {
      const results = await listStack(listingStacks[name]!, count);
      expect(isRight(results), JSON.stringify(results)).toBe(true);
    });
  }
}
