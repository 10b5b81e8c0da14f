import { describe, expect, it } from 'vitest';
import { columns, cut, table, widthOf, wrap } from './layout.ts';

describe('wrap', () => {
  it('breaks at blanks and keeps the indentation', () => {
    expect(wrap('  one two three four', 10)).toEqual(['  one two', '  three', '  four']);
  });

  it('leaves a word alone that is too long for any line', () => {
    expect(wrap('a incomprehensibilities b', 8)).toEqual(['a', 'incomprehensibilities', 'b']);
  });

  it('gives one line for nothing', () => {
    expect(wrap('', 8)).toEqual(['']);
  });
});

describe('a wide character', () => {
  it('takes two columns, one that combines and a style none', () => {
    expect(['ab', '日本', 'e\u0301', '\x1b[1ma\x1b[22m', '👩‍👩‍👧'].map(widthOf)).toEqual([
      2, 4, 1, 1, 2,
    ]);
  });

  it('is not cut in two', () => {
    expect(['abc', '日本語', 'e\u0301bcd', 'abcd'].map((text) => cut(text, 3))).toEqual([
      'abc',
      '日…',
      'e\u0301b…',
      'ab…',
    ]);
  });

  it('a wide text in a table or in a first column leaves the other columns where they are', () => {
    const rows = [
      ['日本.vol', '1', 'x'],
      ['a', '10', ''],
    ];
    expect(table(rows, { right: (at) => at === 1 })).toEqual(['日本.vol   1  x', 'a         10']);
    expect(
      columns(
        [
          ['日本', 'one'],
          ['a', 'two'],
        ],
        80,
      ),
    ).toBe('  日本  one\n  a     two');
  });
});

describe('columns', () => {
  it('aligns the second column and wraps in it', () => {
    expect(
      columns(
        [
          ['a', 'one two three'],
          ['long', 'four'],
        ],
        16,
      ),
    ).toBe('  a     one two\n        three\n  long  four');
  });

  it('begins a new line beside a first column that is too wide', () => {
    const wide = 'w'.repeat(40);
    expect(
      columns(
        [
          ['a', 'one'],
          [wide, 'two'],
        ],
        80,
      ),
    ).toBe(`  a  one\n  ${wide}\n     two`);
  });
});
