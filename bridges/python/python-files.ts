/**
 * Lists an interpreter's own Python files, and adds those of `option packages`: folders to
 * `sys.path`, and pure Python wheels to the interpreter's memory.
 */
import type { Parts, Sources } from '../host/machine.ts';
import { basename } from '../host/paths.ts';

/** The interpreter's folder of its own packages. */
export const SITE_FOLDER = '/lib/python3.14/site-packages';

/** The module that confines an interpreter: `python/interpreter/_confine.py`. */
export const CONFINE_MODULE = '_confine';

/** Matches the declaration of a file's encoding (PEP 263). */
export const CODING_DECLARATION = /^(?:[ \t]*#.*\n)?[ \t]*#.*?coding[:=][ \t]*([-\w.]+)/;

/** A Python file for the interpreter's file system; `path` is absolute there. */
export interface PreloadFile {
  readonly path: string;
  readonly source: string;
}

/** Reads the Python files of a folder of parts, to be written to `targetFolder`. */
const readPythonFiles = (parts: Parts, folder: string, targetFolder: string): PreloadFile[] =>
  parts
    .listNames(`python/${folder}/`)
    .filter((name) => name.endsWith('.py'))
    .map((name) => ({ path: `${targetFolder}/${basename(name)}`, source: parts.readText(name) }));

/** Reads the engine's own Python files. */
export const readEngineFiles = (parts: Parts): PreloadFile[] =>
  readPythonFiles(parts, 'interpreter', SITE_FOLDER);

/** Reads the files of glupy, the package that modules import. */
export const readGlupyFiles = (parts: Parts): PreloadFile[] =>
  readPythonFiles(parts, 'glupy', `${SITE_FOLDER}/glupy`);

/**
 * Modules that are imported before the snapshot is made, so that they take no time at a start:
 * standard modules that most translators need, and glupy with its testing support.
 */
export const SNAPSHOT_IMPORTS = [
  ...['asyncio', 'collections', 'contextlib', 'functools', 'json', 'logging', 're'],
  ...['glupy', 'glupy._bridge', 'glupy._notes', 'glupy._clock', 'glupy._testrun'],
  'glupy.testing',
];

/**
 * Checks a wheel's name: name, version, optional build number, and tags for Python, ABI and
 * platform, separated by hyphens. Returns the fault; undefined for a wheel for any machine.
 */
export function findWheelFault(path: string): string | undefined {
  const file = basename(path);
  if (!file.endsWith('.whl')) return 'neither a folder nor a wheel (*.whl)';
  const fields = file.slice(0, -'.whl'.length).split('-');
  if (fields.length !== 5 && fields.length !== 6) return 'not the name of a wheel';
  const [python, abi, platform] = fields.slice(-3) as [string, string, string];
  if (abi !== 'none' || platform !== 'any') {
    return `it has native code, for ${python}-${abi}-${platform}; only pure Python runs here`;
  }
  const versionTags = python.split('.');
  if (!versionTags.some((tag) => /^(py3|cp3)\d*$/.test(tag))) return `it is for ${python}`;
  return undefined;
}

/** An interpreter's functions that add one package. */
export interface PackageSink {
  /** Adds a folder to `sys.path`, and lets the module read its files. */
  addFolder(path: string): void;
  /** Adds a wheel; returns its fault, or ''. */
  addWheel(name: string, data: Uint8Array): string;
}

/** Adds packages to an interpreter. @throws {Error} with the reason for an invalid one */
export function addPackages(paths: readonly string[], sources: Sources, sink: PackageSink): void {
  for (const path of paths) {
    if (sources.findFileKind(path) === 'folder') {
      sink.addFolder(path);
      continue;
    }
    const fault = findWheelFault(path) ?? sink.addWheel(basename(path, '.whl'), sources.read(path));
    if (fault !== '') throw new Error(`option packages ${path}: ${fault}`);
  }
}
