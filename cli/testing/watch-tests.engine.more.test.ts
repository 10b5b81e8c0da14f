/** `glossa test --watch`: which saves run the tests again, and how it ends. */
import { rename, rm } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { listChildren } from '../../apps/bench/engine/process-usage.ts';
import { type Started, start } from '../../test/support/dev.ts';
import { runGlossa, type Scratch, withScratch } from '../../test/support/mount.ts';
import { findProcesses } from '../../test/support/processes.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };

const MODULE = `import { Translator } from 'glossa';
export class xlator extends Translator {}
`;

/** Makes a file of tests that end at once. */
const makeTests = (passing: number, failing = 0): string =>
  [
    "import { test } from 'glossa/testing';",
    ...Array.from({ length: passing }, (_, index) => `test('good ${index}', async () => {});`),
    ...Array.from({ length: failing }, (_, index) => `test('bad ${index}', () => absent());`),
  ].join('\n');

/** Starts to watch, with one test that passes. */
async function startWatching(scratch: Scratch, tests = makeTests(1)): Promise<Started> {
  await scratch.writeFile('m.js', MODULE);
  await scratch.writeFile('m.test.js', tests);
  return start(scratch, ['m.js', '--watch'], {}, 'test');
}

/** Waits until the newest run has ended with these counts. */
const expectCounts = ({ said }: Started, counts: string): Promise<void> =>
  vi.waitFor(
    () =>
      expect(
        said()
          .match(/\d+ passed, \d+ failed/g)
          ?.at(-1),
      ).toBe(counts),
    PATIENCE,
  );

const expectWaiting = ({ said }: Started): Promise<void> =>
  vi.waitFor(() => expect(said()).toMatch(/Ctrl-C ends it\n$/), PATIENCE);

it('test --watch runs the tests again at each save, and ends with status 0 at Ctrl-C', () =>
  withScratch(async (scratch) => {
    const watching = await startWatching(scratch);
    await expectCounts(watching, '1 passed, 0 failed');
    await scratch.writeFile('m.test.js', makeTests(1, 1));
    await expectCounts(watching, '1 passed, 1 failed');
    await scratch.writeFile('m.test.js', "import 'glossa/testing';\nconst = ;\n");
    await watching.says('the file cannot be loaded');
    await expectWaiting(watching);
    await scratch.writeFile('m.test.js', makeTests(2));
    await expectCounts(watching, '2 passed, 0 failed');
    await expectWaiting(watching);
    watching.child.kill('SIGINT');
    expect((await watching.outcome).status).toBe(0);
  }));

it('test --watch sees a file that is replaced by rename, saved twice at once, removed, or made again', () =>
  withScratch(async (scratch) => {
    const watching = await startWatching(scratch);
    await expectCounts(watching, '1 passed, 0 failed');
    await expectWaiting(watching);
    await rename(await scratch.writeFile('m.test.js~', makeTests(2)), scratch.at('m.test.js'));
    await expectCounts(watching, '2 passed, 0 failed');
    await scratch.writeFile('m.test.js', makeTests(0, 1));
    await scratch.writeFile('m.test.js', makeTests(3));
    await expectCounts(watching, '3 passed, 0 failed');
    await expectWaiting(watching);
    await rm(scratch.at('m.js'));
    await watching.says('m.js is not there');
    await expectWaiting(watching);
    await scratch.writeFile('m.test.js', makeTests(4));
    await scratch.writeFile('m.js', MODULE);
    await expectCounts(watching, '4 passed, 0 failed');
    watching.child.kill('SIGTERM');
    expect((await watching.outcome).status).toBe(0);
  }));

it('test --watch ends a run whose test never ends, and leaves no process', () =>
  withScratch(async (scratch) => {
    const endless =
      "import { test } from 'glossa/testing';\n" +
      "test('first', async () => {});\ntest('endless', () => { for (;;); });\n";
    const watching = await startWatching(scratch, endless);
    await watching.says('✓ first');
    const { pid } = watching.child;
    expect(listChildren(pid!)).toHaveLength(1);
    const [run] = listChildren(pid!);
    watching.child.kill('SIGINT');
    expect((await watching.outcome).status).toBe(0);
    expect(findProcesses(/./)).not.toContain(run);
  }));

it('test --watch of a module that does not exist fails at once', () =>
  withScratch(async (scratch) => {
    const { status, err } = await runGlossa(scratch, ['test', 'absent.py', '--watch']);
    expect({ status, err }).toEqual({
      status: 1,
      err: expect.stringContaining('absent.py is not there'),
    });
  }));
