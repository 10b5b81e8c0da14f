/**
 * The bridge contract, with modules in JavaScript in threads of their own: how a call and its answer cross,
 * and what becomes of them. That each fop's own methods do so, too, is for `test:long`.
 */
import { join } from 'node:path';
import { allParts, isolatedContract } from './all.ts';

isolatedContract(
  join(import.meta.dirname, '../bridge/javascript'),
  allParts.filter((name) => name !== 'every fop'),
);
