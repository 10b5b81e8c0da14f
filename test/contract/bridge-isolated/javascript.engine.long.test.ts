/** Runs the part of the bridge contract that javascript.engine.more.test.ts omits. */
import { join } from 'node:path';
import { isolatedContract } from './isolated-contract.ts';

isolatedContract(join(import.meta.dirname, '../bridge/javascript'), ['every fop']);
