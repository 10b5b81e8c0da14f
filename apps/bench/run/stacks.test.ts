import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { makeTranslatorStacks } from './stacks.ts';

const scratch = makeFolder();

const listAlike = (languages: string) =>
  makeTranslatorStacks({ translator: 'negative', languageList: languages, options: [], scratch })
    .sameLookupStacks;

describe('stacks of one translator', () => {
  it('must pass on equally many lookups, except the stack without the translator', () => {
    const languages = ['typescript', 'python'];
    expect(listAlike('typescript,python')).toEqual(languages);
    expect(listAlike('none,typescript,python')).toEqual(languages);
  });

  it('run their translator in a worker thread if the name of the language ends in -thread', () => {
    const languages = 'python,python-thread,javascript-thread';
    const { stacks } = makeTranslatorStacks({
      translator: 'negative',
      languageList: languages,
      options: [],
      scratch,
    });
    expect(stacks.map(({ name }) => name)).toEqual(languages.split(','));
    const isolation = stacks.map(({ volfile }) => /option isolation (\w+)/.exec(volfile)?.[1]);
    expect(isolation).toEqual([undefined, 'thread', 'thread']);
    expect(() => listAlike('c-thread')).toThrow(/--in does not know 'c-thread'/);
  });
});
