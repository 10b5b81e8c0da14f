/** A run for the terminal: tables for each workload, with a bar for each stack's median. */
import { wrap } from '../../../../terminal/layout.ts';
import type { ComparedRuns, Line } from '../compare.ts';
import { factorText, intervalText } from '../comparison-text.ts';
import type { Finding } from '../fail-if.ts';
import { type Kind, measures } from '../measures.ts';
import { digits, relative } from '../numbers.ts';
import { type Result, type Run, type Verdict, verdicts, type Workload } from '../schema.ts';
import { align } from './align.ts';
import { bandsOf, GAP, headLines, type LaidColumn, widthOf } from './bands.ts';
import { type BreakdownTable, breakdownOf } from './breakdown.ts';
import { checks } from './checks.ts';
import { type Column, columnsOf, noteOf, timeText } from './columns.ts';
import { allWarnings, busyLines, comparisons, howText, workloadTitle } from './words.ts';

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

const BAR_MIN = 2;
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
  const busy = busyLines(run).flatMap((it) => wrap(it, screen.width));
  return [
    busy.map((line) => painted('warning', line, screen)).join('\n'),
    ...run.workloads.map((workload) => workloadText(workload, screen)),
    ...[comparisons(run), checks(run)].map((said) =>
      said.flatMap((it) => wrap(it, screen.width)).join('\n'),
    ),
    warningLines(allWarnings(run), screen).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** One workload at one place: what came out with a bar each, then all measures. */
export function workloadText(workload: Workload, screen: Screen): string {
  const { results } = workload;
  const breakdown = breakdownOf(workload);
  return [
    painted('bold', workloadTitle(workload), screen),
    ...wrap(howText(workload), screen.width).map((line) => painted('dim', line, screen)),
    ...resultLines(results, columnsOf(workload), screen),
    ...(breakdown === null ? [] : breakdownLines(breakdown, screen)),
  ].join('\n');
}

/** Names in a column of their own. */
function named(names: readonly string[]): string[] {
  const width = Math.max(0, ...names.map(({ length }) => length));
  return names.map((name) => `  ${name.padEnd(width)}`);
}

/** The titles of a band, above rows of these names. */
const headOver = (names: readonly string[], band: readonly LaidColumn[]): string[] =>
  headLines(band).map((line) => (' '.repeat(names[0]!.length) + line).trimEnd());

function resultLines(
  results: readonly Result[],
  columns: readonly Column[],
  screen: Screen,
): string[] {
  const names = named(results.map(({ stack }) => stack));
  const room = screen.width - (names[0]?.length ?? 0);
  const bandsFor = (chosen: readonly Column[]): LaidColumn[][] =>
    bandsOf(
      chosen.map(({ title, cell }) => ({
        title,
        cells: results.map(({ measured }) => (measured === null ? '' : cell(measured))),
      })),
      room,
    );
  const [first = [], ...others] = [
    ...bandsFor(columns.filter(({ answers }) => answers)),
    ...bandsFor(columns.filter(({ answers }) => !answers)),
  ];
  const bar = Math.min(BAR_MAX, room - widthOf(first) - GAP);
  const longest = Math.max(...results.map(({ measured }) => measured?.latency.p50 ?? 0));
  const cellsOf = (band: readonly LaidColumn[], at: number): string =>
    band.map(({ cells }) => ' '.repeat(GAP) + toned(cells[at]!, screen)).join('');
  const answer = ({ measured }: Result, at: number): string => {
    const note = noteOf(results[at]!);
    if (measured === null)
      return `${names[at]}${' '.repeat(GAP)}${painted('warning', note!, screen)}`;
    const drawn = bar < BAR_MIN ? '' : barText(measured.latency.p50 / longest, bar);
    const cells = cellsOf(first, at) + ' '.repeat(GAP) + painted('bold', drawn, screen);
    const line = `${names[at]}${cells}`.trimEnd();
    return note === null ? line : `${line}\n    ${painted('warning', note, screen)}`;
  };
  const head = (band: readonly LaidColumn[]): string[] => headOver(names, band);
  return [
    ...head(first),
    ...results.map(answer),
    ...others.flatMap((band) => [
      ...head(band),
      ...results.flatMap(({ measured }, at) =>
        measured === null ? [] : (names[at]! + cellsOf(band, at)).trimEnd(),
      ),
    ]),
  ];
}

/** What the parts of a stacked bar are drawn with: they differ without colour, too. */
const fills = ['█', '▒', '▓', '░', '▚', '▌', '▤', '·'] as const;

/** A title has its fill before the first word. */
const PART_WIDTH = 11;

/** The times of the parts with what each is drawn with, and a stacked bar for each stack. */
function breakdownLines({ unit, parts, rows }: BreakdownTable, screen: Screen): string[] {
  const names = named(rows.map(({ stack }) => stack));
  const room = screen.width - names[0]!.length;
  const fill = (part: number): string => fills[part % fills.length]!;
  const bands = bandsOf(
    parts.map((part, at) => ({
      title: `${fill(at)} ${part}`,
      cells: rows.map(({ cells }) => cells[at]!),
    })),
    room,
    PART_WIDTH,
  );
  const longest = Math.max(...rows.map(({ total }) => total));
  const bar = Math.max(BAR_MIN, room - GAP);
  /** Ends of parts are rounded, not their lengths, so that the bar is as long as the whole. */
  const stacked = (nanoseconds: readonly number[]): string => {
    let sum = 0;
    let drawn = '';
    for (const [part, time] of nanoseconds.entries()) {
      sum += time;
      drawn += fill(part).repeat(Math.round((bar * sum) / longest) - drawn.length);
    }
    return drawn;
  };
  return [
    ...wrap(
      `Where the time of a request goes, ${unit} of its mean (± with 95 % confidence):`,
      screen.width,
    ),
    ...bands.flatMap((band) => [
      ...headOver(names, band),
      ...rows.map((_, row) =>
        [names[row]!, ...band.map(({ cells }) => cells[row]!)].join(' '.repeat(GAP)),
      ),
    ]),
    ...rows.map(({ nanoseconds }, row) => names[row]! + ' '.repeat(GAP) + stacked(nanoseconds)),
  ];
}

/** The cell that says the verdict has its colour. */
function toned(cell: string, screen: Screen): string {
  const verdict = verdicts.find((it) => it === cell.trim());
  return verdict === undefined ? cell : painted(verdict, cell, screen);
}

const warningLines = (warnings: readonly string[], screen: Screen): string[] =>
  warnings.flatMap((it) =>
    wrap(`warning: ${it}`, screen.width).map((line) => painted('warning', line, screen)),
  );

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

const outcome = ({ compared, missing }: Line, screen: Screen): string =>
  compared === null
    ? painted('warning', missing ?? '', screen)
    : painted(compared.verdict, compared.verdict, screen);

/** Stack, first, second, ratio. */
function comparedCells({ stack, to, a, b, compared }: Line): string[] {
  const format = to === null ? timeText : relative;
  const values = [a, b].map((it) => (it === null ? '' : format(it)));
  const ratio = compared === null ? '' : `${factorText(compared.ratio)} ${intervalText(compared)}`;
  return [to === null ? stack : `${stack} / ${to}`, ...values, ratio];
}

/** What became of the conditions under which a run fails. */
export const findingsText = (findings: readonly Finding[], screen: Screen): string =>
  align(
    findings.map(({ condition, where, value, skipped, fails }) => {
      const { measure, to } = condition;
      const format = to === null ? formats[measures[measure].kind] : relative;
      if (skipped !== null)
        return [condition.text, where, '', `skipped: it cannot be asked of ${skipped}`];
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
