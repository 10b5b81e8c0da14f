/** `glossa test`: runs a module's tests against a graph in memory. */
import { dirname, resolve } from 'node:path';
import { findTestLanguage } from '../bridges/languages.ts';
import { runTests, type TestReport } from '../bridges/testing/run.ts';
import { translatorFor } from '../bridges/testing/subject.ts';
import { refuseStuck } from '../server/stuck-mounts.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { list, number, takeOperands, text, toggle, verbosityFlags } from '../terminal/flags.ts';
import { note, type Terminal, warn } from '../terminal/terminal.ts';
import { findTests } from './testing/find.ts';
import { replayTest } from './testing/replay.ts';
import {
  formatCounts,
  formatTest,
  JSON_SHAPE,
  type TestCounts,
  type TestedFile,
  testsAsJson,
} from './testing/report.ts';

/** The default time limit for computing without a pause, in seconds. */
const TIME_LIMIT = 10;

interface Settings {
  readonly filter: string | undefined;
  readonly timeLimit: number;
  readonly strict: boolean;
}

/** Receives events in this order: a file begins, its tests end. */
interface Reporter {
  begins(file: string): void;
  ended(report: TestReport): void;
  warned(text: string): void;
  /** Called at the end. */
  counted(counts: TestCounts): void;
}

export default defineCommand({
  usage: ['glossa test MODULE… [options]', 'glossa test --replay FILE MODULE [options]'],
  description:
    'Runs the tests of modules against a volume in memory: nothing is mounted. MODULE is a module ' +
    '(its tests stand beside it: test_NAME.py), a file of tests, or a folder with some. A test is ' +
    'a function test_…, which makes its volume by `async with graph("NAME", OPTION=VALUE) as g`, ' +
    'from glupy.testing. With --replay, recordings of glossa record are the tests: what came of each ' +
    'request at the volume of the module must come of it again. The exit status is 1 when a test failed. With --verbose, also what passing ' +
    'tests print and their volumes log is shown.',
  flags: {
    replay: list({ value: 'FILE', help: 'replay this recording instead; may be repeated' }),
    filter: text({ short: 'k', value: 'TEXT', help: 'only tests with TEXT in their names' }),
    strict: toggle({ help: 'a method of a module that no fop calls is an error' }),
    'time-limit': number({
      value: 'SEC',
      help: `seconds that a test may compute without a pause (${TIME_LIMIT})`,
    }),
    ...verbosityFlags,
    json: toggle({ help: `print ${JSON_SHAPE}` }),
  },
  async run({ flags, operands }, terminal) {
    if (operands.length === 0) throw new UsageError('MODULE is missing');
    await refuseStuck(...operands);
    const files = flags.replay.length > 0 ? [] : [...new Set(operands.flatMap(findTests))];
    const counts: TestCounts = { passed: 0, failed: 0 };
    const settings = {
      filter: flags.filter,
      timeLimit: flags['time-limit'] ?? TIME_LIMIT,
      strict: flags.strict,
    };
    const reporter = flags.json ? inJson(terminal) : inLines(terminal);
    for (const file of files) await runFile(file, settings, counts, reporter);
    if (flags.replay.length > 0) {
      const [module] = takeOperands(operands, ['MODULE']);
      await replayAll(flags.replay, module, settings, counts, reporter, terminal);
    }
    if (counts.passed + counts.failed === 0) {
      throw new Failure(
        flags.filter === undefined
          ? `${files.join(', ')}: there is no function test_… in it`
          : `no test has '${flags.filter}' in its name`,
      );
    }
    reporter.counted(counts);
    return counts.failed === 0 ? EXIT_OK : EXIT_FAILURE;
  },
});

async function replayAll(
  recordings: readonly string[],
  module: string,
  { filter, timeLimit, strict }: Settings,
  counts: TestCounts,
  reporter: Reporter,
  terminal: Terminal,
): Promise<void> {
  reporter.begins(module);
  const warned = (text: string): void => reporter.warned(text);
  const settings = { strict, patienceMs: timeLimit * 1000, warned };
  for (const recording of recordings) {
    if (filter !== undefined && !recording.includes(filter)) continue;
    const report = await replayTest(recording, module, settings, terminal);
    counts[report.outcome] += 1;
    reporter.ended(report);
  }
}

/** Prints lines as tests end; with --quiet, failures alone. */
function inLines(terminal: Terminal): Reporter {
  const colour = terminal.colour.out;
  const log = terminal.verbosity === 'verbose';
  const isQuiet = terminal.verbosity === 'quiet';
  /** A file whose name was not printed yet. */
  let unsaid: string | null = null;
  return {
    begins(file) {
      if (isQuiet) unsaid = file;
      else terminal.out(file);
    },
    ended(report) {
      if (isQuiet && report.outcome === 'passed') return;
      if (unsaid !== null) terminal.out(unsaid);
      unsaid = null;
      terminal.out(formatTest(report, { colour, log }));
    },
    warned: (text) => warn(text, terminal),
    counted: (counts) => note(`\n${formatCounts(counts, colour)}`, terminal),
  };
}

/** Prints JSON at the end. */
function inJson(terminal: Terminal): Reporter {
  const files: TestedFile[] = [];
  const warnings: string[] = [];
  return {
    begins: (file) => void files.push({ file, tests: [] }),
    ended: (report) => void files.at(-1)!.tests.push(report),
    warned: (text) => void warnings.push(text),
    counted: (counts) => terminal.out(testsAsJson(counts, files, warnings)),
  };
}

async function runFile(
  file: string,
  { filter, timeLimit, strict }: Settings,
  counts: TestCounts,
  reporter: Reporter,
): Promise<void> {
  const path = resolve(file);
  reporter.begins(file);
  const ended = (report: TestReport): void => {
    counts[report.outcome] += 1;
    reporter.ended(report);
  };
  const warned = (text: string): void => reporter.warned(text);
  try {
    const begin = await findTestLanguage(path.slice(path.lastIndexOf('/') + 1))!.load();
    await runTests(path, dirname(path), begin, {
      translatorFor,
      filter,
      timeLimit,
      strict,
      warned,
      ended,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const name = 'the file cannot be loaded';
    ended({ outcome: 'failed', name, message, ms: 0, printed: [], log: [] });
  }
}
