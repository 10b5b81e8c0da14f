/**
 * Resolves a module's imports: files of its own folder and of module-path, packages of the volume's
 * options, and 'glossa'. It refuses all others: built-ins, URLs, and paths or links out of the
 * folders.
 */
import type { ModuleFile } from '../host/language.ts';
import { readSource } from '../host/lifecycle/module-search.ts';
import { cachePerMachine, type Machine, type Sources } from '../host/machine.ts';
import { dirname, join } from '../host/paths.ts';
import { readExportedNames } from './hints.ts';
import { findPackageFile, findPrivateFile } from './packages.ts';

/** Prefix of the library's files, as bundled by tools/bundle.ts. */
const LIBRARY_PREFIX = 'glossa:';
const LIBRARY_INDEX = `${LIBRARY_PREFIX}index.js`;

/** Extensions that an import may omit. */
const EXTENSIONS = ['.js', '.mjs', '.ts', '.mts'];
const isTypeScript = (path: string): boolean => path.endsWith('.ts') || path.endsWith('.mts');

/** The library's first module, which the engine imports. */
export const BRIDGE = `${LIBRARY_PREFIX}bridge.js`;
/** The module that replaces `Date` by the clock of a test. */
export const CLOCK = `${LIBRARY_PREFIX}clock.js`;
/** `glossa/testing`, with the test runner. */
export const TESTING = `${LIBRARY_PREFIX}testing.js`;

/** Returns the machine's cache of the library's sources. */
const getLibraryCache = cachePerMachine(() => new Map<string, string>());

function readLibrarySource(name: string, machine: Machine): string {
  const cache = getLibraryCache(machine);
  let source = cache.get(name);
  if (source === undefined) {
    source = machine.parts.readText(`guest/${name.slice(LIBRARY_PREFIX.length)}`);
    cache.set(name, source);
  }
  return source;
}

/** The position of an import statement. */
export interface ImportPosition {
  readonly file: string;
  readonly line: number;
}

/** The imports of one volume's module. */
export class Imports {
  readonly #module: ModuleFile;
  readonly #machine: Machine;
  readonly #folders: readonly string[];
  readonly #logRefusal: (position: ImportPosition, text: string) => void;
  readonly #warnForeignWritable: (path: string) => void;
  /** Texts of the loaded files, by path. */
  readonly #sources = new Map<string, string>();

  /**
   * @param logRefusal logs a refused or missing import
   * @param warnForeignWritable called for each file before it runs (host/machine.ts)
   */
  constructor(
    module: ModuleFile,
    machine: Machine,
    packages: readonly string[],
    logRefusal: (position: ImportPosition, text: string) => void,
    warnForeignWritable: (path: string) => void = () => {},
  ) {
    this.#module = module;
    this.#machine = machine;
    this.#folders = [...module.folders, ...packages];
    this.#logRefusal = logRefusal;
    this.#warnForeignWritable = warnForeignWritable;
  }

