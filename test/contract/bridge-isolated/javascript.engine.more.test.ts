/** The bridge contract, with modules in JavaScript in threads of their own. */
import { join } from 'node:path';
import { isolatedContract } from './all.ts';

isolatedContract(join(import.meta.dirname, '../bridge/javascript'));
