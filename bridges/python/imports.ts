/**
 * Finds a Python module's imports: files beside it and along the module path. Two packages are part
 * of glossa: `gluster` of GlusterFS's own glupy (`python/gluster`), and `glossa`, for files of the
 * volume below (`python/glossa`). The names of fusepy lead to `python/glupy/fuse.py`.
 */
import type { ModuleFile } from '../host/language.ts';
import { readSource } from '../host/lifecycle/module-search.ts';
import type { Machine, Parts } from '../host/machine.ts';
import { join } from '../host/paths.ts';
import type { ModuleSource } from './engine.ts';
import { CODING_DECLARATION, SITE_FOLDER } from './python-files.ts';

/** The names of fusepy and of its successors, which are those of glupy.fuse. */
const FUSE_NAMES: readonly string[] = ['fuse', 'fusepy', 'mfusepy'];
const FUSE_SOURCE =
  'import sys\nfrom glupy import fuse\nfuse.provide_missing()\nsys.modules[__name__] = fuse\n';
/** Matches fusepy itself, which may lie beside a file system and needs libfuse. */
const BINDS_LIBFUSE = /\bfuse_main_real\b/;

/** Finds the source of `name` (dots separate folders); undefined if no folder contains it. */
export function findImport(
  name: string,
  module: ModuleFile,
  { sources, parts }: Pick<Machine, 'sources' | 'parts'>,
): ModuleSource | undefined {
  if (!/^[\p{L}\p{N}_]+(\.[\p{L}\p{N}_]+)*$/u.test(name)) return undefined;
  const names = name.split('.');
  if (names[0] === 'gluster' || names[0] === 'glossa') return findOwnModule(names, parts);
  const bases = module.folders.map((folder) => join(folder, ...names));
  for (const base of bases) {
    for (const [path, isPackage] of [
      [join(base, '__init__.py'), true],
      [`${base}.py`, false],
    ] as const) {
      if (sources.findFileKind(path) !== 'file') continue;
      const source = readSource(path, sources, CODING_DECLARATION);
      if (FUSE_NAMES.includes(name) && BINDS_LIBFUSE.test(source)) break;
      return { path, source, package: isPackage };
    }
  }
  if (FUSE_NAMES.includes(name))
    return { path: `${SITE_FOLDER}/${name}.py`, source: FUSE_SOURCE, package: false };
  // A folder without __init__.py is a package too, if no other file matches.
  const folder = bases.find((base) => sources.findFileKind(base) === 'folder');
  return folder === undefined ? undefined : { path: folder, source: '', package: true };
}

/**
 * Finds a module of glossa's own packages; undefined if there is no such module.
 * @param names the package's name, and those of the module inside it
 */
function findOwnModule(
  [folder, ...moduleNames]: readonly string[],
  parts: Parts,
): ModuleSource | undefined {
  // Inside a translator, `glossa` has awaited calls only: a blocking one would stop the volume.
  const init = folder === 'glossa' ? '_inside.py' : '__init__.py';
  const isPackage = moduleNames.length === 0;
  const file = isPackage ? init : `${join(...moduleNames)}.py`;
  const partName = `python/${folder}/${file}`;
  if (!parts.has(partName)) return undefined;
  const source = parts.readText(partName);
  return { path: `${SITE_FOLDER}/${folder}/${file}`, source, package: isPackage };
}
