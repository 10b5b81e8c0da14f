/**
 * Programs in C for the clients of a mount (test/mount/clients), each compiled when it is first
 * wanted, into a folder that goes with the test file.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { CLIENTS } from './client.ts';
import { needTools } from './tools.ts';

let folder: string | undefined;

afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
});

/** Where the program is that `NAME.c` becomes. Skips the test where there is no compiler. */
export function compiled(name: string): string {
  needTools('gcc');
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'glossa-clients-'));
    // Other users run it, too.
    chmodSync(folder, 0o755);
  }
  const program = join(folder, name);
  const args = ['-O1', '-Wall', '-Werror', '-o', program, join(CLIENTS, `${name}.c`)];
  if (!existsSync(program)) execFileSync('gcc', args, { stdio: 'pipe' });
  return program;
}
