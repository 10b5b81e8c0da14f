/** Runs the bridge contract for failures with modules in C that are compiled to WebAssembly. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { hostedLanguage } from '../../support/module.ts';
import { canCompileWasm, compileWasm } from '../../support/wasm.ts';
import { failureContract } from '../bridge/failures.ts';
import { makeCModule } from '../bridge/modules.ts';

const sources = join(import.meta.dirname, '../bridge/c');
const MODULES = ['failing', 'edition1', 'edition2', 'edition_refuses', 'tunable'];

/** A folder of the compiled modules: tests copy them. */
function compileAll(): string {
  const folder = mkdtempSync(join(inject('runFolder'), 'wasm-'));
  for (const name of MODULES) makeCModule(sources, name, join(folder, `${name}.wasm`), compileWasm);
  writeFileSync(join(folder, 'edition_broken.wasm'), 'no module\n');
  return folder;
}

describe.skipIf(!canCompileWasm)('modules in C compiled to WebAssembly', () => {
  if (canCompileWasm)
    failureContract(
      compileAll(),
      hostedLanguage,
      (extension) => `m${extension} is not a WebAssembly module`,
    );
});
