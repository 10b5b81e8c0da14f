/** Text from a file, shown to a person: harmless to a terminal, and not too long. */

/**
 * Control characters as their pictures (U+2400 …), tabs excepted, and bytes that are no text as
 * U+FFFD; one for one, so that columns stay true.
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
export const escaped = (text: string): string => text.replace(/["\\]/g, '\\$&');

const BRIEF_MAX = 60;

/** Printable, and cut short when it is long. */
export function brief(text: string): string {
  return printable(text.length > BRIEF_MAX ? `${text.slice(0, BRIEF_MAX - 1)}…` : text);
}

/** The same in quotes, as words of a file stand in messages. */
export const quote = (text: string): string => `'${brief(text)}'`;
