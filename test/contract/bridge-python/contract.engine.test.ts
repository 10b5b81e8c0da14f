/** Runs the quickest parts of the bridge contract with modules in Python. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { expiredContract } from '../bridge/expired.ts';
import { makeContractModules } from '../bridge/modules.ts';
import { runParts } from '../bridge/parts.ts';

const names = ['requests', 'values of fops', 'state of the children'] as const;

describe('Python modules', () => runParts(makeContractModules('python'), names));

describe('Python modules: objects of an ended request', () =>
  expiredContract(join(import.meta.dirname, '../bridge/python')));
