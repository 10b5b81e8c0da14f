/**
 * Hides the values of secret options. Every text that shows options of a volume to a person (logs, dumps,
 * recordings, pictures, messages) takes them from here; a volfile and the wire have the real values.
 *
 * Source: the options of GlusterFS's protocol/client, auth/login and features/cloudsync.
 */
import { nearest } from './nearest.ts';

/** Keys by the end of their names: those of modules, too, whose authors choose them. */
const secretKeys: readonly RegExp[] = [
  // `password` of protocol/client, `auth.login.USER.password` of protocol/server.
  /(^|[._-])pass(word|wd|phrase)$/i,
  /(^|[._-])secret(-key)?$/i,
  // features/cloudsync
  /(^|\.)s3plugin-seckey$/,
];

/** Shown in place of a value; it does not reveal the length. */
export const HIDDEN = '********';

/** Whether the values of this key are secret; also of one that is nearly `password`. */
export const isSecret = (key: string): boolean =>
  secretKeys.some((pattern) => pattern.test(key)) || nearest(key, ['password']) !== undefined;

export const shownValue = (key: string, value: string): string => (isSecret(key) ? HIDDEN : value);

/** Options as they may be shown. */
export const shownOptions = (
  given: readonly { readonly key: string; readonly value: string }[],
): Record<string, string> =>
  Object.fromEntries(given.map(({ key, value }) => [key, shownValue(key, value)]));

const stars = (text: string): string => '*'.repeat(text.length);

const SEPARATORS = '= \t';

/** `VOLUME.KEY=VALUE`, also behind `--xlator-option=` or with a blank for its `=`; the length stays. */
export function maskAssignment(word: string): string {
  let from = 0;
  for (let at = 0; at < word.length; at++) {
    if (!SEPARATORS.includes(word[at]!)) continue;
    if (isSecret(word.slice(from, at))) return word.slice(0, at + 1) + stars(word.slice(at + 1));
    from = at + 1;
  }
  return word;
}

const TOKEN = /\n|"(?:\\.|[^"\\\n])*"?|[^\s"]+/g;

/**
 * The text of a volfile, mistakes included, with every letter of a secret value as `*`: columns stay.
 * A value ends with its line.
 */
export function maskText(text: string): string {
  let before: string | null = null;
  let hides: 'no' | 'rest-of-line' | 'next-word' = 'no';
  return text.replace(TOKEN, (token) => {
    if (token === '\n') {
      if (hides === 'rest-of-line') hides = 'no';
      if (hides === 'no') before = null;
      return token;
    }
    if (hides !== 'no') {
      hides = 'rest-of-line';
      return stars(token);
    }
    // A key also counts when 'option' before it is misspelt or missing.
    const isKey = before === null || nearest(before, ['option']) !== undefined;
    if (isKey && isSecret(token.replaceAll('"', ''))) hides = 'next-word';
    before = token;
    return token;
  });
}
