/** Runs the quickest parts of the bridge contract with modules in Python. */
import { describe } from 'vitest';
import { makeContractModules } from '../bridge/modules.ts';
import { runParts } from '../bridge/parts.ts';

const names = ['requests', 'values of fops', 'state of the children'] as const;

describe('Python modules', () => runParts(makeContractModules('python'), names));
