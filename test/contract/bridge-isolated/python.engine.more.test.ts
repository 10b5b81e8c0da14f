/**
 * Runs the parts of the bridge contract that depend on Python's event loop in its own thread. The
 * crossing itself is the same in every language: javascript.engine.more.test.ts runs every part,
 * python.engine.long.test.ts two more, and python-limits.engine.long.test.ts loses interpreters.
 */
import { makeContractModules } from '../bridge/modules.ts';
import { isolatedContract } from './isolated-contract.ts';

isolatedContract(makeContractModules('python'), ['interrupted callers', 'timers']);
