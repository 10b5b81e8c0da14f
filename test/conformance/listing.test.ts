/** Listings of storages, caches and clusters in this process: no name is missing or repeated. */
import { expect, it, vi } from 'vitest';
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

it.each(STACKS)(
  'a listing of %s has each name once: in fresh opens, over a restart, while names change',
  async (name) => {
    const results = await listStack(listingStacks[name]!, 1000);
    expect(isRight(results), JSON.stringify(results)).toBe(true);
  },
);
