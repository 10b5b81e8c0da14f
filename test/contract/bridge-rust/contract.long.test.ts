/** Runs the bridge contract with modules in Rust. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { hostedLanguage } from '../../support/module.ts';
import { makeContractModule, rustCompiler, wasmRust } from '../../support/rust.ts';
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

const folder = join(import.meta.dirname, '../bridge/rust');

/** A folder of the modules of the contract for failures: tests copy them. */
function makeFailingModules(): string {
  const out = mkdtempSync(join(inject('runFolder'), 'rust-modules-'));
  for (const name of ['failing', 'edition1', 'edition2', 'edition_refuses', 'tunable'])
    makeContractModule(folder, name, join(out, `${name}.wasm`));
  writeFileSync(join(out, 'edition_broken.wasm'), 'no module\n');
  return out;
}

describe.skipIf(rustCompiler === '')('modules in Rust', () => {
  describe('every fop', () => fopContract(folder, wasmRust));
  describe('any_fop', () => anyContract(folder, wasmRust));
  describe('requests', () => requestContract(folder, wasmRust));
  describe('interrupted callers', () => cancelContract(folder, wasmRust));
  describe('values of fops', () => fopValueContract(folder, wasmRust));
  describe('lifecycle', () => lifecycleContract(folder, wasmRust));
  describe('several subvolumes', () => subvolumeContract(folder, wasmRust));
  describe('clients', () => clientContract(folder, wasmRust));
  describe('state of the children', () => childStateContract(folder, wasmRust));
  describe('timers', () => timerContract(folder, wasmRust));
  describe('cache times', () => cachingContract(folder, wasmRust));
  describe('failures', () => {
    // Also a skipped suite is collected.
    if (rustCompiler !== '')
      failureContract(
        makeFailingModules(),
        hostedLanguage,
        (extension) => `m${extension} is not a WebAssembly module`,
      );
  });
});
