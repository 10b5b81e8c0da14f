/** Finds the module that an operand names, and makes a volfile for it: one with the module alone, or above a storage. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { allLanguages, findLanguage, findTestLanguage } from '../bridges/languages.ts';
import { type PlainVolume, printVolumes } from '../runtime/volfile/description.ts';
import { Failure } from '../terminal/exit.ts';

/** The extensions that an operand may lack: those of interpreted languages. */
const OPTIONAL_EXTENSIONS = allLanguages.flatMap(([, language]) =>
  language.hosted === null ? [] : language.extensions,
);
/** The files that make a folder a package, such as `__init__.py`. */
const PACKAGE_FILES = allLanguages.flatMap(([, { packageFiles }]) => packageFiles);

/** A module: its file, or the folder of a package. */
export interface ModuleFile {
  /** Its file name, which is option `module-name` in a volfile. */
  readonly name: string;
  /** Its absolute path. */
  readonly path: string;
  /** Whether it is a shared library in C, which runs without an interpreter. */
  readonly isNative: boolean;
}

/** Whether a file name is that of a module, and not of a test. */
const isModule = (name: string): boolean =>
  findLanguage(name) !== undefined && findTestLanguage(name) === undefined;

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/**
 * Finds the module that an operand names, perhaps without extension; null for other files.
 * @throws {Failure} for a folder that is no package, and for a missing or ambiguous module
 */
export function findModuleFile(operand: string): ModuleFile | null {
  const path = resolve(operand);
  const language = findLanguage(path);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) {
    if (PACKAGE_FILES.some((file) => isFile(`${path}/${file}`))) {
      return { name: basename(path), path, isNative: false };
    }
    const moduleNames = readdirSync(path).filter((name) => isModule(name));
    const paths = moduleNames.map((name) => join(operand, name)).join(' or ');
    const advice = paths === '' ? 'name a module' : `name the module in it: ${paths}`;
    throw new Failure(
      `${operand} is a folder, and no package (${PACKAGE_FILES.join(', ')}): ${advice}`,
    );
  }
  if (stats === undefined) {
    const matches = OPTIONAL_EXTENSIONS.map((extension) => path + extension).filter(isFile);
    if (matches.length === 1)
      return { name: basename(matches[0]!), path: matches[0]!, isNative: false };
    if (matches.length > 1)
      throw new Failure(`${operand} may be ${matches.join(' or ')}: name one of them`);
    if (language !== undefined) throw new Failure(`${operand} is not there`);
    return null;
  }
  return language === undefined ? null : describeModuleFile(path);
}

/** Describes the module of an absolute path, which need not exist yet. */
export const describeModuleFile = (path: string): ModuleFile => ({
  name: basename(path),
  path,
  isNative: findLanguage(path)?.hosted === null,
});

/** Matches the class of a file system by path, which has no subvolumes. */
const FILES_CLASS = /\bclass \w+\([^)]*\b(?:Files|Operations)\s*[,)]|\bextends Files\b/;

/** Whether a module is a file system by path, as its text has it. */
export const isFileSystem = ({ path }: ModuleFile): boolean =>
  isFile(path) && FILES_CLASS.test(readFileSync(path, 'latin1'));

/** The settings of the volfile that is made for a module. */
export interface ModuleVolfileSettings {
  /** The folder that is served below the module, storage in memory, or nothing: the module is a storage. */
  readonly storage: { readonly directory: string } | 'memory' | 'none';
  /** Whether the module is loaded again when its file changes. */
  readonly shouldReload: boolean;
}

/** Makes the volfile of a module. */
export function formatModuleVolfile(
  module: ModuleFile,
  { storage, shouldReload }: ModuleVolfileSettings,
): string {
  const { name, path, isNative } = module;
  const below: PlainVolume = {
    name: 'storage',
    type: storage === 'memory' ? 'storage/memory' : 'storage/posix',
    options: typeof storage === 'string' ? [] : [['directory', storage.directory]],
    subvolumes: [],
  };
  const volumeName = basename(name, extname(name));
  const options: [string, string][] = isNative
    ? [['module-path', path]]
    : [
        ['module-name', name],
        ['module-path', dirname(path)],
      ];
  if (shouldReload) options.push(['reload', 'on']);
  const moduleVolume: PlainVolume = {
    // The name of a volume is unique in a volfile.
    name: volumeName === below.name ? `${volumeName}-module` : volumeName,
    type: isNative ? 'features/native' : 'features/glupy',
    options,
    subvolumes: storage === 'none' ? [] : [below.name],
  };
  return printVolumes(storage === 'none' ? [moduleVolume] : [below, moduleVolume]);
}
