/**
 * Runs the rest of the bridge contract with modules in Python: see contract.engine.test.ts, and
 * failures.engine.more.test.ts.
 */
import { describe } from 'vitest';
import { makeContractModules } from '../bridge/modules.ts';
import { type PartName, runParts } from '../bridge/parts.ts';

const names: readonly PartName[] = [
  ...(['every fop', 'any_fop', 'interrupted callers', 'several subvolumes'] as const),
  ...(['clients', 'lifecycle', 'timers', 'cache times'] as const),
];

describe('Python modules', () => runParts(makeContractModules('python'), names));
