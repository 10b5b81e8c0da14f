/** Runs the bridge contract with modules in Rust. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { hostedLanguage } from '../../support/module.ts';
import { makeContractModule, rustCompiler, wasmRust } from '../../support/rust.ts';
import { failureContract } from '../bridge/failures.ts';
import { NATIVE_PARTS, runParts } from '../bridge/parts.ts';

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
  runParts(folder, NATIVE_PARTS, wasmRust);
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
