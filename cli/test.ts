/**
 * `glossa test`: runs a module's tests in this process, against volumes in memory, without a mount.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, resolve } from 'node:path';
import { findTestLanguage } from '../bridges/languages.ts';
import { formatLogLine, type ParsedLine } from '../bridges/testing/log-lines.ts';
import { findSubject } from '../bridges/testing/subject.ts';
import { runTests, type TestReport } from '../bridges/testing/test-runner.ts';
import { seriousLetters } from '../runtime/core/log.ts';
import { listNoInspectorOptions } from '../runtime/sys/inspector.ts';
import { refuseStuck } from '../server/stuck-mounts.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE, Failure, UsageError } from '../terminal/exit.ts';
import {
  type Flags,
  type FlagValues,
  numberFlag,
  textFlag,
  toggleFlag,
  verbosityFlags,
} from '../terminal/flags.ts';
import { Interruption } from '../terminal/interruption.ts';
import { paint, printNote, printWarning, type Terminal } from '../terminal/terminal.ts';
import { SaveWatch } from './dev/save-watch.ts';
import { findExistingPath, findTestFiles } from './testing/find-tests.ts';

/**
 * Runs `glossa test` again at each save of its modules, for `--watch`. Each run is a process of its
 * own, so that no code of the run before is left, and a test that never ends can be interrupted. A signal ends it; it
 * resolves to the exit status, 0, as that is the usual end.
 * @param operands modules, files of tests, or folders
 * @param flags of the runs
 * @throws {Failure} if an operand does not exist at the start
 */
async function watchTests(
  operands: readonly string[],
  flags: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const paths = operands.map(findExistingPath);
  const args = ['test', ...flags, '--', ...operands];
  const interruption = new Interruption();
  try {
    for (;;) {
      // A save during the run counts, too.
      const saveWatch = new SaveWatch(paths);
      try {
        const status = await runOnce(args, interruption.signal);
        if (interruption.signal.aborted) return EXIT_OK;
        if (status === EXIT_USAGE) return status;
        terminal.err('glossa test: waiting until a file is saved; Ctrl-C ends it');
        const outcome = await Promise.race([saveWatch.whenSaved, interruption.firstSignal]);
        if (outcome !== 'saved') return EXIT_OK;
      } finally {
        saveWatch.close();
      }
    }
  } finally {
    interruption.close();
  }
}

