/** Runs the rest of the bridge contract with modules in JavaScript: see contract.engine.test.ts. */
import { describe } from 'vitest';
import { FURTHER_MODULES, fopContract } from '../bridge/fops.ts';
import { makeContractModules } from '../bridge/modules.ts';
import { runParts } from '../bridge/parts.ts';

const folder = makeContractModules('javascript');

describe('JavaScript modules', () => {
  describe('every fop', () => fopContract(folder, undefined, FURTHER_MODULES));
  runParts(folder, ['any_fop', 'clients', 'cache times']);
});
