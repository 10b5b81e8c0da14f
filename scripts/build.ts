/**
 * The build: grammar → parser, TypeScript → dist.
 *
 *   tsx scripts/build.ts            everything; dist is replaced as a whole
 *   tsx scripts/build.ts grammar    only the parser beside its grammar, which the tests run from
 *
 * Exits with the compiler's status when the sources have type errors.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import peggy from 'peggy';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (path: string): string => join(root, path);

const GRAMMAR = 'runtime/graph/volfile.peggy';
const PARSER = 'runtime/graph/volfile.gen.js';

/** What tsc does not carry over, because it is not TypeScript. */
const COPIED = [PARSER, 'runtime/graph/volfile.gen.d.ts'];
/** Files of the output that are run by name. */
const EXECUTABLES = ['runtime/cli/main.js'];

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

/** Builds aside and then takes the place of dist, so that what runs from dist never finds half. */
function everything(): number {
  const aside = mkdtempSync(at('.dist-'));
  const status = compile(aside);
  for (const path of COPIED) cpSync(at(path), join(aside, path));
  if (status === 0) for (const path of EXECUTABLES) chmodSync(join(aside, path), 0o755);
  chmodSync(aside, 0o755);
  const old = `${aside}-old`;
  try {
    renameSync(at('dist'), old);
  } catch {
    // There was none: the first build.
  }
  renameSync(aside, at('dist'));
  rmSync(old, { recursive: true, force: true });
  return status;
}

grammar();
if (process.argv[2] !== 'grammar') process.exitCode = everything();
