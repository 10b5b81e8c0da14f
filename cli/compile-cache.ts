/**
 * Enables Node's compile cache in the user's cache folder: compiling took up to a tenth of a
 * mount's start. Node 20 lacks it; from 22.1 on, Node checks each entry against its source.
 *
 * A user who can write the cache decides what the program runs. The folder must be closed to other
 * users, as the modes of Node's files in it depend on the umask.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { findDefaultCacheFolder, prepareFolder } from '../bridges/machine/node/cache-folder.ts';

/** Functions of node:module that Node 20 lacks. */
interface CompileCache {
  enableCompileCache(folder: string): unknown;
  /**
   * The folder of the active cache, which NODE_COMPILE_CACHE may name; undefined without a cache.
   */
  getCompileCacheDir(): string | undefined;
}
const { enableCompileCache, getCompileCacheDir }: Partial<CompileCache> = module as object;

/** The permission bits of the group and of all other users. */
const OTHERS_MODE = 0o077;

/** Caches the modules loaded from now on, if possible. Never throws. */
export function enableModuleCache(): void {
  if (enableCompileCache === undefined || getCompileCacheDir?.() !== undefined) return;
  try {
    const folder = prepareFolder(join(findDefaultCacheFolder(), 'program'), ignore, ignore);
    if (folder === undefined) return;
    const fd = openSync(folder, constants.O_DIRECTORY | constants.O_NOFOLLOW);
    // Node gets the folder as a descriptor: if the path later lies below this server's own mount,
    // opening it by path would deadlock.
    if ((fstatSync(fd).mode & OTHERS_MODE) === 0) enableCompileCache(`/proc/self/fd/${fd}`);
    else closeSync(fd);
  } catch {
    // The program works without a cache.
  }
}

/** Ignores a problem with the folder: the interpreters' cache is in it, too, and reports it. */
function ignore(): void {}
