/** Runs the bridge contract's tests of harmful modules, with modules in JavaScript. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { neighbourContract } from '../bridge/neighbours.ts';

describe('JavaScript modules beside a harmful module', () =>
  neighbourContract(join(import.meta.dirname, '../bridge/javascript')));
