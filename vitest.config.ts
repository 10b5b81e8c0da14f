import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import LongFirst from './test/support/long-first.ts';

const tests = (name: string): string =>
  `{runtime,bridges,editors,examples,test}/**/${name}.test.ts`;

const kept = [
  'test/contract/bridge-{javascript,python}/{answers,asyncio,authors,contract,data-guard,debug,exceptions}.engine.more.test.ts',
  'test/contract/bridge-{javascript,python}/{failures,limits,loading,refusals,storage}.engine.more.test.ts',
  'test/contract/bridge-isolated/{javascript,python}.engine.more.test.ts',
  'test/contract/gluster{,-life,-structures}.engine.more.test.ts',
  'bridges/python/{attacks,calls,escapes,lines,outside,sandbox}.engine.more.test.ts',
  'bridges/javascript/limits.engine.more.test.ts',
  'examples/mirror/mirror.engine.more.test.ts',
];

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
          include: [tests('*.more')],
          exclude: [...configDefaults.exclude, ...kept],
        },
      },
      // Of those, tests of interpreters that were seen to leave nothing: as in `npm test`.
      { extends: true, test: { name: 'more-kept', isolate: false, include: kept } },
      // The same again in other ways, which a change rarely meets alone: before a release.
      { extends: true, test: { name: 'long', include: [tests('*.long')] } },
      // Of the site that was built: `npm run site:check`.
      { extends: true, test: { name: 'site', include: ['site/*.test.ts'] } },
    ],
    // Tests wait for servers, limits and interpreters: another file fills the time.
    maxWorkers: Math.ceil(1.5 * availableParallelism()) + 1,
    // Of the tests of one file that run together.
    maxConcurrency: availableParallelism(),
    sequence: { sequencer: LongFirst },
    globalSetup: './test/support/run-folder.ts',
    // For what never ends: a busy machine may take many times as long as usual.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
