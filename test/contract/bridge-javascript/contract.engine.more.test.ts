/** Runs the rest of the bridge contract with modules in JavaScript: see contract.engine.test.ts. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { anyContract } from '../bridge/any.ts';
import { cachingContract } from '../bridge/cache-times.ts';
import { clientContract } from '../bridge/clients.ts';
import { FURTHER_MODULES, fopContract } from '../bridge/fops.ts';

const folder = join(import.meta.dirname, '../bridge/javascript');

describe('JavaScript modules: every fop', () => fopContract(folder, undefined, FURTHER_MODULES));
describe('JavaScript modules: any_fop', () => anyContract(folder));
describe('JavaScript modules: clients', () => clientContract(folder));
describe('JavaScript modules: cache times', () => cachingContract(folder));
