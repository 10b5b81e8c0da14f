import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quoteShellWord } from './shell-word.ts';

it.each(['/srv/files', 'a=b', '10%'])('the plain word %s stays as it is', (word) =>
  expect(quoteShellWord(word)).toBe(word),
);

it('a shell reads each quoted text as one word that equals the text', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((word) => !word.includes('\0'));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 200 }), (words) => {
      const script = `printf '%s\\0' ${words.map(quoteShellWord).join(' ')}`;
      const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
      expect(stdout.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 20 },
  );
});
