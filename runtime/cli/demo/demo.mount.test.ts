import type { ChildProcess } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { expect, it, vi } from 'vitest';
import {
  describeMounts,
  GLOSSA,
  glossa,
  type Outcome,
  run,
  type Scratch,
  withScratch,
} from '../../../test/support/mount.ts';
import { processesBy } from '../../../test/support/processes.ts';
import { expectationOf, planWorkload } from '../../bench/searches.ts';

const PATIENCE = { timeout: 50_000, interval: 25 };

const seed = 7;
const searches = 300;

/** Runs the demo with its temporary files in the scratch folder. */
async function demo(
  scratch: Scratch,
  flags: readonly string[],
  onStart?: (child: ChildProcess) => void,
): Promise<Outcome> {
  const env = { TMPDIR: await scratch.folder('tmp') };
  const args = ['demo', '--seed', `${seed}`, ...flags];
  return glossa(scratch, args, onStart === undefined ? { env } : { env, onStart });
}

/** Nothing is left of the demo: no mount, no file, no server. */
async function expectClean(scratch: Scratch): Promise<void> {
  expect(scratch.mounts()).toEqual([]);
  expect(await readdir(scratch.at('tmp'))).toEqual([]);
  await vi.waitFor(() => expect(servers(scratch)).toEqual([]), PATIENCE);
}

/** Ids of the processes that have a path below the scratch folder in their arguments. */
const servers = (scratch: Scratch, path = ''): number[] =>
  processesBy(new RegExp(`${scratch.path}/tmp/.*${path}`));

/** Ends a process that may have ended by itself. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const expectation = expectationOf(planWorkload({ seed, searches }));

/** The counts of each stack: they follow from the seed, and are the same in both languages. */
const counts = [
  { name: 'baseline', lookups: expectation.lookups, answered: 0, forwarded: expectation.lookups },
  ...['typescript', 'python'].map((name) => ({
    name,
    lookups: expectation.lookups,
    answered: expectation.lookups - expectation.unavoidable,
    forwarded: expectation.unavoidable,
  })),
];

describeMounts('glossa demo', () => {
  it('measures three mounts, and prints nothing but JSON when asked to', () =>
    withScratch(async (scratch) => {
      const { status, out, err } = await demo(scratch, ['--json', '--searches', `${searches}`]);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const report = JSON.parse(out);
      expect(report).toEqual({
        seed,
        searches,
        stacks: counts.map((stack) => ({
          ...stack,
          meanMs: expect.any(Number),
          p99Ms: expect.any(Number),
        })),
      });
      for (const { meanMs, p99Ms } of report.stacks) {
        expect(meanMs).toBeGreaterThan(0);
        expect(p99Ms).toBeGreaterThan(0);
      }
      await expectClean(scratch);
    }));

  it('prints a table for people', () =>
    withScratch(async (scratch) => {
      const { status, out, err } = await demo(scratch, ['--searches', '50']);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      for (const name of ['baseline', 'TypeScript', 'Python']) {
        expect(out).toMatch(
          new RegExp(`^  ${name} +\\d+ +\\d+ +\\d+ +[\\d.]+ ms +[\\d.]+ ms$`, 'm'),
        );
      }
      expect(out).toContain('option module-name negative');
      // Progress is for terminals.
      expect(out).not.toMatch('\r');
      await expectClean(scratch);
    }));

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('cleans up after %s', (signal) =>
    withScratch(async (scratch) => {
      let stopping: Promise<unknown> | undefined;
      const { status, out } = await demo(scratch, ['--searches', '1000000'], (child) => {
        stopping = vi
          .waitFor(() => expect(scratch.mounts()).not.toEqual([]), PATIENCE)
          .then(() => child.kill(signal));
      });
      await stopping;
      expect(status).toBe(128 + constants.signals[signal]);
      expect(out).not.toMatch('answered by');
      await expectClean(scratch);
    }),
  );

  const mountpoint = 'baseline-mnt';
  /** When a server is killed. */
  const moments: [string, (scratch: Scratch) => void][] = [
    ['starts', (scratch) => expect(servers(scratch, mountpoint)).not.toEqual([])],
    [
      'has just mounted',
      (scratch) => expect(scratch.mounts().some((path) => path.endsWith(mountpoint))).toBe(true),
    ],
  ];
  it.each(moments)('says so, and cleans up, when a server dies that %s', (_when, reached) =>
    withScratch(async (scratch) => {
      let killing: Promise<unknown> | undefined;
      // More than there is time for: it is killed before they are done, however late that is.
      const { status, err } = await demo(scratch, ['--searches', '1000000'], () => {
        killing = vi
          .waitFor(() => reached(scratch), PATIENCE)
          .then(() => servers(scratch, mountpoint).forEach(kill));
      });
      await killing;
      expect(status).toBe(1);
      expect(err).toMatch(
        /^glossa: the server of .*\.vol ended unexpectedly; (the end of its log:\n.*\[|it has logged nothing)/,
      );
      await expectClean(scratch);
    }),
  );

  it.runIf(process.getuid?.() === 0)(
    'runs the graphs in its own process where nothing can be mounted, and says why',
    () =>
      withScratch(async (scratch) => {
        const TMPDIR = await scratch.folder('tmp');
        const script =
          'mount --bind /dev/null /dev/fuse && exec "$0" "$@" demo --json --seed 7 --searches 300';
        const args = ['--mount', 'sh', '-c', script, process.execPath, GLOSSA];
        const { status, out, err } = await run(scratch, 'unshare', args, { env: { TMPDIR } });
        expect({ status, err }).toEqual({ status: 0, err: '' });
        expect(JSON.parse(out).stacks).toMatchObject(counts);
        await expectClean(scratch);
      }),
  );
});

it('refuses what makes no sense', () =>
  withScratch(async (scratch) => {
    for (const flags of [['--searches', '0'], ['--seed', 'x'], ['folder']]) {
      expect((await demo(scratch, flags)).status).toBe(2);
    }
  }));
