/** Runs parts of the bridge contract with modules in C that are compiled to WebAssembly, in their own threads. */
import { join } from 'node:path';
import { describe } from 'vitest';
import type { Language } from '../../support/module.ts';
import { canCompileWasm, wasmC } from '../../support/wasm.ts';
import { anyContract } from '../bridge/any.ts';
import { clientContract } from '../bridge/clients.ts';
import { fopValueContract } from '../bridge/fop-values.ts';
import { lifecycleContract } from '../bridge/lifecycle.ts';
import { requestContract } from '../bridge/requests.ts';
import { timerContract } from '../bridge/timers.ts';

const folder = join(import.meta.dirname, '../bridge/c');
const isolatedWasm: Language = {
  ...wasmC,
  find: (...module) => ({ ...wasmC.find(...module), isolation: 'thread' }),
};

describe.skipIf(!canCompileWasm)('modules in C compiled to WebAssembly, in threads', () => {
  describe('any_fop', () => anyContract(folder, isolatedWasm));
  describe('requests', () => requestContract(folder, isolatedWasm));
  describe('values of fops', () => fopValueContract(folder, isolatedWasm));
  describe('lifecycle', () => lifecycleContract(folder, isolatedWasm));
  describe('clients', () => clientContract(folder, isolatedWasm));
  describe('timers', () => timerContract(folder, isolatedWasm));
});
