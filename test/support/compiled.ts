/**
 * Compiles the C programs of mounts' clients (test/mount/clients), each at its first use in a run.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { CLIENTS } from './client.ts';
import { needTools } from './tools.ts';

/** Where the program is that `NAME.c` becomes. Skips the test where there is no compiler. */
export function compiled(name: string): string {
  needTools('gcc');
  const program = join(inject('runFolder'), name);
  if (existsSync(program)) return program;
  // Another file's process may be at it, too.
  const made = `${program}.${process.pid}`;
  const args = ['-O1', '-Wall', '-Werror', '-o', made, join(CLIENTS, `${name}.c`)];
  execFileSync('gcc', args, { stdio: 'pipe' });
  renameSync(made, program);
  return program;
}
