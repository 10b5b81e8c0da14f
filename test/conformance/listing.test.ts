/** Listings of storages, caches and clusters in this process: no name is missing or repeated. */
import { expect, it, vi } from 'vitest';
import { isSkipped } from '../support/obstacle.ts';
import { isRight } from './listing.ts';
import { listingStacks, listStack } from './listing-stacks.ts';

const STACKS = [
  'storage/posix',
  'storage/memory',
  'readdir-ahead',
  'all caches',
  'meta',
  'cluster/distribute',
];

vi.setConfig({ testTimeout: 120_000 });

for (const name of STACKS) {
  const title = `a listing of ${name} has each name once: in fresh opens, over a restart, while names change`;
  const why =
    name === 'cluster/distribute' && process.getuid?.() !== 0
      ? 'only root can store layouts in a local folder'
      : '';
  it.skipIf(isSkipped(title, why))(title, async () => {
    const results = await listStack(listingStacks[name]!, 1000);
    expect(isRight(results), JSON.stringify(results)).toBe(true);
  });
}
