/**
 * Finds a module by name: along `module-path`, or else in the volfile's folder, GLOSSA_PATH, the
 * language's own variable (PYTHONPATH) and the bundled examples. The first folder that has it wins;
 * an extension in the name, or `option language`, selects the language.
 */
import { InitError } from '../../../runtime/core/errors.ts';
import { formatSuggestion } from '../../../runtime/core/nearest.ts';
import type { HostedLanguage, ModuleFile } from '../language.ts';
import type { Machine, Sources } from '../machine.ts';
import { basename, dirname, join, resolve } from '../paths.ts';
import { describeMissingBuild } from './missing-build.ts';

/** The module that a volume's options name. */
export interface ModuleQuery {
  readonly name: string;
  /** `option module-path`: folders separated by colons. */
  readonly path: string | undefined;
  readonly language: string | undefined;
  /** The volfile's folder. */
  readonly baseDir: string;
}

type SearchMachine = Pick<Machine, 'env' | 'sources'>;

interface Candidate {
  readonly language: HostedLanguage;
  readonly path: string;
}

/** Splits a known extension off a name; the extension selects the language. */
function splitExtension(
  name: string,
  languages: readonly HostedLanguage[],
): { bareName: string; language: HostedLanguage | undefined; extensions: readonly string[] } {
  for (const language of languages) {
    for (const extension of language.extensions) {
      if (!name.endsWith(extension)) continue;
      return { bareName: name.slice(0, -extension.length), language, extensions: [extension] };
    }
  }
  return { bareName: name, language: undefined, extensions: [] };
}

/** Splits a list of folders at its colons. */
const splitFolders = (path: string | undefined): string[] =>
  (path ?? '').split(':').filter((folder) => folder !== '');

/** Lists the folders of the bundled examples. */
function listBundledFolders(sources: Sources): string[] {
  const examples = findExamplesFolder(sources);
  if (examples === null) return [];
  try {
    const entries = sources.list(examples);
    return entries.filter(({ isFolder }) => isFolder).map(({ name }) => join(examples, name));
  } catch {
    // An installation may lack the examples.
    return [];
  }
}

const findExamplesFolder = ({ installed }: Sources): string | null =>
  installed === null ? null : join(installed, 'examples');

/** Lists the folders to search for these languages, in order. */
function listSearchFolders(
  { path, baseDir }: ModuleQuery,
  languages: readonly HostedLanguage[],
  { env, sources }: SearchMachine,
): string[] {
  const folders =
    path !== undefined
      ? splitFolders(path)
      : [
          baseDir,
          ...splitFolders(env.GLOSSA_PATH),
          ...languages.flatMap(({ pathVariable }) => splitFolders(env[pathVariable])),
          ...listBundledFolders(sources),
        ];
  return [...new Set(folders.map((folder) => resolve(baseDir, folder)))];
}

/** Returns whether a path leads to a file. @throws {InitError} for an unreadable folder */
function isFile(sources: Sources, path: string): boolean {
  try {
    return sources.findFileKind(path) === 'file';
  } catch (error) {
    const { code } = error as { code?: string };
    // There is a file in place of a folder, or the name is too long for any file.
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG') return false;
    throw new InitError(`cannot look into ${dirname(path)} for the module: ${code}`);
  }
}

/** Finds the files of one folder that `moduleName` may name; its dots separate folders. */
function findCandidates(
  folder: string,
  moduleName: string,
  languages: readonly HostedLanguage[],
  sources: Sources,
): Candidate[] {
  const base = join(folder, ...moduleName.split('.'));
  return languages.flatMap((language) => {
    const files = language.extensions.map((extension) => base + extension);
    return [...files, ...language.packageFiles.map((file) => join(base, file))]
      .filter((path) => isFile(sources, path))
      .map((path) => ({ language, path }));
  });
}

/** Lists the names of the modules in folders. */
export function listModules(
  folders: readonly string[],
  languages: readonly HostedLanguage[],
  sources: Sources,
): string[] {
  const extensions = languages.flatMap((language) => language.extensions);
  return folders.flatMap((folder) => {
    try {
      return sources.list(folder).flatMap(({ name }) => {
        const extension = extensions.find((known) => name.endsWith(known));
        return extension === undefined ? [] : [name.slice(0, -extension.length)];
      });
    } catch {
      // An unreadable folder gives no suggestion; the message lists it anyway.
      return [];
    }
  });
}

/** A module's file that has not been read, and the folders that were searched for it. */
interface LocatedModule extends Candidate {
  /** Its name, without extension. */
  readonly name: string;
  readonly folders: readonly string[];
}

/** Finds and reads a volume's module. @throws {InitError} naming the searched folders */
export const findModule = (
  query: ModuleQuery,
  languages: readonly HostedLanguage[],
  machine: SearchMachine,
): ModuleFile & { readonly language: HostedLanguage } =>
  readModuleFile(locateModule(query, languages, machine), machine.sources);

