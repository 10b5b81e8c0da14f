import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, distance, nearest } from './nearest.ts';

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['cache', 'cahce', 1],
  ['ca', 'abc', 3],
  ['timeout', 'time-out', 1],
])('from %j to %j it is %i', (a, b, edits) => {
  expect(distance(a, b)).toBe(edits);
});

test('distance is symmetric, zero only for equals, at most the longer length', () => {
  const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const d = distance(a, b);
      expect(d).toBe(distance(b, a));
      expect(d === 0).toBe(a === b);
      expect(d).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

test('a slip finds its word, something else finds none', () => {
  const keys = ['cache-size', 'cache-timeout', 'page-size'];
  expect(nearest('cache-szie', keys)).toBe('cache-size');
  expect(nearest('CACHE-SIZE', keys)).toBe('cache-size');
  expect(nearest('pagesize', keys)).toBe('page-size');
  expect(nearest('directory', keys)).toBe(undefined);
  expect(nearest('x', [])).toBe(undefined);
  expect(nearest('b', ['a', 'c'])).toBe('a');
});

test('the question is put only when there is something to ask', () => {
  expect(didYouMean('offf', ['on', 'off'])).toBe(" (did you mean 'off'?)");
  expect(didYouMean('elephant', ['on', 'off'])).toBe('');
});
