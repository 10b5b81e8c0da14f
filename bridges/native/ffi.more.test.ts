import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  canCompile,
  compile,
  compileText,
  libraryFolder,
  noFfiRs,
} from '../../test/support/native.ts';
import { isSkipped } from '../../test/support/obstacle.ts';
import { COMMANDS } from '../compiled/commands.ts';
import { type FfiName, openLibrary, readAbiVersion } from './ffi.ts';

const whole = '#include "glossa.h"\nstruct glossa_translator glossa_translator = {.init = NULL};\n';

/** The error that refuses a file at this path. */
const refusal = (path: string, ffi: FfiName = 'koffi'): Promise<string> =>
  openLibrary(path, ffi).then(
    () => 'it was loaded',
    (error: Error) => error.message,
  );

const withoutFfiRs = isSkipped('through ffi-rs', noFfiRs);
const ffis: readonly FfiName[] = withoutFfiRs ? ['koffi'] : ['koffi', 'ffi-rs'];

describe.skipIf(!canCompile)('openLibrary', () => {
  it.each(ffis)('loads a module through %s', async (ffi) => {
    const library = await openLibrary(compileText('whole', whole), ffi);
    expect(library.enter(COMMANDS.describe, null)).toBe(0);
    library.close();
  });

  it.each(ffis)('refuses a library that is no translator, through %s', async (ffi) => {
    const other = compileText(
      'other',
      'int add(int a);\nint add(int a)\n{\n    return a + 1;\n}\n',
    );
    expect(await refusal(other, ffi)).toBe(
      `${other}: it is no translator: it was not compiled with glossa.h (glossa new include-dir)`,
    );
    const bare = compileText(
      'bare',
      '#include "glossa.h"\nint x(void);\nint x(void)\n{\n    return 1;\n}\n',
    );
    expect(await refusal(bare, ffi)).toBe(
      `${bare}: it does not define glossa_translator, the struct glossa_translator with its fops`,
    );
  });

  it('refuses a library with an undefined function, and names the function', async () => {
    const text = `${whole}void elsewhere(void);\nvoid here(void);\nvoid here(void)\n{\n    elsewhere();\n}\n`;
    const path = compileText('lacking', text);
    expect(await refusal(path)).toContain(`${path}: it uses elsewhere, which nothing defines`);
  });

  it.each([1, 99])('refuses a library of ABI version %d', async (version) => {
    const functions = ['use_area(void *p)', 'take(void *p)', 'enter(int a)', 'enter_with(int a)'];
    const text = `int glossa_abi_version(void);\nint glossa_abi_version(void)\n{\n    return ${version};\n}
${functions.map((f) => `void glossa_${f};\nvoid glossa_${f}\n{\n    (void)${f.at(-2)};\n}`).join('\n')}\n`;
    const path = compileText(`abi${version}`, text);
    expect(await refusal(path)).toBe(
      `${path} was compiled with the header of ABI version ${version}, and this is version ` +
        `${readAbiVersion()}: compile it anew (-I$(glossa new include-dir))`,
    );
  });

  it('refuses files that are no shared objects', async () => {
    const text = join(libraryFolder(), 'text.so');
    writeFileSync(text, 'hello\n');
    expect(await refusal(text)).toBe(
      `${text} is not a shared object (compile it with cc -shared -fPIC)`,
    );
    const empty = join(libraryFolder(), 'empty.so');
    writeFileSync(empty, '');
    expect(await refusal(empty)).toContain('is not a shared object');
    const missing = join(libraryFolder(), 'missing.so');
    expect(await refusal(missing)).toBe(`${missing} cannot be read: ENOENT`);
    const object = compile(join(libraryFolder(), 'whole.c'), join(libraryFolder(), 'object.so'), [
      '-c',
      '-fno-lto',
    ]);
    expect(await refusal(object)).toBe(
      `${object} is not a shared object (link it with cc -shared -fPIC)`,
    );
  });

  it('refuses a library for another processor', async () => {
    const bytes = readFileSync(compileText('whole', whole));
    const sparc = 43;
    bytes.writeUInt16LE(sparc, 18);
    const path = join(libraryFolder(), 'sparc.so');
    writeFileSync(path, bytes);
    expect(await refusal(path)).toBe(
      `${path} was built for machine 43, and this is ${process.arch}`,
    );
  });

  it('keeps a loaded library when its file is rewritten', async () => {
    const path = compileText('whole', whole);
    const library = await openLibrary(path, 'koffi');
    chmodSync(path, 0o644);
    writeFileSync(path, 'something else');
    expect(library.enter(COMMANDS.describe, null)).toBe(0);
    library.close();
  });
});
