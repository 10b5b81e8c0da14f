/** Runs the bridge contract with JavaScript modules in their own threads, except the parts that `test:long` runs. */
import { join } from 'node:path';
import { allParts, isolatedContract, LONG_PARTS } from './isolated-contract.ts';

isolatedContract(
  join(import.meta.dirname, '../bridge/javascript'),
  allParts.filter((name) => !LONG_PARTS.includes(name)),
);
