/** A run for the terminal: a table for each workload, with a bar for each stack's median. */
import type { ComparedRuns, Line } from '../compare.ts';
import type { Finding } from '../fail-if.ts';
import { type Kind, measures } from '../measures.ts';
import { digits, relative } from '../numbers.ts';
import type { Measured, Result, Run, Verdict, Workload } from '../schema.ts';
import { align } from './align.ts';
import { checks } from './checks.ts';
import { columnsOf, noteOf, rangeText, timeText } from './columns.ts';
import { allWarnings, answers, howText, workloadTitle } from './words.ts';

/** How it is shown. */
export interface Screen {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
}

/** SGR codes; the verdict is there in words too. */
const colours: Readonly<Record<Verdict | 'bold' | 'dim' | 'warning', string>> = {
  faster: '32',
  slower: '33',
  'no difference': '2',
  'too noisy to conclude': '1;35',
  bold: '1',
  dim: '2',
  warning: '1;35',
};

const painted = (as: keyof typeof colours, text: string, { colour }: Screen): string =>
  colour && text.trim() !== '' ? `\x1b[${colours[as]}m${text}\x1b[0m` : text;

const GAP = 2;
const BAR_MIN = 8;
const BAR_MAX = 30;

/** Eighths of a cell, for bars that end within one. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of `part` (0 … 1) of `width` cells; never longer, and at least a sliver. */
export function barText(part: number, width: number): string {
  const eighths = Math.max(1, Math.round(Math.min(1, Math.max(0, part)) * width * 8));
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7]!;
}

/** The whole report, without a newline at the end. */
export function terminalReport(run: Run, screen: Screen): string {
  return [
    ...run.workloads.map((workload) => workloadText(workload, screen)),
    ...[answers(run), checks(run)].map((said) =>
      said.flatMap((it) => wrapped(it, screen.width)).join('\n'),
    ),
    warningLines(allWarnings(run), screen).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** One workload at one place. What there is no room for is left out, see `rank`. */
export function workloadText(workload: Workload, screen: Screen): string {
  const { results } = workload;
  const names = Math.max(...results.map(({ stack }) => stack.length));
  const measured = results.flatMap((it) => it.measured ?? []);
  const columns = columnsOf(workload).map((column) => ({
    ...column,
    width: Math.max(column.title.length, ...measured.map((it) => column.cell(it).length)),
  }));
  let left = screen.width - names - 2 - GAP - BAR_MIN;
  const shown = columns
    .toSorted((a, b) => a.rank - b.rank)
    .filter(({ width }) => {
      left -= width + GAP;
      return left >= 0;
    });
  const fitting = columns.filter((column) => shown.includes(column));
  const used = fitting.reduce((sum, { width }) => sum + width + GAP, names + 2 + GAP);
  const bar = Math.max(0, Math.min(BAR_MAX, screen.width - used));
  const gap = ' '.repeat(GAP);
  const head = fitting.map(({ title, width }) => title.padStart(width)).join(gap);
  const longest = Math.max(...measured.map(({ latency }) => latency.p50));
  const row = (result: Result): string => {
    const name = `  ${result.stack.padEnd(names)}`;
    const note = noteOf(result);
    const { measured: it } = result;
    if (it === null) return `${name}${gap}${painted('warning', note!, screen)}`;
    const cells = fitting.map(({ cell, width }) => toned(cell(it).padStart(width), it, screen));
    const drawn = bar < 2 ? '' : barText(it.latency.p50 / longest, bar);
    const line = [name, ...cells, painted('bold', drawn, screen)].join(gap).trimEnd();
    return note === null ? line : `${line}\n    ${painted('warning', note, screen)}`;
  };
  return [
    painted('bold', workloadTitle(workload), screen),
    ...wrapped(howText(workload), screen.width).map((line) => painted('dim', line, screen)),
    `  ${' '.repeat(names)}${gap}${head}`.trimEnd(),
    ...results.map(row),
  ].join('\n');
}

/** The cell that says the verdict has its colour. */
function toned(cell: string, { toFirst }: Measured, screen: Screen): string {
  const said = toFirst !== null && cell.trim() === toFirst.verdict;
  return said ? painted(toFirst.verdict, cell, screen) : cell;
}

const warningLines = (warnings: readonly string[], screen: Screen): string[] =>
  warnings.flatMap((it) =>
    wrapped(`warning: ${it}`, screen.width).map((line) => painted('warning', line, screen)),
  );

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > width && line !== '') {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** What `glossa bench compare` prints. */
export function comparedText({ warnings, lines }: ComparedRuns, screen: Screen): string {
  const [head, ...rows] = align([
    ['', 'first', 'second', 'second / first', ''],
    ...lines.map((line) => [...comparedCells(line), outcome(line, screen)]),
  ]).split('\n');
  const titled = rows.map((row, i) => {
    const { workload } = lines[i]!;
    if (workload === lines[i - 1]?.workload) return row;
    return `${painted('bold', workload, screen)}\n${row}`;
  });
  return [...warningLines(warnings, screen), head, ...titled].join('\n');
}

const outcome = ({ judged, missing }: Line, screen: Screen): string =>
  judged === null
    ? painted('warning', missing ?? '', screen)
    : painted(judged.verdict, judged.verdict, screen);

/** Stack, first, second, ratio. */
function comparedCells({ stack, to, a, b, judged }: Line): string[] {
  const format = to === null ? timeText : relative;
  const values = [a, b].map((it) => (it === null ? '' : format(it)));
  const ratio = judged === null ? '' : `${relative(judged.ratio)} ${rangeText(judged)}`;
  return [to === null ? stack : `${stack} / ${to}`, ...values, ratio];
}

/** What became of the conditions under which a run fails. */
export const findingsText = (findings: readonly Finding[], screen: Screen): string =>
  align(
    findings.map(({ condition, where, value, fails }) => {
      const { measure, to } = condition;
      const format = to === null ? formats[measures[measure].kind] : relative;
      const shown = value === null ? 'not measured' : format(value);
      const said = fails
        ? painted('warning', value === null ? 'fails' : 'holds: fails', screen)
        : 'does not hold';
      return [condition.text, where, shown, said];
    }),
  );

const formats: Readonly<Record<Kind, (value: number) => string>> = {
  time: timeText,
  size: (bytes) => `${digits(bytes / 1e6)} MB`,
  rate: (perSecond) => `${digits(perSecond)}/s`,
};
