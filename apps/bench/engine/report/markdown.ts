/** Writes a run as Markdown: the same text and tables as the page, without its pictures. */
import type { Run } from '../schema.ts';
import { type Block, sectionsOf, type Table } from './document.ts';
import { answers } from './run-sentences.ts';

/** Text of a cell: a bar would end it, and a line end the table. */
const cellText = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

const row = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;

const items = (texts: readonly string[]): string => texts.map((text) => `- ${text}`).join('\n');

/** The text of a volfile within a fence that it cannot end. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}

function table({ head, rows }: Table): string {
  const notes = rows.flatMap(({ name, note }) => (note === null ? [] : `${name}: ${note}`));
  return [
    row(['', ...head]),
    row(['---', ...head.map(() => '---:')]),
    ...rows.map(({ name, cells }) => row([name, ...head.map((_, at) => cells[at] ?? '')])),
    ...(notes.length > 0 ? ['', items(notes)] : []),
  ].join('\n');
}

function blockText(block: Block): string[] {
  if ('text' in block) return [block.as === 'heading' ? `### ${block.text}` : block.text];
  if ('list' in block) return [items(block.list)];
  if ('table' in block) return [table(block.table)];
  return 'source' in block ? [fenced(block.source)] : [];
}

export const markdownReport = (run: Run): string =>
  `${[
    `# ${run.question}`,
    answers(run).join('\n'),
    ...sectionsOf(run)
      .map(({ title, blocks }) => [`## ${title}`, ...blocks.flatMap(blockText)])
      .filter((parts) => parts.length > 1)
      .flat(),
  ].join('\n\n')}\n`;
