/** Runs the rest of the bridge contract with modules in JavaScript: see contract.engine.test.ts. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { FURTHER_MODULES, fopContract } from '../bridge/fops.ts';
import { harmfulModuleContract } from '../bridge/harmful-modules.ts';
import { makeContractModules } from '../bridge/modules.ts';
import { type PartName, runParts } from '../bridge/parts.ts';

const folder = makeContractModules('javascript');
const names: readonly PartName[] = [
  ...(['any_fop', 'values of fops', 'several subvolumes', 'state of the children'] as const),
  ...(['clients', 'timers', 'cache times'] as const),
];

describe('JavaScript modules', () => {
  describe('every fop', () => fopContract(folder, undefined, FURTHER_MODULES));
  runParts(folder, names);
});

describe('JavaScript modules beside a harmful module', () =>
  harmfulModuleContract(join(import.meta.dirname, '../bridge/javascript')));
