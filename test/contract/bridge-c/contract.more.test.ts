/** Runs the bridge contract with modules in C. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { canCompile, nativeC } from '../../support/native.ts';
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

describe.skipIf(!canCompile)('C modules', () => {
  describe('every fop', () => fopContract(folder, nativeC));
  describe('any_fop', () => anyContract(folder, nativeC));
  describe('requests', () => requestContract(folder, nativeC));
  describe('interrupted callers', () => cancelContract(folder, nativeC));
  describe('values of fops', () => fopValueContract(folder, nativeC));
  describe('lifecycle', () => lifecycleContract(folder, nativeC));
  describe('several subvolumes', () => subvolumeContract(folder, nativeC));
  describe('clients', () => clientContract(folder, nativeC));
  describe('state of the children', () => childStateContract(folder, nativeC));
  describe('timers', () => timerContract(folder, nativeC));
  describe('cache times', () => cachingContract(folder, nativeC));
});
