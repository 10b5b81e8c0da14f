import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { glupyFor } from './host/index.ts';
import type { HostedLanguage } from './host/language.ts';
import { findModule } from './host/lifecycle/module-search.ts';
import {
  allLanguages,
  hostedLanguages,
  languageOf,
  languageOfTest,
  languages,
} from './languages.ts';
import { nodeMachine } from './machine/node/index.ts';
import { sources } from './machine/node/sources.ts';

function folder(...files: string[]): string {
  const made = mkdtempSync(join(tmpdir(), 'glossa-languages-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  for (const file of files) {
    mkdirSync(dirname(join(made, file)), { recursive: true });
    writeFileSync(join(made, file), '');
  }
  return made;
}

const find = (path: string, name: string, languages = hostedLanguages) =>
  findModule({ name, path, language: undefined, baseDir: '/' }, languages, { env: {}, sources });

it('no two languages share a file extension or a name', () => {
  const endings = allLanguages.flatMap(([, { extensions }]) => extensions);
  expect(new Set(endings).size).toBe(endings.length);
  const names = allLanguages.flatMap(([name, { aliases }]) => [name, ...aliases]);
  expect(new Set(names).size).toBe(names.length);
});

it.each(allLanguages)(
  '%s: extensions, test file names and the hosted language agree',
  (_name, language) => {
    const { extensions, hosted, tests } = language;
    for (const end of extensions) expect(languageOf(`m${end}`)).toBe(language);
    for (const file of tests?.namesFor('m') ?? []) expect(languageOfTest(file)).toBe(tests);
    if (hosted !== null) expect(hosted.extensions).toEqual(expect.arrayContaining([...extensions]));
  },
);

it.each(
  hostedLanguages.flatMap(({ name, packageFiles }) => packageFiles.map((file) => [name, file])),
)('%s: a folder with %s is found as a module', (language, file) => {
  const at = folder(`m/${file}`);
  expect(find(at, 'm')).toMatchObject({ path: join(at, 'm', file!), language: { name: language } });
});

it('a language added to the records can be chosen and its modules are found', () => {
  const mine: HostedLanguage = {
    name: 'mine',
    extensions: ['.mine'],
    packageFiles: ['init.mine'],
    pathVariable: 'MINE_PATH',
    writing: languages.python.hosted.writing,
    load: () => Promise.reject(new Error('no interpreter')),
  };
  const all = [...hostedLanguages, mine];
  expect(glupyFor(all, nodeMachine).options.language.values).toEqual(all.map(({ name }) => name));
  const at = folder('m.mine', 'p/init.mine');
  expect(find(at, 'm', all).language).toBe(mine);
  expect(find(at, 'p', all).path).toBe(join(at, 'p/init.mine'));
  expect(() => find(at, 'm')).toThrow("module 'm' was not found");
});

it('a module-name with an extension finds only that file', () => {
  const names = ['m.py', 'm.js', 'm.mjs', 'm.ts'];
  const at = folder(...names, 'm/__init__.py');
  for (const name of names) expect(find(at, name).path).toBe(join(at, name));
  expect(() => find(at, 'm')).toThrow(`module 'm' is ambiguous: ${at}/m.py and ${at}/m/`);
  expect(() => find(folder('m.ts'), 'm.js')).toThrow("module 'm.js' was not found");
});
