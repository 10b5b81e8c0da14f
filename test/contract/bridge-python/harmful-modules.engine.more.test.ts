/** Runs the bridge contract's tests of harmful modules, with modules in Python. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { harmfulModuleContract } from '../bridge/harmful-modules.ts';

describe('Python modules beside a harmful module', () =>
  harmfulModuleContract(join(import.meta.dirname, '../bridge/python')));
