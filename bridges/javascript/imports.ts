/**
 * Resolves a module's imports: files of its own folder and of module-path, packages of the volume's
 * options, and 'glossa'. It refuses all others: built-ins, URLs, and paths or links out of the
 * folders.
 */
import type { FoundModule } from '../host/language.ts';
import { readSource } from '../host/lifecycle/module-search.ts';
import { type Machine, oncePerMachine, type Sources } from '../host/machine.ts';
import { dirname, join } from '../host/paths.ts';
import { exportedNames } from './fixes.ts';
import { packageFile, privateFile } from './packages.ts';

/** Prefix of the library's files, as bundled by tools/bundle.ts. */
const OWN = 'glossa:';
const INDEX = `${OWN}index.js`;

const EXTENSIONS = ['.js', '.mjs', '.ts', '.mts'];
const isTypeScript = (path: string): boolean => path.endsWith('.ts') || path.endsWith('.mts');

/** The library's first module, which the engine imports. */
export const BRIDGE = `${OWN}bridge.js`;
/** The module that shows a test's clock to scripts. */
export const CLOCK = `${OWN}clock.js`;
/** `glossa/testing`, with the test runner. */
export const TESTING = `${OWN}testing.js`;

const ownSources = oncePerMachine(() => new Map<string, string>());

function ownSource(name: string, machine: Machine): string {
  const known = ownSources(machine);
  let source = known.get(name);
  if (source === undefined) {
    source = machine.parts.text(`guest/${name.slice(OWN.length)}`);
    known.set(name, source);
  }
  return source;
}

export interface ScriptPlace {
  readonly file: string;
  readonly line: number;
}

export class Imports {
  readonly #module: FoundModule;
  readonly #machine: Machine;
  readonly #folders: readonly string[];
  readonly #refused: (place: ScriptPlace, text: string) => void;
  readonly #checkForeign: (path: string) => void;
  readonly #sources = new Map<string, string>();

  /**
   * @param refused logs a refused or missing import
   * @param checkForeign checks each file before it is run, and throws to refuse it
   */
  constructor(
    module: FoundModule,
    machine: Machine,
    packages: readonly string[],
    refused: (place: ScriptPlace, text: string) => void,
    checkForeign: (path: string) => void = () => {},
  ) {
    this.#module = module;
    this.#machine = machine;
    this.#folders = [...module.folders, ...packages];
    this.#refused = refused;
    this.#checkForeign = checkForeign;
  }

  /** The texts of the author's loaded files. */
  get sources(): readonly string[] {
    return [...this.#sources.values()];
  }

  /** The source of the main module. */
  main(): string {
    const { path, source } = this.#module;
    this.#sources.set(path, source);
    return isTypeScript(path) ? this.#machine.stripTypes(source, path) : source;
  }

  /** The names that a module can import from `glossa`. */
  get exports(): readonly string[] {
    return exportedNames(ownSource(INDEX, this.#machine));
  }

  /** A line of a module's source. */
  line(file: string, line: number): string | undefined {
    return this.#sources.get(file)?.split('\n')[line - 1];
  }

  /** Resolves an import to its full name. @throws {Error} with place and reason */
  resolve(base: string, name: string): string {
    if (base.startsWith(OWN)) return name.replace('./', OWN);
    if (name === 'glossa') return INDEX;
    if (name === 'glossa/counts') return `${OWN}counts.js`;
    const place = this.#placeOf(base, name);
    const refuse = (why: string): never => {
      const text = `import of '${name}' is refused: ${why}`;
      this.#refused(place, text);
      throw new Error(`${place.file}:${place.line}: ${text}`);
    };
    if (name.startsWith('/') || /^[a-z][a-z+.-]*:/i.test(name) || name.includes('\0')) {
      return refuse("a module imports files of its own folders, and 'glossa'");
    }
    const relative = /^\.\.?(\/|$)/.test(name);
    const folders = relative ? [dirname(base)] : this.#folders;
    const { sources } = this.#machine;
    const found = name.startsWith('#')
      ? privateFile(folders, base, name, sources)
      : (folders
          .flatMap((folder) => candidates(join(folder, name)))
          .find((path) => sources.kind(path) === 'file') ??
        (relative ? undefined : packageFile(folders, name, sources)));
    if (found === undefined) {
      this.#refused(place, `not given: import of '${name}', for which there is no file`);
      throw new Error(`${place.file}:${place.line}: ${notFound(base, name, folders, sources)}`);
    }
    const path = sources.realPath(found);
    if (!this.#isInside(path)) return refuse(`${path} is outside of the module's folders`);
    // The name as found: relative imports start there.
    return path === this.#mainPath() ? this.#module.path : path;
  }

  /** Loads a module's source by its full name. @throws {Error} if it cannot be read */
  load(name: string): string {
    if (name.startsWith(OWN)) return ownSource(name, this.#machine);
    if (!this.#isInside(name)) throw new Error(`${name} is no module`);
    this.#checkForeign(name);
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

  #mainPath(): string {
    return this.#machine.sources.realPath(this.#module.path);
  }

  #isInside(path: string): boolean {
    return this.#folders.some((folder) => {
      try {
        const real = this.#machine.sources.realPath(folder);
        return path.startsWith(real.endsWith('/') ? real : `${real}/`);
      } catch {
        // A folder of module-path may be missing.
        return false;
      }
    });
  }

  /** The line of an import. */
  #placeOf(base: string, name: string): ScriptPlace {
    const lines = (this.#sources.get(base) ?? '').split('\n');
    const at = lines.findIndex((line) => line.includes(`'${name}'`) || line.includes(`"${name}"`));
    return { file: base, line: at + 1 };
  }
}

/** Node's modules, which volumes' modules lack. */
const NODE = new Set(
  (
    'assert async_hooks buffer child_process cluster console constants crypto dgram ' +
    'diagnostics_channel dns domain events fs http http2 https inspector module net os path ' +
    'perf_hooks process punycode querystring readline repl stream string_decoder sys timers tls ' +
    'trace_events tty url util v8 vm wasi worker_threads zlib'
  ).split(' '),
);

/** The error text for a missing import: searched folders, and a hint. */
function notFound(
  base: string,
  name: string,
  folders: readonly string[],
  { installed }: Sources,
): string {
  // The author's folders come first, then glossa's own.
  const isOwn = (folder: string): boolean =>
    folder === dirname(base) || installed === null || !folder.startsWith(`${installed}/`);
  const own = [...new Set(folders)].filter(isOwn);
  const places = own.map((folder) => `\n    ${join(folder, name)}`).join('');
  const also = `each also with ${EXTENSIONS.join(', ')}, or as a folder with an index.js`;
  const more = /^\.\.?\//.test(name)
    ? ''
    : NODE.has(name.split('/')[0]!)
      ? "\n    it is a module of Node's, of which a module here has none"
      : '\n    a package has to be in a folder that option packages names, and to do without Node';
  return `cannot find '${name}'; searched:${places}\n    ${also}${more}`;
}

const candidates = (path: string): string[] => [
  path,
  ...EXTENSIONS.map((extension) => path + extension),
  ...EXTENSIONS.map((extension) => join(path, `index${extension}`)),
];
