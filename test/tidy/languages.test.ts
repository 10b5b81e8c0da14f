/** Tests that only the records of languages name a language or the extension of its files. */
import { expect, it } from 'vitest';
import { readSources } from './sources.ts';

const SHARED = /^(bridges|server|terminal|cli|apps\/course)\//;
/** The records, the compilers and the folders of languages. */
const OF_A_LANGUAGE =
  /^bridges\/(python|javascript|native|wasm)\/|^bridges\/(languages|compilers)\.ts$/;

/** Excepted files, with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'apps/course/lessons/check.ts': 'the record of the languages of lessons, which pages bundle',
  'bridges/host/lifecycle/missing-build.ts': 'sources of what a compiler makes, by its extension',
  'bridges/testing/python.ts': 'tests in Python are run by this file alone',
  'bridges/machine/node/parts.ts': "folders of the package's own parts, by their names",
  'bridges/machine/node/strip-types.ts': "sucrase's name for what it takes away",
  'cli/compile-cache.ts': 'the name that Node has for its loader',
  'cli/debug/command-table.ts': 'c is short for continue',
};

const LITERAL =
  /(['"`])(?:python|javascript|typescript|c|wasm|\.py|\.m?[jt]s|\.so|\.wasm)\1|^\s*(?:python|javascript|typescript|c|wasm): /m;

const stripComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

it('code that all languages share names no language or file extension', () => {
  const files = readSources('.ts')
    .filter(
      ({ path }) => SHARED.test(path) && !OF_A_LANGUAGE.test(path) && !/\.test\.ts$/.test(path),
    )
    .filter(({ text }) => LITERAL.test(stripComments(text)))
    .map(({ path }) => path);
  expect(files.sort()).toEqual(Object.keys(EXCEPTIONS).sort());
});

it('the pattern for shared code matches quoted languages and extensions, but no import', () => {
  for (const text of ["a === 'python'", 'x.endsWith(".py")', '  javascript: 1,', "of('c')"]) {
    expect(LITERAL.test(text), text).toBe(true);
  }
  expect(LITERAL.test("import { a } from './python/language.ts';")).toBe(false);
});
