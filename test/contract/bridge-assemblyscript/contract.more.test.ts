/** Runs the bridge contract with modules in AssemblyScript. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import {
  type ContractModules,
  canCompileAssemblyScript,
  compileContractModules,
  makeContractModule,
  makeWasmAssemblyScript,
} from '../../support/assemblyscript.ts';
import { hostedLanguage } from '../../support/module.ts';
import { anyContract } from '../bridge/any.ts';
import { cachingContract } from '../bridge/cache-times.ts';
import { cancelContract } from '../bridge/cancel.ts';
import { childStateContract } from '../bridge/child-state.ts';
import { clientContract } from '../bridge/clients.ts';
import { failureContract } from '../bridge/failures.ts';
import { fopValueContract } from '../bridge/fop-values.ts';
import { fopContract } from '../bridge/fops.ts';
import { lifecycleContract } from '../bridge/lifecycle.ts';
import { requestContract } from '../bridge/requests.ts';
import { subvolumeContract } from '../bridge/several-subvolumes.ts';
import { timerContract } from '../bridge/timers.ts';

const folder = join(import.meta.dirname, '../bridge/assemblyscript');

/** A folder of the modules of the contract for failures: tests copy them. */
function makeFailingModules(compiled: ContractModules): string {
  const out = mkdtempSync(join(inject('runFolder'), 'assemblyscript-modules-'));
  for (const name of ['failing', 'edition1', 'edition2', 'edition_refuses', 'tunable'])
    makeContractModule(compiled, name, join(out, `${name}.wasm`));
  writeFileSync(join(out, 'edition_broken.wasm'), 'no module\n');
  return out;
}

// Without the compiler the suites are skipped, and yet collected: their modules are not made.
const compiled = canCompileAssemblyScript
  ? await compileContractModules(folder)
  : { everyFop: '', others: '' };
const language = makeWasmAssemblyScript(compiled);

describe.skipIf(!canCompileAssemblyScript)('modules in AssemblyScript', () => {
  describe('every fop', () => fopContract(folder, language));
  describe('any_fop', () => anyContract(folder, language));
  describe('requests', () => requestContract(folder, language));
  describe('interrupted callers', () => cancelContract(folder, language));
  describe('values of fops', () => fopValueContract(folder, language));
  describe('lifecycle', () => lifecycleContract(folder, language));
  describe('several subvolumes', () => subvolumeContract(folder, language));
  describe('clients', () => clientContract(folder, language));
  describe('state of the children', () => childStateContract(folder, language));
  describe('timers', () => timerContract(folder, language));
  describe('cache times', () => cachingContract(folder, language));
  describe('failures', () => {
    if (canCompileAssemblyScript)
      failureContract(
        makeFailingModules(compiled),
        hostedLanguage,
        (extension) => `m${extension} is not a WebAssembly module`,
      );
  });
});
