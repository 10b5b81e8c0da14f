/** Tests the examples that are compiled to WebAssembly: by their Makefiles, outside of the tree, or by the compiler of npm. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENOENT } from '../runtime/core/errno.ts';
import { Fd } from '../runtime/core/operands.ts';
import { crateFolder, includeDir, packageRoot } from '../runtime/sys/paths.ts';
import { startModule } from './support/module.ts';
import { libraryFolder } from './support/native.ts';
import { rustCompiler } from './support/rust.ts';
import { canCompileCpp, canCompileWasm } from './support/wasm.ts';

type Build = (example: string) => Promise<unknown>;

/** Builds an example with its Makefile. */
function make(example: string, language: string, variables: readonly string[]): void {
  const makefile = join(packageRoot, 'examples', example, language, 'Makefile');
  const args = ['-C', libraryFolder(), '-f', makefile, `${example}.wasm`, ...variables];
  const { status, stdout, stderr } = spawnSync('make', args, { encoding: 'utf8' });
  expect([status, stderr], stdout).toEqual([0, '']);
}

const makeWithHeader =
  (language: string): Build =>
  async (example) =>
    make(example, language, [`GLOSSA_INCLUDE=${includeDir}`]);

interface CompiledLanguage {
  readonly title: string;
  readonly canBuild: boolean;
  readonly hasRot13: boolean;
  readonly build: Build;
}

const languages: readonly CompiledLanguage[] = [
  { title: 'C', canBuild: canCompileWasm, hasRot13: true, build: makeWithHeader('c') },
  { title: 'C++', canBuild: canCompileCpp, hasRot13: false, build: makeWithHeader('cpp') },
  {
    title: 'Rust',
    canBuild: rustCompiler !== '',
    hasRot13: true,
    build: async (example) =>
      make(example, 'rust', [`GLOSSA_CRATE=${crateFolder}`, `RUSTC=${rustCompiler}`]),
  },
];

describe.each(languages.filter(({ canBuild }) => canBuild))('in $title', ({ build, hasRot13 }) => {
  const buildModule = async (example: string): Promise<number> => {
    await build(example);
    return readFileSync(join(libraryFolder(), `${example}.wasm`)).length;
  };

  it('negative is a module whose cache answers the second lookup', async () => {
    expect(await buildModule('negative')).toBeLessThan(500_000);
    const run = await startModule(libraryFolder(), { name: 'negative.wasm' });
    const first = run.ask('lookup', run.absentLoc('a'), null);
    run.takeRequests()[0]!.answer(-1, ENOENT, null, null, null, null);
    const second = run.ask('lookup', run.absentLoc('a'), null);
    expect(run.takeRequests()).toEqual([]);
    expect([first.opErrno, second.opErrno]).toEqual([ENOENT, ENOENT]);
    run.expectSettled();
  });

  if (!hasRot13) return;
  it('rot13 is a module that rotates what is written and read', async () => {
    expect(await buildModule('rot13')).toBeLessThan(250_000);
    const run = await startModule(libraryFolder(), { name: 'rot13.wasm' });
    const fd = new Fd(run.root, 2, 1);
    const bytes = (text: string) => new TextEncoder().encode(text);
    const sent = bytes('Hello, World 1');
    const written = run.ask('writev', fd, sent, 0, 0, null);
    const [write] = run.takeRequests();
    expect(new TextDecoder().decode(write!.args[1] as Uint8Array)).toBe('Uryyb, Jbeyq 1');
    // The module has bytes of its own.
    expect(sent).toEqual(bytes('Hello, World 1'));
    write!.answer(14, 0, null, null, null);
    const read = run.ask('readv', fd, 100, 0, 0, null);
    run.takeRequests()[0]!.answer(14, 0, bytes('Uryyb, Jbeyq 1'), null, null);
    expect(written.opRet).toBe(14);
    expect(new TextDecoder().decode(read.values[0] as Uint8Array)).toBe('Hello, World 1');
    run.expectSettled();
  });
});
