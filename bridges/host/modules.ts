/**
 * Finding a module by its name: along `module-path`, or without it the volfile's folder, GLOSSA_PATH,
 * the language's own variable (PYTHONPATH) and the bundled examples. The first folder that has the
 * module decides; an extension in the name, or `option language`, says which language is meant.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { InitError } from '../../runtime/core/errors.ts';
import { didYouMean } from '../../runtime/core/nearest.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { FoundModule, HostedLanguage } from './language.ts';

export interface Search {
  /** `option module-name`. */
  readonly name: string;
  /** `option module-path`: folders separated by colons. */
  readonly path: string | undefined;
  /** `option language`. */
  readonly language: string | undefined;
  /** The volfile's folder. */
  readonly baseDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Candidate {
  readonly language: HostedLanguage;
  readonly path: string;
}

/** The language and bare name that a name with an extension speaks of. */
function splitExtension(
  name: string,
  languages: readonly HostedLanguage[],
): { bare: string; language: HostedLanguage | undefined } {
  for (const language of languages) {
    for (const extension of language.extensions) {
      if (name.endsWith(extension)) return { bare: name.slice(0, -extension.length), language };
    }
  }
  return { bare: name, language: undefined };
}

const split = (path: string | undefined): string[] =>
  (path ?? '').split(delimiter).filter((folder) => folder !== '');

/** The bundled examples: each in a folder of its own. */
function bundled(): string[] {
  const examples = join(packageRoot, 'examples');
  try {
    const entries = readdirSync(examples, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(examples, name));
  } catch {
    // An installation without examples is whole all the same.
    return [];
  }
}

/** Every folder to look in, in order, for these languages. */
function foldersFor(search: Search, wanted: readonly HostedLanguage[]): string[] {
  const { path, baseDir, env } = search;
  const listed =
    path !== undefined
      ? split(path)
      : [
          baseDir,
          ...split(env.GLOSSA_PATH),
          ...wanted.flatMap(({ pathVariable }) => split(env[pathVariable])),
          ...bundled(),
        ];
  return [...new Set(listed.map((folder) => resolve(baseDir, folder)))];
}

/** @throws {InitError} for a folder that may not be looked into. */
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A file where a folder was named, or a name too long for any file.
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG') return false;
    throw new InitError(`cannot look into ${dirname(path)} for the module: ${code}`);
  }
}

/** Files that `bare` may mean in one folder. A dot separates folders, as in an import. */
function candidatesIn(
  folder: string,
  bare: string,
  wanted: readonly HostedLanguage[],
): Candidate[] {
  const base = join(folder, ...bare.split('.'));
  return wanted.flatMap((language) => {
    const files = language.extensions.map((extension) => base + extension);
    return [...files, ...language.packageFiles.map((file) => join(base, file))]
      .filter(isFile)
      .map((path) => ({ language, path }));
  });
}

/** Names of modules that are there, for a suggestion. */
function namesIn(folders: readonly string[], wanted: readonly HostedLanguage[]): string[] {
  const extensions = wanted.flatMap((language) => language.extensions);
  return folders.flatMap((folder) => {
    try {
      return readdirSync(folder).flatMap((file) => {
        const extension = extensions.find((end) => file.endsWith(end));
        return extension === undefined ? [] : [file.slice(0, -extension.length)];
      });
    } catch {
      // A folder that cannot be read has nothing to suggest; the message lists it anyway.
      return [];
    }
  });
}

/** The module that a volume asks for. @throws {InitError} naming what was searched. */
export function findModule(
  search: Search,
  languages: readonly HostedLanguage[],
): FoundModule & { readonly language: HostedLanguage } {
  const { bare, language: byName } = splitExtension(search.name, languages);
  const wanted = byName ?? languages.find(({ name }) => name === search.language);
  if (byName !== undefined && search.language !== undefined && byName.name !== search.language) {
    throw new InitError(`module-name '${search.name}' is not a ${search.language} file`);
  }
  if (!/^[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*$/u.test(bare)) {
    throw new InitError(
      `module-name '${search.name}' is no name of a module (use option module-path for its folder)`,
    );
  }
  const among = wanted === undefined ? languages : [wanted];
  const folders = foldersFor(search, among);
  for (const folder of folders) {
    const found = candidatesIn(folder, bare, among);
    if (found.length > 1) {
      const both = found.map(({ path }) => path).join(' and ');
      throw new InitError(
        `module '${bare}' is ambiguous: ${both} (give module-name an extension, or option language)`,
      );
    }
    const [one] = found;
    if (one !== undefined) return load(bare, one, folders);
  }
  const others = namesIn(folders, among).filter((name) => name !== bare);
  const hint = didYouMean(bare, others);
  const places = folders.map((folder) => `\n    ${folder}`).join('');
  throw new InitError(`module '${search.name}' was not found${hint}; searched:${places}`);
}

function load(name: string, { language, path }: Candidate, folders: readonly string[]) {
  try {
    const source = readSource(path);
    return { name, language, path, source, folders: [...new Set([dirname(path), ...folders])] };
  } catch (error) {
    throw new InitError(`module '${name}' cannot be read: ${(error as Error).message}`);
  }
}

/** The text of a source file, without the mark that some editors begin a file with. */
export const readSource = (path: string): string =>
  readFileSync(path, 'utf8').replace(/^\ufeff/, '');
