/**
 * The bridge contract, with modules in Python in threads of their own: the parts in which its
 * interpreter and its event loop have to do with the thread. What crosses, and in which order, knows
 * nothing of the language: javascript.engine.more.test.ts and javascript.engine.long.test.ts have every
 * part, and python.engine.long.test.ts two more. That an interpreter which is
 * lost is replaced is in python-limits.engine.more.test.ts.
 */
import { join } from 'node:path';
import { isolatedContract } from './all.ts';

isolatedContract(join(import.meta.dirname, '../bridge/python'), ['interrupted callers', 'timers']);