/** Finds the file of a volume's module. @throws {InitError} naming the searched folders */
export function locateModule(
  query: ModuleQuery,
  languages: readonly HostedLanguage[],
  machine: SearchMachine,
): LocatedModule {
  const { sources } = machine;
  const {
    bareName,
    language: languageByExtension,
    extensions,
  } = splitExtension(query.name, languages);
  const selectedLanguage =
    languageByExtension ?? languages.find(({ name }) => name === query.language);
  if (
    languageByExtension !== undefined &&
    query.language !== undefined &&
    languageByExtension.name !== query.language
  ) {
    throw new InitError(`module-name '${query.name}' is not a ${query.language} file`);
  }
  if (!/^[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*$/u.test(bareName)) {
    const typedName = query.name.replace(/\/+$/, '');
    const correction = typedName.includes('/')
      ? `: write module-name ${basename(typedName)} and module-path ${dirname(typedName)}`
      : '';
    throw new InitError(
      `module-name '${query.name}' is no name of a module (use option module-path for its folder)` +
        correction,
    );
  }
  const searchedLanguages =
    languageByExtension !== undefined
      ? // A name with an extension is a file's, not a folder's.
        [{ ...languageByExtension, extensions, packageFiles: [] }]
      : selectedLanguage === undefined
        ? languages
        : [selectedLanguage];
  const folders = listSearchFolders(query, searchedLanguages, machine);
  for (const folder of folders) {
    const matches = findCandidates(folder, bareName, searchedLanguages, sources);
    if (matches.length > 1) {
      const matchedPaths = matches.map(({ path }) => path).join(' and ');
      throw new InitError(
        `module '${bareName}' is ambiguous: ${matchedPaths} (give module-name an extension, or option language)`,
      );
    }
    const [match] = matches;
    if (match !== undefined)
      return { ...match, language: languageByExtension ?? match.language, name: bareName, folders };
  }
  const otherModules = listModules(folders, searchedLanguages, sources).filter(
    (name) => name !== bareName,
  );
  const hint = formatSuggestion(bareName, otherModules);
  const examples = findExamplesFolder(sources);
  const listedFolders = folders.filter((folder) => dirname(folder) !== examples);
  const searchedList = listedFolders
    .map((folder) => `\n    ${folder}${describeMiss(folder, bareName, searchedLanguages, sources)}`)
    .join('');
  const bundledNote = listedFolders.length < folders.length ? '\n    the bundled examples' : '';
  throw new InitError(
    `module '${query.name}' was not found${hint}; searched:${searchedList}${bundledNote}`,
  );
}

/** Describes why a folder has no such module: it is missing, not compiled, or a file there is no module. */
function describeMiss(
  folder: string,
  moduleName: string,
  searchedLanguages: readonly HostedLanguage[],
  sources: Sources,
): string {
  const build = searchedLanguages
    .flatMap(({ extensions }) => extensions)
    .map((extension) => join(folder, ...moduleName.split('.')) + extension)
    .map((path) => describeMissingBuild(path, sources))
    .find((text) => text !== undefined);
  if (build !== undefined) return `: ${build}`;
  try {
    const files = sources.list(folder);
    const similar = files.find(
      ({ name }) => name === moduleName || name.startsWith(`${moduleName}.`),
    );
    if (similar === undefined) return '';
    const kinds = searchedLanguages.flatMap(({ extensions }) => extensions).join(', ');
    const fault = similar.isFolder ? 'is a folder without a module' : `does not end in ${kinds}`;
    return ` (${similar.name} there ${fault})`;
  } catch (error) {
    const { code } = error as { code?: string };
    return code === 'ENOENT' ? ' (is not there)' : code === 'ENOTDIR' ? ' (is no folder)' : '';
  }
}

/** Reads a found module. @throws {InitError} */
function readModuleFile({ name, language, path, folders }: LocatedModule, sources: Sources) {
  try {
    const bytes = sources.read(path);
    const source = language.isBinary ? '' : decodeSource(path, bytes, language.codingDeclaration);
    return {
      ...{ name, language, path, bytes, source },
      folders: [...new Set([dirname(path), ...folders])],
    };
  } catch (error) {
    throw new InitError(`module '${name}' cannot be read: ${(error as Error).message}`);
  }
}

/** The first bytes of a file, which contain the declaration of its encoding. */
const CODING_SEARCH_BYTES = 400;

/**
 * Reads the text of a source file.
 * @param codingPattern matches a declaration of its encoding
 * @throws {Error} when the bytes do not fit that encoding, or UTF-8
 */
export const readSource = (path: string, sources: Sources, codingPattern?: RegExp): string =>
  decodeSource(path, sources.read(path), codingPattern);

/** Decodes the text of a source file. @throws {Error} as `readSource` */
function decodeSource(path: string, bytes: Uint8Array, codingPattern?: RegExp): string {
  const [, declaredCoding = 'utf-8'] =
    codingPattern?.exec(String.fromCharCode(...bytes.subarray(0, CODING_SEARCH_BYTES))) ?? [];
  // Python's names of these encodings, as the decoder names them.
  const coding = declaredCoding
    .replace(/^utf[-_]?8\b.*/i, 'utf-8')
    .replace(/^(?:latin|iso[-_](?:8859|latin))[-_]1\b(?!\d).*/i, 'latin1');
  let text: string | undefined;
  try {
    // The decoder drops a byte order mark.
    text = new TextDecoder(coding, { fatal: true }).decode(bytes);
  } catch (error) {
    const lossyText = new TextDecoder().decode(bytes);
    const validPart = lossyText.slice(0, Math.max(0, lossyText.indexOf('\ufffd')));
    const line = validPart.split('\n').length;
    // A RangeError means an unknown encoding.
    const isKnown = !(error instanceof RangeError);
    const reason = isKnown
      ? `this is no ${declaredCoding}`
      : `its letters are ${declaredCoding}, which is not known`;
    throw new Error(`${path}:${isKnown ? line : 1}: ${reason}: save the file as UTF-8`);
  }
  return text;
}
