/** Runs `glossa demo` and `glossa tutorial`, and checks that they leave nothing behind. */
import type { ChildProcess } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { expect, vi } from 'vitest';
import { planSearches } from '../../apps/bench/engine/searches.ts';
import { ROUND_COUNT } from '../../apps/demo/experiment.ts';
import { GLOSSA, type Outcome, run, runGlossa, type Scratch, withScratch } from './mount.ts';
import { findProcesses } from './processes.ts';
import { expectSearches } from './searches.ts';

/** The time limit of a step of the demo. */
export const PATIENCE = { timeout: 200_000, interval: 50 };

/** The seed of the searches. */
export const seed = 7;

type Run = (
  scratch: Scratch,
  flags: readonly string[],
  onStart?: (child: ChildProcess) => void,
  env?: Readonly<Record<string, string>>,
) => Promise<Outcome>;

/** Runs the command with its temporary files in the scratch folder. */
const makeRunner =
  (command: string): Run =>
  async (scratch, flags, onStart, more = {}) => {
    const env = { TMPDIR: await scratch.makeFolder('tmp'), ...more };
    const args = [command, '--seed', `${seed}`, ...flags];
    return runGlossa(scratch, args, onStart === undefined ? { env } : { env, onStart });
  };

export const runDemo = makeRunner('demo');
export const runTutorial = makeRunner('tutorial');

/** Computes the lookups that so many searches make. The kernel repeats a lookup of an evicted entry. */
export function expectLookups(searchCount: number, fileCount?: number) {
  const plan = planSearches({ seed, searchCount, fileCount, roundCount: ROUND_COUNT });
  const { lookups, unavoidable, files: askedFiles } = expectSearches(plan);
  /** Without a cache, and those that a cache leaves, of absent names alone. */
  const [absent, firstAbsent] = [lookups - searchCount, unavoidable - searchCount];
  return {
    ...{ lookups, unavoidable },
    /** That reach the storage without a cache. */
    all: expectBetween(absent + askedFiles, absent + searchCount),
    /** And with one. */
    left: expectBetween(firstAbsent + askedFiles, firstAbsent + searchCount),
  };
}

const expectBetween = (least: number, most: number) =>
  expect.toSatisfy((n: number) => n >= least && n <= most, `between ${least} and ${most}`);

/** True for root, which alone can replace /dev/fuse. */
export const isRoot = process.getuid?.() === 0;

/** Runs the command in a namespace where /dev/fuse is /dev/null, so that nothing can be mounted. */
export async function runUnmountable(
  scratch: Scratch,
  flags: readonly string[],
  command = 'demo',
  onStart: (child: ChildProcess) => void = () => {},
): Promise<Outcome> {
  return runUnmountableGlossa(scratch, [command, '--seed', `${seed}`, ...flags], onStart);
}

/** Runs glossa with these words as `runUnmountable` does. */
export async function runUnmountableGlossa(
  scratch: Scratch,
  words: readonly string[],
  onStart: (child: ChildProcess) => void = () => {},
): Promise<Outcome> {
  const TMPDIR = await scratch.makeFolder('tmp');
  // Detaches mounts of other processes, which this namespace would keep alive.
  const leave = 'findmnt -rno TARGET -t fuse.glossa,fuse.glusterfs | xargs -r umount --lazy';
  const script = `mount --bind /dev/null /dev/fuse && { ${leave}; exec "$0" "$@"; }`;
  const program = [process.execPath, GLOSSA, ...words];
  return run(scratch, 'unshare', ['--mount', 'sh', '-c', script, ...program], {
    env: { TMPDIR },
    onStart,
  });
}

/** Expects that the demo has left no mount, file or server. */
export async function expectClean(scratch: Scratch): Promise<void> {
  expect(scratch.findMounts()).toEqual([]);
  expect(await readdir(scratch.at('tmp'))).toEqual([]);
  await vi.waitFor(() => expect(findServers(scratch)).toEqual([]), PATIENCE);
}

/** Finds the processes with a path below the scratch folder in their arguments. */
export const findServers = (scratch: Scratch, path = ''): number[] =>
  findProcesses(new RegExp(`${scratch.path}/tmp/.*${path}`));

/** Stops processes: they keep existing, but answer nothing. */
export const stop = (pids: readonly number[]): void => {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
};

/** The moment of an interruption: throws until the command has reached it. */
export type Moment = (scratch: Scratch) => void | Promise<void>;

/** The moment when the command has a mount. */
export const expectMounted: Moment = (scratch) => expect(scratch.findMounts()).not.toEqual([]);

/** Expects that a signal ends the working command with a shell's status, and that nothing is left. */
export const expectEndBy = (
  signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP',
  start: Run = runDemo,
  flags: readonly string[] = [],
  moment: Moment = expectMounted,
): Promise<void> =>
  withScratch(async (scratch) => {
    let stopping: Promise<unknown> | undefined;
    const { status, out } = await start(scratch, ['--searches', '200000', ...flags], (child) => {
      stopping = vi.waitFor(() => moment(scratch), PATIENCE).then(() => child.kill(signal));
    });
    await stopping;
    expect(status).toBe(128 + constants.signals[signal]);
    expect(out).not.toMatch(/reached|sent to/);
    await expectClean(scratch);
  });

/** Kills the command once it has mounted; expects that no process and no mount remains. */
export async function killWhenMounted(
  scratch: Scratch,
  start: Run,
  flags: readonly string[],
): Promise<void> {
  let killing: Promise<unknown> | undefined;
  await start(scratch, flags, (child) => {
    killing = vi.waitFor(() => expectMounted(scratch), PATIENCE).then(() => child.kill('SIGKILL'));
  });
  await killing;
  await vi.waitFor(() => expect(findServers(scratch)).toEqual([]), PATIENCE);
  expect(scratch.findMounts()).toEqual([]);
}
