/** Runs the bridge contract with translator records in TypeScript, loaded from files. */
import { describe } from 'vitest';
import { type Language, nativeLanguage } from '../../support/module.ts';
import { anyContract } from '../bridge/any.ts';
import { timeoutsContract } from '../bridge/cache-times.ts';
import { cancelContract } from '../bridge/cancel.ts';
import { clientContract } from '../bridge/clients.ts';
import { fopValueContract } from '../bridge/fop-values.ts';
import { fopContract } from '../bridge/fops.ts';
import { lifecycleContract } from '../bridge/lifecycle.ts';
import { makeContractModules } from '../bridge/modules.ts';
import { requestContract } from '../bridge/requests.ts';
import { subvolumeContract } from '../bridge/several-subvolumes.ts';
import { timerContract } from '../bridge/timers.ts';

const folder = makeContractModules('typescript');
const language: Language = { ...nativeLanguage('.ts'), hasHooks: false };

describe('TypeScript records: every fop', () => fopContract(folder, language));
describe('TypeScript records: any_fop', () => anyContract(folder, language));
describe('TypeScript records: requests', () => requestContract(folder, language));
describe('TypeScript records: interrupted callers', () => cancelContract(folder, language));
describe('TypeScript records: values of fops', () => fopValueContract(folder, language));
describe('TypeScript records: lifecycle', () => lifecycleContract(folder, language));
describe('TypeScript records: several subvolumes', () => subvolumeContract(folder, language));
describe('TypeScript records: clients', () => clientContract(folder, language));
describe('TypeScript records: timers', () => timerContract(folder, language));
describe('TypeScript records: cache times', () => timeoutsContract(folder, language));
