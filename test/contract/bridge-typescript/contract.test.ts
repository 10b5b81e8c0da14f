/** Runs the bridge contract with translator records in TypeScript, loaded from files. */
import { describe } from 'vitest';
import { type Language, nativeLanguage } from '../../support/module.ts';
import { timeoutsContract } from '../bridge/cache-times.ts';
import { makeContractModules } from '../bridge/modules.ts';
import { NATIVE_PARTS, runParts } from '../bridge/parts.ts';

const folder = makeContractModules('typescript');
const language: Language = { ...nativeLanguage('.ts'), hasHooks: false };
const names = NATIVE_PARTS.filter(
  (name) => name !== 'state of the children' && name !== 'cache times',
);

describe('TypeScript records', () => {
  runParts(folder, names, language);
  describe('cache times', () => timeoutsContract(folder, language));
});
