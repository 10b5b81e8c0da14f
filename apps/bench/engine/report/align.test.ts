import { expect, it } from 'vitest';
import { align } from './align.ts';

it('aligns columns, and lets the last cell of a line be long', () => {
  expect(
    align([
      ['a', 'bb', 'c'],
      ['aaa', 'b', 'c'],
      ['a', 'a sentence as long as it is'],
    ]),
  ).toBe('  a     bb   c\n  aaa   b    c\n  a     a sentence as long as it is');
});
