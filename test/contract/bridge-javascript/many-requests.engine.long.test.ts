/** Runs the leak suite with a module in JavaScript. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { leakContract } from '../bridge/leaks.ts';

describe('memory of JavaScript modules', () =>
  leakContract(join(import.meta.dirname, '../bridge/javascript')));
