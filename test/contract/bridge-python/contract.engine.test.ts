/** Runs the quickest parts of the bridge contract with modules in Python. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { requestContract } from '../bridge/requests.ts';
import { thingContract } from '../bridge/things.ts';
import { upContract } from '../bridge/up.ts';

const folder = join(import.meta.dirname, '../bridge/python');

describe('Python modules: requests', () => requestContract(folder));
describe('Python modules: values of fops', () => thingContract(folder));
describe('Python modules: state of the children', () => upContract(folder));
