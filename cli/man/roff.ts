/**
 * Writes the roff of manual pages, for man(7) of groff and mandoc. Functions of lines return whole
 * lines, newline included.
 */
import { wrap } from '../../terminal/layout.ts';

/** Escapes a text, so that roff shows it literally. */
export function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('…', '...')
    .replace(/[-'`^~"]/g, (sign) => signs[sign]!);
}

/** ASCII signs that roff would replace by typographic ones. */
const signs: Readonly<Record<string, string>> = {
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

/** A text in bold, for literal words. */
export const formatBold = (text: string): string => `\\fB${escapeText(text)}\\fP`;

export const formatItalic = (text: string): string => `\\fI${escapeText(text)}\\fP`;

/** The head of a page. */
export const formatHead = (name: string, section: number, date: string, source: string): string =>
  `.TH ${escapeText(name.toUpperCase())} ${section} ${date} "${escapeText(source)}"\n`;

export const section = (title: string, body: string): string =>
  body === '' ? '' : `.SH ${title}\n${body}`;

export const formatSubsection = (title: string, body: string): string =>
  `.SS ${escapeText(title)}\n${body}`;

/** Filled lines of a roff text. */
export const formatParagraph = (text: string): string =>
  wrap(text, 78)
    .map((line) => `${/^[.']/.test(line) ? '\\&' : ''}${line}\n`)
    .join('');

/** A term, and its meaning indented below. */
export const formatItem = (term: string, meaning: string): string =>
  `.TP\n${term.trimEnd()}\n${formatParagraph(meaning)}`;

/** Lines that are not filled. */
export const formatVerbatim = (lines: readonly string[]): string =>
  `.RS 4\n.nf\n${lines.map((line) => (line === '' ? '.sp\n' : `\\&${escapeText(line)}\n`)).join('')}.fi\n.RE\n`;

/** A reference to another page. */
export const formatReference = (name: string, section: number): string =>
  `${formatBold(name)}(${section})`;
