/**
 * Formats manual pages in roff, with the macros of man(7), for groff and mandoc. Functions that
 * format whole lines return them with the newline.
 */
import { wrapLine } from '../../terminal/layout.ts';

/** Escapes a text, so that roff shows it literally. */
export function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('…', '...')
    .replace(/[-'`^~"]/g, (character) => typographicEscapes[character]!);
}

/** The escapes of ASCII characters that roff would print as typographic ones. */
const typographicEscapes: Readonly<Record<string, string>> = {
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

/** Formats a literal word in bold. */
export const formatBold = (text: string): string => `\\fB${escapeText(text)}\\fP`;

export const formatItalic = (text: string): string => `\\fI${escapeText(text)}\\fP`;

/** Formats the head of a page. */
export const formatHead = (name: string, section: number, date: string, source: string): string =>
  `.TH ${escapeText(name.toUpperCase())} ${section} ${date} "${escapeText(source)}"\n`;

/** Formats a section; '' if it has no body. The title has plain capitals only, which need no escapes. */
export const formatSection = (title: string, body: string): string =>
  body === '' ? '' : `.SH ${title}\n${body}`;

/** Formats a subsection. Its title may have signs to escape, such as the `-` of `debug/io-stats`. */
export const formatSubsection = (title: string, body: string): string =>
  `.SS ${escapeText(title)}\n${body}`;

/** The width of the lines of the source, which roff fills again. */
const SOURCE_WIDTH = 78;

/**
 * Wraps an escaped text into lines. A line that begins with `.` or `'` would be a request to roff, so
 * `\&` (an empty character) is put before it.
 */
export const formatParagraph = (text: string): string =>
  wrapLine(text, SOURCE_WIDTH)
    .map((line) => `${/^[.']/.test(line) ? '\\&' : ''}${line}\n`)
    .join('');

/** Formats a term, and its meaning indented below it. Both are escaped already. */
export const formatItem = (term: string, meaning: string): string =>
  `.TP\n${term.trimEnd()}\n${formatParagraph(meaning)}`;

/** Formats lines that roff prints as they are. */
export const formatVerbatim = (lines: readonly string[]): string =>
  `.RS 4\n.nf\n${lines.map((line) => (line === '' ? '.sp\n' : `\\&${escapeText(line)}\n`)).join('')}.fi\n.RE\n`;

/** Formats a reference to another page. */
export const formatReference = (name: string, section: number): string =>
  `${formatBold(name)}(${section})`;
