/**
 * Loads a user's TypeScript or JavaScript file with its imports. Each load runs the files anew: two
 * volumes of one file share nothing. Each ES module is compiled to one function, with types
 * stripped and lines kept; so there is no top-level `await`. Imports:
 *
 *   'glossa'          the running process's own
 *   './x.ts'          a file beside it, loaded the same way
 *   'node:fs', 'x'    Node's modules, and packages as Node finds them from the file
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { GraphError, InitError } from '../../runtime/core/errors.ts';
import { formatSuggestion } from '../../runtime/core/nearest.ts';
import * as runtime from '../../runtime/index.ts';
import { loadSucrase } from '../machine/node/sucrase.ts';
import { checkWrittenRecord, type WrittenFops } from './written-record.ts';

type Exports = Record<string, unknown>;
/** Modules provided by name, before any file. */
type Modules = Readonly<Record<string, Readonly<Exports>>>;

const glossa: Readonly<Exports> = Object.freeze({ __esModule: true, ...runtime });

/** File extensions, and whether such a file has types. */
const hasTypesByExtension: Readonly<Record<string, boolean>> = {
  '.ts': true,
  '.mts': true,
  '.js': false,
  '.mjs': false,
};
export const extensions: readonly string[] = Object.keys(hasTypesByExtension);

/**
 * Warns of a file that other users can change, before it runs; throws to refuse the file (--strict).
 * @param isOwn true for the user's file, which is loaded anew each time; false for a package
 */
type WarnForeignWritable = (path: string, isOwn: boolean) => void;

/** Loads a file's exports. @throws {InitError} with file, line and error */
export function loadFile(
  path: string,
  providedModules: Modules = {},
  warnForeignWritable: WarnForeignWritable = () => {},
): Readonly<Exports> {
  const files = new LoadedFiles({ glossa, ...providedModules }, warnForeignWritable);
  try {
    return files.load(path);
  } catch (error) {
    throw files.toInitError(error, path);
  }
}

/**
 * Checks a file's syntax, and the record that it defines, without running it.
 * @returns the fops as it has them; null if it computes some
 * @throws {InitError | GraphError}
 */
export function checkFile(path: string): WrittenFops | null {
  try {
    compileFunction(compileSource(path), FUNCTION_PARAMETERS, { filename: path });
  } catch (error) {
    if (error instanceof InitError) throw error;
    const { message, stack = '' } = error as Error;
    const position = stack.startsWith(`${path}:`) ? stack.slice(0, stack.indexOf('\n')) : path;
    throw new InitError(`${position}: SyntaxError: ${message}`);
  }
  return checkWrittenRecord(path, readFileSync(path, 'utf8'), hasTypesByExtension[extname(path)]!);
}

/** The files of one load, by path. */
class LoadedFiles {
  private readonly modulesByPath = new Map<string, { exports: Exports }>();
  private readonly providedModules: Modules;
  private readonly warnForeignWritable: WarnForeignWritable;

  constructor(providedModules: Modules, warnForeignWritable: WarnForeignWritable) {
    this.providedModules = providedModules;
    this.warnForeignWritable = warnForeignWritable;
  }

