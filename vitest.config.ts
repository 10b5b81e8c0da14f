import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import LongFirst from './test/support/long-first.ts';

/** What takes long, or is the same again in another way: other front ends, other versions of Node. */
const more = '{runtime,bridges,editors,examples,test}/**/*.more.test.ts';

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
          include: ['{runtime,bridges,editors,examples,test}/**/!(*.more).test.ts'],
        },
      },
      { extends: true, test: { name: 'more', include: [more] } },
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
