/** Runs the parts of the bridge contract that javascript.engine.more.test.ts omits. */
import { join } from 'node:path';
import { isolatedContract, LONG_PARTS } from './isolated-contract.ts';

isolatedContract(join(import.meta.dirname, '../bridge/javascript'), LONG_PARTS);
