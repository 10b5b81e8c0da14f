/** A run as Markdown: the same words and tables as the page, without its pictures. */
import type { Run, Workload } from '../schema.ts';
import { type BreakdownTable, breakdownOf } from './breakdown.ts';
import { columnsOf, noteOf } from './columns.ts';
import {
  allWarnings,
  answers,
  howText,
  limits,
  machineText,
  method,
  workloadTitle,
} from './words.ts';

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

function table(workload: Workload): string {
  const columns = columnsOf(workload);
  const notes = workload.results.flatMap((result) => {
    const note = noteOf(result);
    return note === null ? [] : [`${result.stack}: ${note}`];
  });
  const lines = workload.results.map(({ stack, measured }) =>
    row([stack, ...columns.map(({ cell }) => (measured === null ? '' : cell(measured)))]),
  );
  return [
    row(['', ...columns.map(({ title }) => title)]),
    row(['---', ...columns.map(() => '---:')]),
    ...lines,
    ...(notes.length > 0 ? ['', items(notes)] : []),
  ].join('\n');
}

function breakdown({ unit, parts, rows }: BreakdownTable): string {
  const table = [
    row(['', ...parts]),
    row(['---', ...parts.map(() => '---:')]),
    ...rows.map(({ stack, cells }) => row([stack, ...cells])),
  ];
  return `Where the time of a request goes, in the order of its way (mean, ${unit}):\n\n${table.join('\n')}`;
}

export function markdownReport(run: Run): string {
  const warnings = allWarnings(run);
  return `${[
    `# ${run.question}`,
    answers(run).join('\n'),
    ...(warnings.length > 0 ? ['## Warnings', items(warnings)] : []),
    ...run.workloads.flatMap((workload) => {
      const parts = breakdownOf(workload);
      return [
        `## ${workloadTitle(workload)}`,
        `${workload.description}\n\n${howText(workload)}`,
        table(workload),
        ...(parts === null ? [] : [breakdown(parts)]),
      ];
    }),
    '## How it was measured',
    ...method(run),
    '## What it does not show',
    items(limits(run)),
    '## Where',
    machineText(run.machine),
    `${run.date}: \`${run.command.join(' ')}\``,
    '## Stacks',
    ...run.stacks.flatMap(({ name, description, volfile }) => [
      `### ${name}\n\n${description}`,
      ...(volfile === null ? [] : [fenced(volfile)]),
    ]),
  ].join('\n\n')}\n`;
}
