/** Finds a module file, and makes a volfile for it, for `glossa dev` and `glossa repl`. */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { allLanguages, findLanguage, findTestLanguage } from '../bridges/languages.ts';
import type { PlainVolume } from '../runtime/volfile/description.ts';
import { printVolumes } from '../runtime/volfile/print.ts';
import { Failure } from '../terminal/exit.ts';

const SCRIPTS = allLanguages.flatMap(([, each]) => (each.hosted === null ? [] : each.extensions));
const PACKAGES = allLanguages.flatMap(([, { packageFiles }]) => packageFiles);

/** A module: its file, or the folder of a package. */
export interface ModuleFile {
  /** Its name in a volfile. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly native: boolean;
}

/** Whether a file name is a module's, and not a test's. */
const isModule = (name: string): boolean =>
  findLanguage(name) !== undefined && findTestLanguage(name) === undefined;

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/**
 * Finds the module of an operand, which may lack the extension; null for a volfile.
 * @throws {Failure} when there is no such file
 */
export function findModuleFile(given: string): ModuleFile | null {
  const path = resolve(given);
  const language = findLanguage(path);
  const at = statSync(path, { throwIfNoEntry: false });
  if (at?.isDirectory()) {
    if (PACKAGES.some((file) => isFile(`${path}/${file}`))) {
      return { name: basename(path), path, native: false };
    }
    const inside = readdirSync(path).filter((name) => isModule(name));
    const named = inside.map((name) => join(given, name)).join(' or ');
    const fix = named === '' ? 'name a module' : `name the module in it: ${named}`;
    throw new Failure(`${given} is a folder, and no package (${PACKAGES.join(', ')}): ${fix}`);
  }
  if (at === undefined) {
    const found = SCRIPTS.map((end) => path + end).filter(isFile);
    if (found.length === 1) return { name: basename(found[0]!), path: found[0]!, native: false };
    if (found.length > 1)
      throw new Failure(`${given} may be ${found.join(' or ')}: name one of them`);
    if (language !== undefined) throw new Failure(`${given} is not there`);
    return null;
  }
  if (language === undefined) return null;
  return { name: basename(path), path, native: language.hosted === null };
}

export interface AboveSettings {
  /** The folder to serve; null for storage in memory. */
  readonly directory: string | null;
  readonly reload: boolean;
}

/** The volfile of a module above a storage. */
export function moduleVolfile(module: ModuleFile, { directory, reload }: AboveSettings): string {
  const { name, path, native } = module;
  const storage: PlainVolume = {
    name: 'storage',
    type: directory === null ? 'storage/memory' : 'storage/posix',
    options: directory === null ? [] : [['directory', directory]],
    subvolumes: [],
  };
  const volume = basename(name, extname(name));
  const options: [string, string][] = native
    ? [['module-path', path]]
    : [
        ['module-name', name],
        ['module-path', dirname(path)],
      ];
  if (reload) options.push(['reload', 'on']);
  const above: PlainVolume = {
    name: volume === storage.name ? `${volume}-module` : volume,
    type: native ? 'features/native' : 'features/glupy',
    options,
    subvolumes: [storage.name],
  };
  return printVolumes([storage, above]);
}
