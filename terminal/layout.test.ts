import { describe, expect, it } from 'vitest';
import { columns, wrap } from './layout.ts';

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
