/**
 * The machine of a browser's worker for features/glupy: it has the modules that the page passes,
 * and refuses options that need more, with the reason.
 */
import type { Machine } from '../../host/machine.ts';
import { noFiles } from './files.ts';
import { memory } from './memory.ts';
import { bakedCache } from './page-cache.ts';
import { type PartBytes, partsOf } from './parts.ts';
import { newRealm } from './realm.ts';
import { sourcesOf, type Texts } from './sources.ts';
import { startWatch } from './watchdog.ts';
import { web } from './worker-globals.ts';

export interface BrowserSettings {
  /** Modules and their imports, by absolute paths: `{ '/volume/negative.py': '…' }`. */
  readonly modules: Texts;
  /** The result of `fetchParts`. */
  readonly parts: PartBytes;
  /** One end of a MessageChannel: the other end receives a `Lost` when a call cannot be ended. */
  readonly lost?: object;
  /** Strips a TypeScript module's types; without it TypeScript is refused. */
  stripTypes?(source: string, path: string): string;
}

const NO_FILES = 'a browser has no files that it could name';
const CANNOT = {
  isolation: 'a browser page gives no thread of its own to a volume',
  'allow-read': NO_FILES,
  'allow-write': NO_FILES,
  packages: NO_FILES,
  'allow-env': 'a browser has no environment',
  reload: 'modules are given once in a browser: nothing tells that one was saved',
} as const;

export async function browserMachine(settings: BrowserSettings): Promise<Machine> {
  const { modules, parts, lost } = settings;
  const started = await startWatch(lost);
  const why = 'why' in started ? started.why : null;
  return {
    env: {},
    unsupportedOptions: CANNOT,
    notes:
      why === null
        ? []
        : [`option time-limit has no effect, calls that run too long are not ended: ${why}`],
    maxFds: 16_384,
    sources: sourcesOf(modules),
    parts: partsOf(parts),
    memory,
    startThread: null,
    watch: 'watch' in started ? started.watch : null,
    random: (out) => web.crypto.getRandomValues(out),
    newRealm,
    openFiles: () => noFiles,
    openCache: async () => bakedCache(parts),
    stripTypes:
      settings.stripTypes ??
      ((_source, path) => {
        throw new Error(`${path}: TypeScript is not supported here: pass compiled JavaScript`);
      }),
    // A user who can change a module can change the page.
    checkForeign() {},
    // A browser's garbage collector cannot be called.
    collectGarbage() {},
    watchFolder(_folder, _extensions, watcher) {
      watcher.onFailure(CANNOT.reload);
      return () => {};
    },
  };
}
