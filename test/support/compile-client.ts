/**
 * Compiles the C programs of mounts' clients (test/mount/clients), each at its first use in a run.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { CLIENTS } from './client.ts';
import { skipWithoutTools } from './tools.ts';

/** Compiles `NAME.c`, and returns the path of the program. Skips the test without a compiler. */
export function compileClient(name: string): string {
  skipWithoutTools('gcc');
  const program = join(inject('runFolder'), name);
  if (existsSync(program)) return program;
  // Another file's process may be at it, too.
  const unfinished = `${program}.${process.pid}`;
  const args = ['-O1', '-Wall', '-Werror', '-o', unfinished, join(CLIENTS, `${name}.c`)];
  execFileSync('gcc', args, { stdio: 'pipe' });
  renameSync(unfinished, program);
  return program;
}
