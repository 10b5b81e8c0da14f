/** Runs the bridge contract with JavaScript modules in their own threads, except the parts that `test:long` runs. */
import { makeContractModules } from '../bridge/modules.ts';
import { ALL_PARTS } from '../bridge/parts.ts';
import { isolatedContract, LONG_PARTS } from './isolated-contract.ts';

isolatedContract(
  makeContractModules('javascript'),
  ALL_PARTS.filter((name) => !LONG_PARTS.includes(name)),
);
