/**
 * The little of roff that manual pages are made of, for man(7) of groff and of mandoc: each function
 * gives whole lines, the last with its newline.
 */
import { wrap } from '../../terminal/layout.ts';

/** A text as it is to be read, without a meaning to roff in it. */
export function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('…', '...')
    .replace(/[-'`^~"]/g, (sign) => signs[sign]!);
}

/** ASCII signs that roff takes for typographic ones. */
const signs: Readonly<Record<string, string>> = {
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

/** To be typed as it is. */
export const bold = (text: string): string => `\\fB${plain(text)}\\fP`;

export const italic = (text: string): string => `\\fI${plain(text)}\\fP`;

/** The head of a page. */
export const head = (name: string, section: number, date: string, source: string): string =>
  `.TH ${plain(name.toUpperCase())} ${section} ${date} "${plain(source)}"\n`;

export const section = (title: string, body: string): string =>
  body === '' ? '' : `.SH ${title}\n${body}`;

export const subsection = (title: string, body: string): string => `.SS ${plain(title)}\n${body}`;

/** Filled lines, of a text that is written in roff. */
export const paragraph = (text: string): string =>
  wrap(text, 78)
    .map((line) => `${/^[.']/.test(line) ? '\\&' : ''}${line}\n`)
    .join('');

/** A term, and what it means below it, further in. */
export const item = (term: string, meaning: string): string =>
  `.TP\n${term.trimEnd()}\n${paragraph(meaning)}`;

/** Lines that stay as they are. */
export const verbatim = (lines: readonly string[]): string =>
  `.RS 4\n.nf\n${lines.map((line) => (line === '' ? '.sp\n' : `\\&${plain(line)}\n`)).join('')}.fi\n.RE\n`;

/** A reference to another page. */
export const page = (name: string, section: number): string => `${bold(name)}(${section})`;
