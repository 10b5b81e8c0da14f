/**
 * Tests for `glossa dev` whether this user can mount: a child process mounts, and unmounts even if
 * this process is killed meanwhile.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeBuiltPath } from '../runtime/sys/paths.ts';

const PROCESS_FILE = makeBuiltPath('server/mount-probe-process.cjs');

/**
 * Mounts on a new folder in `scratchFolder`, and unmounts. Resolves to the reason why mounting
 * fails, or to null if it works.
 */
export async function findMountProblem(scratchFolder: string): Promise<string | null> {
  const mountpoint = join(scratchFolder, 'probe');
  mkdirSync(mountpoint);
  // Detached, so that Ctrl-C does not end the child, which would leave its mount.
  const child = fork(PROCESS_FILE, [mountpoint], { detached: true, execArgv: [] });
  let problem: string | null = 'the process that tried it ended unexpectedly';
  child.once('message', (message) => {
    ({ problem } = message as { problem: string | null });
  });
  await once(child, 'close');
  return problem;
}
