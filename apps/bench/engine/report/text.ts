/** Writes reports for a terminal of any width, with coloured verdicts. */
import { formatBar, formatTable, maxWidth, wrap } from '../../../../terminal/layout.ts';
import { formatDuration } from '../../../../terminal/quantities.ts';
import { paint, type Style } from '../../../../terminal/terminal.ts';
import type { ComparedRuns, RunLine } from '../compare.ts';
import { factorText, intervalText } from '../comparison-text.ts';
import { relative } from '../numbers.ts';
import type { Run, Verdict, Workload } from '../schema.ts';
import { type Table, workloadSection } from './document.ts';
import { allWarnings, busyLines, comparisons } from './run-sentences.ts';

/** The terminal that shows a report. */
export interface Screen {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
}

/** Colours repeat the verdict, which is written out, too. */
const styles: Readonly<Record<Verdict, Style>> = {
  faster: 'good',
  slower: 'error',
  'no difference': 'dim',
  'too noisy to conclude': 'warning',
};

const toned = (cell: string, { colour }: Screen): string =>
  Object.hasOwn(styles, cell) ? paint(styles[cell as Verdict], cell, colour) : cell;

const BAR_MIN = 2;
const BAR_MAX = 30;

/** The whole report, without a newline at the end. */
export function terminalReport(run: Run, screen: Screen): string {
  const styled = (style: Style, texts: readonly string[]): string =>
    texts
      .flatMap((it) => wrap(it, screen.width))
      .map((line) => paint(style, line, screen.colour))
      .join('\n');
  return [
    styled('warning', busyLines(run)),
    ...run.workloads.map((workload) => workloadText(workload, screen)),
    comparisons(run)
      .flatMap((it) => wrap(it, screen.width))
      .join('\n'),
    styled('warning', asWarnings(allWarnings(run))),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const asWarnings = (texts: readonly string[]): string[] => texts.map((it) => `warning: ${it}`);

/** One workload in one placement: a bar and verdict for each stack, then all measures. */
export function workloadText(workload: Workload, screen: Screen): string {
  const { title, blocks } = workloadSection(workload);
  const lines = blocks.flatMap((block): string[] => {
    if ('table' in block) return tableLines(block.table, screen);
    if (!('text' in block) || block.as !== 'how') return [];
    return wrap(block.text, screen.width).map((line) => paint('dim', line, screen.colour));
  });
  return [paint('bold', title, screen.colour), ...lines].join('\n');
}

/** Splits a table that is too wide into several below each other, each with the names. */
function tableLines({ head, answers, rows }: Table, screen: Screen): string[] {
  const full = rows.filter(({ cells }) => cells.length > 0);
  const cells = [
    ['', ...head],
    ...full.map((row) => [row.name, ...row.cells.map((cell) => toned(cell, screen))]),
  ];
  const band = (from: number, to: number, more: readonly string[] = []): string[] => {
    const chosen = cells.map((row, at) => [row[0]!, ...row.slice(from, to), more[at] ?? '']);
    return formatTable(chosen, { isRightAligned: (at) => at > 0 && at <= to - from, indent: '  ' });
  };
  const lines: string[] = [];
  for (let from = 1; from <= head.length && full.length > 0; ) {
    const end = from <= answers ? answers : head.length;
    let to = from + 1;
    while (to <= end && maxWidth(band(from, to + 1)) <= screen.width) to++;
    const room = screen.width - maxWidth(band(from, to)) - 2;
    const hasBars = from === 1 && room >= BAR_MIN;
    const bars = full.map(({ part }) => formatBar(part, Math.min(BAR_MAX, room)));
    lines.push(...band(from, to, hasBars ? ['', ...bars] : []));
    from = to;
  }
  const notes = rows.flatMap(({ name, note }) =>
    note === null ? [] : `  ${name}  ${paint('warning', note, screen.colour)}`,
  );
  return [...lines, ...notes];
}

/** The text of `glossa bench compare`. */
export function comparedText({ warnings, lines }: ComparedRuns, screen: Screen): string {
  const [head, ...rows] = formatTable(
    [
      ['', 'first', 'second', 'second / first', ''],
      ...lines.map((line) => comparedCells(line, screen)),
    ],
    { indent: '  ', gap: '   ' },
  );
  const titled = rows.flatMap((row, i) => {
    const { workload } = lines[i]!;
    if (workload === lines[i - 1]?.workload) return [row];
    return [paint('bold', workload, screen.colour), row];
  });
  const warned = asWarnings(warnings).flatMap((it) => wrap(it, screen.width));
  return [...warned.map((it) => paint('warning', it, screen.colour)), head, ...titled].join('\n');
}

/** Cells: stack, first, second, ratio, verdict. */
function comparedCells({ stack, to, a, b, compared, missing }: RunLine, screen: Screen): string[] {
  const format = to === null ? formatDuration : relative;
  const values = [a, b].map((it) => (it === null ? '' : format(it)));
  const name = to === null ? stack : `${stack} / ${to}`;
  if (compared === null) {
    return [name, ...values, '', paint('warning', missing ?? '', screen.colour)];
  }
  const ratio = `${factorText(compared.ratio)} ${intervalText(compared)}`;
  return [name, ...values, ratio, toned(compared.verdict, screen)];
}
