/** What `glossa test --json` prints: one document, once all tests have ended. */
import type { TestReport } from '../../bridges/testing/run.ts';
import type { TestCounts } from './report.ts';

/** A file of tests, and what came of each. */
export interface TestedFile {
  readonly file: string;
  readonly tests: TestReport[];
}

/** For the help. */
export const JSON_SHAPE =
  '{ok, passed, failed, files: [{file, tests: [{name, outcome, ms, message, traceback, printed, ' +
  'log: [{level, file, line, function, text}]}]}], warnings}';

export const testsAsJson = (
  { passed, failed }: TestCounts,
  files: readonly TestedFile[],
  warnings: readonly string[],
): string =>
  JSON.stringify(
    {
      ok: failed === 0,
      passed,
      failed,
      files: files.map(({ file, tests }) => ({ file, tests: tests.map(asObject) })),
      warnings,
    },
    null,
    2,
  );

const asObject = ({ name, outcome, ms, message, traceback, printed, log }: TestReport): object => ({
  name,
  outcome,
  ms: Math.round(ms),
  // Absent where the test has passed.
  message,
  traceback,
  printed,
  log: log.map(([level, file, line, func, text]) => ({ level, file, line, function: func, text })),
});
