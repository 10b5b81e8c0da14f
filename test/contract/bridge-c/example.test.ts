/** Tests the Makefile of the C example, built outside of the tree as its README shows. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { includeDir, openLibrary } from '../../../bridges/native/ffi.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { canCompile, libraryFolder } from '../../support/native.ts';

it.skipIf(!canCompile)(
  'the Makefile of negative.c builds a library that glossa loads from another folder',
  async () => {
    const makefile = join(packageRoot, 'examples/negative/c/Makefile');
    const args = ['-C', libraryFolder(), '-f', makefile, `GLOSSA_INCLUDE=${includeDir}`];
    const { status, stdout, stderr } = spawnSync('make', args, { encoding: 'utf8' });
    expect([status, stderr], stdout).toEqual([0, '']);
    const library = await openLibrary(join(libraryFolder(), 'negative.so'), 'koffi');
    library.close();
  },
);
