/** Runs the bridge contract with modules in C. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { canCompile, nativeC } from '../../support/native.ts';
import { NATIVE_PARTS, runParts } from '../bridge/parts.ts';

const folder = join(import.meta.dirname, '../bridge/c');

describe.skipIf(!canCompile)('C modules', () => runParts(folder, NATIVE_PARTS, nativeC));
