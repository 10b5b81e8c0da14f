/** Runs the bridge contract's tests of objects of ended requests, with modules in Python. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { expiredContract } from '../bridge/expired.ts';

describe('Python modules: objects of an ended request', () =>
  expiredContract(join(import.meta.dirname, '../bridge/python')));
