/**
 * Runs the bridge contract with JavaScript modules in their own threads, except the methods of
 * every fop, which `test:long` runs.
 */
import { join } from 'node:path';
import { allParts, isolatedContract } from './isolated-contract.ts';

isolatedContract(
  join(import.meta.dirname, '../bridge/javascript'),
  allParts.filter((name) => name !== 'every fop'),
);
