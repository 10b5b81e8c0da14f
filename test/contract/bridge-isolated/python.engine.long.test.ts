/** As python.engine.more.test.ts: what begins and ends in the thread without a request. */
import { join } from 'node:path';
import { isolatedContract } from './all.ts';

isolatedContract(join(import.meta.dirname, '../bridge/python'), ['lifecycle', 'clients']);
