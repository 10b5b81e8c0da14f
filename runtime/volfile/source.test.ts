/** Places in a text, parts of which are replaced. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPlace, type Replacement, Source } from './source.ts';

test('a place in a volfile has a line, a column, and a length that does not exceed the line', () => {
  const source = new Source('x', 'ab\r\n\ncd');
  expect([source.readLine(1), source.readLine(2), source.readLine(3), source.readLine(4)]).toEqual([
    'ab',
    '',
    'cd',
    '',
  ]);
  expect(source.makePlace(1, 6)).toEqual({ file: 'x', line: 1, column: 2, length: 1 });
  expect(formatPlace(source.makePlace(5, 7))).toBe('x:3:1');
  expect(formatPlace(source.makeEndPlace())).toBe('x:3:3');
});

test('replacements of any length in a volfile leave the positions of the other text unchanged', () => {
  const parts = fc.array(
    fc.record({
      kept: fc.stringMatching(/^[a-z\n]{0,5}$/),
      removed: fc.stringMatching(/^[A-Z]{1,4}$/),
      put: fc.stringMatching(/^[0-9\n]{0,6}$/),
    }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(parts, (list) => {
      let written = '';
      const replacements: Replacement[] = [];
      const expected: string[] = [];
      const plain = () => new Source('x', written);
      for (const { kept, removed, put } of list) {
        written += kept;
        const start = written.length;
        written += removed;
        replacements.push({ start, end: written.length, text: put });
      }
      const source = new Source('x', written, replacements);
      let at = 0;
      let before = 0;
      for (const { kept, removed, put } of list) {
        for (let i = 0; i < kept.length; i++) {
          expected.push(formatPlace(plain().makePlace(before + i, before + i + 1)));
        }
        for (let i = 0; i < put.length; i++) {
          expected.push(
            formatPlace(plain().makePlace(before + kept.length, before + kept.length + 1)),
          );
        }
        before += kept.length + removed.length;
        at += kept.length + put.length;
      }
      const found = Array.from({ length: at }, (_, i) => formatPlace(source.makePlace(i, i + 1)));
      expect(found).toEqual(expected);
    }),
  );
});
