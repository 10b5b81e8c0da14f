/** Runs the leak suite with a module in Python. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { leakContract } from '../bridge/leaks.ts';

describe('memory of Python modules', () =>
  leakContract(join(import.meta.dirname, '../bridge/python')));
