/** Finds a module file, and makes a volfile for it, for `glossa dev` and `glossa repl`. */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { allLanguages, findLanguage, findTestLanguage } from '../bridges/languages.ts';
import type { PlainVolume } from '../runtime/volfile/description.ts';
import { printVolumes } from '../runtime/volfile/print.ts';
import { Failure } from '../terminal/exit.ts';

const EXTENSIONS = allLanguages.flatMap(([, language]) =>
  language.hosted === null ? [] : language.extensions,
);
const PACKAGES = allLanguages.flatMap(([, { packageFiles }]) => packageFiles);

/** A module: its file, or the folder of a package. */
export interface ModuleFile {
  /** Its name in a volfile. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly isNative: boolean;
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
export function findModuleFile(operand: string): ModuleFile | null {
  const path = resolve(operand);
  const language = findLanguage(path);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) {
    if (PACKAGES.some((file) => isFile(`${path}/${file}`))) {
      return { name: basename(path), path, isNative: false };
    }
    const moduleNames = readdirSync(path).filter((name) => isModule(name));
    const paths = moduleNames.map((name) => join(operand, name)).join(' or ');
    const advice = paths === '' ? 'name a module' : `name the module in it: ${paths}`;
    throw new Failure(`${operand} is a folder, and no package (${PACKAGES.join(', ')}): ${advice}`);
  }
  if (stats === undefined) {
    const matches = EXTENSIONS.map((end) => path + end).filter(isFile);
    if (matches.length === 1)
      return { name: basename(matches[0]!), path: matches[0]!, isNative: false };
    if (matches.length > 1)
      throw new Failure(`${operand} may be ${matches.join(' or ')}: name one of them`);
    if (language !== undefined) throw new Failure(`${operand} is not there`);
    return null;
  }
  if (language === undefined) return null;
  return { name: basename(path), path, isNative: language.hosted === null };
}

export interface ModuleVolfileSettings {
  /** The folder to serve; null for storage in memory. */
  readonly directory: string | null;
  readonly reload: boolean;
}

/** The volfile of a module above a storage. */
export function formatModuleVolfile(
  module: ModuleFile,
  { directory, reload }: ModuleVolfileSettings,
): string {
  const { name, path, isNative } = module;
  const storage: PlainVolume = {
    name: 'storage',
    type: directory === null ? 'storage/memory' : 'storage/posix',
    options: directory === null ? [] : [['directory', directory]],
    subvolumes: [],
  };
  const volume = basename(name, extname(name));
  const options: [string, string][] = isNative
    ? [['module-path', path]]
    : [
        ['module-name', name],
        ['module-path', dirname(path)],
      ];
  if (reload) options.push(['reload', 'on']);
  const moduleVolume: PlainVolume = {
    name: volume === storage.name ? `${volume}-module` : volume,
    type: isNative ? 'features/native' : 'features/glupy',
    options,
    subvolumes: [storage.name],
  };
  return printVolumes([storage, moduleVolume]);
}
