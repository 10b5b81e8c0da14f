/** Runs the parts of the bridge contract in which the thread works without a request. */
import { join } from 'node:path';
import { isolatedContract } from './isolated-contract.ts';

isolatedContract(join(import.meta.dirname, '../bridge/python'), ['lifecycle', 'clients']);
