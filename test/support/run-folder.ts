/**
 * A folder of this run of the tests, for what is made once and used by several files: programs in C,
 * a cache of interpreters. Vitest makes it before the first file, and takes it away after the last.
 * Logs of servers that were not told a file are written there too, not into the system's folder.
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
