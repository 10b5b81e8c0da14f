/** The demo without a mount, also where it is interrupted or killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import {
  expectClean,
  expectEndBy,
  expectLookups,
  findServers,
  type Moment,
  PATIENCE,
  runDemo,
} from '../../test/support/demo.ts';
import { GLOSSA, withScratch } from '../../test/support/mount.ts';
import { findProcesses } from '../../test/support/processes.ts';
import { listChildren } from '../bench/engine/process-usage.ts';
import { NEAR_SEARCH_FACTOR } from './stacks.ts';

const IN_PROCESS = ['--in-process', '--delay', '0.02'];

interface StackReport {
  readonly name: string;
  readonly lookups: number;
  readonly forwarded: number;
}

const countForwarded = (stacks: readonly StackReport[]): (readonly [string, number, number])[] =>
  stacks.map(({ name, lookups, forwarded }) => [name, lookups, forwarded]);

const listRunning = (pids: readonly number[]): number[] =>
  findProcesses(/./).filter((pid) => pids.includes(pid));

describe('glossa demo --in-process', () => {
  it('asks for as many names as with a mount; all reach the storage that no cache answers', () =>
    withScratch(async (scratch) => {
      const searches = 60;
      const { status, out, err } = await runDemo(scratch, [
        ...IN_PROCESS,
        '--json',
        ...['--searches', `${searches}`],
      ]);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const { inProcess, passes } = JSON.parse(out);
      expect(inProcess).toBe(true);
      const [near, away] = [NEAR_SEARCH_FACTOR * searches, searches].map((count) =>
        expectLookups(count, 300),
      );
      expect(countForwarded(passes[0].stacks)).toEqual([
        ['baseline', near!.lookups, near!.lookups],
        ['python', near!.lookups, near!.unavoidable],
      ]);
      expect(countForwarded(passes[1].stacks)).toEqual([
        ['baseline', away!.lookups, away!.lookups],
        ['typescript', away!.lookups, away!.unavoidable],
        ['python', away!.lookups, away!.unavoidable],
      ]);
      await expectClean(scratch);
    }));

  /** The moment when all stacks have started: their clients and the two bricks. */
  const expectBricks: Moment = (scratch) =>
    expect(findServers(scratch, 'brick[01]').length).toBeGreaterThan(1);

  it('leaves no process and no file after SIGINT', () =>
    expectEndBy('SIGINT', runDemo, IN_PROCESS, expectBricks));

  it('leaves no process after SIGKILL', () =>
    withScratch(async (scratch) => {
      let pids: readonly number[] = [];
      let killing: Promise<unknown> | undefined;
      await runDemo(scratch, [...IN_PROCESS, '--searches', '200000'], (child) => {
        killing = vi
          .waitFor(async () => {
            await expectBricks(scratch);
            pids = listChildren(child.pid!);
            // Two bricks, and the clients of five stacks.
            expect(pids.length).toBeGreaterThanOrEqual(7);
          }, PATIENCE)
          .then(() => child.kill('SIGKILL'));
      });
      await killing;
      await vi.waitFor(() => expect(listRunning(pids)).toEqual([]), PATIENCE);
    }));

  it('twice at the same time counts the same', () =>
    withScratch(async (scratch) => {
      const flags = [...IN_PROCESS, '--json', '--searches', '20'];
      const runs = await Promise.all([runDemo(scratch, flags), runDemo(scratch, flags)]);
      const counts = runs.map(({ out }) => countForwarded(JSON.parse(out).passes[1].stacks));
      expect(counts[0]).toEqual(counts[1]);
      await expectClean(scratch);
    }));

  it('leaves no process and no file when the reader of its output has ended', () =>
    withScratch(async (scratch) => {
      const TMPDIR = await scratch.makeFolder('tmp');
      const command = `"$0" "$@" | head -1`;
      const words = [process.execPath, GLOSSA, 'demo', ...IN_PROCESS, '--searches', '20'];
      const env = { ...process.env, TMPDIR };
      const shell = spawn('sh', ['-c', command, ...words], { env, stdio: 'ignore' });
      await once(shell, 'exit');
      await expectClean(scratch);
    }));
});
