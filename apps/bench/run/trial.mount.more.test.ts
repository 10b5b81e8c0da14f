/** Trials of `glossa bench` before it measures: each stack's start, and the command. */
import { expect, it } from 'vitest';
import {
  benchVolfile,
  countRounds,
  expectClean,
  readOutput,
  runShortBench,
} from '../../../test/support/bench-runs.ts';
import { describeMounts, withScratch } from '../../../test/support/mount.ts';

const TIMEOUT_MS = 150_000;

const BROKEN = `
volume broken
    type features/glupy
    option module-name broken
    subvolumes brick
end-volume
`;

describeMounts('before it measures, glossa bench', () => {
  it.each([
    [['false'], "the command 'false' ends with status 1 in an empty folder: what is measured"],
    [
      ['ls', 'nosuchfile'],
      "the command 'ls nosuchfile' ends with status 2 in an empty folder (ls:",
    ],
    [['sh', '-c', 'kill -9 $$'], 'is ended by SIGKILL in an empty folder'],
  ])(
    'tries the command %j, and reports its failure',
    (command, message) =>
      withScratch(async (scratch) => {
        await scratch.writeFile('a.vol', benchVolfile());
        const result = await runShortBench(scratch, ['a.vol'], {}, command);
        expect(result.status).toBe(0);
        expect(result.err.trim().split('\n')).toEqual([expect.stringContaining(message)]);
        expect(readOutput(result).warnings).toEqual([expect.stringContaining(message)]);
        expectClean(scratch);
      }),
    TIMEOUT_MS,
  );

  it(
    'tries each stack, and reports a broken module once',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('a.vol', benchVolfile());
        await scratch.writeFile('broken.vol', benchVolfile(BROKEN, 'broken'));
        await scratch.writeFile('broken.py', 'def lookup(:\n');
        const result = await runShortBench(scratch, ['a.vol', 'broken.vol', '-w', 'miss,hit']);
        expect(result.status).toBe(1);
        expect(result.err.trim().split('\n')).toEqual([
          expect.stringMatching(/failed: broken: it did not start: .*broken\.py:1: SyntaxError/),
        ]);
        const { partial, workloads } = readOutput(result);
        expect(partial).toBe(true);
        for (const { results } of workloads) {
          expect(results.map(countRounds)).toEqual([6, undefined]);
          expect(results[1]!.missing).toContain('SyntaxError');
        }
        const alone = await runShortBench(scratch, ['broken.vol', '-w', 'miss,hit']);
        expect(alone.status).toBe(1);
        expect(Object.keys(JSON.parse(alone.out))).toEqual(['error']);
        expect(alone.err.match(/SyntaxError/g)).toHaveLength(1);
        expectClean(scratch);
      }),
    TIMEOUT_MS,
  );

  it(
    'tries each stack, and prints the warnings of the stacks at the start',
    () =>
      withScratch(async (scratch) => {
        const args = ['--translator', 'negative', '--in', 'typescript', '--option', 'tmeout=9'];
        const result = await runShortBench(scratch, [...args, '-w', 'miss']);
        expect(result.status).toBe(0);
        const message = "option 'tmeout' is not known here";
        expect(result.err).toContain(message);
        expect(readOutput(result).warnings).toEqual([expect.stringContaining(message)]);
        expectClean(scratch);
      }),
    TIMEOUT_MS,
  );
});
