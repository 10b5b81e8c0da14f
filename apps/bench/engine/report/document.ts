/**
 * Makes the content of a report, independent of its format: sections of paragraphs, lists, tables,
 * pictures and volfiles. text.ts writes them for a terminal, markdown.ts as Markdown, and html.ts
 * as a page.
 */
import { formatFactor, formatInterval } from '../comparison-text.ts';
import { formatMissing } from '../measurement-error.ts';
import { formatters, type Measure, measures } from '../measures.ts';
import { formatDigits } from '../numbers.ts';
import { formatWorkloadTitle } from '../placement.ts';
import type { Measurement, Run, Workload } from '../schema.ts';
import { readVerdict } from '../verdict.ts';
import { makeEcdfChart, makeRatioChart, type Picture } from './charts.ts';
import {
  describeWorkload,
  formatMachineSentence,
  formatMethodParagraphs,
  LIMIT_SENTENCES,
  listWarnings,
} from './run-sentences.ts';

/** A table of figures; each row has a name in front. */
export interface Table {
  readonly title: string;
  /** Heads of the columns, without the column of names. */
  readonly head: readonly string[];
  /** Number of leading columns with the median, ratio and verdict; figures of measures follow. */
  readonly resultColumnCount: number;
  readonly rows: readonly Row[];
}

/** A row of figures of one stack. */
export interface Row {
  readonly name: string;
  /** The figures, one for each column; empty if the row has only a note. */
  readonly cells: readonly string[];
  /** Why figures are missing; null if all are there. */
  readonly note: string | null;
  /** Length of the bar beside the row, 0 to 1. */
  readonly barLength: number;
}

/** A paragraph or heading, a list, a table, a picture, or a volfile. */
export type Block =
  /** Style `how` marks the paragraph about the method of a workload. */
  | { readonly text: string; readonly style?: 'how' | 'heading' }
  | { readonly list: readonly string[] }
  | { readonly table: Table }
  | { readonly picture: Picture }
  /** The text of a volfile. */
  | { readonly source: string; readonly title: string };

/** A titled part of a report. */
export interface Section {
  readonly title: string;
  /** The kind of section, for its style on a page. */
  readonly style?: 'warnings' | 'workload';
  readonly blocks: readonly Block[];
}

const makeTextBlocks = (texts: readonly string[]): Block[] => texts.map((text) => ({ text }));

/** Makes the sections of a report, which follow its question and the answers. */
export function makeSections(run: Run): Section[] {
  const { workloads, stacks, machine, date, command } = run;
  const warnings = listWarnings(run);
  const isCompared = workloads.some(({ results }) =>
    results.some((result) => result.measured?.toFirst),
  );
  const comparison: Section = {
    title: 'In comparison',
    blocks: [{ picture: makeRatioChart(run) }],
  };
  return [
    ...(warnings.length > 0
      ? [{ title: 'Warnings', style: 'warnings' as const, blocks: [{ list: warnings }] }]
      : []),
    ...(isCompared ? [comparison] : []),
    ...workloads.map(makeWorkloadSection),
    { title: 'How it was measured', blocks: makeTextBlocks(formatMethodParagraphs(run)) },
    { title: 'What it does not show', blocks: [{ list: LIMIT_SENTENCES }] },
    {
      title: 'Where',
      blocks: makeTextBlocks([formatMachineSentence(machine), `${date}: ${command.join(' ')}`]),
    },
    {
      title: 'Stacks',
      blocks: stacks.flatMap(({ name, description, volfile }): Block[] => [
        { text: name, style: 'heading' },
        { text: description },
        ...(volfile === null ? [] : [{ source: volfile, title: `The volfile of ${name}` }]),
      ]),
    },
  ];
}

/** Makes the section of a workload in one placement. */
export function makeWorkloadSection(workload: Workload): Section {
  const isMeasured = workload.results.some(({ measured }) => measured !== null);
  return {
    title: formatWorkloadTitle(workload),
    style: 'workload',
    blocks: [
      { text: workload.description },
      { text: describeWorkload(workload), style: 'how' },
      { table: makeResultsTable(workload) },
      ...(isMeasured ? [{ picture: makeEcdfChart(workload) }] : []),
    ],
  };
}

/** Formats the ratio to the first stack: `1.14 [1.12 – 1.16]`; '' for the first stack itself. */
const formatRatioToFirst = ({ toFirst }: Measurement): string =>
  toFirst === null ? '' : `${formatFactor(toFirst.ratio)} ${formatInterval(toFirst)}`;

/** A column of the table; its cells are '' where a figure is missing. */
type Column = readonly [title: string, formatCell: (measured: Measurement) => string];

/** Makes the table of all measures, without columns that are empty for all stacks. */
function makeResultsTable(workload: Workload): Table {
  const { results } = workload;
  const allMeasured = results.flatMap(({ measured }) => measured ?? []);
  const [p50Column, ...otherColumns] = Object.entries(measures).map(
    ([name, { kind, readValue }]: [string, Measure]): Column => [
      name,
      (measured) => {
        const value = readValue(measured);
        return value === null ? '' : formatters[kind](value);
      },
    ],
  );
  const resultColumns: readonly Column[] = [
    p50Column!,
    [`× ${results[0]?.stack}`, formatRatioToFirst],
    ['verdict', ({ toFirst }) => (toFirst === null ? '' : readVerdict(toFirst))],
  ];
  const countColumns = [...new Set(allMeasured.flatMap(({ counts }) => Object.keys(counts)))].map(
    (name): Column => [
      `${name} each`,
      ({ counts, latency }) =>
        counts[name] === undefined ? '' : formatDigits(counts[name] / Math.max(1, latency.count)),
    ],
  );
  const isShown = ([, formatCell]: Column): boolean =>
    allMeasured.some((measured) => formatCell(measured) !== '');
  const shownResultColumns = resultColumns.filter(isShown);
  const columns = [...shownResultColumns, ...[...otherColumns, ...countColumns].filter(isShown)];
  const longestNs = Math.max(...allMeasured.map(({ latency }) => latency.p50));
  return {
    title: `Times of a request: ${formatWorkloadTitle(workload)}`,
    head: columns.map(([title]) => title),
    resultColumnCount: shownResultColumns.length,
    rows: results.map(({ stack, measured, missing }) => {
      const reason =
        measured === null ? formatMissing({ missing: missing! }) : `ended early: ${missing}`;
      return {
        name: stack,
        cells: measured === null ? [] : columns.map(([, formatCell]) => formatCell(measured)),
        note: missing === null ? null : reason,
        barLength: measured === null ? 0 : measured.latency.p50 / longestNs,
      };
    }),
  };
}
