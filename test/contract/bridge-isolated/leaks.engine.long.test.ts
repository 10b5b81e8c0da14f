/**
 * The leak suite, with a module in a thread of its own: fewer requests, each of which crosses twice. What
 * crosses knows nothing of the language, and what a language keeps its own suite sees.
 */
import { join } from 'node:path';
import { describe } from 'vitest';
import { isolated } from '../../support/module.ts';
import { leakContract } from '../bridge/leaks.ts';

const TOTAL = 40_000;

describe('memory of isolated JavaScript modules', () =>
  leakContract(join(import.meta.dirname, '../bridge/javascript'), isolated, TOTAL));
