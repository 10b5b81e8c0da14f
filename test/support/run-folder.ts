/**
 * A folder for one run of the tests, with files that several test files share: compiled C programs,
 * a cache of interpreters, and logs of servers without a log file. Vitest creates it before the
 * first file and removes it after the last. Sets the umask of all tests.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    runFolder: string;
  }
}

export default function setup({ provide }: TestProject): () => void {
  // The tests' processes inherit it: modes that tests compare are the same for each user.
  process.umask(0o022);
  const folder = mkdtempSync(join(tmpdir(), 'glossa-tests-'));
  // Other users run programs that are in it.
  chmodSync(folder, 0o755);
  provide('runFolder', folder);
  // The tests' processes, and the servers that they start, inherit it.
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  // As in /tmp, each user writes files of its own.
  chmodSync(logs, 0o1777);
  process.env.LOGS_DIRECTORY = logs;
  // Another user's servers keep their sockets there; root's are in /var/run.
  if (process.getuid?.() !== 0) process.env.XDG_STATE_HOME = join(folder, 'state');
  return () => rmSync(folder, { recursive: true, force: true });
}
