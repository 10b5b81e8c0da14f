/** Runs the bridge contract's tests of harmful modules, with modules in JavaScript. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { harmfulModuleContract } from '../bridge/harmful-modules.ts';

describe('JavaScript modules beside a harmful module', () =>
  harmfulModuleContract(join(import.meta.dirname, '../bridge/javascript')));
