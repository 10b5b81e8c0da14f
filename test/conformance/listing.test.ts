/** Listings of storages, caches and clusters in this process: no name is missing or repeated. */
import { defineListingTests } from './listing-tests.ts';

defineListingTests({ 'storage/posix': 1000, 'all caches': 1000, 'cluster/distribute': 1000 });
