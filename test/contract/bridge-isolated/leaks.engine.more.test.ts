/** The leak suite, with modules in threads of their own: fewer requests, each of which crosses twice. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { isolated } from '../../support/module.ts';
import { leakContract } from '../bridge/leaks.ts';

const TOTAL = 40_000;

describe.each(['python', 'javascript'])('isolated modules in %s: leaks', (folder) =>
  leakContract(join(import.meta.dirname, '../bridge', folder), isolated, TOTAL),
);
