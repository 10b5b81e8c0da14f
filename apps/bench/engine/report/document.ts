/**
 * The content of a report, independent of its format: sections of paragraphs, lists, tables,
 * pictures and volfiles. The terminal (text.ts), Markdown (markdown.ts) and the page (html.ts) each
 * write these.
 */
import { factorText, intervalText } from '../comparison-text.ts';
import { formats, type Measure, measures } from '../measures.ts';
import { missingText } from '../not-measured.ts';
import { digits } from '../numbers.ts';
import { workloadTitle } from '../placement.ts';
import type { Measured, Run, Workload } from '../schema.ts';
import { verdictOf } from '../verdict.ts';
import { ecdfChart, type Picture, ratioChart } from './charts.ts';
import { allWarnings, howText, limits, machineText, method } from './run-sentences.ts';

/** Names of rows, and cells of figures. */
export interface Table {
  readonly title: string;
  /** Heads of the columns, without the column of names. */
  readonly head: readonly string[];
  /** The number of leading columns that hold results. */
  readonly answers: number;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly name: string;
  /** Empty where the row has only a note. */
  readonly cells: readonly string[];
  /** Why figures are missing. */
  readonly note: string | null;
  /** Length of the bar beside the row, 0 to 1. */
  readonly part: number;
}

export type Block =
  | { readonly text: string; readonly as?: 'how' | 'heading' }
  | { readonly list: readonly string[] }
  | { readonly table: Table }
  | { readonly picture: Picture }
  /** A volfile. */
  | { readonly source: string; readonly title: string };

export interface Section {
  readonly title: string;
  readonly as?: 'warnings' | 'workload';
  readonly blocks: readonly Block[];
}

const texts = (all: readonly string[]): Block[] => all.map((text) => ({ text }));

/** The sections of a run, which follow its question and the answers. */
export function sectionsOf(run: Run): Section[] {
  const { workloads, stacks, machine, date, command } = run;
  const warnings = allWarnings(run);
  const isCompared = workloads.some(({ results }) => results.some((it) => it.measured?.toFirst));
  const compared: Section = { title: 'In comparison', blocks: [{ picture: ratioChart(run) }] };
  return [
    ...(warnings.length > 0
      ? [{ title: 'Warnings', as: 'warnings' as const, blocks: [{ list: warnings }] }]
      : []),
    ...(isCompared ? [compared] : []),
    ...workloads.map(workloadSection),
    { title: 'How it was measured', blocks: texts(method(run)) },
    { title: 'What it does not show', blocks: [{ list: limits }] },
    { title: 'Where', blocks: texts([machineText(machine), `${date}: ${command.join(' ')}`]) },
    {
      title: 'Stacks',
      blocks: stacks.flatMap(({ name, description, volfile }): Block[] => [
        { text: name, as: 'heading' },
        { text: description },
        ...(volfile === null ? [] : [{ source: volfile, title: `The volfile of ${name}` }]),
      ]),
    },
  ];
}

export function workloadSection(workload: Workload): Section {
  const isMeasured = workload.results.some(({ measured }) => measured !== null);
  return {
    title: workloadTitle(workload),
    as: 'workload',
    blocks: [
      { text: workload.description },
      { text: howText(workload), as: 'how' },
      { table: resultsTable(workload) },
      ...(isMeasured ? [{ picture: ecdfChart(workload) }] : []),
    ],
  };
}

/** `1.14 [1.12 – 1.16]`; empty for the first stack. */
const ratioText = ({ toFirst }: Measured): string =>
  toFirst === null ? '' : `${factorText(toFirst.ratio)} ${intervalText(toFirst)}`;

type Column = readonly [title: string, cell: (measured: Measured) => string];

/** The table of all measures, without columns that are empty for all stacks. */
function resultsTable(workload: Workload): Table {
  const { results } = workload;
  const found = results.flatMap(({ measured }) => measured ?? []);
  const [p50, ...others] = Object.entries(measures).map(
    ([name, { kind, of }]: [string, Measure]): Column => [
      name,
      (it) => {
        const value = of(it);
        return value === null ? '' : formats[kind](value);
      },
    ],
  );
  const first: readonly Column[] = [
    p50!,
    [`× ${results[0]?.stack}`, ratioText],
    ['verdict', ({ toFirst }) => (toFirst === null ? '' : verdictOf(toFirst))],
  ];
  const counted = [...new Set(found.flatMap(({ counts }) => Object.keys(counts)))].map(
    (name): Column => [
      `${name} each`,
      ({ counts, latency }) =>
        counts[name] === undefined ? '' : digits(counts[name] / Math.max(1, latency.count)),
    ],
  );
  const isShown = ([, cell]: Column): boolean => found.some((it) => cell(it) !== '');
  const answering = first.filter(isShown);
  const columns = [...answering, ...[...others, ...counted].filter(isShown)];
  const longest = Math.max(...found.map(({ latency }) => latency.p50));
  return {
    title: `Times of a request: ${workloadTitle(workload)}`,
    head: columns.map(([title]) => title),
    answers: answering.length,
    rows: results.map(({ stack, measured, missing }) => {
      const ended =
        measured === null ? missingText({ missing: missing! }) : `ended early: ${missing}`;
      return {
        name: stack,
        cells: measured === null ? [] : columns.map(([, cell]) => cell(measured)),
        note: missing === null ? null : ended,
        part: measured === null ? 0 : measured.latency.p50 / longest,
      };
    }),
  };
}
