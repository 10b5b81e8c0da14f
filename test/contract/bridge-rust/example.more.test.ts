/** Tests the Makefiles of the examples in Rust, which build outside of the tree. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENOENT } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/fd.ts';
import { crateFolder, packageRoot } from '../../../runtime/sys/paths.ts';
import { startModule } from '../../support/module.ts';
import { libraryFolder } from '../../support/native.ts';
import { rustCompiler } from '../../support/rust.ts';

/** Builds an example with its Makefile; the size of the module. */
function make(name: string): number {
  const makefile = join(packageRoot, 'examples', name, 'rust/Makefile');
  const args = ['-C', libraryFolder(), '-f', makefile];
  const variables = [`GLOSSA_CRATE=${crateFolder}`, `RUSTC=${rustCompiler}`];
  const { status, stdout, stderr } = spawnSync('make', [...args, ...variables], {
    encoding: 'utf8',
  });
  expect([status, stderr], stdout).toEqual([0, '']);
  return readFileSync(join(libraryFolder(), `${name}.wasm`)).length;
}

describe.skipIf(rustCompiler === '')('in Rust', () => {
  it('the Makefile of negative builds a small module, whose cache answers the second lookup', async () => {
    expect(make('negative')).toBeLessThan(200_000);
    const run = await startModule(libraryFolder(), { name: 'negative.wasm' });
    const first = run.ask('lookup', run.absentLoc('a'), null);
    run.takeRequests()[0]!.answer(-1, ENOENT, null, null, null, null);
    const second = run.ask('lookup', run.absentLoc('a'), null);
    expect(run.takeRequests()).toEqual([]);
    expect([first.opErrno, second.opErrno]).toEqual([ENOENT, ENOENT]);
    run.expectSettled();
  });

  it('the Makefile of rot13 builds a module that rotates what is written and read', async () => {
    make('rot13');
    const run = await startModule(libraryFolder(), { name: 'rot13.wasm' });
    const fd = new Fd(run.root, 2, 1);
    const bytes = (text: string) => new TextEncoder().encode(text);
    const written = run.ask('writev', fd, bytes('Hello, World 1'), 0, 0, null);
    const [write] = run.takeRequests();
    expect(new TextDecoder().decode(write!.args[1] as Uint8Array)).toBe('Uryyb, Jbeyq 1');
    write!.answer(14, 0, null, null, null);
    const read = run.ask('readv', fd, 100, 0, 0, null);
    run.takeRequests()[0]!.answer(14, 0, bytes('Uryyb, Jbeyq 1'), null, null);
    expect(written.opRet).toBe(14);
    expect(new TextDecoder().decode(read.values[0] as Uint8Array)).toBe('Hello, World 1');
    run.expectSettled();
  });
});
