/** The leak suite, with a module in JavaScript. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { leakContract } from '../bridge/leaks.ts';

describe('JavaScript modules: leaks', () =>
  leakContract(join(import.meta.dirname, '../bridge/javascript')));
