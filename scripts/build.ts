/**
 * The build: grammar → parser, TypeScript → dist.
 *
 *   tsx scripts/build.ts            everything, from an empty dist
 *   tsx scripts/build.ts grammar    only the parser beside its grammar, which the tests run from
 *
 * Exits with the compiler's status when the sources have type errors.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
/** Files of dist that are run by name. */
const EXECUTABLES = ['dist/runtime/cli/main.js'];

function grammar(): void {
  const parser = peggy.generate(readFileSync(at(GRAMMAR), 'utf8'), {
    grammarSource: GRAMMAR,
    output: 'source',
    format: 'es',
  });
  writeFileSync(at(PARSER), parser);
}

function compile(): number {
  const tsc = createRequire(import.meta.url).resolve('typescript/package.json');
  const run = spawnSync(
    process.execPath,
    [join(dirname(tsc), 'bin/tsc'), '-p', 'tsconfig.build.json'],
    { cwd: root, stdio: 'inherit' },
  );
  return run.status ?? 1;
}

grammar();
if (process.argv[2] !== 'grammar') {
  rmSync(at('dist'), { recursive: true, force: true });
  for (const path of COPIED) cpSync(at(path), at(join('dist', path)));
  process.exitCode = compile();
  if (process.exitCode === 0) for (const path of EXECUTABLES) chmodSync(at(path), 0o755);
}
