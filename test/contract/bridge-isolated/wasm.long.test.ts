/** Runs parts of the bridge contract with modules in C that are compiled to WebAssembly, in their own threads. */
import { join } from 'node:path';
import { describe } from 'vitest';
import type { Language } from '../../support/module.ts';
import { canCompileWasm, wasmC } from '../../support/wasm.ts';
import { runParts } from '../bridge/parts.ts';

const folder = join(import.meta.dirname, '../bridge/c');
const isolatedWasm: Language = {
  ...wasmC,
  find: (...module) => ({ ...wasmC.find(...module), isolation: 'thread' }),
};

const PARTS = ['any_fop', 'requests', 'values of fops', 'lifecycle', 'clients', 'timers'] as const;

describe.skipIf(!canCompileWasm)('modules in C compiled to WebAssembly, in threads', () =>
  runParts(folder, PARTS, isolatedWasm),
);
