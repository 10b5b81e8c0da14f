import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import LongFirst from './test/support/long-first.ts';

const tests = (name: string): string =>
  `{runtime,bridges,editors,examples,test}/**/${name}.test.ts`;

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
      { extends: true, test: { name: 'more', include: [tests('*.more')] } },
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
