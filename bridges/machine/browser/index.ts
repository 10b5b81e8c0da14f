/**
 * Implements the machine of features/glupy (host/machine.ts) in a browser's worker. It has the
 * modules that the page passes, and refuses options that need more, with the reason.
 */
import type { Machine } from '../../host/machine.ts';
import { makeBakedSnapshotCache } from './baked-snapshot-cache.ts';
import { memory } from './memory.ts';
import { noFiles } from './no-files.ts';
import { makeParts, type PartBytes } from './parts.ts';
import { makeRealm } from './realm.ts';
import { type FileContents, makeSources } from './sources.ts';
import { startWatch } from './watchdog.ts';
import { web } from './worker-globals.ts';

/** The settings that a page passes to the machine of its worker. */
export interface BrowserSettings {
  /** Modules and their imports, by absolute paths: `{ '/volume/negative.py': '…' }`. */
  readonly modules: FileContents;
  /** The result of `fetchParts`. */
  readonly parts: PartBytes;
  /**
   * One end of a MessageChannel. The watchdog sends a `Lost` through it when it cannot end a call;
   * the page can then end the worker.
   */
  readonly lost?: object;
  /** Strips a TypeScript module's types; without it TypeScript is refused. */
  stripTypes?(source: string, path: string): string;
}

const NO_FILES = 'a browser has no files that this option could name';
/** Options that a browser cannot offer, each with the reason. */
const REFUSED_OPTIONS = {
  isolation: 'a browser page gives no thread of its own to a volume',
  'allow-read': NO_FILES,
  'allow-write': NO_FILES,
  packages: NO_FILES,
  'allow-env': 'a browser has no environment',
  reload: 'a page passes its modules once, so a browser cannot detect that one was saved',
} as const;

/** Makes the machine, and starts its watchdog. */
export async function browserMachine(settings: BrowserSettings): Promise<Machine> {
  const { modules, parts, lost } = settings;
  const watchdog = await startWatch(lost);
  const reason = 'reason' in watchdog ? watchdog.reason : null;
  return {
    env: {},
    unsupportedOptions: REFUSED_OPTIONS,
    limitations:
      reason === null
        ? []
        : [`option time-limit has no effect, calls that run too long are not ended: ${reason}`],
    maxFds: 16_384,
    sources: makeSources(modules),
    parts: makeParts(parts),
    memory,
    startThread: null,
    watchEngine: 'watch' in watchdog ? watchdog.watch : null,
    // A page has started it before.
    startWatchdog() {},
    fillRandom: (out) => web.crypto.getRandomValues(out),
    makeRealm,
    compileChecked: null,
    // A page cannot set flags of its engine.
    compileUnoptimized: (compile) => compile(),
    openFiles: () => noFiles,
    openCache: async () => makeBakedSnapshotCache(parts),
    stripTypes:
      settings.stripTypes ??
      ((_source, path) => {
        throw new Error(`${path}: TypeScript is not supported here: pass compiled JavaScript`);
      }),
    // A user who can change a module can change the page.
    warnForeignWritable() {},
    // A browser's garbage collector cannot be called.
    collectGarbage() {},
    watchFolder(_folder, _extensions, watcher) {
      watcher.onFailure(REFUSED_OPTIONS.reload);
      return () => {};
    },
  };
}
