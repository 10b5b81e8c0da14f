/** Runs the bridge contract with JavaScript modules in their own threads, except the parts that `test:long` runs. */
import { makeContractModules } from '../bridge/modules.ts';
import { allParts, isolatedContract, LONG_PARTS } from './isolated-contract.ts';

isolatedContract(
  makeContractModules('javascript'),
  allParts.filter((name) => !LONG_PARTS.includes(name)),
);
