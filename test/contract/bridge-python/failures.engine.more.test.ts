/** Runs the bridge contract's tests of failures and reloads, with modules in Python. */
import { failureContract } from '../bridge/failures.ts';
import { makeContractModules } from '../bridge/modules.ts';

failureContract(makeContractModules('python'));
