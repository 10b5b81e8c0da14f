/** Texts are spelt by a British dictionary and the project's own word list. */
import { expect, it } from 'vitest';
import { runTool } from './built-site.ts';
import { groups, readRepositoryFile } from './texts.ts';

/** Names of other projects and their authors. */
const NAMES = 'docs/THIRD-PARTY.md';
const texts = Object.values(groups)
  .flatMap((group) => group.texts.map(({ source }) => source))
  .filter((source) => source !== NAMES);
const readmes = ['runtime/xlators', 'gluster'].map((folder) => `${folder}/**/README.md`);

it('the texts spell every word as in the dictionaries', () => {
  const args = [
    'lint',
    '--config',
    'tools/site/cspell.json',
    '--no-progress',
    '--no-summary',
    '--unique',
  ];
  const misspellings = runTool('cspell/bin.mjs', [
    ...args,
    '--no-must-find-files',
    ...texts,
    ...readmes,
  ]);
  expect(misspellings.split('\n').filter(Boolean)).toEqual([]);
});

it("the project's word list is sorted and has no word twice", () => {
  const words = readRepositoryFile('tools/site/words.txt').split('\n').filter(Boolean);
  expect(words).toEqual([...new Set(words)].sort());
});
