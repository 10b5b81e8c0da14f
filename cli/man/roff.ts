/**
 * Writes the roff of manual pages, for man(7) of groff and mandoc. Functions of lines return whole
 * lines, newline included.
 */
import { wrap } from '../../terminal/layout.ts';

/** Escapes a text, so that roff shows it literally. */
export function plain(text: string): string {
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
export const bold = (text: string): string => `\\fB${plain(text)}\\fP`;

export const italic = (text: string): string => `\\fI${plain(text)}\\fP`;

/** The head of a page. */
export const head = (name: string, section: number, date: string, source: string): string =>
  `.TH ${plain(name.toUpperCase())} ${section} ${date} "${plain(source)}"\n`;

export const section = (title: string, body: string): string =>
  body === '' ? '' : `.SH ${title}\n${body}`;

export const subsection = (title: string, body: string): string => `.SS ${plain(title)}\n${body}`;

/** Filled lines of a roff text. */
export const paragraph = (text: string): string =>
  wrap(text, 78)
    .map((line) => `${/^[.']/.test(line) ? '\\&' : ''}${line}\n`)
    .join('');

/** A term, and its meaning indented below. */
export const item = (term: string, meaning: string): string =>
  `.TP\n${term.trimEnd()}\n${paragraph(meaning)}`;

/** Lines that are not filled. */
export const verbatim = (lines: readonly string[]): string =>
  `.RS 4\n.nf\n${lines.map((line) => (line === '' ? '.sp\n' : `\\&${plain(line)}\n`)).join('')}.fi\n.RE\n`;

/** A reference to another page. */
export const page = (name: string, section: number): string => `${bold(name)}(${section})`;
