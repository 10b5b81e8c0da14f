/** Projects of the tests by depth (`test`, `more`, `long`) and way, with their time limits. */
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { REPEATED_FILES } from './test/repeated-files.ts';
import LongFirst from './test/support/long-first.ts';

const tests = (name: string): string =>
  `{runtime,gluster,bridges,server,terminal,apps,cli,examples,test}/**/${name}.test.ts`;

/** Files of `test:more` that share a process: each leaves no state behind. */
const kept = [
  'test/contract/bridge-{javascript,python}/{asyncio,contract,data-guard,debug,exceptions}.engine.more.test.ts',
  'test/contract/bridge-{javascript,python}/{failures,limits,loading,refusals,storage}.engine.more.test.ts',
  'test/contract/bridge-isolated/{javascript,python}.engine.more.test.ts',
  'test/contract/gluster{,-life,-structures}.engine.more.test.ts',
  'bridges/python/{calls,lines,sandbox}.engine.more.test.ts',
  'bridges/javascript/limits.engine.more.test.ts',
  'examples/mirror/mirror.engine.more.test.ts',
  'apps/bench/run/{trial,others/others}.more.test.ts',
  'bridges/native/ffi.more.test.ts',
  'bridges/python/{packages,promises,reach}.engine.more.test.ts',
  'examples/{audit-log,readonly,tag-by-xattr}/*.mount.more.test.ts',
  'gluster/protocol/client/attributes.mount.more.test.ts',
  'cli/{metrics,mount,mount-refused,mounts,new,open-files,run}.mount.more.test.ts',
  'cli/{secrets,statedump,stats,trace,umount}.mount.more.test.ts',
  'cli/{check-modules.engine,compile-cache}.more.test.ts',
  'runtime/chunks/queue.more.test.ts',
  'runtime/volfile/amount.more.test.ts',
  'runtime/mount/fuse/notifier.more.test.ts',
  'runtime/xlators/storage/posix/{landfill,synced.mount}.more.test.ts',
  'server/control/path-in-mount.mount.more.test.ts',
  'terminal/terminal.more.test.ts',
  'test/contract/bridge-python/{declaration,grants,hook-mistakes,loc-of-names,missing-answers}.engine.more.test.ts',
  'test/contract/gluster-hints.engine.more.test.ts',
  'test/examples-readmes.mount.more.test.ts',
  'test/mount/{atime,brick,calls,endless,interrupted,load,locks,lost-interpreter}.mount.more.test.ts',
  'test/mount/{names,open-files,permissions,programs,shell}.mount.more.test.ts',
  'test/volfiles.engine.more.test.ts',
  'test/mount/{user,writeback,xattr}.mount.more.test.ts',
];

/** Milliseconds for tests that start bricks, browsers, compilers or a dozen mounts in turn. */
const patient = { testTimeout: 240_000, hookTimeout: 240_000 };

/** The projects that run files again, for a depth: `more-bricks`, `long-others`, … */
const again = (depth: keyof typeof REPEATED_FILES) =>
  Object.entries(REPEATED_FILES[depth]).map(([way, include]) => ({
    extends: true as const,
    test: {
      name: `${depth}-${way}`,
      ...patient,
      include: [...include],
      env: { GLOSSA_TESTED: way },
    },
  }));

// Node 20 reads these certificates in each process at its start, for 80 ms; no test needs any.
delete process.env.NODE_EXTRA_CA_CERTS;

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'test',
          // Files run in turn in one process, which keeps their imports and the interpreters'
          // compiled code. No file may leave state behind.
          isolate: false,
          setupFiles: './test/support/unforced-collection.ts',
          include: [tests('!(*.more|*.long)')],
        },
      },
      // Tests that need more time or programs: browsers, bricks, every limit of the interpreters.
      {
        extends: true,
        test: {
          name: 'more',
          ...patient,
          include: [tests('*.more')],
          exclude: [...configDefaults.exclude, ...kept],
        },
      },
      // Of those, the files that share a process, as in `npm test`.
      {
        extends: true,
        test: {
          name: 'more-kept',
          ...patient,
          isolate: false,
          setupFiles: './test/support/unforced-collection.ts',
          include: kept,
        },
      },
      // The same tests in other ways, for a release: few changes break only these.
      {
        extends: true,
        test: {
          name: 'long',
          ...patient,
          include: [tests('*.long')],
          exclude: [...configDefaults.exclude, ...REPEATED_FILES.long.all],
        },
      },
      ...again('more'),
      ...again('long'),
      // Of the built site: `npm run site:check`.
      { extends: true, test: { name: 'site', ...patient, include: ['tools/site/*.test.ts'] } },
    ],
    // Tests wait for servers, limits and interpreters; more workers use that time.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    execArgv: [
      // One process imports most of the program: with V8's usual spaces, it collects garbage a fifth of its time.
      ...['--min-semi-space-size=32', '--max-semi-space-size=64', '--initial-old-space-size=768'],
      // Little code runs often enough to be worth its optimisation.
      '--interrupt-budget=500000',
    ],
    // The number of concurrent tests of one file.
    maxConcurrency: availableParallelism(),
    sequence: { sequencer: LongFirst },
    globalSetup: './test/support/run-folder.ts',
    // Three times the longest test's duration under load on two CPUs.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
