import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canCompile, compile, compileText, outDir } from '../../test/support/native.ts';
import { abiVersion, openLibrary } from './ffi.ts';

const whole = '#include "glossa.h"\nstruct glossa_translator glossa_translator = {.init = NULL};\n';

/** What a file at this path is refused with. */
function refusal(path: string): string {
  try {
    openLibrary(path);
    return 'it was loaded';
  } catch (error) {
    return (error as Error).message;
  }
}

describe.skipIf(!canCompile)('openLibrary', () => {
  it('loads a module', () => {
    const library = openLibrary(compileText('whole', whole));
    expect(library.abiVersion()).toBe(abiVersion());
    library.close();
  });

  it('refuses what is no module', () => {
    const other = compileText(
      'other',
      'int add(int a);\nint add(int a)\n{\n    return a + 1;\n}\n',
    );
    expect(refusal(other)).toBe(
      `${other}: it is no translator: it was not compiled with glossa.h (glossa new include-dir)`,
    );
    const bare = compileText(
      'bare',
      '#include "glossa.h"\nint x(void);\nint x(void)\n{\n    return 1;\n}\n',
    );
    expect(refusal(bare)).toBe(
      `${bare}: it does not define glossa_translator, the struct glossa_translator with its fops`,
    );
  });

  it('refuses one that lacks a function', () => {
    const text = `${whole}void elsewhere(void);\nvoid here(void);\nvoid here(void)\n{\n    elsewhere();\n}\n`;
    const path = compileText('lacking', text);
    expect(refusal(path)).toContain(`${path}: it uses elsewhere, which nothing defines`);
  });

  it.each([1, 99])('refuses another version of the header: %d', (version) => {
    const functions = ['use_area(void *p)', 'take(void *p)', 'enter(int a)', 'enter_with(int a)'];
    const text = `int glossa_abi_version(void);\nint glossa_abi_version(void)\n{\n    return ${version};\n}
${functions.map((f) => `void glossa_${f};\nvoid glossa_${f}\n{\n    (void)${f.at(-2)};\n}`).join('\n')}\n`;
    const path = compileText(`abi${version}`, text);
    expect(refusal(path)).toBe(
      `${path} was compiled with the header of ABI version ${version}, and this is version ` +
        `${abiVersion()}: compile it anew (-I$(glossa new include-dir))`,
    );
  });

  it('refuses files that are something else', () => {
    const text = join(outDir(), 'text.so');
    writeFileSync(text, 'hello\n');
    expect(refusal(text)).toBe(`${text} is not a shared object (compile it with cc -shared -fPIC)`);
    const empty = join(outDir(), 'empty.so');
    writeFileSync(empty, '');
    expect(refusal(empty)).toContain('is not a shared object');
    const missing = join(outDir(), 'missing.so');
    expect(refusal(missing)).toBe(`${missing} cannot be read: ENOENT`);
    const object = compile(join(outDir(), 'whole.c'), join(outDir(), 'object.so'), [
      '-c',
      '-fno-lto',
    ]);
    expect(refusal(object)).toBe(
      `${object} is not a shared object (link it with cc -shared -fPIC)`,
    );
  });

  it('refuses one for another machine', () => {
    const bytes = readFileSync(compileText('whole', whole));
    const sparc = 43;
    bytes.writeUInt16LE(sparc, 18);
    const path = join(outDir(), 'sparc.so');
    writeFileSync(path, bytes);
    expect(refusal(path)).toBe(`${path} was built for machine 43, and this is ${process.arch}`);
  });

  it('leaves a file that is written anew while it runs alone', () => {
    const path = compileText('whole', whole);
    const library = openLibrary(path);
    chmodSync(path, 0o644);
    writeFileSync(path, 'something else');
    expect(library.abiVersion()).toBe(abiVersion());
    library.close();
  });
});
