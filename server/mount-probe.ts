/**
 * Finds out whether this user can mount here, by a mount in a process of its own: that process takes the
 * mount away also when the one that asked is killed meanwhile.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { builtFile } from '../runtime/sys/paths.ts';

const PROCESS = new URL('./mount-probe-process.js', import.meta.url);

/** @param scratch an empty folder's place is made in it. @returns why nothing can be mounted; null when it can */
export async function mountProblem(scratch: string): Promise<string | null> {
  const mountpoint = join(scratch, 'probe');
  mkdirSync(mountpoint);
  // Ctrl-C in a terminal is for this process alone, which waits for the end of the other.
  const child = fork(builtFile(PROCESS), [mountpoint], { detached: true, execArgv: [] });
  let problem: string | null = 'the process that tried it ended unexpectedly';
  child.once('message', (message) => {
    ({ problem } = message as { problem: string | null });
  });
  await once(child, 'close');
  return problem;
}
