/** The bridge contract, with modules in Python. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { anyContract } from '../bridge/any.ts';
import { believedContract } from '../bridge/believed.ts';
import { cancelContract } from '../bridge/cancel.ts';
import { fopContract } from '../bridge/fops.ts';
import { lifeContract } from '../bridge/life.ts';
import { requestContract } from '../bridge/requests.ts';
import { severalContract } from '../bridge/several.ts';
import { thingContract } from '../bridge/things.ts';
import { timerContract } from '../bridge/timers.ts';
import { upContract } from '../bridge/up.ts';

const folder = join(import.meta.dirname, '../bridge/python');

describe('Python modules: every fop', () => fopContract(folder));
describe('Python modules: requests', () => requestContract(folder));
describe('Python modules: what fops carry', () => thingContract(folder));
describe('Python modules: their life', () => lifeContract(folder));
describe('Python modules: one method for every fop', () => anyContract(folder));
describe('Python modules: callers that give up', () => cancelContract(folder));
describe('Python modules: several subvolumes', () => severalContract(folder));
describe('Python modules: being up', () => upContract(folder));
describe('Python modules: timers', () => timerContract(folder));
describe('Python modules: what the kernel believes', () => believedContract(folder));
