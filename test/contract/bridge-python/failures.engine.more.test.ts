/** Runs the bridge contract's tests of failures and reloads, with modules in Python. */
import { join } from 'node:path';
import { failureContract } from '../bridge/failures.ts';

failureContract(join(import.meta.dirname, '../bridge/python'));
