/** Projects of the tests by depth (`test`, `more`, `long`) and way, with their time limits. */
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { selectV8Flags } from './runtime/sys/v8-flags.ts';
import { anywhereFiles } from './test/anywhere/rows.ts';
import { REPEATED_FILES } from './test/repeated-files.ts';
import LongFirst from './test/support/long-first.ts';

const tests = (name: string): string =>
  `{runtime,gluster,bridges,server,terminal,apps,cli,examples,test}/**/${name}.test.ts`;

/** Files of `test:more` that have a process of their own: they measure its memory, or replace modules. */
const alone = [
  'bridges/javascript/collector.engine.more.test.ts',
  'bridges/thread/worker-threads.engine.more.test.ts',
  'bridges/python/harm.engine.more.test.ts',
  'runtime/xlators/storage/memory/small-files.more.test.ts',
  'test/contract/bridge-python/leaks.engine.more.test.ts',
  'test/gluster/record-memory.more.test.ts',
  'test/gluster/reply-memory.more.test.ts',
  'test/volume/faults.more.test.ts',
];

/** Milliseconds for tests that start bricks, browsers, compilers or a dozen mounts in turn. */
const patient = { testTimeout: 240_000, hookTimeout: 240_000 };

/** The projects that run files again: `long-bricks`, … */
const again = Object.entries(REPEATED_FILES).map(([way, include]) => ({
  extends: true as const,
  test: {
    name: `long-${way}`,
    ...patient,
    include: [...include],
    env: { GLOSSA_TESTED: way },
  },
}));

/** Files run in turn in one process, which keeps their imports and the interpreters' compiled code. */
const shared = { isolate: false, setupFiles: './test/support/unforced-collection.ts' };

// Node 20 reads these certificates in each process at its start, for 80 ms; no test needs any.
delete process.env.NODE_EXTRA_CA_CERTS;

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'test',
          // No file may leave state behind.
          ...shared,
          include: [tests('!(*.more|*.long)')],
        },
      },
      // Tests that need more time or programs: browsers, bricks, every limit of the interpreters.
      {
        extends: true,
        test: {
          name: 'more',
          ...patient,
          ...shared,
          include: [tests('*.more')],
          exclude: [...configDefaults.exclude, ...alone, ...anywhereFiles],
        },
      },
      { extends: true, test: { name: 'more-alone', ...patient, include: alone } },
      // Machines that differ from this one.
      { extends: true, test: { name: 'anywhere', ...patient, ...shared, include: anywhereFiles } },
      // The same tests in other ways, for a release: few changes break only these.
      {
        extends: true,
        test: {
          name: 'long',
          ...patient,
          include: [tests('*.long')],
          exclude: [...configDefaults.exclude, ...REPEATED_FILES.all],
        },
      },
      ...again,
      // Of the built site: `npm run site:check`.
      {
        extends: true,
        test: { name: 'site', ...patient, include: ['tools/site/!(*.long).test.ts'] },
      },
      // Every page in a browser.
      {
        extends: true,
        test: { name: 'site-long', ...patient, include: ['tools/site/*.long.test.ts'] },
      },
    ],
    // Tests wait for servers, limits and interpreters; more workers use that time.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    execArgv: selectV8Flags([
      // One process imports most of the program: with V8's usual spaces, it collects garbage a fifth of its time.
      ...['--min-semi-space-size=32', '--max-semi-space-size=64', '--initial-old-space-size=768'],
      // Little code runs often enough to be worth its optimisation.
      '--interrupt-budget=500000',
    ]),
    // The number of concurrent tests of one file.
    maxConcurrency: availableParallelism(),
    sequence: { sequencer: LongFirst },
    globalSetup: './test/support/run-folder.ts',
    // For the first interpreter of a fresh checkout, whose code nothing has cached, on two CPUs that do more.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/anywhere/table.ts', './test/support/closing-line.ts'],
  },
});
