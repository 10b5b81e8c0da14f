import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { AGAIN } from './test/again.ts';
import LongFirst from './test/support/long-first.ts';

const tests = (name: string): string =>
  `{runtime,gluster,bridges,server,terminal,apps,cli,examples,test}/**/${name}.test.ts`;

/** Of `test:more`: files that were seen to leave nothing that another in the same process would meet. */
const kept = [
  'test/contract/bridge-{javascript,python}/{answers,asyncio,authors,contract,data-guard,debug,exceptions}.engine.more.test.ts',
  'test/contract/bridge-{javascript,python}/{failures,limits,loading,refusals,storage}.engine.more.test.ts',
  'test/contract/bridge-isolated/{javascript,python}.engine.more.test.ts',
  'test/contract/gluster{,-life,-structures}.engine.more.test.ts',
  'bridges/python/{calls,lines,sandbox}.engine.more.test.ts',
  'bridges/javascript/limits.engine.more.test.ts',
  'examples/mirror/mirror.engine.more.test.ts',
  'apps/bench/run/{trial,others/others}.more.test.ts',
  'bridges/native/ffi.more.test.ts',
  'bridges/python/{packages,reach}.engine.more.test.ts',
  'examples/{audit-log,readonly,tag-by-xattr}/*.mount.more.test.ts',
  'gluster/protocol/client/attributes.mount.more.test.ts',
  'cli/{metrics,mount,mount-refused,mounts,new,open-files,run}.mount.more.test.ts',
  'cli/{secrets,statedump,stats,trace,umount}.mount.more.test.ts',
  'cli/{check-modules.engine,compile-cache}.more.test.ts',
  'runtime/volfile/amount.more.test.ts',
  'runtime/mount/fuse/notifier.more.test.ts',
  'runtime/xlators/storage/posix/{landfill,synced.mount}.more.test.ts',
  'server/control/path-in-mount.mount.more.test.ts',
  'terminal/terminal.more.test.ts',
  'test/contract/bridge-python/{declaration,grants,own-places}.engine.more.test.ts',
  'test/contract/gluster-hints.engine.more.test.ts',
  'test/examples-readmes.mount.more.test.ts',
  'test/mount/{atime,brick,calls,endless,interrupted,load,locks,lost-interpreter}.mount.more.test.ts',
  'test/mount/{names,open-files,permissions,programs,shell}.mount.more.test.ts',
  'test/volfiles.engine.more.test.ts',
  'test/mount/{user,writeback,xattr}.mount.more.test.ts',
];

/** Tests that start bricks, browsers, compilers or a dozen mounts one after the other; milliseconds. */
const patient = { testTimeout: 240_000, hookTimeout: 240_000 };

/** The projects of a depth in which files are run again, each in its way: `more-bricks`, `long-others`, … */
const again = (depth: keyof typeof AGAIN) =>
  Object.entries(AGAIN[depth]).map(([way, include]) => ({
    extends: true as const,
    test: {
      name: `${depth}-${way}`,
      ...patient,
      include: [...include],
      env: { GLOSSA_TESTED: way },
    },
  }));

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'test',
          // A process takes one file after the other: what they import, and the interpreters'
          // compiled code, is there already. No file may leave anything that another would meet.
          isolate: false,
          include: [tests('!(*.more|*.long)')],
        },
      },
      // What needs more time or more programs: browsers, bricks, every limit of the interpreters.
      {
        extends: true,
        test: {
          name: 'more',
          ...patient,
          include: [tests('*.more')],
          exclude: [...configDefaults.exclude, ...kept],
        },
      },
      // Of those, tests that were seen to leave nothing: as in `npm test`.
      {
        extends: true,
        test: { name: 'more-kept', ...patient, isolate: false, include: kept },
      },
      // The same again in other ways, which a change rarely meets alone: before a release.
      {
        extends: true,
        test: {
          name: 'long',
          ...patient,
          include: [tests('*.long')],
          exclude: [...configDefaults.exclude, ...AGAIN.long.all],
        },
      },
      ...again('more'),
      ...again('long'),
      // Of the built site: `npm run site:check`.
      { extends: true, test: { name: 'site', ...patient, include: ['tools/site/*.test.ts'] } },
    ],
    // Tests wait for servers, limits and interpreters: another file fills the time.
    maxWorkers: Math.ceil(1.5 * availableParallelism()) + 1,
    // Of the tests of one file that run together.
    maxConcurrency: availableParallelism(),
    sequence: { sequencer: LongFirst },
    globalSetup: './test/support/run-folder.ts',
    // Three times what the longest takes beside others on two CPUs.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
