/** Runs the bridge contract with modules in C that are compiled to WebAssembly; failures.more.test.ts has the rest. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { canCompileWasm, wasmC } from '../../support/wasm.ts';
import { NATIVE_PARTS, runParts } from '../bridge/parts.ts';

const folder = join(import.meta.dirname, '../bridge/c');

describe.skipIf(!canCompileWasm)('modules in C compiled to WebAssembly', () =>
  runParts(folder, NATIVE_PARTS, wasmC),
);
