import { expect, it } from 'vitest';
import { formatMode } from './format-mode.ts';

it.each([
  [0o100644, '-rw-r--r--'],
  [0o041777, 'drwxrwxrwt'],
  [0o041770, 'drwxrwx--T'],
  [0o106755, '-rwsr-sr-x'],
  [0o106000, '---S--S---'],
  [0o120777, 'lrwxrwxrwx'],
  [0o020600, 'crw-------'],
  [0o030000, '?---------'],
])('a mode of %o is formatted as %s', (mode, text) => {
  expect(formatMode(mode)).toBe(text);
});
