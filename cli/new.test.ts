import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { UsageError } from '../terminal/exit.ts';
import { quoteWord } from '../terminal/invocation.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { makeFolder } from '../test/support/folder.ts';
import { checkName, type TemplateLanguage, templateLanguages } from './new/template-languages.ts';
import command from './new.ts';

function folder(): string {
  const made = makeFolder();
  return made;
}

const make = (...operands: string[]): Promise<string> => type(operands);
const makeTarget = (target: string, ...operands: string[]): Promise<string> =>
  type(operands, { target });
const editor = (...operands: string[]): Promise<string> => type(operands, { editor: true });

async function type(
  operands: readonly string[],
  flags: { editor?: boolean; target?: string; kind?: 'files' } = {},
): Promise<string> {
  const said: string[] = [];
  const terminal: Terminal = {
    out: (text) => void said.push(text),
    outBytes: async () => true,
    err: (text) => void said.push(text),
    isInteractive: false,
    width: 100,
    colour: { out: false, err: false },
    flush: async () => {},
  };
  await command.run(
    {
      flags: { editor: false, quiet: false, target: undefined, kind: undefined, ...flags },
      operands,
      rest: null,
    },
    terminal,
  );
  return said.join('\n');
}

const all = Object.entries(templateLanguages) as [string, TemplateLanguage][];

/** The file in which an editor of a language finds the types. */
const FOR_EDITORS: Readonly<Record<string, string>> = {
  python: 'pyrightconfig.json',
  javascript: 'jsconfig.json',
  typescript: 'tsconfig.json',
  c: 'compile_flags.txt',
  rust: '.cargo/config.toml',
};

