/** Runs the parts of the bridge contract that javascript.engine.more.test.ts omits. */
import { makeContractModules } from '../bridge/modules.ts';
import { isolatedContract, LONG_PARTS } from './isolated-contract.ts';

isolatedContract(makeContractModules('javascript'), LONG_PARTS);
