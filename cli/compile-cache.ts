/**
 * Keeps the compiled code of the program's files in the user's cache folder: compiling took a third of a start. From
 * 22.1 on, Node does that, and checks each entry against its source; for Node 20, this file loads the joined files
 * (tools/joined-modules.ts).
 *
 * A user who can write the cache decides what the program runs. The folder must be closed to other
 * users, as the modes of Node's files in it depend on the umask.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import module from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { findProgramCacheFolder, prepareFolder } from '../bridges/machine/node/cache-folder.ts';
import { openCached, writeCached } from '../bridges/machine/node/cached-files.ts';

/** Functions of node:module that Node 20 lacks. */
interface CompileCache {
  enableCompileCache(folder: string): unknown;
  /**
   * The folder of the active cache, which NODE_COMPILE_CACHE may name; undefined without a cache.
   */
  getCompileCacheDir(): string | undefined;
}
const { enableCompileCache, getCompileCacheDir }: Partial<CompileCache> = module as object;

/** Loads a file of a kind into its module. */
type Loader = (module: NodeJS.Module, path: string) => void;
/** Parts of node:module that its types lack: the loaders by extension, and the function around a file's text. */
const { _extensions: loaders, wrap } = module as unknown as {
  readonly _extensions: Record<string, Loader>;
  wrap(source: string): string;
};

/** The folder of the joined files, which this file is joined into. */
const joinedFolder = import.meta.dirname;

/** The permission bits of the group and of all other users. */
const OTHERS_MODE = 0o077;

/** Caches the files loaded from now on, if possible. Never throws. */
export function enableModuleCache(): void {
  if (getCompileCacheDir?.() !== undefined || process.env.NODE_DISABLE_COMPILE_CACHE) return;
  try {
    const folder = prepareFolder(findProgramCacheFolder(), ignore, ignore);
    if (folder === undefined) return;
    const fd = openSync(folder, constants.O_DIRECTORY | constants.O_NOFOLLOW);
    // The folder is named by its descriptor: if the path later lies below this server's own mount,
    // opening it by path would deadlock.
    if ((fstatSync(fd).mode & OTHERS_MODE) === 0)
      (enableCompileCache ?? cacheJoinedFiles)(`/proc/self/fd/${fd}`);
    else closeSync(fd);
  } catch {
    // The program works without a cache.
  }
}

/** Ignores a problem with the folder: the interpreters' cache is in it, too, and reports it. */
function ignore(): void {}

/** Loads joined files with their compiled code. What is missing or unusable is written when the process exits. */
function cacheJoinedFiles(folder: string): void {
  const scripts = new Map<string, Script>();
  loaders['.cjs'] = (module, path) => {
    const directory = dirname(path);
    if (directory !== joinedFolder) {
      loaders['.js']!(module, path);
      return;
    }
    const fd = openSync(path, constants.O_RDONLY);
    const entry = nameEntry(path, fstatSync(fd));
    const source = readFileSync(fd, 'latin1');
    closeSync(fd);
    const code = readCode(join(folder, entry));
    const script = new Script(wrap(source), {
      filename: path,
      ...(code && { cachedData: code }),
    });
    // V8 rejects the code of another version of V8, or of one with other options.
    if (script.cachedDataRejected !== false) scripts.set(entry, script);
    const run = script.runInThisContext() as (...parameters: unknown[]) => void;
    run.call(module.exports, module.exports, module.require.bind(module), module, path, directory);
  };
  process.on('exit', () => {
    for (const [entry, script] of scripts) {
      const code = script.createCachedData();
      writeCached(folder, entry, [code, code], ignore);
    }
  });
}

/** Names the entry of a file after its state: any change of a file changes its ctime, which no program can set. */
function nameEntry(path: string, { dev, ino, size, ctimeMs }: Stats): string {
  // All before the first hyphen is one file's name, for the removal of old entries.
  const name = basename(path, '.cjs').replaceAll('-', '_');
  return `${name}-${[dev, ino, size, ctimeMs, process.version, process.arch].join('-')}.code`;
}

/** Reads an entry: the code twice, as V8 does not notice if it is damaged. */
function readCode(file: string): Buffer | undefined {
  const fd = openCached(file, ignore, ignore);
  if (fd === undefined) return undefined;
  try {
    const bytes = readFileSync(fd);
    const code = bytes.subarray(0, bytes.length / 2);
    return code.equals(bytes.subarray(code.length)) ? code : undefined;
  } finally {
    closeSync(fd);
  }
}
