/** Where a Python module's own imports come from: files beside it, and along the module path. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundModule } from '../host/languages.ts';
import type { ModuleSource } from './engine.ts';

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** The source of `name` (dots separate folders); undefined when no folder has it. */
export function findImport(name: string, module: FoundModule): ModuleSource | undefined {
  if (!/^\w+(\.\w+)*$/.test(name)) return undefined;
  const parts = name.split('.');
  for (const folder of module.folders) {
    const base = join(folder, ...parts);
    for (const [path, isPackage] of [
      [join(base, '__init__.py'), true],
      [`${base}.py`, false],
    ] as const) {
      if (isFile(path)) return { path, source: readFileSync(path, 'utf8'), package: isPackage };
    }
  }
  return undefined;
}
