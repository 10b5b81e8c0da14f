/**
 * Builds the package into dist: sources from their tables and grammar (gen/), JavaScript from TypeScript, bundles with third-party code (bundle.ts), few files from many modules (joined-modules.ts), manual pages from the
 * tables of commands and types.
 *
 *   tsx tools/build.ts            builds all; replaces dist as a whole
 *   tsx tools/build.ts stale      the same, unless dist is newer than its sources
 *
 * Exits with the compiler's status when the sources have type errors.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundle } from './bundle.ts';
import { areSourcesMissing, writeSources } from './gen/sources.ts';
import { joinModules } from './joined-modules.ts';

/** The top of the repository. */
const root = join(import.meta.dirname, '..');
/** Makes a path from the top of the repository absolute. */
const makeAbsolutePath = (path: string): string => join(root, path);

/** Files and folders to copy to dist, as tsc writes only what it compiles. */
const COPIED_PATHS = [
  ...['package.json', '.vscodeignore', 'language-configuration.json', 'snippets', 'syntaxes'].map(
    (name) => join('apps/vscode', name),
  ),
];
/** Output file with the lessons for the playground's page. */
const LESSONS_FILE = 'apps/playground/lessons.json';
/** Output files that are executable. */
const EXECUTABLES = ['cli/main.cjs', 'cli/main.js'];

/** The folders whose files are built into dist, as in tools/tsconfig.build.json. */
const SOURCE_FOLDERS = [
  ...['runtime', 'gluster', 'bridges', 'server', 'terminal', 'apps', 'cli', 'examples'],
  ...['volfiles', 'test/bench'],
  'tools',
];
/** Further files on which dist depends. */
const SETTINGS_FILES = ['tsconfig.json', 'package.json', 'package-lock.json'];

/**
 * Finds the latest ctime, in ms, of a file, or of a folder and all in it. A ctime, unlike an mtime,
 * cannot be set by programs.
 */
function findLastChange(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.ctimeMs;
  return readdirSync(path)
    .map((name) => findLastChange(join(path, name)))
    .reduce((latest, next) => Math.max(latest, next), stats.ctimeMs);
}

/** Whether dist is missing, incomplete, or older than one of its sources. */
function isDistStale(): boolean {
  // A build with errors leaves no executables.
  const isComplete = EXECUTABLES.map((path) => makeAbsolutePath(join('dist', path))).every(
    (path) => existsSync(path) && (statSync(path).mode & 0o111) !== 0,
  );
  if (!isComplete) return true;
  const buildTimeMs = statSync(makeAbsolutePath('dist')).ctimeMs;
  return [...SOURCE_FOLDERS, ...SETTINGS_FILES].some(
    (path) => findLastChange(makeAbsolutePath(path)) > buildTimeMs,
  );
}

/** Compiles the TypeScript sources; returns tsc's exit status. */
function compileSources(outDir: string): number {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const run = spawnSync(
    process.execPath,
    [join(dirname(manifest), 'bin/tsc'), '-p', 'tools/tsconfig.build.json', '--outDir', outDir],
    { cwd: root, stdio: 'inherit' },
  );
  return run.status ?? 1;
}

/** Writes the manual pages, dated today, or by SOURCE_DATE_EPOCH for reproducible builds. */
async function writeManualPages(folder: string): Promise<void> {
  const [{ makeManual }, { commands }, { registry }, { readPackageVersion }] = await Promise.all([
    import('../cli/man/manual-pages.ts'),
    import('../cli/commands.ts'),
    import('../server/registry.ts'),
    import('../terminal/package-version.ts'),
  ]);
  const { SOURCE_DATE_EPOCH: epoch } = process.env;
  const date = (epoch === undefined ? new Date() : new Date(Number(epoch) * 1000))
    .toISOString()
    .slice(0, 10);
  await registry.loadAll();
  const types = [...registry.listTypeNames()].sort().map((type) => registry.lookup(type)!);
  mkdirSync(folder);
  const version = readPackageVersion();
  for (const [name, text] of await makeManual({ commands, translators: types, version, date })) {
    writeFileSync(join(folder, name), text);
  }
}

/**
 * Builds in another folder that then replaces dist, so that programs never see half a build.
 * Returns tsc's exit status.
 */
async function buildAll(): Promise<number> {
  const newDist = mkdtempSync(makeAbsolutePath('.dist-'));
  const status = compileSources(newDist);
  for (const path of COPIED_PATHS)
    cpSync(makeAbsolutePath(path), join(newDist, path), { recursive: true });
  if (status === 0) await joinModules(root, newDist);
  bundle(root, newDist);
  // The module imports generated sources, which exist only now.
  const { readLessons } = await import('./lesson-pages.ts');
  writeFileSync(join(newDist, LESSONS_FILE), JSON.stringify(readLessons()));
  if (status === 0) {
    for (const path of EXECUTABLES) chmodSync(join(newDist, path), 0o755);
    await writeManualPages(join(newDist, 'man'));
  }
  chmodSync(newDist, 0o755);
  const oldDist = `${newDist}-old`;
  try {
    renameSync(makeAbsolutePath('dist'), oldDist);
  } catch {
    // The first build has no dist to remove.
  }
  renameSync(newDist, makeAbsolutePath('dist'));
  rmSync(oldDist, { recursive: true, force: true });
  return status;
}

if (process.argv[2] !== 'stale' || areSourcesMissing(root) || isDistStale()) {
  await writeSources(root);
  process.exitCode = await buildAll();
}
