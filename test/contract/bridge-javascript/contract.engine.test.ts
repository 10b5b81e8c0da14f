/** Runs the bridge contract with modules in JavaScript; its broader parts are in contract.engine.more.test.ts. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { expiredContract } from '../bridge/expired.ts';
import { fopContract, TYPICAL_MODULES } from '../bridge/fops.ts';
import { makeContractModules } from '../bridge/modules.ts';
import { runParts } from '../bridge/parts.ts';

const folder = makeContractModules('javascript');
const names = ['requests', 'interrupted callers', 'lifecycle', 'failures'] as const;

describe('JavaScript modules', () => {
  describe('every fop', () => fopContract(folder, undefined, TYPICAL_MODULES));
  runParts(folder, names);
});

describe('JavaScript modules: objects of an ended request', () =>
  expiredContract(join(import.meta.dirname, '../bridge/javascript')));
