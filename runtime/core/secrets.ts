/**
 * Hides the values of secret options, such as passwords, in everything that shows options to a person: logs, dumps,
 * recordings, pictures, messages. Only volfiles and the wire have the real values.
 *
 * Source: the options of GlusterFS's protocol/client, auth/login and features/cloudsync.
 */
import { findNearest } from './nearest.ts';

/** Patterns of secret keys. They also match options of modules, whose authors choose the names. */
const secretKeys: readonly RegExp[] = [
  // `password` of protocol/client, `auth.login.USER.password` of protocol/server.
  /(^|[._-])pass(word|wd|phrase)$/i,
  /(^|[._-])secret(-key)?$/i,
  // features/cloudsync
  /(^|\.)s3plugin-seckey$/,
];

/** The text in place of a hidden value; it does not reveal the length. */
export const HIDDEN_VALUE = '********';

/** Whether the values of this key are secret; a misspelt `password` is secret, too. */
export const isSecret = (key: string): boolean =>
  secretKeys.some((pattern) => pattern.test(key)) || findNearest(key, ['password']) !== undefined;

/** Returns the value of an option, or `HIDDEN_VALUE` in place of a secret. */
export const maskValue = (key: string, value: string): string =>
  isSecret(key) ? HIDDEN_VALUE : value;

/** Returns options by key, with secret values hidden. */
export const maskOptions = (
  options: readonly { readonly key: string; readonly value: string }[],
): Record<string, string> =>
  Object.fromEntries(options.map(({ key, value }) => [key, maskValue(key, value)]));

const maskLetters = (text: string): string => '*'.repeat(text.length);

/** The characters that may stand between a key and its value. */
const SEPARATORS = '= \t';

/** Masks the value in `VOLUME.KEY=VALUE`, also after `--xlator-option=` or with a blank for `=`; keeps the length. */
export function maskAssignment(word: string): string {
  let keyStart = 0;
  for (let index = 0; index < word.length; index++) {
    if (!SEPARATORS.includes(word[index]!)) continue;
    if (isSecret(word.slice(keyStart, index)))
      return word.slice(0, index + 1) + maskLetters(word.slice(index + 1));
    keyStart = index + 1;
  }
  return word;
}

/** A newline, a quoted text (its end may be missing), or a word. */
const TOKEN = /\n|"(?:\\.|[^"\\\n])*"?|[^\s"]+/g;

/**
 * Replaces every letter of a secret value in the text of a volfile by `*`, also in a malformed text. Lines and
 * columns stay. A value ends with its line.
 */
export function maskText(text: string): string {
  let previous: string | null = null;
  let hidingMode: 'no' | 'rest-of-line' | 'next-word' = 'no';
  return text.replace(TOKEN, (token) => {
    if (token === '\n') {
      // After a key without a value ('next-word'), the next line begins with the value.
      if (hidingMode === 'rest-of-line') hidingMode = 'no';
      if (hidingMode === 'no') previous = null;
      return token;
    }
    if (hidingMode !== 'no') {
      hidingMode = 'rest-of-line';
      return maskLetters(token);
    }
    // A key also counts when 'option' before it is misspelt or missing.
    const isKey = previous === null || findNearest(previous, ['option']) !== undefined;
    if (isKey && isSecret(token.replaceAll('"', ''))) hidingMode = 'next-word';
    previous = token;
    return token;
  });
}
