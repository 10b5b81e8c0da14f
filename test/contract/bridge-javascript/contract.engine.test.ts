/** Runs the bridge contract with modules in JavaScript; its broader parts are in contract.engine.more.test.ts. */
import { describe } from 'vitest';
import { fopContract, TYPICAL_MODULES } from '../bridge/fops.ts';
import { makeContractModules } from '../bridge/modules.ts';
import { runParts } from '../bridge/parts.ts';

const folder = makeContractModules('javascript');
const names = ['requests', 'interrupted callers', 'lifecycle', 'failures'] as const;

describe('JavaScript modules', () => {
  describe('every fop', () => fopContract(folder, undefined, TYPICAL_MODULES));
  runParts(folder, names);
});
