/** Escapes text from a file, so that it cannot control a terminal, and shortens it for messages. */

/**
 * Replaces control characters except tabs by their pictures (U+2400 …), and bytes that are not UTF-8 by U+FFFD. The
 * text keeps its length, so that columns stay the same.
 */
export function makePrintable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, (c) => {
    if (c === '\t') return c;
    const code = c.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** Escapes quotes and backslashes in a text that will stand in double quotes. */
export const escapeQuotes = (text: string): string => text.replace(/["\\]/g, '\\$&');

/** The most characters of a shortened text. */
const SHORTENED_MAX = 60;

/** Makes a text printable, and cuts one that is longer than `SHORTENED_MAX`. */
export function shorten(text: string): string {
  return makePrintable(text.length > SHORTENED_MAX ? `${text.slice(0, SHORTENED_MAX - 1)}…` : text);
}

/** Shortens a word of a file, and puts it in single quotes, for messages. */
export const quote = (text: string): string => `'${shorten(text)}'`;
