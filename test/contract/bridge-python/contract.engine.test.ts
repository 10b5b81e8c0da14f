/** Runs the quickest parts of the bridge contract with modules in Python. */
import { describe } from 'vitest';
import { childStateContract } from '../bridge/child-state.ts';
import { fopValueContract } from '../bridge/fop-values.ts';
import { makeContractModules } from '../bridge/modules.ts';
import { requestContract } from '../bridge/requests.ts';

const folder = makeContractModules('python');

describe('Python modules: requests', () => requestContract(folder));
describe('Python modules: values of fops', () => fopValueContract(folder));
describe('Python modules: state of the children', () => childStateContract(folder));
