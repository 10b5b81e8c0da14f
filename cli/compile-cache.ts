/**
 * Enables Node's compile cache in the user's cache folder: compiling was up to a tenth of a mount's
 * start. Node 20 lacks such a cache; from 22.1 on, Node checks each entry against its source.
 *
 * A writer of the cache decides what the program runs, so the folder must be closed to other users:
 * Node's files in it have modes by the umask.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { defaultCacheFolder, prepareFolder } from '../bridges/machine/node/cache-folder.ts';

/** Functions of node:module that Node 20 lacks. */
interface CompileCache {
  enableCompileCache(folder: string): unknown;
  /** The cache's folder, which NODE_COMPILE_CACHE may name; undefined without a cache. */
  getCompileCacheDir(): string | undefined;
}
const { enableCompileCache, getCompileCacheDir }: Partial<CompileCache> = module as object;

/** The permission bits of the group and of all other users. */
const OTHERS_MODE = 0o077;

/** Caches the modules loaded from now on, if possible. Never throws. */
export function enableModuleCache(): void {
  if (enableCompileCache === undefined || getCompileCacheDir?.() !== undefined) return;
  try {
    const folder = prepareFolder(join(defaultCacheFolder(), 'program'), ignore, ignore);
    if (folder === undefined) return;
    const fd = openSync(folder, constants.O_DIRECTORY | constants.O_NOFOLLOW);
    // By its descriptor: a server must not look up the folder behind its own mount.
    if ((fstatSync(fd).mode & OTHERS_MODE) === 0) enableCompileCache(`/proc/self/fd/${fd}`);
    else closeSync(fd);
  } catch {
    // The program works without a cache.
  }
}

/** The cache of interpreters in the same folder reports its problems. */
function ignore(): void {}
