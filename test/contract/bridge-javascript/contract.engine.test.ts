/** Runs the bridge contract with modules in JavaScript; its broader parts are in contract.engine.more.test.ts. */
import { describe } from 'vitest';
import { cancelContract } from '../bridge/cancel.ts';
import { childStateContract } from '../bridge/child-state.ts';
import { failureContract } from '../bridge/failures.ts';
import { fopValueContract } from '../bridge/fop-values.ts';
import { fopContract, TYPICAL_MODULES } from '../bridge/fops.ts';
import { lifecycleContract } from '../bridge/lifecycle.ts';
import { makeContractModules } from '../bridge/modules.ts';
import { requestContract } from '../bridge/requests.ts';
import { subvolumeContract } from '../bridge/several-subvolumes.ts';
import { timerContract } from '../bridge/timers.ts';

const folder = makeContractModules('javascript');

describe('JavaScript modules: every fop', () => fopContract(folder, undefined, TYPICAL_MODULES));
describe('JavaScript modules: requests', () => requestContract(folder));
describe('JavaScript modules: interrupted callers', () => cancelContract(folder));
describe('JavaScript modules: values of fops', () => fopValueContract(folder));
describe('JavaScript modules: lifecycle', () => lifecycleContract(folder));
describe('JavaScript modules: several subvolumes', () => subvolumeContract(folder));
describe('JavaScript modules: state of the children', () => childStateContract(folder));
describe('JavaScript modules: timers', () => timerContract(folder));
describe('JavaScript modules: failures', () => failureContract(folder));
