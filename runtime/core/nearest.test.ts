import fc from 'fast-check';
import { expect, test } from 'vitest';
import { computeEditDistance, findNearest, formatSuggestion } from './nearest.ts';

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['cache', 'cahce', 1],
  ['ca', 'abc', 3],
  ['timeout', 'time-out', 1],
])('computeEditDistance from %j to %j is %i', (a, b, edits) => {
  expect(computeEditDistance(a, b)).toBe(edits);
});

test('computeEditDistance is symmetric, 0 only for equal words, and at most the longer length', () => {
  const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const d = computeEditDistance(a, b);
      expect(d).toBe(computeEditDistance(b, a));
      expect(d === 0).toBe(a === b);
      expect(d).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

test('findNearest finds the word that a misspelt word stands for, and nothing for a different word', () => {
  const keys = ['cache-size', 'cache-timeout', 'page-size'];
  expect(findNearest('cache-szie', keys)).toBe('cache-size');
  expect(findNearest('CACHE-SIZE', keys)).toBe('cache-size');
  expect(findNearest('pagesize', keys)).toBe('page-size');
  expect(findNearest('directory', keys)).toBe(undefined);
  expect(findNearest('x', [])).toBe(undefined);
});

const types = [
  'storage/memory',
  'features/trash',
  'features/negative',
  'cluster/replicate',
  'meta',
];
const options = ['module-name', 'module-path', 'cache-timeout', 'page-size', 'ssl-own-cert'];
const names = ['check', 'mount', 'mounts', 'umount', 'new volume', 'stats'];
const flags = ['--json', '--log-file', '--log-level', '--output', '-o'];

test.each([
  // One edit, or two swapped letters.
  ['storage/memroy', types, 'storage/memory'],
  ['storag/memory', types, 'storage/memory'],
  ['features/negtaiv', types, 'features/negative'],
  ['cluster/replica', types, 'cluster/replicate'],
  ['modul-name', options, 'module-name'],
  ['module_name', options, 'module-name'],
  ['modulename', options, 'module-name'],
  ['cache-tiemout', options, 'cache-timeout'],
  ['CACHE-TIMEOUT', options, 'cache-timeout'],
  ['chekc', names, 'check'],
  ['new-volume', names, 'new volume'],
  ['--jsn', flags, '--json'],
  ['--logfile', flags, '--log-file'],
  ['on', ['no', 'off'], 'no'],
  ['client-O', ['client-0', 'client-1'], 'client-0'],
  // Different words with long common parts.
  ['features/shard', types, undefined],
  ['cluster/disperse', types, undefined],
  ['read-size', options, undefined],
  ['module-type', options, undefined],
  ['ssl-own-key', options, undefined],
  ['graph', names, undefined],
  ['--log-size', flags, undefined],
  ['-x', flags, undefined],
  ['b', ['a', 'c'], undefined],
  ['', ['a', ''], ''],
])('findNearest for %j among %j returns %j', (word, candidates, meant) => {
  expect(findNearest(word, candidates)).toBe(meant);
});

test('findNearest finds a candidate that equals the word or differs from it in one letter', () => {
  const letters = fc.stringMatching(/^[a-z]{4,9}$/);
  fc.assert(
    fc.property(letters, letters, letters, fc.nat(3), (before, word, behind, at) => {
      const whole = `${before}/${word}-${behind}`;
      expect(findNearest(whole, ['other', whole])).toBe(whole);
      const slip = `${before}/${word.slice(0, at)}X${word.slice(at + 1)}-${behind}`;
      expect(findNearest(slip, [whole])).toBe(whole);
    }),
  );
});

test('formatSuggestion returns an empty text when no candidate is similar', () => {
  expect(formatSuggestion('offf', ['on', 'off'])).toBe(" (did you mean 'off'?)");
  expect(formatSuggestion('elephant', ['on', 'off'])).toBe('');
});
