/** As javascript.engine.more.test.ts: what it leaves out. */
import { join } from 'node:path';
import { isolatedContract } from './all.ts';

isolatedContract(join(import.meta.dirname, '../bridge/javascript'), ['every fop']);
