/** Runs of `glossa demo`, and what they may not leave. */
import type { ChildProcess } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { expect, vi } from 'vitest';
import { GLOSSA, glossa, type Outcome, run, type Scratch, withScratch } from './mount.ts';
import { processesBy } from './processes.ts';

/** Of one who waits for a step of the demo. */
export const PATIENCE = { timeout: 50_000, interval: 25 };

/** What the searches follow from. */
export const seed = 7;

/** Runs the demo with its temporary files in the scratch folder. */
export async function demo(
  scratch: Scratch,
  flags: readonly string[],
  onStart?: (child: ChildProcess) => void,
): Promise<Outcome> {
  const env = { TMPDIR: await scratch.folder('tmp') };
  const args = ['demo', '--seed', `${seed}`, ...flags];
  return glossa(scratch, args, onStart === undefined ? { env } : { env, onStart });
}

/** Only root can take away what mounts are made with. */
export const isRoot = process.getuid?.() === 0;

/** The same where nothing can be mounted. */
export async function inUnmountable(scratch: Scratch, flags: readonly string[]): Promise<Outcome> {
  const TMPDIR = await scratch.folder('tmp');
  const script = 'mount --bind /dev/null /dev/fuse && exec "$0" "$@"';
  const program = [process.execPath, GLOSSA, 'demo', '--seed', `${seed}`, ...flags];
  return run(scratch, 'unshare', ['--mount', 'sh', '-c', script, ...program], { env: { TMPDIR } });
}

/** Nothing is left of the demo: no mount, no file, no server. */
export async function expectClean(scratch: Scratch): Promise<void> {
  expect(scratch.mounts()).toEqual([]);
  expect(await readdir(scratch.at('tmp'))).toEqual([]);
  await vi.waitFor(() => expect(servers(scratch)).toEqual([]), PATIENCE);
}

/** Ids of the processes that have a path below the scratch folder in their arguments. */
export const servers = (scratch: Scratch, path = ''): number[] =>
  processesBy(new RegExp(`${scratch.path}/tmp/.*${path}`));

/** The demo, in the midst of its work, ends by the signal as a shell expects, and leaves nothing. */
export const endsBy = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): Promise<void> =>
  withScratch(async (scratch) => {
    let stopping: Promise<unknown> | undefined;
    const { status, out } = await demo(scratch, ['--searches', '1000000'], (child) => {
      stopping = vi
        .waitFor(() => expect(scratch.mounts()).not.toEqual([]), PATIENCE)
        .then(() => child.kill(signal));
    });
    await stopping;
    expect(status).toBe(128 + constants.signals[signal]);
    expect(out).not.toMatch('that reached');
    await expectClean(scratch);
  });
