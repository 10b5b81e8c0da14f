/** Builds the examples with the table of compilers, under a path as npm's scripts have it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  findDefaultModule,
  findModuleSource,
  listSourceExtensions,
} from '../../../bridges/compilers.ts';
import { readModule } from '../../../bridges/host/wasm-binary.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { hasCompiler } from '../../../test/support/compiled.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { rustCompiler } from '../../../test/support/rust.ts';
import { selectVariants } from '../../../test/support/test-selection.ts';
import { compileModule } from './compile.ts';

const examples = join(packageRoot, 'examples/negative');

/** The folder of `wasm-opt`, which clang runs on a module that it links with -O. */
const npmPrograms = join(packageRoot, 'node_modules/.bin');

const languages = ['c', 'cpp', 'rust'].filter((language) =>
  hasCompiler(join(examples, language), 'negative.wasm'),
);

afterEach(() => void vi.unstubAllEnvs());

describe('the table of compilers', () => {
  it.each(selectVariants(languages, (language) => language === 'cpp'))(
    'makes a module in %s whose functions have names',
    (language) => {
      vi.stubEnv('PATH', `${npmPrograms}${delimiter}${process.env.PATH}`);
      if (rustCompiler !== '') vi.stubEnv('RUSTC', rustCompiler);
      const module = join(makeFolder({}), 'negative.wasm');
      const source = findModuleSource(join(examples, language, 'negative.wasm'))!;
      expect(compileModule(source, module)).toBeNull();
      const { customSections } = readModule(readFileSync(module));
      const names = customSections.find(({ name }) => name === 'name')!.content;
      expect(Buffer.from(names).toString('latin1')).toMatch(/lookup/);
    },
  );

  it('makes a shared object of a source in C', () => {
    const module = join(makeFolder({}), 'negative.so');
    expect(compileModule(join(examples, 'c/negative.c'), module)).toBeNull();
    expect(readFileSync(module).subarray(1, 4).toString()).toBe('ELF');
  });

  it('leaves the old module and nothing else when a source has an error, which it returns', () => {
    const folder = makeFolder({ 'm.c': '#include "glossa.h"\nint broken\n', 'm.so': 'before' });
    expect(compileModule(join(folder, 'm.c'), join(folder, 'm.so'))).toMatch(
      /m\.c:\d+:\d+: error:/,
    );
    expect(readFileSync(join(folder, 'm.so'), 'utf8')).toBe('before');
  });

  it.each([
    ['CC', 'm.c', 'm.so', 'apt install gcc'],
    ['CLANG', 'm.c', 'm.wasm', 'apt install clang lld wasi-libc'],
    ['RUSTC', 'm.rs', 'm.wasm', 'rustup target add wasm32-unknown-unknown'],
  ])('without %s returns which packages to install', (variable, source, module, packages) => {
    vi.stubEnv(variable, '/absent/compiler -x');
    const folder = makeFolder({ [source]: "export * from 'glossa/module';\n" });
    expect(compileModule(join(folder, source), join(folder, module))).toContain(packages);
  });

  it('without the target of a compiler returns which packages to install', () => {
    const message = "error[E0463]: can't find crate for `std`";
    const folder = makeFolder({
      'm.rs': '',
      'rustc.sh': `echo '${message.replace("'", `'\\''`)}' >&2; exit 1\n`,
    });
    vi.stubEnv('RUSTC', `sh ${join(folder, 'rustc.sh')}`);
    expect(compileModule(join(folder, 'm.rs'), join(folder, 'm.wasm'))).toContain(
      'rustup target add wasm32-unknown-unknown',
    );
  });

  it('finds the source of a module, and takes no module in TypeScript for one', () => {
    const folder = makeFolder({
      'a.rs': '',
      'a.ts': '',
      'b.c': '',
    });
    const find = (name: string) => findModuleSource(join(folder, name))?.slice(folder.length + 1);
    const modules = ['a.wasm', 'a.so', 'b.so', 'c.wasm'];
    expect(modules.map(find)).toEqual(['a.rs', undefined, 'b.c', undefined]);
    expect(findDefaultModule(join(folder, 'b.c'))).toBe(join(folder, 'b.wasm'));
    expect(findDefaultModule(join(folder, 'typed.ts'))).toBeUndefined();
    expect(listSourceExtensions(join(folder, 'b.c'))).toEqual(['.c', '.h']);
  });

  it("finds the source of a module in Cargo's layout", () => {
    const folder = makeFolder({ 'Cargo.toml': '' });
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src/lib.rs'), '');
    expect(findModuleSource(join(folder, 'keep.wasm'))).toBe(join(folder, 'src/lib.rs'));
  });
});
