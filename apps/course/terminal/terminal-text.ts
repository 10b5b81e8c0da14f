/** Formats a lesson's text for a terminal: wraps paragraphs, and returns the hints apart. */

import { formatColumns, wrap } from '../../../terminal/layout.ts';
import { paint, type Terminal } from '../../../terminal/terminal.ts';
import { lessonText } from '../lesson-text.ts';
import type { LessonLanguage } from '../lessons/check.ts';

export interface LessonText {
  /** Lines for the terminal. */
  readonly lines: readonly string[];
  readonly hints: readonly string[];
}

type Looks = Pick<Terminal, 'width' | 'colour'>;

export function readLesson(markdown: string, language: LessonLanguage, looks: Looks): LessonText {
  const { text, hints } = lessonText(markdown, language);
  return { lines: render(text, looks), hints };
}

function render(markdown: string, looks: Looks): string[] {
  const parts = markdown.replace(/^<!--.*-->\n/gm, '').split(/^```\w*\n(.*?)^```\n/ms);
  const lines = parts.flatMap((part, at) =>
    at % 2 === 1 ? code(part, looks) : part.split(/\n{2,}/).flatMap((block) => prose(block, looks)),
  );
  return lines.slice(0, lines.at(-1) === '' ? -1 : undefined);
}

const code = (text: string, { colour }: Looks): string[] => [
  ...text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${paint('good', line, colour.out)}`)),
  '',
];

/** Formats a paragraph, a heading, a list or a table. */
function prose(block: string, looks: Looks): string[] {
  const text = block.trim();
  if (text === '') return [];
  if (text.startsWith('#')) {
    const [heading, ...rest] = text.split('\n');
    const title = paint('bold', plain(heading!.replace(/^#+ /, '')), looks.colour.out);
    return [title, '', ...prose(rest.join('\n'), looks)];
  }
  if (text.startsWith('|')) return [...table(text, looks), ''];
  if (/^(- |\d+\. )/.test(text)) return [...text.split(/\n(?=- |\d+\. )/).flatMap(item(looks)), ''];
  return [...paragraph(text, looks), ''];
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

/** Removes the targets of links and the marks of emphasis. */
const plain = (text: string): string =>
  oneLine(text)
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(`[^`]*`)|\*\*?([^*]+)\*\*?/g, '$1$2');

/** Highlights code: in bold, or between its backticks. */
const styled = (line: string, { colour }: Looks): string =>
  colour.out ? line.replace(/`([^`]+)`/g, (_, name: string) => paint('bold', name, true)) : line;

const paragraph = (text: string, looks: Looks): string[] =>
  wrap(plain(text), looks.width).map((line) => styled(line, looks));

const item =
  (looks: Looks) =>
  (text: string): string[] => {
    const [, mark = '', rest = ''] = /^(- |\d+\. )([\s\S]*)$/.exec(text) ?? [];
    const margin = ' '.repeat(mark.length);
    const [first = '', ...others] = wrap(margin + plain(rest), looks.width);
    return [mark + first.slice(mark.length), ...others].map((line) => styled(line, looks));
  };

/** Formats a table of two columns. */
function table(text: string, looks: Looks): string[] {
  const rows = text.split('\n').filter((row) => !/^[|\s:-]+$/.test(row));
  const cells = rows.map((row): [string, string] => {
    const [left = '', right = ''] = row.replace(/^\||\|$/g, '').split('|');
    return [plain(left.trim()), plain(right.trim())];
  });
  return formatColumns(cells, looks.width)
    .split('\n')
    .map((line) => styled(line, looks));
}
