import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined, type Token, tokenize } from './tokens.ts';

const shown = (tokens: readonly Token[]): string[] =>
  tokens.filter(({ kind }) => kind !== 'space').map(({ kind, text }) => `${kind} ${text}`);

/** Pieces that sources are made of, and some that they should not be. */
const piece = fc.constantFrom(
  ...['print', 'if', 'ur', 'x', "'", '"', "'''", '"""', '\\', '\n', '\r\n', '\r', '\t', ' ', '#'],
  ...['0777', '0x1FL', '1e5', '.5', '1_0', '(', ')', '[', ']', '{', '}', '`', '<>', '>>', '**='],
  ...['...', '.', ',', ':', ';', '=', '!', '?', '$', 'é', '名', '😀', '\ud800', '\0'],
);

describe('tokenize', () => {
  it('keeps every character, whatever it is given', () => {
    const sources = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 40 }).map((p) => p.join('')),
    );
    fc.assert(
      fc.property(sources, (source) => {
        expect(joined(tokenize(source))).toBe(source);
      }),
      { numRuns: 2000 },
    );
  });

  it('knows the line of each, and how many brackets are open', () => {
    const tokens = tokenize("a = ('''x\ny''', \\\n b)\nc");
    const of = (text: string) => tokens.find((token) => token.text === text)!;
    expect([of('a').line, of('b').line, of('c').line]).toEqual([1, 3, 4]);
    expect([of('a').depth, of('b').depth, of(')').depth, of('c').depth]).toEqual([0, 1, 1, 0]);
  });

  it.each([
    ["ur'a\\'b' u\"c\"", ["string ur'a\\'b'", 'string u"c"']],
    ["'''a'b\n''c''' 'd", ["string '''a'b\n''c'''", "string 'd"]],
    ["'a\\\nb' 'open\nname", ["string 'a\\\nb'", "string 'open", 'newline \n', 'name name']],
    ["'''never\nends", ["string '''never\nends"]],
    [
      '0777 10L 0xFFL 1.5 .5 1e-3 3j',
      ['0777', '10L', '0xFFL', '1.5', '.5', '1e-3', '3j'].map((n) => `number ${n}`),
    ],
    ['a<>b>>=c', ['name a', 'op <>', 'name b', 'op >>=', 'name c']],
    ['# print "x"\n', ['comment # print "x"', 'newline \n']],
    ["print'x'", ['name print', "string 'x'"]],
    ['größe', ['name größe']],
    ['a ? b', ['name a', 'other ?', 'name b']],
  ])('%j', (source, tokens) => {
    expect(shown(tokenize(source))).toEqual(tokens);
  });
});
