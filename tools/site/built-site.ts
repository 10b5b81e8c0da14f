/** Helps the site's tests: runs programs of the site's packages, and reads the built pages. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './texts.ts';

export const siteFolder = join(root, 'tools/site');
export const distFolder = join(siteFolder, 'dist');

/**
 * Runs a program of the site's packages from the top of the repository; returns its output.
 * @param program its path in node_modules
 */
export function runTool(program: string, args: readonly string[]): string {
  const path = join(siteFolder, 'node_modules', program);
  if (!existsSync(path)) throw new Error(`${path} is missing: 'npm run site' fetches it`);
  const { stdout, stderr, error } = spawnSync(process.execPath, [path, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) throw error;
  // A program that prints only to standard error could not run.
  if (stdout === '' && stderr !== '') throw new Error(stderr);
  return stdout;
}

/** A page of the built site. */
export interface BuiltPage {
  /** The page's path on a server, such as `/write/python.html`. */
  readonly path: string;
  readonly html: string;
}

/** Reads all built pages. @throws {Error} if no page is built */
export function readBuiltPages(): BuiltPage[] {
  if (!existsSync(join(distFolder, 'index.html')))
    throw new Error("nothing is built: 'npm run site'");
  return (readdirSync(distFolder, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.html') && !/^(playground|api)\//.test(name))
    .map((name) => ({ path: `/${name}`, html: readFileSync(join(distFolder, name), 'utf8') }));
}
