/** Formats a run as Markdown: the same text and tables as the page, without its pictures. */
import type { Run } from '../schema.ts';
import { type Block, makeSections, type Table } from './document.ts';
import { formatSummary } from './run-sentences.ts';

/** Escapes the text of a cell: a `|` would end the cell, and a newline the table. */
const escapeCell = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

const formatRow = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;

const formatList = (texts: readonly string[]): string =>
  texts.map((text) => `- ${text}`).join('\n');

/** Puts a volfile into a code fence that is longer than any run of backticks in it. */
function formatFence(text: string): string {
  const runLengths = [...text.matchAll(/`+/g)].map(([backticks]) => backticks.length);
  const fence = '`'.repeat(Math.max(2, ...runLengths) + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}

/** Formats a table, with the notes of its rows as a list below. */
function formatTable({ head, rows }: Table): string {
  const notes = rows.flatMap(({ name, note }) => (note === null ? [] : `${name}: ${note}`));
  return [
    formatRow(['', ...head]),
    formatRow(['---', ...head.map(() => '---:')]),
    ...rows.map(({ name, cells }) =>
      formatRow([name, ...head.map((_, column) => cells[column] ?? '')]),
    ),
    ...(notes.length > 0 ? ['', formatList(notes)] : []),
  ].join('\n');
}

/** Formats a block; returns an empty list for a picture. */
function formatBlock(block: Block): string[] {
  if ('text' in block) return [block.style === 'heading' ? `### ${block.text}` : block.text];
  if ('list' in block) return [formatList(block.list)];
  if ('table' in block) return [formatTable(block.table)];
  return 'source' in block ? [formatFence(block.source)] : [];
}

/** Formats the whole report. */
export const formatMarkdown = (run: Run): string =>
  `${[
    `# ${run.question}`,
    formatSummary(run).join('\n'),
    ...makeSections(run)
      .map(({ title, blocks }) => [`## ${title}`, ...blocks.flatMap(formatBlock)])
      .filter((parts) => parts.length > 1)
      .flat(),
  ].join('\n\n')}\n`;
