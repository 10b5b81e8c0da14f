/** Runs the rest of the bridge contract with modules in Python: see contract.engine.test.ts. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { anyContract } from '../bridge/any.ts';
import { cancelContract } from '../bridge/cancel.ts';
import { clientContract } from '../bridge/clients.ts';
import { fopContract } from '../bridge/fops.ts';
import { lifeContract } from '../bridge/life.ts';
import { severalContract } from '../bridge/several.ts';
import { cachingContract } from '../bridge/timeouts.ts';
import { timerContract } from '../bridge/timers.ts';

const folder = join(import.meta.dirname, '../bridge/python');

describe('Python modules: every fop', () => fopContract(folder));
describe('Python modules: any_fop', () => anyContract(folder));
describe('Python modules: interrupted callers', () => cancelContract(folder));
describe('Python modules: several subvolumes', () => severalContract(folder));
describe('Python modules: clients', () => clientContract(folder));
describe('Python modules: lifecycle', () => lifeContract(folder));
describe('Python modules: timers', () => timerContract(folder));
describe('Python modules: cache times', () => cachingContract(folder));
