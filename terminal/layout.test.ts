import { describe, expect, it } from 'vitest';
import { cutToWidth, formatColumns, formatTable, measureWidth, wrapLine } from './layout.ts';

describe('wrap', () => {
  it('breaks a line at blanks and keeps its indentation', () => {
    expect(wrapLine('  one two three four', 10)).toEqual(['  one two', '  three', '  four']);
  });

  it('puts a word that is longer than the width on a line of its own', () => {
    expect(wrapLine('a incomprehensibilities b', 8)).toEqual(['a', 'incomprehensibilities', 'b']);
  });

  it('returns one empty line for an empty text', () => {
    expect(wrapLine('', 8)).toEqual(['']);
  });
});

describe('a wide character', () => {
  it('is measured as two columns, and a combining character or an escape sequence as none', () => {
    expect(['ab', '日本', 'e\u0301', '\x1b[1ma\x1b[22m', '👩‍👩‍👧'].map(measureWidth)).toEqual([
      2, 4, 1, 1, 2,
    ]);
  });

  it('is never cut in two when a text is shortened', () => {
    expect(['abc', '日本語', 'e\u0301bcd', 'abcd'].map((text) => cutToWidth(text, 3))).toEqual([
      'abc',
      '日…',
      'e\u0301b…',
      'ab…',
    ]);
  });

  it('keeps the columns of a table aligned', () => {
    const rows = [
      ['日本.vol', '1', 'x'],
      ['a', '10', ''],
    ];
    expect(formatTable(rows, { isRightAligned: (at) => at === 1 })).toEqual([
      '日本.vol   1  x',
      'a         10',
    ]);
    expect(
      formatColumns(
        [
          ['日本', 'one'],
          ['a', 'two'],
        ],
        80,
      ),
    ).toBe('  日本  one\n  a     two');
  });
});

describe('formatColumns', () => {
  it('aligns the second column and wraps its text there', () => {
    expect(
      formatColumns(
        [
          ['a', 'one two three'],
          ['long', 'four'],
        ],
        16,
      ),
    ).toBe('  a     one two\n        three\n  long  four');
  });

  it('starts the second column on a new line when the first is too wide', () => {
    const wide = 'w'.repeat(40);
    expect(
      formatColumns(
        [
          ['a', 'one'],
          [wide, 'two'],
        ],
        80,
      ),
    ).toBe(`  a  one\n  ${wide}\n     two`);
  });
});
