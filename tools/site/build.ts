/**
 * Builds the project's site from its texts and sources.
 *
 *   npm run site [-- --base /PATH/]   builds into tools/site/dist; the site is served at /PATH/
 *   npm run site:preview              serves the built site on loopback
 *   tsx tools/site/build.ts packages  only fetches the packages
 *
 * VitePress and the checkers of the site are packages of their own (tools/site/package.json),
 * fetched when missing; no other step needs a network.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hasPlayground, writePlayground } from './playground.ts';

const siteFolder = import.meta.dirname;
/** The folder of the built site. */
export const distFolder = join(siteFolder, 'dist');
/** The licences of packages in the site's programs; .vitepress/config.ts writes this file. */
const NOTICES_FILE = 'THIRD-PARTY.txt';

/** An error whose message is enough for the user. */
class Failure extends Error {}

/** Runs a program in the site's folder. @throws {Failure} if it fails */
function runInSite(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: siteFolder, stdio: 'inherit' });
  if (error !== undefined) throw new Failure(`${command}: ${error.message}`);
  if (status !== 0) throw new Failure(`${command} ${args.join(' ')} has ended with ${status}`);
}

/** Whether all packages of package-lock.json are installed, by npm's own list. */
function hasAllPackages(): boolean {
  const installedList = join(siteFolder, 'node_modules/.package-lock.json');
  if (!existsSync(installedList)) return false;
  const readPackages = (path: string): Record<string, { version: string; optional?: boolean }> =>
    JSON.parse(readFileSync(path, 'utf8')).packages;
  const installedPackages = readPackages(installedList);
  return Object.entries(readPackages(join(siteFolder, 'package-lock.json'))).every(
    ([path, { version, optional }]) =>
      path === '' || optional || installedPackages[path]?.version === version,
  );
}

/**
 * Fetches the packages that are missing. Runs no install scripts: esbuild does not need its own, as
 * its binary is a package.
 */
export function fetchPackages(): void {
  if (hasAllPackages()) return;
  runInSite('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Runs a program of the site's packages by Node. @param path in node_modules */
const runProgram = (path: string, ...args: string[]): void =>
  runInSite(process.execPath, [join(siteFolder, 'node_modules', path), ...args]);

/** Builds the site, for a server that has it at the path `base`. */
async function buildSite(base: string): Promise<void> {
  fetchPackages();
  const { generate } = await import('./generate.ts');
  const { writeApiOptions } = await import('./typescript-reference.ts');
  await generate();
  rmSync(distFolder, { recursive: true, force: true });
  process.env.SITE_BASE = base;
  runProgram('vitepress/bin/vitepress.js', 'build');
  copyFileSync(join(siteFolder, '.generated', NOTICES_FILE), join(distFolder, NOTICES_FILE));
  runProgram('typedoc/bin/typedoc', '--options', writeApiOptions(join(distFolder, 'api')));
  if (hasPlayground) writePlayground(join(distFolder, 'playground'));
}

/** Serves the built site on loopback until it is interrupted. */
function servePreview(base: string): void {
  if (!existsSync(join(distFolder, 'index.html')))
    throw new Failure("nothing is built: 'npm run site'");
  // By default, VitePress would listen on every address.
  const settings = ['--outDir', 'dist', '--base', base, '--host', '127.0.0.1'];
  runProgram('vite/bin/vite.js', 'preview', ...settings);
}

/** Runs the action that the command line names. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { base: { type: 'string', default: '/' } },
    allowPositionals: true,
  });
  const [action = 'build'] = positionals;
  if (!/^\/(.*\/)?$/.test(values.base)) {
    throw new Failure(`--base begins and ends with a slash, other than '${values.base}'`);
  }
  if (action === 'build') await buildSite(values.base);
  else if (action === 'preview') servePreview(values.base);
  else if (action === 'packages') fetchPackages();
  else throw new Failure(`'${action}' is neither build, preview nor packages`);
}

if (import.meta.filename === process.argv[1]) {
  await main().catch((error: Error & { code?: string }) => {
    // Errors with a code, such as BROKEN_LINK, are mistakes in texts, so a stack trace is no help.
    const isExpected = error instanceof Failure || error.code !== undefined;
    console.error(isExpected ? error.message : error);
    process.exitCode = 1;
  });
}
