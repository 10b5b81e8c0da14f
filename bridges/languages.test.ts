import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../test/support/folder.ts';
import { makeGlupy } from './host/index.ts';
import type { HostedLanguage } from './host/language.ts';
import { findModule } from './host/lifecycle/module-search.ts';
import {
  allLanguages,
  findLanguage,
  findTestLanguage,
  hostedLanguages,
  languages,
} from './languages.ts';
import { nodeMachine } from './machine/node/index.ts';
import { sources } from './machine/node/sources.ts';

const makeFiles = (...names: string[]): string =>
  makeFolder(Object.fromEntries(names.map((name) => [name, ''])));

const findIn = (path: string, name: string, languages = hostedLanguages) =>
  findModule({ name, path, language: undefined, baseDir: '/' }, languages, { env: {}, sources });

it('no two languages of modules share a file extension or a name', () => {
  const extensions = allLanguages.flatMap(([, { extensions }]) => extensions);
  expect(new Set(extensions).size).toBe(extensions.length);
  const names = allLanguages.flatMap(([name, { aliases }]) => [name, ...aliases]);
  expect(new Set(names).size).toBe(names.length);
});

it.each(allLanguages)(
  'modules and test files of the language %s are known by their file names',
  (_name, language) => {
    const { extensions, hosted, tests } = language;
    for (const end of extensions) expect(findLanguage(`m${end}`)).toBe(language);
    for (const file of tests?.testFileNames('m') ?? []) expect(findTestLanguage(file)).toBe(tests);
    if (hosted !== null) expect(hosted.extensions).toEqual(expect.arrayContaining([...extensions]));
  },
);

it.each(
  hostedLanguages.flatMap(({ name, packageFiles }) => packageFiles.map((file) => [name, file])),
)('the search for a module takes a folder as a %s module if it contains %s', (language, file) => {
  const folder = makeFiles(`m/${file}`);
  expect(findIn(folder, 'm')).toMatchObject({
    path: join(folder, 'm', file!),
    language: { name: language },
  });
});

it('a language that is added can be given in option language, and its modules are found', () => {
  const mine: HostedLanguage = {
    name: 'mine',
    extensions: ['.mine'],
    packageFiles: ['init.mine'],
    pathVariable: 'MINE_PATH',
    syntax: languages.python.hosted.syntax,
    load: () => Promise.reject(new Error('no interpreter')),
  };
  const all = [...hostedLanguages, mine];
  expect(makeGlupy(all, nodeMachine).options.language.values).toEqual(all.map(({ name }) => name));
  const folder = makeFiles('m.mine', 'p/init.mine');
  expect(findIn(folder, 'm', all).language).toBe(mine);
  expect(findIn(folder, 'p', all).path).toBe(join(folder, 'p/init.mine'));
  expect(() => findIn(folder, 'm')).toThrow("module 'm' was not found");
});

it('option module-name with a file extension finds only the file of that name', () => {
  const names = ['m.py', 'm.js', 'm.mjs', 'm.ts'];
  const folder = makeFiles(...names, 'm/__init__.py');
  for (const name of names) expect(findIn(folder, name).path).toBe(join(folder, name));
  expect(() => findIn(folder, 'm')).toThrow(
    `module 'm' is ambiguous: ${folder}/m.py and ${folder}/m/`,
  );
  expect(() => findIn(makeFiles('m.ts'), 'm.js')).toThrow("module 'm.js' was not found");
});
