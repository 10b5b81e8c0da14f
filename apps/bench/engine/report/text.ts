/** Formats reports for a terminal of any width, with coloured verdicts. */
import { findMaxWidth, formatBar, formatTable, wrapLine } from '../../../../terminal/layout.ts';
import { formatDuration } from '../../../../terminal/quantities.ts';
import { paint, type Style } from '../../../../terminal/terminal.ts';
import type { ComparedRuns, StackComparison } from '../compare.ts';
import { formatFactor, formatInterval } from '../comparison-text.ts';
import { formatRatio } from '../numbers.ts';
import type { Run, Verdict, Workload } from '../schema.ts';
import { makeWorkloadSection, type Table } from './document.ts';
import { formatBusyWarnings, formatComparisons, listWarnings } from './run-sentences.ts';

/** The terminal that shows a report. */
export interface Screen {
  /** Width of the terminal, in characters. */
  readonly width: number;
  readonly colour: boolean;
}

/** The colours of verdicts. A reader does not need them: the verdict is also written out. */
const verdictStyles: Readonly<Record<Verdict, Style>> = {
  faster: 'good',
  slower: 'error',
  'no difference': 'dim',
  'too noisy to conclude': 'warning',
};

/** Colours a cell if it is a verdict. */
const colourVerdict = (cell: string, { colour }: Screen): string =>
  Object.hasOwn(verdictStyles, cell) ? paint(verdictStyles[cell as Verdict], cell, colour) : cell;

/** The least and the greatest width of a bar, in characters. */
const BAR_WIDTH_MIN = 2;
const BAR_WIDTH_MAX = 30;

/** Formats the whole report, without a newline at the end. */
export function formatTerminalReport(run: Run, screen: Screen): string {
  const formatStyled = (style: Style, texts: readonly string[]): string =>
    texts
      .flatMap((text) => wrapLine(text, screen.width))
      .map((line) => paint(style, line, screen.colour))
      .join('\n');
  return [
    formatStyled('warning', formatBusyWarnings(run)),
    ...run.workloads.map((workload) => formatWorkload(workload, screen)),
    formatComparisons(run)
      .flatMap((text) => wrapLine(text, screen.width))
      .join('\n'),
    formatStyled('warning', prefixWarnings(listWarnings(run))),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const prefixWarnings = (texts: readonly string[]): string[] =>
  texts.map((text) => `warning: ${text}`);

/** Formats one workload in one placement: verdicts with bars, then all measures, and the first requests. */
export function formatWorkload(workload: Workload, screen: Screen): string {
  const { title, blocks } = makeWorkloadSection(workload);
  const lines = blocks.flatMap((block): string[] => {
    if ('table' in block) return formatTableLines(block.table, screen);
    if (!('text' in block) || block.style === undefined) return [];
    return wrapLine(block.text, screen.width).map((line) => paint('dim', line, screen.colour));
  });
  return [paint('bold', title, screen.colour), ...lines].join('\n');
}

/** Formats a table. One that is too wide becomes several, below each other, all with names. */
function formatTableLines({ head, resultColumnCount, rows }: Table, screen: Screen): string[] {
  const measuredRows = rows.filter(({ cells }) => cells.length > 0);
  const cells = [
    ['', ...head],
    ...measuredRows.map((row) => [
      row.name,
      ...row.cells.map((cell) => colourVerdict(cell, screen)),
    ]),
  ];
  /** Formats the names, the columns `from` to before `to`, and `lastCells` as the last column. */
  const formatColumns = (from: number, to: number, lastCells: readonly string[] = []): string[] => {
    const chosenCells = cells.map((row, rowIndex) => [
      row[0]!,
      ...row.slice(from, to),
      lastCells[rowIndex] ?? '',
    ]);
    return formatTable(chosenCells, {
      isRightAligned: (column) => column > 0 && column <= to - from,
      indent: '  ',
    });
  };
  const lines: string[] = [];
  for (let from = 1; from <= head.length && measuredRows.length > 0; ) {
    // Result columns and measures never share a part of the table.
    const lastColumn = from <= resultColumnCount ? resultColumnCount : head.length;
    // Each part has at least one column, even if that is wider than the screen.
    let to = from + 1;
    while (to <= lastColumn && findMaxWidth(formatColumns(from, to + 1)) <= screen.width) to++;
    const freeWidth = screen.width - findMaxWidth(formatColumns(from, to)) - 2;
    const hasBars = measuredRows.some(({ barLength }) => barLength > 0);
    const showsBars = hasBars && from === 1 && freeWidth >= BAR_WIDTH_MIN;
    const bars = measuredRows.map(({ barLength }) =>
      formatBar(barLength, Math.min(BAR_WIDTH_MAX, freeWidth)),
    );
    lines.push(...formatColumns(from, to, showsBars ? ['', ...bars] : []));
    from = to;
  }
  const notes = rows.flatMap(({ name, note }) =>
    note === null ? [] : `  ${name}  ${paint('warning', note, screen.colour)}`,
  );
  return [...lines, ...notes];
}

/** Formats the output of `glossa bench compare`. */
export function formatComparedRuns({ warnings, lines }: ComparedRuns, screen: Screen): string {
  const [head, ...rows] = formatTable(
    [
      ['', 'first', 'second', 'second / first', ''],
      ...lines.map((line) => makeComparisonCells(line, screen)),
    ],
    { indent: '  ', gap: '   ' },
  );
  const titledRows = rows.flatMap((row, i) => {
    const { workload } = lines[i]!;
    if (workload === lines[i - 1]?.workload) return [row];
    return [paint('bold', workload, screen.colour), row];
  });
  const warningLines = prefixWarnings(warnings).flatMap((text) => wrapLine(text, screen.width));
  return [
    ...warningLines.map((text) => paint('warning', text, screen.colour)),
    head,
    ...titledRows,
  ].join('\n');
}

/** Makes the cells of a line: stack, first run, second run, ratio, verdict. */
function makeComparisonCells(
  { stack, to, a, b, compared, missing }: StackComparison,
  screen: Screen,
): string[] {
  const format = to === null ? formatDuration : formatRatio;
  const values = [a, b].map((value) => (value === null ? '' : format(value)));
  const name = to === null ? stack : `${stack} / ${to}`;
  if (compared === null) {
    return [name, ...values, '', paint('warning', missing ?? '', screen.colour)];
  }
  const ratio = `${formatFactor(compared.ratio)} ${formatInterval(compared)}`;
  return [name, ...values, ratio, colourVerdict(compared.verdict, screen)];
}
