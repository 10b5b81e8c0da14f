/** Runs the rest of the bridge contract with modules in Python: see contract.engine.test.ts. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { failureContract } from '../bridge/failures.ts';
import { harmfulModuleContract } from '../bridge/harmful-modules.ts';
import { makeContractModules } from '../bridge/modules.ts';
import { type PartName, runParts } from '../bridge/parts.ts';

const names: readonly PartName[] = [
  ...(['every fop', 'any_fop', 'interrupted callers', 'several subvolumes'] as const),
  ...(['clients', 'lifecycle', 'timers', 'cache times'] as const),
];

describe('Python modules', () => runParts(makeContractModules('python'), names));

failureContract(makeContractModules('python'));

describe('Python modules beside a harmful module', () =>
  harmfulModuleContract(join(import.meta.dirname, '../bridge/python')));
