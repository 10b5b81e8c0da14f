import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseLine, quoteWord, type SimpleCommand } from './index.ts';

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const command: fc.Arbitrary<SimpleCommand> = fc.record({
  words: fc.array(fc.oneof(word, fc.constant('')), { minLength: 1, maxLength: 4 }),
  outputFile: fc.option(fc.record({ path: word, appends: fc.boolean() })),
  ifSucceeded: fc.boolean(),
});
const line = fc
  .array(command, { minLength: 1, maxLength: 4 })
  .map(([first, ...more]) => [{ ...first!, ifSucceeded: false }, ...more]);

const typed = ({ words, outputFile, ifSucceeded }: SimpleCommand, at: number): string => {
  const before = at === 0 ? '' : ifSucceeded ? ' && ' : '; ';
  const after =
    outputFile === null ? '' : ` ${outputFile.appends ? '>>' : '>'} ${quoteWord(outputFile.path)}`;
  return before + words.map(quoteWord).join(' ') + after;
};

it('any words are unchanged after quoting and parsing in a shell line', () => {
  fc.assert(
    fc.property(line, (commands) => {
      expect(parseLine(commands.map(typed).join(''))).toEqual(commands);
    }),
  );
});

it('any shell line is parsed, or refused with a message', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab\'"\\>;&| #\t') }), (text) => {
      try {
        for (const { words } of parseLine(text)) expect(words.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({ code: 'GLOSSA_SHELL' });
      }
    }),
  );
});

it.each([
  ['ls  -l\t/a', [['ls', '-l', '/a']]],
  [`echo 'a "b"' "c 'd' \\" \\n" e\\ f g'h'i`, [['echo', 'a "b"', `c 'd' " \\n`, 'e f', 'ghi']]],
  ['a; b && c', [['a'], ['b'], ['c']]],
  ['a;', [['a']]],
  ['a b#c # d', [['a', 'b#c']]],
  ['   # nothing', []],
])('the shell line %j is parsed into words', (text, words) => {
  expect(parseLine(text).map((one) => one.words)).toEqual(words);
});

it.each([
  ['cat "a', 'unexpected end of line while looking for matching "'],
  ['echo a >', "syntax error near unexpected token 'newline'"],
  ['echo a > ; b', "syntax error near unexpected token ';'"],
  ['; a', "syntax error near unexpected token ';'"],
  ['a &&', "syntax error near unexpected token 'newline'"],
  ['> a', "syntax error near unexpected token 'newline'"],
  ['ls | wc', "this shell has no '|': help lists its commands"],
  ['a & b', "this shell has no '&': help lists its commands"],
])('the shell line %j is refused', (text, message) => {
  expect(() => parseLine(text)).toThrow(message);
});
