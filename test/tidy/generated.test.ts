/** Tests of the generators: pages in git are up to date; sources are not in git, parse, and have the tables' rows. */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { structs } from '../../runtime/core/fields.ts';
import { fops } from '../../runtime/core/fops.ts';
import { makeCamelName } from '../../tools/gen/fields.ts';
import { generatePages } from '../../tools/gen/pages.ts';
import { generateLaterSources, generateSources, writeSources } from '../../tools/gen/sources.ts';
import { makeFolder } from '../support/folder.ts';

const sources = [...generateSources(), ...(await generateLaterSources())];
const pages = generatePages();

it.each(pages.map(({ path, text }) => [path, text]))('the page %s is up to date', (path, text) => {
  // Compared as a whole: a printed difference would have thousands of lines.
  expect(readFileSync(path, 'utf8') === text, 'run `npm run gen`').toBe(true);
});

it.each(sources.map(({ path, text }) => [path, text]))(
  'the source %s is not stale',
  (path, text) => {
    expect(readFileSync(path, 'utf8') === text, 'run `npm run gen`').toBe(true);
  },
);

it('every generated file, or its table, is marked as generated', () => {
  for (const { path, text } of [...sources, ...pages]) {
    expect(text, path).toMatch(/^.{0,199}Generated from [^\n]* Do not edit\.|npm run gen -->/s);
  }
});

it('exactly the generated sources are ignored by git', () => {
  const ignored = readFileSync('.gitignore', 'utf8').split('\n');
  expect(ignored).toContain('*.gen.*');
  const named = sources.map(({ path }) => `/${path}`).filter((path) => !/\.gen\.\w+/.test(path));
  expect(ignored.filter((line) => line.startsWith('/python/')).sort()).toEqual(named.sort());
});

it('only the sources that are missing or stale are written, also by two at once', async () => {
  const root = makeFolder();
  await Promise.all([writeSources(root), writeSources(root)]);
  const at = (path: string): string => join(root, path);
  for (const { path, text } of sources) expect(readFileSync(at(path), 'utf8')).toBe(text);
  const readStates = () => sources.map(({ path }) => statSync(at(path)).ino);
  const before = readStates();
  writeFileSync(at(sources[0]!.path), 'stale');
  await writeSources(root);
  const changed = readStates().flatMap((inode, index) => (inode === before[index] ? [] : [index]));
  expect(changed).toEqual([0]);
  expect(readdirSync(root, { recursive: true }).filter((name) => /~$/.test(`${name}`))).toEqual([]);
});

it('the sources are made in a checkout that has none of them, as after a clone', () => {
  const root = makeFolder();
  const isKept = (path: string): boolean =>
    !/(^|\/)(node_modules|dist|\.git|\.dist-\w+|\.generated)$|\.gen\./.test(path);
  cpSync('.', root, { recursive: true, filter: isKept });
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  const tsx = 'node_modules/tsx/dist/cli.mjs';
  const run = spawnSync(process.execPath, [tsx, 'tools/gen/main.ts', 'sources'], { cwd: root });
  expect([`${run.stderr}`, run.status]).toEqual(['', 0]);
  for (const { path, text } of sources) expect(readFileSync(join(root, path), 'utf8')).toBe(text);
});

/** Parses text by the language's own compiler, and returns what that complains of. */
function findSyntaxErrors(path: string, text: string): string {
  const run = (program: string, ...args: string[]): string => {
    const { error, stderr } = spawnSync(program, args, { input: text, encoding: 'utf8' });
    // A bare system has neither compiler. Tests of the languages' modules use both.
    return error === undefined ? stderr : '';
  };
  switch (extname(path)) {
    case '.ts':
      transformSync(text, { loader: 'ts' });
      return '';
    // Stubs have the grammar of a newer Python than that of many machines.
    case '.py':
      return run('python3', '-c', 'import ast, sys; ast.parse(sys.stdin.read())');
    case '.h':
      // The headers need each other, in the order of this one.
      return run('gcc', '-std=c11', '-Wall', '-fsyntax-only', 'bridges/native/glossa.h');
    default:
      return '';
  }
}

describe('a generated source', () => {
  it('has no syntax error', () => {
    for (const { path, text } of sources) expect(findSyntaxErrors(path, text), path).toBe('');
  });

  const findText = (ending: string): string =>
    sources.find(({ path }) => path.endsWith(ending))!.text;

  it.each([
    ['core/gen/fops.gen.ts', (name: string) => new RegExp(`\\b${name}\\b`)],
    ['python/glupy/_fops.py', (name: string) => new RegExp(`^ {4}Fop\\(\\d+, "${name}", `, 'm')],
    ['python/glupy/__init__.pyi', (name: string) => new RegExp(`def ${name}\\(`)],
    ['javascript/glossa.gen.d.ts', (name: string) => new RegExp(`\\b${name}\\??\\(`)],
    ['native/glossa_fops.gen.h', (name: string) => new RegExp(`\\b${name}\\b`)],
    ['bridges/rust/src/translator.gen.rs', (name: string) => new RegExp(`fn ${name}\\b`)],
  ])('%s has every fop', (path, makePattern) => {
    const text = findText(path);
    const missing = fops.filter(({ name }) => !makePattern(name).test(text));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('glossa.gen.d.ts has every field of each structure', () => {
    const text = findText('javascript/glossa.gen.d.ts');
    for (const struct of structs) {
      for (const field of struct.fields) {
        expect(text).toMatch(new RegExp(`\\b${makeCamelName(struct, field)}\\b`));
      }
    }
  });
});
