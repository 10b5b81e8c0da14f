/** Finds other programs that run JavaScript, or fetches them, once in a run of the tests. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';

/** Rows of tools/toolchain.sh. */
export type ToolchainName = '20.19' | '22' | '24' | 'latest' | 'others' | 'arm64';

/** Returns a toolchain's folder for PATH; it is in GLOSSA_NODES_DIR or made for this run. @throws {Error} npm's */
export function findToolchain(name: ToolchainName): string {
  const folder = process.env.GLOSSA_NODES_DIR ?? join(inject('runFolder'), 'nodes');
  const script = join(packageRoot, 'tools/toolchain.sh');
  return execFileSync(script, [name, folder], { encoding: 'utf8' }).trim();
}
