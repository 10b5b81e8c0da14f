/**
 * Finds a module by name: along `module-path`, or else in the volfile's folder, GLOSSA_PATH, the
 * language's own variable (PYTHONPATH) and the bundled examples. The first folder that has it wins;
 * an extension in the name, or `option language`, selects the language.
 */
import { InitError } from '../../../runtime/core/errors.ts';
import { didYouMean } from '../../../runtime/core/nearest.ts';
import type { FoundModule, HostedLanguage } from '../language.ts';
import type { Machine, Sources } from '../machine.ts';
import { basename, dirname, join, resolve } from '../paths.ts';

export interface Search {
  readonly name: string;
  /** `option module-path`: folders separated by colons. */
  readonly path: string | undefined;
  readonly language: string | undefined;
  /** The volfile's folder. */
  readonly baseDir: string;
}

type Where = Pick<Machine, 'env' | 'sources'>;

interface Candidate {
  readonly language: HostedLanguage;
  readonly path: string;
}

/** Splits off a known extension, and narrows the languages to the one that it names. */
function splitExtension(
  name: string,
  languages: readonly HostedLanguage[],
): { bare: string; language: HostedLanguage | undefined; extensions: readonly string[] } {
  for (const language of languages) {
    for (const extension of language.extensions) {
      if (!name.endsWith(extension)) continue;
      return { bare: name.slice(0, -extension.length), language, extensions: [extension] };
    }
  }
  return { bare: name, language: undefined, extensions: [] };
}

const split = (path: string | undefined): string[] =>
  (path ?? '').split(':').filter((folder) => folder !== '');

/** Folders of the bundled examples. */
function bundled(sources: Sources): string[] {
  const examples = examplesOf(sources);
  if (examples === null) return [];
  try {
    const entries = sources.list(examples);
    return entries.filter(({ isFolder }) => isFolder).map(({ name }) => join(examples, name));
  } catch {
    // An installation may lack the examples.
    return [];
  }
}

const examplesOf = ({ installed }: Sources): string | null =>
  installed === null ? null : join(installed, 'examples');

/** The folders to search, in order, for these languages. */
function foldersFor(
  { path, baseDir }: Search,
  wanted: readonly HostedLanguage[],
  { env, sources }: Where,
): string[] {
  const listed =
    path !== undefined
      ? split(path)
      : [
          baseDir,
          ...split(env.GLOSSA_PATH),
          ...wanted.flatMap(({ pathVariable }) => split(env[pathVariable])),
          ...bundled(sources),
        ];
  return [...new Set(listed.map((folder) => resolve(baseDir, folder)))];
}

/** @throws {InitError} for an unreadable folder. */
function isFile(sources: Sources, path: string): boolean {
  try {
    return sources.kind(path) === 'file';
  } catch (error) {
    const { code } = error as { code?: string };
    // A file in the place of a folder, or a name too long for any file.
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG') return false;
    throw new InitError(`cannot look into ${dirname(path)} for the module: ${code}`);
  }
}

/** Files of one folder that `bare` may mean. A dot separates folders, as in an import. */
function candidatesIn(
  folder: string,
  bare: string,
  wanted: readonly HostedLanguage[],
  sources: Sources,
): Candidate[] {
  const base = join(folder, ...bare.split('.'));
  return wanted.flatMap((language) => {
    const files = language.extensions.map((extension) => base + extension);
    return [...files, ...language.packageFiles.map((file) => join(base, file))]
      .filter((path) => isFile(sources, path))
      .map((path) => ({ language, path }));
  });
}

/** Names of existing modules, for a suggestion. */
function namesIn(
  folders: readonly string[],
  wanted: readonly HostedLanguage[],
  sources: Sources,
): string[] {
  const extensions = wanted.flatMap((language) => language.extensions);
  return folders.flatMap((folder) => {
    try {
      return sources.list(folder).flatMap(({ name }) => {
        const extension = extensions.find((end) => name.endsWith(end));
        return extension === undefined ? [] : [name.slice(0, -extension.length)];
      });
    } catch {
      // An unreadable folder gives no suggestion; the message lists it anyway.
      return [];
    }
  });
}

