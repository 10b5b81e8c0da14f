import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HIDDEN_VALUE, isSecret, maskAssignment, maskOptions, maskText } from './secrets.ts';

it.each([
  ['password', true],
  ['Password', true],
  ['auth.login.alice.password', true],
  ['top.password', true],
  ['db-passwd', true],
  ['key_passphrase', true],
  ['secret', true],
  ['client-secret', true],
  ['s3plugin-seckey', true],
  ['pasword', true],
  ['username', false],
  ['auth.login.brick.allow', false],
  ['transport.socket.ssl-private-key', false],
  ['password-file', false],
  ['secure', false],
  ['directory', false],
  ['', false],
])('isSecret of the key %s is %s', (key, secret) => {
  expect(isSecret(key)).toBe(secret);
  expect(maskOptions([{ key, value: 'v' }])).toEqual({ [key]: secret ? HIDDEN_VALUE : 'v' });
});

describe('maskText', () => {
  it.each([
    ['option password hunter2', 'option password *******'],
    ['option "password" "hunter2 x" # mine', 'option "password" *********** * ****'],
    [' option password\n  hunter2\nend-volume', ' option password\n  *******\nend-volume'],
    ['opton pasword hunter2', 'opton pasword *******'],
    ['password hunter2\n', 'password *******\n'],
    ['# option password hunter2', '# option password *******'],
    ['# the password\nvolume a', '# the password\nvolume a'],
    ['option directory password\nend-volume', 'option directory password\nend-volume'],
  ])('shows %j as %j', (text, shown) => expect(maskText(text)).toBe(shown));

  it('keeps lines and columns, and hides every letter of a secret value', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const line = fc.oneof(word, fc.constantFrom('', ' option a b', 'end-volume', '"', '\\'));
    fc.assert(
      fc.property(
        fc.array(line),
        fc.stringMatching(/^[A-Z]{4,9}$/),
        fc.array(line),
        (a, value, b) => {
          const text = [...a, ` option password ${value}`, ...b].join('\n');
          const shown = maskText(text);
          expect(shown.replace(/[^\n]/g, 'x')).toBe(text.replace(/[^\n]/g, 'x'));
          expect(shown).not.toContain(value);
          expect(maskText(shown)).toBe(shown);
        },
      ),
    );
  });
});

it.each([
  ['top.password=a=b', 'top.password=***'],
  ['--xlator-option=*.auth.login.u.password=x', '--xlator-option=*.auth.login.u.password=*'],
  ['--log-level=DEBUG', '--log-level=DEBUG'],
  ['top.password x', 'top.password *'],
  ['ro,xlator-option=top.password=x', 'ro,xlator-option=top.password=*'],
  ['a.vol', 'a.vol'],
])('maskAssignment shows the word %s as %s', (word, shown) => {
  expect(maskAssignment(word)).toBe(shown);
});
