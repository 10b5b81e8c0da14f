/**
 * Formats the output of `glossa test`: a line for each test, with the reason of a failure, or JSON.
 */

import { formatLogLine, type ParsedLine } from '../../bridges/testing/log-lines.ts';
import type { TestReport } from '../../bridges/testing/test-runner.ts';
import { seriousLetters } from '../../runtime/core/log.ts';
import { paint } from '../../terminal/terminal.ts';

export interface TestCounts {
  passed: number;
  failed: number;
}

/** The time of a test from which on it is printed. */
const SLOW_TEST_MS = 1000;

export interface TestOutputSettings {
  readonly colour: boolean;
  /** Whether all log lines are shown, also of passed tests. */
  readonly showsLog: boolean;
}

const MARKS = {
  passed: ['✓', 'good'],
  failed: ['✗', 'error'],
} as const;

/** Formats the lines of one test. */
export function formatTest(report: TestReport, { colour, showsLog }: TestOutputSettings): string {
  const { name, outcome, message, traceback, ms, printed } = report;
  const [mark, style] = MARKS[outcome];
  const time = ms < SLOW_TEST_MS ? '' : paint('dim', ` (${(ms / 1000).toFixed(1)} s)`, colour);
  const lines = [`  ${paint(style, mark, colour)} ${name}${time}`];
  const hasFailed = outcome === 'failed';
  if (hasFailed) lines.push(indent(traceback ?? message ?? 'it failed', 6));
  if (printed.length > 0 && (hasFailed || showsLog))
    lines.push(formatPart('printed', printed, colour));
  const logLines = showsLog
    ? report.log
    : hasFailed
      ? report.log.filter(([level]) => seriousLetters.has(level))
      : [];
  if (logLines.length > 0)
    lines.push(formatPart('the volume logged', logLines.map(formatLine), colour));
  return lines.join('\n');
}

const formatPart = (title: string, lines: readonly string[], colour: boolean): string =>
  [`      ${paint('bold', `${title}:`, colour)}`, ...lines.map((line) => indent(line, 8))].join(
    '\n',
  );

const formatLine = (line: ParsedLine): string => formatLogLine(line);

const indent = (text: string, width: number): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(width) + line))
    .join('\n');

/** Formats `3 passed, 1 failed`. */
export function formatCounts({ passed, failed }: TestCounts, colour: boolean): string {
  const isGood = failed === 0 && passed > 0;
  const failedText = failed > 0 ? paint('error', `${failed} failed`, colour) : '0 failed';
  return `${paint(isGood ? 'good' : 'bold', `${passed} passed`, colour)}, ${failedText}`;
}

/** A test file with the reports of its tests. */
export interface FileReports {
  readonly file: string;
  readonly tests: TestReport[];
}

/** The shape of the JSON, for the help. */
export const JSON_SHAPE =
  '{ok, passed, failed, files: [{file, tests: [{name, outcome, ms, message, traceback, printed, ' +
  'log: [{level, file, line, function, text}]}]}], warnings}';

export const formatJson = (
  { passed, failed }: TestCounts,
  files: readonly FileReports[],
  warnings: readonly string[],
): string =>
  JSON.stringify(
    {
      ok: failed === 0,
      passed,
      failed,
      files: files.map(({ file, tests }) => ({ file, tests: tests.map(toJson) })),
      warnings,
    },
    null,
    2,
  );

const toJson = ({ name, outcome, ms, message, traceback, printed, log }: TestReport): object => ({
  name,
  outcome,
  ms: Math.round(ms),
  // Absent for a passed test.
  message,
  traceback,
  printed,
  log: log.map(([level, file, line, func, text]) => ({ level, file, line, function: func, text })),
});
