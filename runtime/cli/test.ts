/** `glossa test`: a module's own tests, against a graph in memory. */
import { dirname, resolve } from 'node:path';
import { languageOfTest } from '../../bridges/languages.ts';
import { runTests, type TestReport } from '../../bridges/testing/run.ts';
import { defineCommand } from './command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure, UsageError } from './exit.ts';
import { number, text, toggle } from './flags.ts';
import { type Terminal, warn } from './terminal.ts';
import { findTests } from './testing/find.ts';
import { formatCounts, formatTest, type TestCounts } from './testing/report.ts';

/** Seconds that a test may compute without a pause. */
const TIME_LIMIT = 10;

interface Settings {
  readonly filter: string | undefined;
  readonly timeLimit: number;
  readonly log: boolean;
  readonly strict: boolean;
}

export default defineCommand({
  usage: ['glossa test MODULE… [options]'],
  description:
    'Runs the tests of modules against a volume in memory: nothing is mounted. MODULE is a module ' +
    '(its tests stand beside it: test_NAME.py), a file of tests, or a folder with some. A test is ' +
    'a function test_…, which makes its volume by `async with graph("NAME", OPTION=VALUE) as g`, ' +
    'from glupy.testing. The exit status is 1 when a test failed.',
  flags: {
    filter: text({ short: 'k', value: 'TEXT', help: 'only tests with TEXT in their names' }),
    log: toggle({ help: 'show what the volumes log, also of tests that pass' }),
    strict: toggle({ help: 'a method of a module that nobody calls is an error' }),
    'time-limit': number({
      value: 'SEC',
      help: `seconds that a test may compute without a pause (${TIME_LIMIT})`,
    }),
  },
  async run({ flags, operands }, terminal) {
    if (operands.length === 0) throw new UsageError('MODULE is missing');
    const files = [...new Set(operands.flatMap(findTests))];
    const counts: TestCounts = { passed: 0, failed: 0 };
    const settings = {
      filter: flags.filter,
      timeLimit: flags['time-limit'] ?? TIME_LIMIT,
      log: flags.log,
      strict: flags.strict,
    };
    for (const file of files) await runFile(file, settings, counts, terminal);
    if (counts.passed + counts.failed === 0) {
      throw new Failure(
        flags.filter === undefined
          ? `${files.join(', ')}: there is no function test_… in it`
          : `no test has '${flags.filter}' in its name`,
      );
    }
    terminal.out(`\n${formatCounts(counts, terminal.colour.out)}`);
    return counts.failed === 0 ? EXIT_OK : EXIT_FAILURE;
  },
});

async function runFile(
  file: string,
  { filter, timeLimit, log, strict }: Settings,
  counts: TestCounts,
  terminal: Terminal,
): Promise<void> {
  const colour = terminal.colour.out;
  const path = resolve(file);
  terminal.out(file);
  const tell = (report: TestReport): void => {
    counts[report.outcome] += 1;
    terminal.out(formatTest(report, { colour, log }));
  };
  try {
    const begin = await languageOfTest(path.slice(path.lastIndexOf('/') + 1))!.load();
    const warned = (text: string): void => warn(text, terminal);
    await runTests(path, dirname(path), begin, { filter, timeLimit, strict, warned, ended: tell });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const name = 'the file cannot be loaded';
    tell({ outcome: 'failed', name, message, ms: 0, printed: [], log: [] });
  }
}
