/** Makes text from a file harmless to a terminal, and cuts it. */

/**
 * Replaces control characters except tabs by their pictures (U+2400 …), and bytes that are no text
 * by U+FFFD; one for one, so that columns stay the same.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, (c) => {
    if (c === '\t') return c;
    const code = c.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** The inside of a text in double quotes. */
export const escapeQuotes = (text: string): string => text.replace(/["\\]/g, '\\$&');

const BRIEF_MAX = 60;

/** Printable, and cut short when it is long. */
export function shorten(text: string): string {
  return printable(text.length > BRIEF_MAX ? `${text.slice(0, BRIEF_MAX - 1)}…` : text);
}

/** The same in single quotes, for words of a file in messages. */
export const quote = (text: string): string => `'${shorten(text)}'`;