  /** The texts of the loaded files, without the library's. */
  get sources(): readonly string[] {
    return [...this.#sources.values()];
  }

  /** Returns the main module's source, without TypeScript's types. */
  readMain(): string {
    const { path, source } = this.#module;
    this.#sources.set(path, source);
    return isTypeScript(path) ? this.#machine.stripTypes(source, path) : source;
  }

  /** The names that a module can import from `glossa`. */
  get exports(): readonly string[] {
    return readExportedNames(readLibrarySource(LIBRARY_INDEX, this.#machine));
  }

  /** Returns a line of a loaded file; undefined for another file, or beyond its end. */
  readLine(file: string, line: number): string | undefined {
    return this.#sources.get(file)?.split('\n')[line - 1];
  }

  /**
   * Resolves an import to its full name.
   * @throws {Error} with the import's position and the reason
   */
  resolve(base: string, name: string): string {
    if (base.startsWith(LIBRARY_PREFIX)) return name.replace('./', LIBRARY_PREFIX);
    if (name === 'glossa') return LIBRARY_INDEX;
    if (name === 'glossa/counts') return `${LIBRARY_PREFIX}counts.js`;
    const position = this.#findImport(base, name);
    const refuse = (cause: string): never => {
      const text = `import of '${name}' is refused: ${cause}`;
      this.#logRefusal(position, text);
      throw new Error(`${position.file}:${position.line}: ${text}`);
    };
    if (name.startsWith('/') || /^[a-z][a-z+.-]*:/i.test(name) || name.includes('\0')) {
      return refuse("a module imports files of its own folders, and 'glossa'");
    }
    const isRelative = /^\.\.?(\/|$)/.test(name);
    const folders = isRelative ? [dirname(base)] : this.#folders;
    const { sources } = this.#machine;
    const file = name.startsWith('#')
      ? findPrivateFile(folders, base, name, sources)
      : (folders
          .flatMap((folder) => listCandidatePaths(join(folder, name)))
          .find((path) => sources.findFileKind(path) === 'file') ??
        (isRelative ? undefined : findPackageFile(folders, name, sources)));
    if (file === undefined) {
      this.#logRefusal(position, `not given: import of '${name}', for which there is no file`);
      throw new Error(
        `${position.file}:${position.line}: ${describeMissing(base, name, folders, sources)}`,
      );
    }
    const path = sources.findRealPath(file);
    if (!this.#isInside(path)) return refuse(`${path} is outside of the module's folders`);
    // The main module keeps the name by which it was found: its relative imports start there.
    return path === this.#findRealMainPath() ? this.#module.path : path;
  }

  /** Loads a module's source by its full name. @throws {Error} if it cannot be read */
  load(name: string): string {
    if (name.startsWith(LIBRARY_PREFIX)) return readLibrarySource(name, this.#machine);
    if (!this.#isInside(name)) throw new Error(`${name} is no module`);
    this.#warnForeignWritable(name);
    const source = readSource(name, this.#machine.sources);
    this.#sources.set(name, source);
    if (name.endsWith('.json')) {
      try {
        return `export default ${JSON.stringify(JSON.parse(source))};`;
      } catch (error) {
        throw new Error(`${name}: ${(error as Error).message}`);
      }
    }
    return isTypeScript(name) ? this.#machine.stripTypes(source, name) : source;
  }

  #findRealMainPath(): string {
    return this.#machine.sources.findRealPath(this.#module.path);
  }

  /** Returns whether a real path is in one of the folders. */
  #isInside(path: string): boolean {
    return this.#folders.some((folder) => {
      try {
        const realFolder = this.#machine.sources.findRealPath(folder);
        return path.startsWith(realFolder.endsWith('/') ? realFolder : `${realFolder}/`);
      } catch {
        // A folder of module-path may be missing.
        return false;
      }
    });
  }

  /** Finds the line of an import; line 0 if it is computed. */
  #findImport(base: string, name: string): ImportPosition {
    const lines = (this.#sources.get(base) ?? '').split('\n');
    const index = lines.findIndex(
      (line) => line.includes(`'${name}'`) || line.includes(`"${name}"`),
    );
    return { file: base, line: index + 1 };
  }
}

/** Node's built-in modules, which volumes' modules cannot import. */
const NODE_BUILTINS = new Set(
  (
    'assert async_hooks buffer child_process cluster console constants crypto dgram ' +
    'diagnostics_channel dns domain events fs http http2 https inspector module net os path ' +
    'perf_hooks process punycode querystring readline repl stream string_decoder sys timers tls ' +
    'trace_events tty url util v8 vm wasi worker_threads zlib'
  ).split(' '),
);

/** Makes the error text for a missing import: the searched paths, and a hint. */
function describeMissing(
  base: string,
  name: string,
  folders: readonly string[],
  { installed }: Sources,
): string {
  // The author's folders come first, then glossa's own.
  const isAuthorFolder = (folder: string): boolean =>
    folder === dirname(base) || installed === null || !folder.startsWith(`${installed}/`);
  const authorFolders = [...new Set(folders)].filter(isAuthorFolder);
  const paths = authorFolders.map((folder) => `\n    ${join(folder, name)}`).join('');
  const variants = `each also with ${EXTENSIONS.join(', ')}, or as a folder with an index.js`;
  const hint = /^\.\.?\//.test(name)
    ? ''
    : NODE_BUILTINS.has(name.split('/')[0]!)
      ? "\n    it is built into Node, and modules of volumes cannot import Node's modules"
      : '\n    a package must be in a folder that option packages names, and must not need Node';
  return `cannot find '${name}'; searched:${paths}\n    ${variants}${hint}`;
}

/** Lists the files that an import of this path may mean. */
const listCandidatePaths = (path: string): string[] => [
  path,
  ...EXTENSIONS.map((extension) => path + extension),
  ...EXTENSIONS.map((extension) => join(path, `index${extension}`)),
];
