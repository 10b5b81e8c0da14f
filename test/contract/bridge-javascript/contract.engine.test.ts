/** Runs the bridge contract with modules in JavaScript. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { anyContract } from '../bridge/any.ts';
import { cancelContract } from '../bridge/cancel.ts';
import { clientContract } from '../bridge/clients.ts';
import { failureContract } from '../bridge/failures.ts';
import { fopContract } from '../bridge/fops.ts';
import { lifeContract } from '../bridge/life.ts';
import { requestContract } from '../bridge/requests.ts';
import { severalContract } from '../bridge/several.ts';
import { thingContract } from '../bridge/things.ts';
import { cachingContract } from '../bridge/timeouts.ts';
import { timerContract } from '../bridge/timers.ts';
import { upContract } from '../bridge/up.ts';

const folder = join(import.meta.dirname, '../bridge/javascript');

describe('JavaScript modules: every fop', () => fopContract(folder));
describe('JavaScript modules: any_fop', () => anyContract(folder));
describe('JavaScript modules: requests', () => requestContract(folder));
describe('JavaScript modules: interrupted callers', () => cancelContract(folder));
describe('JavaScript modules: values of fops', () => thingContract(folder));
describe('JavaScript modules: lifecycle', () => lifeContract(folder));
describe('JavaScript modules: several subvolumes', () => severalContract(folder));
describe('JavaScript modules: state of the children', () => upContract(folder));
describe('JavaScript modules: clients', () => clientContract(folder));
describe('JavaScript modules: timers', () => timerContract(folder));
describe('JavaScript modules: failures', () => failureContract(folder));
describe('JavaScript modules: cache times', () => cachingContract(folder));
