/** Writes a run as Markdown: the same text and tables as the page, without its pictures. */
import type { Run } from '../schema.ts';
import { type Block, makeSections, type Table } from './document.ts';
import { answerSentences } from './run-sentences.ts';

/** Escapes the text of a cell: a `|` would end the cell, and a newline the table. */
const escapeCell = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

const writeRow = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;

const writeList = (texts: readonly string[]): string => texts.map((text) => `- ${text}`).join('\n');

/** Writes a volfile within a code fence that is longer than any in it. */
function writeFence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}

function writeTable({ head, rows }: Table): string {
  const notes = rows.flatMap(({ name, note }) => (note === null ? [] : `${name}: ${note}`));
  return [
    writeRow(['', ...head]),
    writeRow(['---', ...head.map(() => '---:')]),
    ...rows.map(({ name, cells }) => writeRow([name, ...head.map((_, at) => cells[at] ?? '')])),
    ...(notes.length > 0 ? ['', writeList(notes)] : []),
  ].join('\n');
}

function writeBlock(block: Block): string[] {
  if ('text' in block) return [block.as === 'heading' ? `### ${block.text}` : block.text];
  if ('list' in block) return [writeList(block.list)];
  if ('table' in block) return [writeTable(block.table)];
  return 'source' in block ? [writeFence(block.source)] : [];
}

export const writeMarkdown = (run: Run): string =>
  `${[
    `# ${run.question}`,
    answerSentences(run).join('\n'),
    ...makeSections(run)
      .map(({ title, blocks }) => [`## ${title}`, ...blocks.flatMap(writeBlock)])
      .filter((parts) => parts.length > 1)
      .flat(),
  ].join('\n\n')}\n`;
