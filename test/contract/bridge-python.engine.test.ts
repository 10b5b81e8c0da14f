/** The bridge contract, with modules in Python. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { fopContract } from './bridge/fops.ts';

const folder = join(import.meta.dirname, 'bridge/python');

describe('Python modules: every fop', () => fopContract(folder));
