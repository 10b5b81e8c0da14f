/** Python that every interpreter has: which files, and where they are put in its file system. */
import type { Parts } from '../host/machine.ts';
import { basename } from '../host/paths.ts';

/** The folder of the interpreter in which its own packages are. */
export const SITE = '/lib/python3.14/site-packages';

/** The module that closes an interpreter: `python/interpreter/_confine.py`. */
export const CONFINE = '_confine';

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
