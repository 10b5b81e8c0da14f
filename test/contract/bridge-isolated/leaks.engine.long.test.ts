/**
 * Runs the leak suite with a JavaScript module in its own thread, with fewer requests, as each
 * crosses twice.
 */
import { join } from 'node:path';
import { describe } from 'vitest';
import { isolatedLanguage } from '../../support/module.ts';
import { leakContract } from '../bridge/leaks.ts';

const TOTAL = 40_000;

describe('memory of isolated JavaScript modules', () =>
  leakContract(join(import.meta.dirname, '../bridge/javascript'), isolatedLanguage, TOTAL));