  /** Runs a file if it is new; returns its exports. */
  load(path: string): Exports {
    const loadedModule = this.modulesByPath.get(path);
    // Also found if the file is still being loaded, as files may import each other.
    if (loadedModule !== undefined) return loadedModule.exports;
    this.warnForeignWritable(path, true);
    const module = { exports: {} };
    this.modulesByPath.set(path, module);
    const code = compileFunction(compileSource(path), FUNCTION_PARAMETERS, { filename: path });
    const meta = { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) };
    const require = (name: string): unknown => this.importModule(name, path);
    code.call(undefined, module.exports, require, module, path, dirname(path), meta);
    return module.exports;
  }

  /** Imports `name` for the file `importer`. */
  private importModule(name: string, importer: string): unknown {
    const providedModule = this.providedModules[name];
    if (providedModule !== undefined) return providedModule;
    const nearPath = /^(\.{0,2}\/|file:)/.test(name) ? findBeside(name, importer) : null;
    if (nearPath !== null && extname(nearPath) in hasTypesByExtension) return this.load(nearPath);
    const require = createRequire(importer);
    const resolvedPath = require.resolve(nearPath ?? name);
    // Node's own modules are names, not paths.
    if (!isAbsolute(resolvedPath)) return require(resolvedPath);
    // A native addon cannot be loaded anew.
    const isOwn = nearPath !== null && !resolvedPath.endsWith('.node');
    this.warnForeignWritable(resolvedPath, isOwn);
    if (isOwn) delete require.cache[resolvedPath];
    return require(resolvedPath);
  }

  /** Converts an error, adding the user's file and line. */
  toInitError(error: unknown, path: string): InitError | GraphError {
    if (error instanceof InitError || error instanceof GraphError) return error;
    if (!(error instanceof Error)) return new InitError(`${path}: throws ${String(error)}`);
    const text = `${error.name}: ${error.message.split('\n')[0]}`;
    const hint = /\bawait is only valid/.test(text) ? '; await in init instead' : '';
    return new InitError(`${this.findPosition(error.stack ?? '') ?? path}: ${text}${hint}`);
  }

  /** Finds `file:line` of the innermost call in one of the files. */
  private findPosition(stack: string): string | undefined {
    for (const line of stack.split('\n')) {
      for (const path of this.modulesByPath.keys()) {
        const index = line.indexOf(`${path}:`);
        const lineNumber = index < 0 ? null : /^\d+/.exec(line.slice(index + path.length + 1));
        if (lineNumber) return `${path}:${lineNumber[0]}`;
      }
    }
    return undefined;
  }
}

/** Parameters of the function to which a file is compiled. */
const FUNCTION_PARAMETERS = [
  'exports',
  'require',
  'module',
  '__filename',
  '__dirname',
  'import_meta',
];

/**
 * Finds the file of a relative name or URL; as with tsc, `x.js` may stand for the `x.ts` beside it.
 * @throws {Error} if there is no such file
 */
function findBeside(name: string, importer: string): string {
  const path = name.startsWith('file:') ? fileURLToPath(name) : resolve(dirname(importer), name);
  const sourcePath = path.replace(/\.(m?)js$/, '.$1ts');
  const file = [path, sourcePath].find(isFile);
  if (file !== undefined) return file;
  const nearPath = extensions.map((extension) => path + extension).find(isFile);
  const hint = nearPath === undefined ? '' : `; did you mean '${name}${extname(nearPath)}'?`;
  throw new Error(`there is no file '${name}'${hint}`);
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Converts a file to the body of a function, on the same lines. */
function compileSource(path: string): string {
  const source = readFileSync(path, 'utf8');
  const typeTransforms = hasTypesByExtension[extname(path)] ? (['typescript'] as const) : [];
  let code: string;
  try {
    code = loadSucrase().transform(source, {
      transforms: [...typeTransforms, 'imports'],
      disableESTransforms: true,
    }).code;
  } catch (error) {
    throw new InitError(formatSyntaxError(path, error));
  }
  checkImportedNames(path, code);
  // A function has no `import.meta`: a parameter replaces it.
  return code.replace(/\bimport\.meta\b/g, 'import_meta');
}

/** Formats sucrase's error as `FILE:LINE:COLUMN: SyntaxError: …`. */
function formatSyntaxError(path: string, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const parts = /^(?:Error transforming .*?: )?(.*) \((\d+):(\d+)\)$/s.exec(text);
  if (parts === null) return `${path}: ${text}`;
  return `${path}:${parts[2]}:${parts[3]}: SyntaxError: ${parts[1]}`;
}

/** Checks the names imported from 'glossa': an unknown one would otherwise fail at a request. */
function checkImportedNames(path: string, code: string): void {
  // Sucrase makes `_glossa.NAME` of an imported name.
  for (const { 1: name, index } of code.matchAll(/\b_glossa\.(\w+)/g)) {
    if (name! in glossa) continue;
    const line = code.slice(0, index).split('\n').length;
    const hint = formatSuggestion(name!, Object.keys(runtime));
    throw new InitError(`${path}:${line}: 'glossa' has no '${name}'${hint}`);
  }
}