/** Runs the command to its end, which the signal's abort brings; resolves to its exit status. */
async function runOnce(args: readonly string[], signal: AbortSignal): Promise<number | null> {
  const program = [...listNoInspectorOptions(), ...process.execArgv, process.argv[1]!];
  const child = spawn(process.execPath, [...program, ...args], { stdio: 'inherit' });
  const end = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', end);
  try {
    if (signal.aborted) end();
    const [status] = (await once(child, 'exit')) as [number | null];
    return status;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

interface TestCounts {
  passed: number;
  failed: number;
}

/** The time of a test from which on it is printed. */
const SLOW_TEST_MS = 1000;

interface TestOutputSettings {
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
interface FileReports {
  readonly file: string;
  readonly tests: TestReport[];
}

/** The shape of the JSON, for the help. */
const JSON_SHAPE =
  '{ok, passed, failed, files: [{file, tests: [{name, outcome, ms, message, traceback, printed, ' +
  'log: [{level, file, line, function, text}]}]}], warnings}';

const formatJson = (
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

/** The default of --time-limit: the seconds that a test may compute without awaiting anything. */
const DEFAULT_TIME_LIMIT_S = 10;

interface TestSettings {
  /** Tests whose names lack this text are not run. */
  readonly filter: string | undefined;
  /** In seconds. */
  readonly timeLimitS: number;
  readonly strict: boolean;
}

/** Prints results: `beginFile`, then `addTest` for each test of the file; last `printCounts`. */
interface Reporter {
  beginFile(file: string): void;
  addTest(report: TestReport): void;
  addWarning(text: string): void;
  printCounts(counts: TestCounts): void;
}

const testFlags = {
  filter: textFlag({
    short: 'k',
    placeholder: 'TEXT',
    help: 'only tests with TEXT in their names',
  }),
  strict: toggleFlag({ help: 'a method of a module that no fop calls is an error' }),
  'time-limit': numberFlag({
    placeholder: 'SEC',
    help: `seconds that a test may compute without a pause (${DEFAULT_TIME_LIMIT_S})`,
  }),
  watch: toggleFlag({
    help: 'run them again whenever a file beside them is saved, until Ctrl-C',
  }),
  ...verbosityFlags,
  json: toggleFlag({ help: `print ${JSON_SHAPE}` }),
} satisfies Flags;

export default defineCommand({
  usage: ['glossa test MODULE… [options]'],
  description:
    'Runs the tests of modules against a volume in memory: nothing is mounted. MODULE is a module ' +
    '(its tests stand beside it: test_NAME.py), a file of tests, or a folder with some. A test is ' +
    'a function test_…, which makes its volume by `async with graph("NAME", OPTION=VALUE) as g`, ' +
    'from glupy.testing. The exit status is 1 when a test failed. With --verbose, also what passing ' +
    'tests print and their volumes log is shown. With --watch, the tests are run again at each save.',
  flags: testFlags,
  async run({ flags, operands }, terminal) {
    if (operands.length === 0) throw new UsageError('MODULE is missing');
    await refuseStuck(...operands);
    if (flags.watch) return watchTests(operands, listRunFlags(flags), terminal);
    const files = [...new Set(operands.flatMap(findTestFiles))];
    const counts: TestCounts = { passed: 0, failed: 0 };
    const settings = {
      filter: flags.filter,
      timeLimitS: flags['time-limit'] ?? DEFAULT_TIME_LIMIT_S,
      strict: flags.strict,
    };
    const reporter = flags.json ? makeJsonReporter(terminal) : makeLineReporter(terminal);
    for (const file of files) await runTestFile(file, settings, counts, reporter);
    if (counts.passed + counts.failed === 0) {
      throw new Failure(
        flags.filter === undefined
          ? `${files.join(', ')}: there is no function test_… in it`
          : `no test has '${flags.filter}' in its name`,
      );
    }
    reporter.printCounts(counts);
    return counts.failed === 0 ? EXIT_OK : EXIT_FAILURE;
  },
});

/** Lists the flags of each run of --watch. */
const listRunFlags = (flags: FlagValues<typeof testFlags>): string[] => [
  ...(flags.filter === undefined ? [] : [`--filter=${flags.filter}`]),
  ...(flags['time-limit'] === undefined ? [] : [`--time-limit=${flags['time-limit']}`]),
  ...(['strict', 'quiet', 'verbose', 'json'] as const)
    .filter((name) => flags[name])
    .map((name) => `--${name}`),
];

/** Makes the reporter that prints each test when it ends; with --quiet, only failed tests. */
function makeLineReporter(terminal: Terminal): Reporter {
  const colour = terminal.colour.out;
  const showsLog = terminal.verbosity === 'verbose';
  const isQuiet = terminal.verbosity === 'quiet';
  /** With --quiet, the current file until its first failure; null once its name was printed. */
  let unprintedFile: string | null = null;
  return {
    beginFile(file) {
      if (isQuiet) unprintedFile = file;
      else terminal.out(file);
    },
    addTest(report) {
      if (isQuiet && report.outcome === 'passed') return;
      if (unprintedFile !== null) terminal.out(unprintedFile);
      unprintedFile = null;
      terminal.out(formatTest(report, { colour, showsLog }));
    },
    addWarning: (text) => printWarning(text, terminal),
    printCounts: (counts) => printNote(`\n${formatCounts(counts, colour)}`, terminal),
  };
}

/** Makes the reporter that prints JSON at the end. */
function makeJsonReporter(terminal: Terminal): Reporter {
  const files: FileReports[] = [];
  const warnings: string[] = [];
  return {
    beginFile: (file) => void files.push({ file, tests: [] }),
    addTest: (report) => void files.at(-1)!.tests.push(report),
    addWarning: (text) => void warnings.push(text),
    printCounts: (counts) => terminal.out(formatJson(counts, files, warnings)),
  };
}

/** Runs the tests of a file; a file that cannot be loaded counts as a failed test. */
async function runTestFile(
  file: string,
  { filter, timeLimitS, strict }: TestSettings,
  counts: TestCounts,
  reporter: Reporter,
): Promise<void> {
  const path = resolve(file);
  reporter.beginFile(file);
  const reportTest = (report: TestReport): void => {
    counts[report.outcome] += 1;
    reporter.addTest(report);
  };
  const warn = (text: string): void => reporter.addWarning(text);
  try {
    const startLanguage = await findTestLanguage(path.slice(path.lastIndexOf('/') + 1))!.load();
    await runTests(path, dirname(path), startLanguage, {
      findTranslator: findSubject,
      filter,
      timeLimit: timeLimitS,
      strict,
      warn,
      onTestEnded: reportTest,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const name = 'the file cannot be loaded';
    reportTest({ outcome: 'failed', name, message, ms: 0, printed: [], log: [] });
  }
}
