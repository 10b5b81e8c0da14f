/** Formats a lesson's text for a terminal: wraps paragraphs, and separates the hints. */
import { formatColumns, wrapLine } from '../../../terminal/layout.ts';
import { paint, type Terminal } from '../../../terminal/terminal.ts';
import { reduceLessonText } from '../lesson-text.ts';
import type { LessonLanguage } from '../lessons/check.ts';

/** A lesson, formatted for a terminal. */
export interface LessonText {
  /** Lines for the terminal. */
  readonly lines: readonly string[];
  readonly hints: readonly string[];
}

/** The terminal's width and colours. */
type TextSettings = Pick<Terminal, 'width' | 'colour'>;

/** Formats a lesson's Markdown for a terminal, in one language. */
export function formatLesson(
  markdown: string,
  language: LessonLanguage,
  settings: TextSettings,
): LessonText {
  const { text, hints } = reduceLessonText(markdown, language);
  return { lines: formatMarkdown(text, settings), hints };
}

/** Formats Markdown as lines. */
function formatMarkdown(markdown: string, settings: TextSettings): string[] {
  // The group in the pattern makes `split` return the contents of code blocks at odd indices.
  const parts = markdown.replace(/^<!--.*-->\n/gm, '').split(/^```\w*\n(.*?)^```\n/ms);
  const lines = parts.flatMap((part, index) =>
    index % 2 === 1
      ? formatCode(part, settings)
      : part.split(/\n{2,}/).flatMap((block) => formatBlock(block, settings)),
  );
  // Every block ends with an empty line; the last of them is dropped.
  return lines.slice(0, lines.at(-1) === '' ? -1 : undefined);
}

/** Indents and colours the lines of a code block. */
const formatCode = (text: string, { colour }: TextSettings): string[] => [
  ...text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${paint('good', line, colour.out)}`)),
  '',
];

/** Formats a paragraph, a heading, a list or a table. */
function formatBlock(block: string, settings: TextSettings): string[] {
  const text = block.trim();
  if (text === '') return [];
  if (text.startsWith('#')) {
    const [heading, ...rest] = text.split('\n');
    const title = paint('bold', stripMarkup(heading!.replace(/^#+ /, '')), settings.colour.out);
    return [title, '', ...formatBlock(rest.join('\n'), settings)];
  }
  if (text.startsWith('|')) return [...formatTable(text, settings), ''];
  if (/^(- |\d+\. )/.test(text))
    return [...text.split(/\n(?=- |\d+\. )/).flatMap(makeItemFormatter(settings)), ''];
  return [...formatParagraph(text, settings), ''];
}

/** Joins the lines of a paragraph to one. */
const joinLines = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

/** Removes the targets of links and the marks of emphasis. */
const stripMarkup = (text: string): string =>
  joinLines(text)
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(`[^`]*`)|\*\*?([^*]+)\*\*?/g, '$1$2');

/** Prints code between backticks in bold; without colours, the backticks stay. */
const highlightCode = (line: string, { colour }: TextSettings): string =>
  colour.out ? line.replace(/`([^`]+)`/g, (_, name: string) => paint('bold', name, true)) : line;

const formatParagraph = (text: string, settings: TextSettings): string[] =>
  wrapLine(stripMarkup(text), settings.width).map((line) => highlightCode(line, settings));

/** Returns a function that formats an item of a list; all lines but its first are indented. */
const makeItemFormatter =
  (settings: TextSettings) =>
  (text: string): string[] => {
    const [, mark = '', rest = ''] = /^(- |\d+\. )([\s\S]*)$/.exec(text) ?? [];
    const margin = ' '.repeat(mark.length);
    // A margin as wide as the mark keeps its place free in the first line.
    const [first = '', ...others] = wrapLine(margin + stripMarkup(rest), settings.width);
    return [mark + first.slice(mark.length), ...others].map((line) =>
      highlightCode(line, settings),
    );
  };

/** Formats a table of two columns, without the line below its head. */
function formatTable(text: string, settings: TextSettings): string[] {
  const rows = text.split('\n').filter((row) => !/^[|\s:-]+$/.test(row));
  const cells = rows.map((row): [string, string] => {
    const [left = '', right = ''] = row.replace(/^\||\|$/g, '').split('|');
    return [stripMarkup(left.trim()), stripMarkup(right.trim())];
  });
  return formatColumns(cells, settings.width)
    .split('\n')
    .map((line) => highlightCode(line, settings));
}
