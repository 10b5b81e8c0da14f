/**
 * Makes the content of a report, independent of its format: sections of paragraphs, lists, tables,
 * pictures and volfiles. text.ts writes them for a terminal, markdown.ts as Markdown, and html.ts
 * as a page.
 */
import { formatFactor, formatInterval } from '../comparison-text.ts';
import { formatMissing } from '../measurement-error.ts';
import {
  computeMedianRatio,
  firstMeasures,
  formatters,
  type Measure,
  type MeasureName,
  roundMeasures,
  statisticNames,
} from '../measures.ts';
import { formatDigits, formatRatio } from '../numbers.ts';
import { formatWorkloadTitle } from '../placement.ts';
import type { Measurement, Run, Workload } from '../schema.ts';
import { readVerdict } from '../verdict.ts';
import { FIRST_REQUESTS } from '../warm-up.ts';
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
  /** Number of leading columns with the ratio and verdict; figures of measures follow. */
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
      ...makeTitledTable(makeRatiosTable(workload)),
      ...makeTitledTable(makeFirstTable(workload)),
      ...(isMeasured ? [{ picture: makeEcdfChart(workload) }] : []),
    ],
  };
}

/** Formats the ratio to the first stack: `1.14 [1.12 – 1.16]`; '' for the first stack itself. */
const formatRatioToFirst = ({ toFirst }: Measurement): string =>
  toFirst === null ? '' : `${formatFactor(toFirst.ratio)} ${formatInterval(toFirst)}`;

/** A column of a table; its cells are '' where a figure is missing. */
type Column = readonly [title: string, formatCell: (measured: Measurement) => string];

/** Makes a column of a measure. */
const makeMeasureColumn = (title: string, { kind, readValue }: Measure): Column => [
  title,
  (measured) => {
    const value = readValue(measured);
    return value === null ? '' : formatters[kind](value);
  },
];

/** Makes a table of a workload's stacks, without columns that are empty for all of them. */
function makeTable(
  title: string,
  workload: Workload,
  resultColumns: readonly Column[],
  figureColumns: readonly Column[],
): Table {
  const allMeasured = workload.results.flatMap(({ measured }) => measured ?? []);
  const isShown = ([, formatCell]: Column): boolean =>
    allMeasured.some((measured) => formatCell(measured) !== '');
  const shownResultColumns = resultColumns.filter(isShown);
  const columns = [...shownResultColumns, ...figureColumns.filter(isShown)];
  const longestNs = Math.max(...allMeasured.map(({ latency }) => latency.p50));
  return {
    title: `${title}: ${formatWorkloadTitle(workload)}`,
    head: columns.map(([columnTitle]) => columnTitle),
    resultColumnCount: shownResultColumns.length,
    rows: workload.results.map(({ stack, measured, missing }) => {
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

/** Makes the table of all measures of the rounds. */
function makeResultsTable(workload: Workload): Table {
  const { results } = workload;
  const allMeasured = results.flatMap(({ measured }) => measured ?? []);
  const countNames = new Set(allMeasured.flatMap(({ counts }) => Object.keys(counts)));
  return makeTable(
    'Times of a request',
    workload,
    [
      [`× ${results[0]?.stack}`, formatRatioToFirst],
      ['verdict', ({ toFirst }) => (toFirst === null ? '' : readVerdict(toFirst))],
    ],
    [
      ...Object.entries<Measure>(roundMeasures).map(([name, measure]) =>
        makeMeasureColumn(name, measure),
      ),
      ...[...countNames].map(
        (name): Column => [
          `${name} each`,
          ({ counts, latency }) =>
            counts[name] === undefined
              ? ''
              : formatDigits(counts[name] / Math.max(1, latency.count)),
        ],
      ),
    ],
  );
}

/** Makes the table of the ratios to the first stack in every statistic, without its own row. */
function makeRatiosTable(workload: Workload): Table {
  const [first, ...others] = workload.results;
  const baseline = first?.measured ?? null;
  const makeColumn = (name: MeasureName): Column => [
    name,
    (measured) => {
      const ratio = baseline === null ? null : computeMedianRatio(name, measured, baseline);
      return ratio === null ? '' : formatRatio(ratio);
    },
  ];
  const columns = [...statisticNames, 'throughput' as const].map(makeColumn);
  const title = `Every statistic, divided by that of ${first?.stack}`;
  return withoutMissing(makeTable(title, { ...workload, results: others }, [], columns));
}

/** Makes the table of the first requests of a fresh mount. */
function makeFirstTable(workload: Workload): Table {
  const counts = workload.results.flatMap(({ measured }) => measured?.first?.latency.count ?? []);
  const countColumn: Column = ['requests', ({ first }) => String(first?.latency.count ?? '')];
  const columns = Object.entries<Measure>(firstMeasures).map(([name, measure]) =>
    makeMeasureColumn(
      name === 'first-ratio' ? 'mean × later' : name.slice('first-'.length),
      measure,
    ),
  );
  // In other workloads all of them fitted into the time for them.
  const isShort = counts.some((count) => count < FIRST_REQUESTS);
  const title = isShort ? 'The first requests of a fresh mount' : FIRST_TITLE;
  return withoutMissing(
    makeTable(title, workload, [], isShort ? [countColumn, ...columns] : columns),
  );
}

const FIRST_TITLE = `The first ${FIRST_REQUESTS.toLocaleString('en')} requests of a fresh mount`;

/** Removes rows without figures, and notes: the table of results has both. */
const withoutMissing = (table: Table): Table => ({
  ...table,
  rows: table.rows
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
    .map((row) => ({ ...row, note: null, barLength: 0 })),
});

/** Puts a title above a table; returns nothing for a table without figures. */
const makeTitledTable = (table: Table): Block[] =>
  table.rows.length === 0 ? [] : [{ text: table.title, style: 'heading' }, { table }];
