/** Tests the Makefile of the C example, built outside of the tree. */
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { includeDir, openLibrary } from '../../../bridges/native/ffi.ts';
import { ENOENT } from '../../../runtime/core/errno.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { startModule } from '../../support/module.ts';
import { canCompile, libraryFolder } from '../../support/native.ts';
import { canCompileWasm } from '../../support/wasm.ts';

const FILES = ['Makefile', 'negative.c'];

/** Runs make beside a copy of the example, in a folder whose name a shell has to quote; returns the folder. */
function make(...targets: readonly string[]): string {
  const folder = join(libraryFolder(), "a student's folder");
  for (const name of FILES)
    cpSync(join(packageRoot, 'examples/negative/c', name), join(folder, name));
  const args = [`GLOSSA_INCLUDE=${includeDir}`, ...targets];
  const { status, stdout, stderr } = spawnSync('make', args, { cwd: folder, encoding: 'utf8' });
  expect([status, stderr], stdout).toEqual([0, '']);
  return folder;
}

it.skipIf(!canCompile)('a Makefile by a path with a blank says that make cannot use it', () => {
  const folder = make();
  const args = ['-C', libraryFolder(), '-f', join(folder, 'Makefile')];
  const { status, stderr } = spawnSync('make', args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/run it in the folder of the Makefile/),
  ]);
});

it.skipIf(!canCompile)(
  'the Makefile of negative.c builds a library that glossa loads from another folder',
  async () => {
    const library = await openLibrary(join(make(), 'negative.so'), 'koffi');
    library.close();
  },
);

it.skipIf(!canCompileWasm)(
  'the Makefile of negative.c builds a WebAssembly module, whose cache answers the second lookup',
  async () => {
    const run = await startModule(make('negative.wasm'), { name: 'negative.wasm' });
    const first = run.ask('lookup', run.absentLoc('a'), null);
    run.takeRequests()[0]!.answer(-1, ENOENT, null, null, null, null);
    const second = run.ask('lookup', run.absentLoc('a'), null);
    expect(run.takeRequests()).toEqual([]);
    expect([first.opErrno, second.opErrno]).toEqual([ENOENT, ENOENT]);
    run.expectSettled();
  },
);
