/** Runs the parts of the bridge contract in which the thread works without a request. */
import { makeContractModules } from '../bridge/modules.ts';
import { isolatedContract } from './isolated-contract.ts';

isolatedContract(makeContractModules('python'), ['lifecycle', 'clients']);
