/** Listings in this process of more stacks, and of a large directory: no name is missing or repeated. */
import { defineListingTests } from './listing-tests.ts';

defineListingTests({
  'storage/posix': 20_000,
  'storage/memory': 1000,
  'readdir-ahead': 1000,
  meta: 1000,
});