/** Finds a volume's module. @throws {InitError} naming the searched folders */
export function findModule(
  search: Search,
  languages: readonly HostedLanguage[],
  where: Where,
): FoundModule & { readonly language: HostedLanguage } {
  const { sources } = where;
  const { bare, language: byName, extensions } = splitExtension(search.name, languages);
  const wanted = byName ?? languages.find(({ name }) => name === search.language);
  if (byName !== undefined && search.language !== undefined && byName.name !== search.language) {
    throw new InitError(`module-name '${search.name}' is not a ${search.language} file`);
  }
  if (!/^[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*$/u.test(bare)) {
    const named = search.name.replace(/\/+$/, '');
    const instead = named.includes('/')
      ? `: write module-name ${basename(named)} and module-path ${dirname(named)}`
      : '';
    throw new InitError(
      `module-name '${search.name}' is no name of a module (use option module-path for its folder)` +
        instead,
    );
  }
  const among =
    byName !== undefined
      ? [{ ...byName, extensions, packageFiles: [] }]
      : wanted === undefined
        ? languages
        : [wanted];
  const folders = foldersFor(search, among, where);
  for (const folder of folders) {
    const found = candidatesIn(folder, bare, among, sources);
    if (found.length > 1) {
      const both = found.map(({ path }) => path).join(' and ');
      throw new InitError(
        `module '${bare}' is ambiguous: ${both} (give module-name an extension, or option language)`,
      );
    }
    const [one] = found;
    if (one !== undefined) {
      return load(bare, { ...one, language: byName ?? one.language }, folders, sources);
    }
  }
  const others = namesIn(folders, among, sources).filter((name) => name !== bare);
  const hint = didYouMean(bare, others);
  const examples = examplesOf(sources);
  const own = folders.filter((folder) => dirname(folder) !== examples);
  const places = own
    .map((folder) => `\n    ${folder}${whyNone(folder, bare, among, sources)}`)
    .join('');
  const more = own.length < folders.length ? '\n    the bundled examples' : '';
  throw new InitError(`module '${search.name}' was not found${hint}; searched:${places}${more}`);
}

/** The reason after a folder's name: it is missing, or has a file that is no module. */
function whyNone(
  folder: string,
  bare: string,
  among: readonly HostedLanguage[],
  sources: Sources,
): string {
  try {
    const files = sources.list(folder);
    const like = files.find(({ name }) => name === bare || name.startsWith(`${bare}.`));
    if (like === undefined) return '';
    const kinds = among.flatMap(({ extensions }) => extensions).join(', ');
    const what = like.isFolder ? 'a folder without a module' : `none of ${kinds}`;
    return ` (${like.name} there is ${what})`;
  } catch (error) {
    const { code } = error as { code?: string };
    return code === 'ENOENT' ? ' (is not there)' : code === 'ENOTDIR' ? ' (is no folder)' : '';
  }
}

function load(
  name: string,
  { language, path }: Candidate,
  folders: readonly string[],
  sources: Sources,
) {
  try {
    const source = readSource(path, sources, language.coding);
    return { name, language, path, source, folders: [...new Set([dirname(path), ...folders])] };
  } catch (error) {
    throw new InitError(`module '${name}' cannot be read: ${(error as Error).message}`);
  }
}

/**
 * Reads the text of a source file.
 * @param declared matches a declaration of its encoding
 * @throws {Error} when the bytes do not fit that encoding, or UTF-8
 */
export function readSource(path: string, sources: Sources, declared?: RegExp): string {
  const bytes = sources.read(path);
  const [, said = 'utf-8'] = declared?.exec(String.fromCharCode(...bytes.subarray(0, 400))) ?? [];
  const coding = said
    .replace(/^utf[-_]?8\b.*/i, 'utf-8')
    .replace(/^(?:latin|iso[-_](?:8859|latin))[-_]1\b(?!\d).*/i, 'latin1');
  let text: string | undefined;
  try {
    // The decoder drops a byte order mark.
    text = new TextDecoder(coding, { fatal: true }).decode(bytes);
  } catch (error) {
    const whole = new TextDecoder().decode(bytes);
    const right = whole.slice(0, Math.max(0, whole.indexOf('\ufffd')));
    const line = right.split('\n').length;
    // A RangeError means an unknown encoding.
    const isKnown = !(error instanceof RangeError);
    const what = isKnown ? `this is no ${said}` : `its letters are ${said}, which is not known`;
    throw new Error(`${path}:${isKnown ? line : 1}: ${what}: save the file as UTF-8`);
  }
  return text;
}
