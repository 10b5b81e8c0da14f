/**
 * Finds a Python module's imports: files beside it and along the module path. Two packages are part
 * of glossa: `gluster` of GlusterFS's own glupy (`python/gluster`), and `glossa`, for files of the
 * volume below (`python/glossa`).
 */
import type { ModuleFile } from '../host/language.ts';
import { readSource } from '../host/lifecycle/module-search.ts';
import type { Machine, Parts } from '../host/machine.ts';
import { join } from '../host/paths.ts';
import type { ModuleSource } from './engine.ts';
import { CODING_DECLARATION, SITE_FOLDER } from './python-files.ts';

/** Finds the source of `name` (dots separate folders); undefined if no folder contains it. */
export function findImport(
  name: string,
  module: ModuleFile,
  { sources, parts: engineParts }: Pick<Machine, 'sources' | 'parts'>,
): ModuleSource | undefined {
  if (!/^[\p{L}\p{N}_]+(\.[\p{L}\p{N}_]+)*$/u.test(name)) return undefined;
  const parts = name.split('.');
  if (parts[0] === 'gluster' || parts[0] === 'glossa') return findOwnModule(parts, engineParts);
  const bases = module.folders.map((folder) => join(folder, ...parts));
  for (const base of bases) {
    for (const [path, isPackage] of [
      [join(base, '__init__.py'), true],
      [`${base}.py`, false],
    ] as const) {
      if (sources.findFileKind(path) !== 'file') continue;
      return { path, source: readSource(path, sources, CODING_DECLARATION), package: isPackage };
    }
  }
  // A folder without __init__.py is a package too, if no other file matches.
  const folder = bases.find((base) => sources.findFileKind(base) === 'folder');
  return folder === undefined ? undefined : { path: folder, source: '', package: true };
}

function findOwnModule(
  [folder, ...parts]: readonly string[],
  engineParts: Parts,
): ModuleSource | undefined {
  // Inside a translator, `glossa` has awaited calls only: a blocking one would stop the volume.
  const init = folder === 'glossa' ? '_inside.py' : '__init__.py';
  const file = parts.length === 0 ? init : `${join(...parts)}.py`;
  const name = `python/${folder}/${file}`;
  if (!engineParts.has(name)) return undefined;
  const source = engineParts.readText(name);
  return { path: `${SITE_FOLDER}/${folder}/${file}`, source, package: parts.length === 0 };
}
