/** Runs the rest of the bridge contract with modules in Python: see contract.engine.test.ts. */
import { describe } from 'vitest';
import { anyContract } from '../bridge/any.ts';
import { cachingContract } from '../bridge/cache-times.ts';
import { cancelContract } from '../bridge/cancel.ts';
import { clientContract } from '../bridge/clients.ts';
import { fopContract } from '../bridge/fops.ts';
import { lifecycleContract } from '../bridge/lifecycle.ts';
import { makeContractModules } from '../bridge/modules.ts';
import { subvolumeContract } from '../bridge/several-subvolumes.ts';
import { timerContract } from '../bridge/timers.ts';

const folder = makeContractModules('python');

describe('Python modules: every fop', () => fopContract(folder));
describe('Python modules: any_fop', () => anyContract(folder));
describe('Python modules: interrupted callers', () => cancelContract(folder));
describe('Python modules: several subvolumes', () => subvolumeContract(folder));
describe('Python modules: clients', () => clientContract(folder));
describe('Python modules: lifecycle', () => lifecycleContract(folder));
describe('Python modules: timers', () => timerContract(folder));
describe('Python modules: cache times', () => cachingContract(folder));
