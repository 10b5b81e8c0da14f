/** Runs the bridge contract with modules in C that are compiled to WebAssembly. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { canCompileWasm, wasmC } from '../../support/wasm.ts';
import { anyContract } from '../bridge/any.ts';
import { cachingContract } from '../bridge/cache-times.ts';
import { cancelContract } from '../bridge/cancel.ts';
import { childStateContract } from '../bridge/child-state.ts';
import { clientContract } from '../bridge/clients.ts';
import { fopValueContract } from '../bridge/fop-values.ts';
import { fopContract } from '../bridge/fops.ts';
import { lifecycleContract } from '../bridge/lifecycle.ts';
import { requestContract } from '../bridge/requests.ts';
import { subvolumeContract } from '../bridge/several-subvolumes.ts';
import { timerContract } from '../bridge/timers.ts';

const folder = join(import.meta.dirname, '../bridge/c');

describe.skipIf(!canCompileWasm)('modules in C compiled to WebAssembly', () => {
  describe('every fop', () => fopContract(folder, wasmC));
  describe('any_fop', () => anyContract(folder, wasmC));
  describe('requests', () => requestContract(folder, wasmC));
  describe('interrupted callers', () => cancelContract(folder, wasmC));
  describe('values of fops', () => fopValueContract(folder, wasmC));
  describe('lifecycle', () => lifecycleContract(folder, wasmC));
  describe('several subvolumes', () => subvolumeContract(folder, wasmC));
  describe('clients', () => clientContract(folder, wasmC));
  describe('state of the children', () => childStateContract(folder, wasmC));
  describe('timers', () => timerContract(folder, wasmC));
  describe('cache times', () => cachingContract(folder, wasmC));
});
