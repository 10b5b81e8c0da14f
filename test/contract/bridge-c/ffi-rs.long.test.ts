/** Runs the fops of the bridge contract with modules in C through the library ffi-rs. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { canCompile, nativeC, noFfiRs } from '../../support/native.ts';
import { isSkipped } from '../../support/obstacle.ts';
import { fopContract } from '../bridge/fops.ts';

const folder = join(import.meta.dirname, '../bridge/c');

describe.skipIf(!canCompile || isSkipped('through ffi-rs', noFfiRs))('every fop, in C', () => {
  fopContract(folder, {
    ...nativeC,
    find: (...location) => ({ ...nativeC.find(...location), ffi: 'ffi-rs' }),
  });
});
