/**
 * A folder of this run of the tests, for what is made once and used by several files: programs in C,
 * a cache of interpreters. Vitest makes it before the first file, and takes it away after the last.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
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
  return () => rmSync(folder, { recursive: true, force: true });
}