it.each(all)('glossa new %s writes all files, with the name in them', async (language) => {
  const at = join(folder(), 'new');
  const said = await make(language, 'mine', at);
  const files = readdirSync(at, { recursive: true, encoding: 'utf8' }).sort();
  expect(files).toEqual(expect.arrayContaining(['README.md', 'mine.vol', 'files']));
  expect(files).toContain(FOR_EDITORS[language]);
  expect(files.some((file) => /test/.test(file))).toBe(true);
  const written = files.filter((name) => statSync(join(at, name)).isFile());
  for (const file of written.filter((name) => /\.\w+$|Makefile/.test(name))) {
    const text = readFileSync(join(at, file), 'utf8');
    expect(file).not.toContain('NAME');
    expect(text).not.toMatch(/\{\{|NAME\b/);
    expect(said).toContain(join(at, file));
  }
  expect(said).toMatch(
    /\nnow type:\n(.*\n)* {4}.* run .*mine\.vol -- rm precious\.keep +a command/,
  );
});

it.each([
  ['wasm', 'features/glupy', 'module-name'],
  ['so', 'features/native', 'module-path'],
])('glossa new c --target %s writes the files for such a module', async (target, ...words) => {
  const at = join(folder(), 'new');
  const said = await makeTarget(target, 'c', 'mine', at);
  const read = (file: string) => readFileSync(join(at, file), 'utf8');
  const [volumeType, option] = words;
  expect(read('mine.vol')).toContain(`type ${volumeType}\n    option ${option} mine.${target}\n`);
  expect(read('mine.test.js')).toContain(`graph('mine.${target}'`);
  expect(read('Makefile')).toMatch(new RegExp(`^mine\\.${target}: `, 'm'));
  expect(said).toContain(`mine.${target}`);
  expect(read('README.md')).toContain(`test mine.${target}`);
});

it('glossa new makes a module in C for the sandbox by default, and refuses a target of another language', async () => {
  const at = folder();
  expect(await make('c', 'mine', join(at, 'c'))).toContain('mine.wasm');
  expect(readFileSync(join(at, 'c/mine.vol'), 'utf8')).toContain('type features/glupy');
  await expect(makeTarget('so', 'rust', 'mine', join(at, 'rust'))).rejects.toThrow(
    'a module in Rust is not made as so',
  );
});

it.each(['python', 'javascript', 'typescript'])(
  'glossa new %s --kind files writes a storage with its test and a volfile without subvolumes',
  async (language) => {
    const at = join(folder(), 'new');
    const said = await type([language, 'mine', at], { kind: 'files' });
    expect(said).toMatch(
      /test .*mine\.\w+ (.*\n)* {4}.* dev .*mine\.vol (.*\n)*.*mine\.vol -- cat hello/,
    );
    expect(readFileSync(join(at, 'mine.vol'), 'utf8')).not.toContain('subvolumes');
    expect(readdirSync(at).some((file) => file.includes('test'))).toBe(true);
    await expect(type(['c', 'mine', at], { kind: 'files' })).rejects.toThrow('--kind files in C');
  },
);

it('glossa new writes nothing when one of its files exists', async () => {
  const at = folder();
  writeFileSync(join(at, 'mine.vol'), 'precious');
  await expect(make('python', 'mine', at)).rejects.toThrow(
    `mine.vol is in ${at} already: nothing was written`,
  );
  expect(readdirSync(at)).toEqual(['mine.vol']);
  expect(readFileSync(join(at, 'mine.vol'), 'utf8')).toBe('precious');
});

it('glossa new does not change an editor’s existing settings files, and prints the lines to add', async () => {
  const at = folder();
  writeFileSync(join(at, 'pyrightconfig.json'), '{}');
  const said = await make('python', 'mine', at);
  const left = (file: string) => `${join(at, file)} exists and was left unchanged`;
  expect(said).toContain(
    `${left('pyrightconfig.json')}; for the types of glossa, add these settings`,
  );
  expect(said).toMatch(/"extraPaths": \["\/.*python"\]/);
  expect(readFileSync(join(at, 'pyrightconfig.json'), 'utf8')).toBe('{}');
  rmSync(join(at, 'pyrightconfig.json'));
  writeFileSync(join(at, 'pyproject.toml'), '[tool.pyright]\n');
  expect(await editor('python', at)).toContain(left('pyproject.toml'));
  writeFileSync(join(at, 'pyproject.toml'), '[project]\n');
  expect(await editor('python', at)).toContain(`wrote ${join(at, 'pyrightconfig.json')}`);
  expect(await editor('python', at)).toBe('editors know the types already');
  expect(await editor('js', at)).toContain(`wrote ${join(at, 'jsconfig.json')}`);
});

it('glossa new prints why a folder cannot be written', async () => {
  const at = folder();
  writeFileSync(join(at, 'plain'), '');
  await expect(make('c', 'mine', join(at, 'plain'))).rejects.toThrow(/^cannot write into .*: \w/);
  await expect(make('c', 'mine', join(at, 'plain/x'))).rejects.toThrow('Not a directory');
  // Not even root can create files there.
  await expect(make('c', 'mine', '/proc/self/mine')).rejects.toThrow('cannot write into /proc');
  mkdirSync(join(at, 'empty'));
  expect(await make('c', 'mine', join(at, 'empty'))).toContain('mine.c');
});

it('glossa new accepts valid module names', () => {
  for (const [, kind] of all) {
    for (const name of ['a', 'Negative', 'cache2', 'my_cache', 'my-cache']) checkName(name, kind);
    for (const name of ['', '2a', 'a b', 'a/b', '../a', 'a.py', 'ä', 'test_a', 'storage', '-a']) {
      expect(() => checkName(name, kind), name).toThrow(UsageError);
    }
  }
  expect(() => checkName('class', templateLanguages.python)).toThrow('a word of the language');
  for (const name of ['glupy', 'gluster']) {
    expect(() => checkName(name, templateLanguages.python)).toThrow(
      `'${name}' is the package that modules import from: choose another, such as my_${name}`,
    );
  }
  for (const name of ['json', 'queue', 'cProfile']) {
    expect(() => checkName(name, templateLanguages.python)).toThrow("a module of Python's own");
    checkName(name, templateLanguages.javascript);
  }
  for (const kind of [
    templateLanguages.javascript,
    templateLanguages.typescript,
    templateLanguages.c,
  ]) {
    expect(() => checkName('glossa', kind)).toThrow('the package that modules import from');
  }
});

it.each([
  ['my cache', '; for example my-cache'],
  ['keeper.py', '; for example keeper'],
  ['/srv/x/keeper', '; its folder comes second: glossa new python keeper /srv/x/keeper'],
  ["a b's/keeper.py", `keeper ${quoteWord("a b's/keeper.py")}`],
  ['x/json', 'a letter first'],
])('glossa new refuses the name %s with an error that suggests a valid one', (name, instead) => {
  expect(() => checkName(name, templateLanguages.python)).toThrow(
    new RegExp(`${escaped(instead)}$`),
  );
});

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

it('glossa new lists the known languages when the given language is unknown', async () => {
  const at = folder();
  expect(await make('Python', 'a', join(at, 'a'))).toContain('a.py');
  expect(await make('js', 'b', join(at, 'b'))).toContain('b.js');
  await expect(make('pyton', 'a')).rejects.toThrow("did you mean 'python'");
  await expect(make('cobol', 'a')).rejects.toThrow('python, javascript, typescript, c');
});
