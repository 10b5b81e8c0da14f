/** Tests the Makefile of the C example, built outside of the tree. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { includeDir, openLibrary } from '../../../bridges/native/ffi.ts';
import { ENOENT } from '../../../runtime/core/errno.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { startModule } from '../../support/module.ts';
import { canCompile, libraryFolder } from '../../support/native.ts';
import { canCompileWasm } from '../../support/wasm.ts';

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

it.skipIf(!canCompileWasm)(
  'the Makefile of negative.c builds a WebAssembly module, whose cache answers the second lookup',
  async () => {
    const makefile = join(packageRoot, 'examples/negative/c/Makefile');
    const args = [
      ...['-C', libraryFolder(), '-f', makefile, `GLOSSA_INCLUDE=${includeDir}`],
      'negative.wasm',
    ];
    const { status, stdout, stderr } = spawnSync('make', args, { encoding: 'utf8' });
    expect([status, stderr], stdout).toEqual([0, '']);
    const run = await startModule(libraryFolder(), { name: 'negative.wasm' });
    const first = run.ask('lookup', run.absentLoc('a'), null);
    run.takeRequests()[0]!.answer(-1, ENOENT, null, null, null, null);
    const second = run.ask('lookup', run.absentLoc('a'), null);
    expect(run.takeRequests()).toEqual([]);
    expect([first.opErrno, second.opErrno]).toEqual([ENOENT, ENOENT]);
    run.expectSettled();
  },
);
