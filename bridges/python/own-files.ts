/**
 * The Python files that an interpreter gets: its own, and those of `option packages`: folders, which are
 * put on `sys.path` and read where they are, and wheels of pure Python, unpacked into its memory.
 */
import type { Parts, Sources } from '../host/machine.ts';
import { basename } from '../host/paths.ts';

/** The folder of the interpreter in which its own packages are. */
export const SITE = '/lib/python3.14/site-packages';

/** The module that closes an interpreter: `python/interpreter/_confine.py`. */
export const CONFINE = '_confine';

/** The first lines of a file may say what its letters are (PEP 263). */
export const CODING = /^(?:[ \t]*#.*\n)?[ \t]*#.*?coding[:=][ \t]*([-\w.]+)/;

/** A Python file put into the interpreter's file system; `path` is absolute in there. */
export interface PreloadFile {
  readonly path: string;
  readonly source: string;
}

const filesOf = (parts: Parts, folder: string, into: string): PreloadFile[] =>
  parts
    .names(`python/${folder}/`)
    .filter((name) => name.endsWith('.py'))
    .map((name) => ({ path: `${into}/${basename(name)}`, source: parts.text(name) }));

/** The engine's own. */
export const engineFiles = (parts: Parts): PreloadFile[] => filesOf(parts, 'interpreter', SITE);

/** The package that modules import. */
export const packageFiles = (parts: Parts): PreloadFile[] =>
  filesOf(parts, 'glupy', `${SITE}/glupy`);

/**
 * What is part of the snapshot, so that it is there at no cost: standard modules that nearly every
 * translator wants, and the package with what its tests need.
 */
export const IMPORTS = [
  ...['asyncio', 'collections', 'contextlib', 'functools', 'json', 'logging', 're'],
  ...['glupy', 'glupy._bridge', 'glupy._notes', 'glupy._clock', 'glupy._testrun'],
  'glupy.testing',
];

/**
 * Checks a wheel's name: name, version, an optional build number, and the tags for Python, ABI and
 * platform, separated by hyphens. The result says what is wrong; undefined for a wheel for any machine.
 */
export function whyNoWheel(path: string): string | undefined {
  const file = basename(path);
  if (!file.endsWith('.whl')) return 'neither a folder nor a wheel (*.whl)';
  const parts = file.slice(0, -'.whl'.length).split('-');
  if (parts.length !== 5 && parts.length !== 6) return 'not the name of a wheel';
  const [python, abi, platform] = parts.slice(-3) as [string, string, string];
  if (abi !== 'none' || platform !== 'any') {
    return `it has native code, for ${python}-${abi}-${platform}; only pure Python runs here`;
  }
  const versions = python.split('.');
  if (!versions.some((tag) => /^(py3|cp3)\d*$/.test(tag))) return `it is for ${python}`;
  return undefined;
}

export interface PackageSink {
  addFolder(path: string): void;
  /** Says what is wrong with the wheel, or ''. */
  addWheel(name: string, data: Uint8Array): string;
}

/** Puts packages into an interpreter. @throws {Error} for one that is none, with the reason. */
export function addPackages(paths: readonly string[], sources: Sources, sink: PackageSink): void {
  for (const path of paths) {
    if (sources.kind(path) === 'folder') {
      sink.addFolder(path);
      continue;
    }
    const wrong = whyNoWheel(path) ?? sink.addWheel(basename(path, '.whl'), sources.read(path));
    if (wrong !== '') throw new Error(`option packages ${path}: ${wrong}`);
  }
}
