/** Folders of TypeScript with the package glossa installed in them, as it was built. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';

/** Makes a folder a project: its modules can import glossa, and have this repository's compiler settings. */
export function makeProject(folder: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(packageRoot, join(modules, 'glossa'));
  symlinkSync(join(packageRoot, 'node_modules/@types'), join(modules, '@types'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  // Without the paths that lead to the sources, whose types take a compiler ten seconds.
  const compilerOptions = { paths: {} };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(packageRoot, 'tsconfig.json'),
      compilerOptions,
      include: ['.'],
    }),
  );
}

/** Returns what the compiler says about a project: '' if it has no type errors. */
export function findTypeErrors(folder: string): string {
  const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc');
  const run = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  return run.status === 0 ? '' : `status ${run.status}: ${run.stdout}${run.stderr}`;
}
