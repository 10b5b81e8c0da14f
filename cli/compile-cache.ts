/**
 * The program's modules as V8 has compiled them, kept in the user's cache folder: up to a tenth of a mount's
 * start was compiling. Node 20 cannot; from 22.1 on, Node itself reads and writes them, and compares
 * each with the source that it was made from.
 *
 * Whoever writes one decides what the program runs, so nobody else may even enter the folder: what
 * Node makes in it may be written by whom the umask says.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { defaultCacheFolder, usableFolder } from '../bridges/machine/node/cache-folder.ts';

/** Of node:module; both are missing in Node 20. */
interface CompileCache {
  enableCompileCache(folder: string): unknown;
  /** Undefined where there is none so far: NODE_COMPILE_CACHE names a folder as well. */
  getCompileCacheDir(): string | undefined;
}
const { enableCompileCache, getCompileCacheDir }: Partial<CompileCache> = module as object;

const OTHERS = 0o077;

/** What is loaded from now on is kept, where that can be. A cache is never a reason to fail. */
export function keepCompiled(): void {
  if (enableCompileCache === undefined || getCompileCacheDir?.() !== undefined) return;
  try {
    const folder = usableFolder(join(defaultCacheFolder(), 'program'), ignore, ignore);
    if (folder === undefined) return;
    const fd = openSync(folder, constants.O_DIRECTORY | constants.O_NOFOLLOW);
    // By its descriptor: a mount on the folder, or above it, would have to answer its own server.
    if ((fstatSync(fd).mode & OTHERS) === 0) enableCompileCache(`/proc/self/fd/${fd}`);
    else closeSync(fd);
  } catch {
    // As said above.
  }
}

/** What keeps interpreters in the same folder says what is wrong with it. */
function ignore(): void {}
