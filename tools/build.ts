/**
 * Builds the package: grammar → parser, TypeScript → dist, bundles of third-party code (bundle.ts),
 * tables of commands and types → manual pages.
 *
 *   tsx tools/build.ts            builds all; replaces dist as a whole
 *   tsx tools/build.ts stale      the same, unless dist is newer than its sources
 *   tsx tools/build.ts grammar    only the parser beside its grammar, for tests
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
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import peggy from 'peggy';
import { bundle } from './bundle.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (path: string): string => join(root, path);

const GRAMMAR = 'runtime/volfile/volfile.peggy';
const PARSER = 'runtime/volfile/volfile.gen.js';

/** Files to copy to dist, as tsc copies only TypeScript. */
const COPIED = [
  ...[PARSER, 'runtime/volfile/volfile.gen.d.ts'],
  ...['package.json', '.vscodeignore', 'language-configuration.json', 'snippets', 'syntaxes'].map(
    (name) => join('apps/vscode', name),
  ),
];
/** Lessons of the playground's page. */
const LESSONS = 'apps/playground/lessons.json';
/** Output files that are executable. */
const EXECUTABLES = ['cli/main.js'];

/** Sources of dist: folders, as in tsconfig.build.json, and files. */
const SOURCES = [
  ...['runtime', 'gluster', 'bridges', 'server', 'terminal', 'apps', 'cli', 'examples'],
  ...['volfiles', 'test/bench'],
  'tools',
];
const SETTINGS = [
  ...['tsconfig.json', 'tsconfig.build.json'],
  ...['package.json', 'npm-shrinkwrap.json'],
];

/** Time of the last change in a file or folder (ctime, which no program can set). */
function changed(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.ctimeMs;
  return readdirSync(path)
    .map((name) => changed(join(path, name)))
    .reduce((last, next) => Math.max(last, next), stat.ctimeMs);
}

function isStale(): boolean {
  // A build with errors leaves no executables.
  const whole = EXECUTABLES.map((path) => at(join('dist', path))).every(
    (path) => existsSync(path) && (statSync(path).mode & 0o111) !== 0,
  );
  if (!whole) return true;
  const built = statSync(at('dist')).ctimeMs;
  return [...SOURCES, ...SETTINGS].some((path) => changed(at(path)) > built);
}

function grammar(): void {
  const parser = peggy.generate(readFileSync(at(GRAMMAR), 'utf8'), {
    grammarSource: GRAMMAR,
    output: 'source',
    format: 'es',
  });
  writeFileSync(at(PARSER), parser);
}

function compile(outDir: string): number {
  const tsc = createRequire(import.meta.url).resolve('typescript/package.json');
  const run = spawnSync(
    process.execPath,
    [join(dirname(tsc), 'bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', outDir],
    { cwd: root, stdio: 'inherit' },
  );
  return run.status ?? 1;
}

/** Writes the manual pages, dated today, or by SOURCE_DATE_EPOCH for reproducible builds. */
async function manualPages(folder: string): Promise<void> {
  const [{ makeManual: manual }, { commands }, { registry }, { packageVersion: version }] =
    await Promise.all([
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
  const types = [...registry.types()].sort().map((type) => registry.lookup(type)!);
  mkdirSync(folder);
  for (const [name, text] of await manual({ commands, types, version: version(), date })) {
    writeFileSync(join(folder, name), text);
  }
}

/** Builds in another folder that then replaces dist, so that programs never see half a build. */
async function everything(): Promise<number> {
  const aside = mkdtempSync(at('.dist-'));
  const status = compile(aside);
  for (const path of COPIED) cpSync(at(path), join(aside, path), { recursive: true });
  bundle(root, aside);
  // The module imports the parser, which exists only now.
  const { lessonsData: givenLessons } = await import('./lessons.ts');
  writeFileSync(join(aside, LESSONS), JSON.stringify(givenLessons()));
  if (status === 0) {
    for (const path of EXECUTABLES) chmodSync(join(aside, path), 0o755);
    await manualPages(join(aside, 'man'));
  }
  chmodSync(aside, 0o755);
  const old = `${aside}-old`;
  try {
    renameSync(at('dist'), old);
  } catch {
    // The first build has no dist to remove.
  }
  renameSync(aside, at('dist'));
  rmSync(old, { recursive: true, force: true });
  return status;
}

const wanted = process.argv[2];
if (wanted !== 'stale' || isStale()) {
  grammar();
  if (wanted !== 'grammar') process.exitCode = await everything();
}
