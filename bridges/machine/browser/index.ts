/**
 * A worker of a browser, as features/glupy and its languages see it. It has the modules that the page
 * gives it, and nothing of the machine around: what would need that is refused, with the reason.
 */
import type { Machine } from '../../host/machine.ts';
import { bakedCache } from './baked.ts';
import { noFiles } from './files.ts';
import { memory } from './memory.ts';
import { type PartBytes, partsOf } from './parts.ts';
import { newRealm } from './realm.ts';
import { sourcesOf, type Texts } from './sources.ts';
import { startWatch } from './watchdog.ts';
import { web } from './web.ts';

export interface BrowserSettings {
  /** Modules and what they import, by absolute paths: `{ '/volume/negative.py': '…' }`. */
  readonly modules: Texts;
  /** What `fetchParts` gives. */
  readonly parts: PartBytes;
  /** One end of a MessageChannel: a `Lost` comes out of the other when a call cannot be ended. */
  readonly lost?: object;
  /** Takes the types out of a module in TypeScript. Without it, there are none. */
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
    cannot: CANNOT,
    notes:
      why === null
        ? []
        : [`nothing ends a call that runs too long, whatever option time-limit says: ${why}`],
    mostFds: 16_384,
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
        throw new Error(`${path}: TypeScript is not run here: give what it is compiled to`);
      }),
    // Whoever could change a module could change the page.
    checkForeign() {},
    // A browser asks nobody when its collector shall run.
    discarded() {},
    watchFolder(_folder, _extensions, watcher) {
      watcher.failed(CANNOT.reload);
      return () => {};
    },
  };
}
