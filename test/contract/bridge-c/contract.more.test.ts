/** Runs the bridge contract with modules in C. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { canCompile, nativeC } from '../../support/native.ts';
import { anyContract } from '../bridge/any.ts';
import { cancelContract } from '../bridge/cancel.ts';
import { clientContract } from '../bridge/clients.ts';
import { fopContract } from '../bridge/fops.ts';
import { lifeContract } from '../bridge/life.ts';
import { requestContract } from '../bridge/requests.ts';
import { severalContract } from '../bridge/several.ts';
import { thingContract } from '../bridge/things.ts';
import { cachingContract } from '../bridge/timeouts.ts';
import { timerContract } from '../bridge/timers.ts';
import { upContract } from '../bridge/up.ts';

const folder = join(import.meta.dirname, '../bridge/c');

describe.skipIf(!canCompile)('C modules', () => {
  describe('every fop', () => fopContract(folder, nativeC));
  describe('any_fop', () => anyContract(folder, nativeC));
  describe('requests', () => requestContract(folder, nativeC));
  describe('interrupted callers', () => cancelContract(folder, nativeC));
  describe('values of fops', () => thingContract(folder, nativeC));
  describe('lifecycle', () => lifeContract(folder, nativeC));
  describe('several subvolumes', () => severalContract(folder, nativeC));
  describe('clients', () => clientContract(folder, nativeC));
  describe('state of the children', () => upContract(folder, nativeC));
  describe('timers', () => timerContract(folder, nativeC));
  describe('cache times', () => cachingContract(folder, nativeC));
});
