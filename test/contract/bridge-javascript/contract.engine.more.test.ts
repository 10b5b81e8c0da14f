/** Runs the rest of the bridge contract with modules in JavaScript: see contract.engine.test.ts. */
import { describe } from 'vitest';
import { anyContract } from '../bridge/any.ts';
import { cachingContract } from '../bridge/cache-times.ts';
import { clientContract } from '../bridge/clients.ts';
import { FURTHER_MODULES, fopContract } from '../bridge/fops.ts';
import { makeContractModules } from '../bridge/modules.ts';

const folder = makeContractModules('javascript');

describe('JavaScript modules: every fop', () => fopContract(folder, undefined, FURTHER_MODULES));
describe('JavaScript modules: any_fop', () => anyContract(folder));
describe('JavaScript modules: clients', () => clientContract(folder));
describe('JavaScript modules: cache times', () => cachingContract(folder));
