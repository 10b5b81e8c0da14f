/**
 * Finding a module by its name: along `module-path`, or without it the volfile's folder, GLOSSA_PATH,
 * the language's own variable (PYTHONPATH) and the bundled examples. The first folder that has the
 * module decides; an extension in the name, or `option language`, says which language is meant.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join, parse, resolve } from 'node:path';
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
    const { dir, base } = parse(search.name);
    const instead = dir === '' ? '' : `: write module-name ${base} and module-path ${dir}`;
    throw new InitError(
      `module-name '${search.name}' is no name of a module (use option module-path for its folder)` +
        instead,
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
  const examples = join(packageRoot, 'examples');
  const own = folders.filter((folder) => dirname(folder) !== examples);
  const places = own.map((folder) => `\n    ${folder}${whyNone(folder, bare, among)}`).join('');
  const more = own.length < folders.length ? '\n    the bundled examples' : '';
  throw new InitError(`module '${search.name}' was not found${hint}; searched:${places}${more}`);
}

/** Behind a folder: why nothing can be in it, or what is in it and is no module. */
function whyNone(folder: string, bare: string, among: readonly HostedLanguage[]): string {
  try {
    const files = readdirSync(folder, { withFileTypes: true });
    const like = files.find(({ name }) => name === bare || name.startsWith(`${bare}.`));
    if (like === undefined) return '';
    const kinds = among.flatMap(({ extensions }) => extensions).join(', ');
    const what = like.isDirectory() ? 'a folder without a module' : `none of ${kinds}`;
    return ` (${like.name} there is ${what})`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? ' (is not there)' : code === 'ENOTDIR' ? ' (is no folder)' : '';
  }
}

function load(name: string, { language, path }: Candidate, folders: readonly string[]) {
  try {
    const source = readSource(path);
    return { name, language, path, source, folders: [...new Set([dirname(path), ...folders])] };
  } catch (error) {
    throw new InitError(`module '${name}' cannot be read: ${(error as Error).message}`);
  }
}

/** What the first lines of a Python file may say about its letters (PEP 263). */
const CODING = /^(?:[ \t]*#.*\n)?[ \t]*#.*?coding[:=][ \t]*([-\w.]+)/;

/** The text of a source file. @throws {Error} where it is not written as it says, or in UTF-8 */
export function readSource(path: string): string {
  const bytes = readFileSync(path);
  const [, said = 'utf-8'] = path.endsWith('.py')
    ? (CODING.exec(bytes.toString('latin1', 0, 400)) ?? [])
    : [];
  const coding = said
    .replace(/^utf[-_]?8\b.*/i, 'utf-8')
    .replace(/^(?:latin|iso[-_](?:8859|latin))[-_]1\b(?!\d).*/i, 'latin1');
  let text: string | undefined;
  try {
    // It leaves out the mark that some editors begin a file with.
    text = new TextDecoder(coding, { fatal: true }).decode(bytes);
  } catch (error) {
    const line = bytes.toString('latin1', 0, wrongByte(bytes)).split('\n').length;
    const isKnown = (error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_NOT_SUPPORTED';
    const what = isKnown ? `this is no ${said}` : `its letters are ${said}, which is not known`;
    throw new Error(`${path}:${isKnown ? line : 1}: ${what}: save the file as UTF-8`);
  }
  return text;
}

/** Where text ends to be UTF-8. */
function wrongByte(bytes: Buffer): number {
  const whole = bytes.toString('utf8');
  return Buffer.byteLength(whole.slice(0, Math.max(0, whole.indexOf('\ufffd'))));
}
