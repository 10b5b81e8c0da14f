/**
 * `glossa test`: runs a module's tests in this process, against volumes in memory, without a mount.
 */
import { dirname, resolve } from 'node:path';
import { findTestLanguage } from '../bridges/languages.ts';
import { findSubject } from '../bridges/testing/subject.ts';
import { runTests, type TestReport } from '../bridges/testing/test-runner.ts';
import { refuseStuck } from '../server/stuck-mounts.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import {
  type Flags,
  type FlagValues,
  numberFlag,
  textFlag,
  toggleFlag,
  verbosityFlags,
} from '../terminal/flags.ts';
import { printNote, printWarning, type Terminal } from '../terminal/terminal.ts';
import { findTestFiles } from './testing/find-tests.ts';
import {
  type FileReports,
  formatCounts,
  formatJson,
  formatTest,
  JSON_SHAPE,
  type TestCounts,
} from './testing/test-report.ts';
import { watchTests } from './testing/watch-tests.ts';

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
